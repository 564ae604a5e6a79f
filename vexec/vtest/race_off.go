//go:build !race

package vtest

// Race reports whether the program was built with the race detector.
const Race = false
