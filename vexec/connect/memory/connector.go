package memory

import (
	"context"
	"fmt"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Connector is TYPE Memory: tables are found by the mapping's name. It is safe for
// use by many goroutines.
type Connector struct {
	mu      sync.Mutex
	sources map[string]*Source
	stores  map[string]*Store
}

// New returns a connector without tables.
func New() *Connector {
	return &Connector{sources: map[string]*Source{}, stores: map[string]*Store{}}
}

// Put makes src the table that the mapping name reads.
func (c *Connector) Put(name string, src *Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources[name] = src
}

// Store returns what was written to the mapping name, making it where it is new.
func (c *Connector) Store(name string) *Store {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stores[name] == nil {
		c.stores[name] = &Store{}
	}
	return c.stores[name]
}

// Spec describes the connector.
func (c *Connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:     "memory",
		Summary:  "A table in the memory of the program that runs the query, for tests and the Go API.",
		Source:   true,
		Sink:     true,
		Changes:  true,
		Options:  vexec.RowOptions("the run stops"),
		Examples: []string{"CREATE MAPPING trades (id BIGINT, price DOUBLE) TYPE Memory"},
	}
}

// Check takes every table: memory holds all types.
func (c *Connector) Check(*ir.Table, bool) error { return nil }

// Infer fails: a table in memory has the columns that its mapping declares.
func (c *Connector) Infer(_ context.Context, t *ir.Table) ([]ir.Column, error) {
	return nil, fmt.Errorf("%s: a mapping of TYPE Memory must declare its columns", t.Name)
}

// Bounded reports whether all rows of the table are there already.
func (c *Connector) Bounded(t *ir.Table) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sources[t.Name]
	return s != nil && s.Bounded()
}

// Size is how many rows the table has, if all are there already.
func (c *Connector) Size(_ context.Context, t *ir.Table) (rows int64, distinct []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sources[t.Name]; s != nil && s.Bounded() {
		return s.rows(), nil
	}
	return 0, nil
}

// Source finds the table that was Put under the mapping's name.
func (c *Connector) Source(t *ir.Table) (vexec.Source, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sources[t.Name]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("%s: the program has put no table of this name into memory", t.Name)
}

// Sink writes to the Store of the mapping's name.
func (c *Connector) Sink(t *ir.Table) (vexec.Sink, error) { return c.Store(t.Name).Sink(), nil }
