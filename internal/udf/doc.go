// Package udf makes functions of one's own of Go functions: it finds the SQL types of
// their arguments and results when they are registered, turns columns into Go values and
// back by loops that know the types, and keeps the states of aggregates. What users call
// stands in package helios.
//
// User code may fail and panic at any row: that is a failure of the row, or of the group
// of an aggregate, with the function's name.
package udf
