// Package agg turns keys into dense group ids (Grouper) and keeps aggregates as
// columns indexed by them (Set). It knows nothing of windows: an operator has one
// pair for each pane, and merges pairs.
//
// Everything here is used by one goroutine, but for reads (Keys, State, Final) of
// a pair that is not written any more, which several may do at once.
package agg
