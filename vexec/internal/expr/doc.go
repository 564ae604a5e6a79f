// Package expr evaluates expressions and filters over batches.
//
// Compile turns expressions into a flat program: steps that read registers and
// write one. A register holds a column for the current batch: an input column, a
// constant or a result. Equal parts are computed once. A step works on a slot, a
// selection of rows: slot 0 is the batch's live rows; AND, OR, CASE, COALESCE and
// NULLIF make narrower ones for the parts that they evaluate only where needed, so
// that x <> 0 AND 1/x > 2 fails nowhere.
//
// What is computed at rows that nobody asked for is unspecified, like the values
// of dead and NULL rows. Work that could fail or read memory there (text) is done
// for wanted rows only; plain arithmetic and comparisons run over everything.
package expr
