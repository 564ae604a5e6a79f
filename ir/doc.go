// Package ir is the language that the compiler and the executor share: types,
// schemas, values, expressions, logical plans and physical plans, all as plain
// data without closures.
//
// It imports nothing but the standard library. The way of a query through it:
//
//	SQL --bind--> Node (logical) --optimize--> Node --plan--> Plan (physical) --build--> tasks
//
// Nodes and expressions are immutable once built: a rewrite makes new ones.
package ir
