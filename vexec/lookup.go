package vexec

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/helios-stream/helios/ir"
)

// Looker is a Connector with tables whose rows are found by key alone, such as those of a web
// service or of a database that is too large to be read: no plan scans them, joins ask them. Its
// ConnectorSpec has ByKey, and LookupOptions behind its own options.
type Looker interface {
	// LookupKey names the physical columns by whose values together rows of t, which Check took,
	// are asked for.
	LookupKey(t *ir.Table) []string
	// Lookup returns what answers for t, new for each run and operator.
	Lookup(t *ir.Table) (Lookup, error)
}

// Lookup answers for the keys of one table.
type Lookup interface {
	// Open comes first. ctx ends when the run does.
	Open(ctx context.Context, lc *LookupContext) error
	// MaxKeys is how many keys one call of Find takes at most, 1 or more.
	MaxKeys() int
	// Find makes out, of LookupContext.Schema, the rows of the keys, in an order that is the
	// same each time for those of one key. keys has the columns LookupContext.Keys, Flat and
	// without NULL, and no key twice; it is lent. The rows have the values that were asked for
	// in their key columns; others are left out by the engine. What out holds is the
	// caller's: Find does not write it again.
	//
	// It is called by several goroutines at once and returns soon when ctx ends, which it
	// does after 'lookup.timeout'. An error is of all keys of the call; where another try may
	// mend it, it is a *RetryError. It says what and where, without secrets and without the
	// key, which the engine adds.
	Find(ctx context.Context, keys, out *Batch) error
	// Close frees. No Find is under way.
	Close() error
}

// LookupContext is what a Lookup is asked for.
type LookupContext struct {
	Table  *ir.Table
	Cols   []int      // positions in Table.Physical(), in the order of the columns of answers
	Schema *ir.Schema // Table.Physical().Select(Cols)
	Keys   []int      // of Schema: the columns of LookupKey, in its order
	Notify func(text string)
}

// RetryError is an error of Lookup.Find after which another try may succeed.
type RetryError struct {
	Err   error
	After time.Duration // not before, as far as 'lookup.retry.max-delay' allows; 0: whenever
}

func (e *RetryError) Error() string { return e.Err.Error() }
func (e *RetryError) Unwrap() error { return e.Err }

// The options of tables that are looked up by key which the runtime knows; those of the cache
// are ir's.
const (
	OptionConcurrency = "lookup.concurrency"
	OptionTimeout     = "lookup.timeout"
	OptionRetries     = "lookup.retries"
	OptionRetryDelay  = "lookup.retry.delay"
	OptionRetryMost   = "lookup.retry.max-delay"
)

// The most that these options may ask for.
const (
	maxConcurrency = 1024
	maxRetries     = 100
)

