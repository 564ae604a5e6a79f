// Package vtest tests operators. It builds batches from Go literals, collects
// what an operator emits and rejects, checks every emitted batch against the
// contract, and repeats one test over batch sizes, dead rows, encodings and
// restarts, which must not change the result.
//
// Rows that are not live, and values where a column is NULL, are filled with
// poison: reading a text there panics, so that an operator which looks at them
// is found out.
package vtest
