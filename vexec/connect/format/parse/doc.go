// Package parse reads SQL values from the texts of fields into columns: what the
// decoders of NDJSON and CSV share, the counterpart of format/text. It knows the
// text forms of every SQL type that a file of text can hold, and nothing of records.
package parse
