// Package refinterp runs logical plans row by row, plainly and slowly: the
// reference that the engine's results are compared with.
//
// It shares nothing with the engine but the plan: no kernel, no window code, no
// optimizer. Sums are big numbers, windows are loops, text is Go strings. Where a
// choice was between clear and fast, it is clear.
package refinterp
