//go:build !invariants

package vexec

// Invariants says whether checks between operators are compiled in (go build -tags invariants).
const Invariants = false