// LookupOptions describes the options of every table that is looked up by key.
func LookupOptions() []ir.OptionSpec {
	return []ir.OptionSpec{
		{Name: ir.OptionLookupCache, Type: ir.OptionEnum, Values: []string{ir.CachePartial, ir.CacheNone}, Default: ir.CachePartial, Example: ir.CacheNone,
			Doc: "partial: answers are kept in memory, within the bounds below; none: each batch of rows asks anew, once for each key."},
		{Name: ir.OptionCacheRows, Aliases: []string{"lookup.partial-cache.max-rows", "lookup.cache.max-rows"}, Type: ir.OptionInt, Default: strconv.Itoa(ir.DefaultCacheRows), Example: "1000000",
			Doc: "How many rows of answers are kept, for all tasks of a join together; those not asked for any more go first. 0: none."},
		{Name: ir.OptionCacheBytes, Type: ir.OptionBytes, Default: "64MB", Doc: "How much memory they may take, keys included."},
		{Name: ir.OptionCacheTTL, Aliases: []string{"lookup.partial-cache.expire-after-write"}, Type: ir.OptionDuration, Example: "10 min",
			Doc: "How long an answer counts, by the clock: then the key is asked again. By default as long as the answer is kept."},
		{Name: ir.OptionCacheMissing, Aliases: []string{"lookup.partial-cache.cache-missing-key"}, Type: ir.OptionBool, Default: "true",
			Doc: "Whether it is also kept that a key has no rows."},
		{Name: OptionConcurrency, Type: ir.OptionInt, Default: "8", Example: "32", Doc: "How many requests of a join may be under way at once, of all its tasks together."},
		{Name: OptionTimeout, Type: ir.OptionDuration, Default: "10s", Doc: "How long one request may take, answer included."},
		{Name: OptionRetries, Aliases: []string{"lookup.max-retries"}, Type: ir.OptionInt, Default: "3",
			Doc: "How often a request is sent again that may succeed later; then the rows that need it are as 'on.error' says."},
		{Name: OptionRetryDelay, Type: ir.OptionDuration, Default: "200ms", Doc: "About how long to wait before the first time; then twice as long each time, unless the answer says how long."},
		{Name: OptionRetryMost, Type: ir.OptionDuration, Default: "5s", Doc: "The longest wait between two tries, also where the answer asks for a longer one (Retry-After)."},
		{Name: ir.OptionOnError, Type: ir.OptionEnum, Values: []string{ir.ErrorLetters, ir.ErrorFail}, Default: ir.ErrorLetters, Example: ir.ErrorFail,
			Doc: "What becomes of a row whose key cannot be answered: dlq (it goes where the 'on.error' of the mapping that it comes from sends rows that cannot be processed, by default to the dead-letter file), fail (the run stops)."},
	}
}

// LookupTimes are the options of LookupOptions that say how a table is asked.
type LookupTimes struct {
	Concurrency int
	Timeout     time.Duration
	Retries     int
	Delay       time.Duration
	MaxDelay    time.Duration
	Fail        bool // 'on.error'='fail'
}

// LookupTimesOf reads the options of a table. The error is an *ir.OptionError.
func LookupTimesOf(t *ir.Table) (LookupTimes, error) {
	var err error
	number := func(name string, dflt, least, most int) int {
		text, given := t.Options[name]
		if !given {
			return dflt
		}
		n, nerr := strconv.Atoi(text)
		if (nerr != nil || n < least || n > most) && err == nil {
			err = &ir.OptionError{Option: name, Reason: fmt.Sprintf("is a number from %d to %d; '%s' is not", least, most, text)}
		}
		return n
	}
	span := func(name string, dflt, most time.Duration) time.Duration {
		text, given := t.Options[name]
		if !given {
			return dflt
		}
		d, ok := ir.OptionSpan(text)
		if (!ok || d <= 0 || d > most) && err == nil {
			err = &ir.OptionError{Option: name, Reason: fmt.Sprintf("is a span of time such as 500ms or 5s, up to %s; '%s' is not", ir.SpanInWords(most.Microseconds()), text)}
		}
		return d
	}
	s := LookupTimes{
		Concurrency: number(OptionConcurrency, 8, 1, maxConcurrency),
		Timeout:     span(OptionTimeout, 10*time.Second, time.Hour),
		Retries:     number(OptionRetries, 3, 0, maxRetries),
		Delay:       span(OptionRetryDelay, 200*time.Millisecond, time.Hour),
		MaxDelay:    span(OptionRetryMost, 5*time.Second, time.Hour),
		Fail:        t.Options[ir.OptionOnError] == ir.ErrorFail,
	}
	return s, err
}

// CheckLookupKey refuses a key column whose values cannot be looked up. Connectors that are
// Lookers call it in Check.
func CheckLookupKey(t *ir.Table, names []string) error {
	physical := t.Physical()
	for _, name := range names {
		i := physical.Index(name)
		if i < 0 {
			return fmt.Errorf("it is looked up by `%s`, which is no column of it; declare it", name)
		}
		switch typ := physical.Cols[i].Type; {
		case typ.Kind.IsNested() || typ.Kind == ir.JSON:
			return fmt.Errorf("it is looked up by `%s`, which is %s; a key is a number, a text, a time or a BOOLEAN", name, typ)
		case typ.Groupable() != nil:
			return fmt.Errorf("it is looked up by `%s`, which is %s: %w", name, typ, typ.Groupable())
		}
	}
	return nil
}
