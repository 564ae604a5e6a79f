//go:build race

package compiler_test

// raceEnabled reports whether the tests run under the race detector, which takes time.
const raceEnabled = true
