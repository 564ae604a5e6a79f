package vexec

import (
	"fmt"
	"sync/atomic"
)

// Budget is the memory that one query may hold in state, queues and buffers.
// It is safe for use by many goroutines.
type Budget struct {
	limit int64 // 0: no limit
	used  atomic.Int64
	peak  atomic.Int64
}

// NewBudget returns a budget of limit bytes; 0 is no limit.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used is the bytes reserved now, Peak the most there ever were.
func (b *Budget) Used() int64 { return b.used.Load() }

// Peak is the most bytes that were reserved at once.
func (b *Budget) Peak() int64 { return b.peak.Load() }

// Account returns an account of the budget under the owner's name.
func (b *Budget) Account(owner string) *Account { return &Account{budget: b, owner: owner} }

// Account is one owner's part of a Budget, used by one goroutine.
type Account struct {
	budget *Budget
	owner  string
	used   int64
}

// Owner is the name that the account was made with.
func (a *Account) Owner() string { return a.owner }

// Used is the bytes that the owner holds.
func (a *Account) Used() int64 { return a.used }

// Grow reserves n more bytes before they are allocated; n < 0 gives back. Over the
// budget it reserves nothing and returns a *MemoryError that names the owner.
func (a *Account) Grow(n int64) error {
	if n == 0 || a == nil {
		return nil
	}
	now := a.budget.used.Add(n)
	if n > 0 && a.budget.limit > 0 && now > a.budget.limit {
		a.budget.used.Add(-n)
		return &MemoryError{Owner: a.owner, Held: a.used, Wanted: n, Limit: a.budget.limit, Used: now - n}
	}
	a.used += n
	for p := a.budget.peak.Load(); now > p && !a.budget.peak.CompareAndSwap(p, now); p = a.budget.peak.Load() {
	}
	return nil
}

// Close gives back all that the owner holds.
func (a *Account) Close() {
	if a != nil {
		_ = a.Grow(-a.used)
	}
}

// MemoryError says that a query needs more memory than it may have.
type MemoryError struct {
	Owner                     string
	Held, Wanted, Used, Limit int64
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("%s holds %d bytes and needs %d more, but the query may hold %d bytes in all and already holds %d; raise --memory or bound the state",
		e.Owner, e.Held, e.Wanted, e.Limit, e.Used)
}
