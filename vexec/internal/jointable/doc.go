// Package jointable holds relations that are read before a plan runs (ir.Load): in
// columns, found by their keys, and shared by all tasks that look into them.
//
// A Collector takes the rows of one task of the load. Build makes a Table of all of them,
// which nobody writes any more. A Live is where lookups find the newest Table.
package jointable
