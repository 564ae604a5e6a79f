//go:build invariants

package vexec

// Invariants says whether checks between operators are compiled in.
const Invariants = true
