package file

import (
	"os"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Prunes is true of Parquet, whose statistics, page index and bloom filters say what
// need not be read, and of what is known of a file: columns that the names of folders say,
// and metadata. Text has to be read to know what it holds.
func (connector) Prunes(t *ir.Table, col int) bool {
	if key := t.Metadata()[col]; key != "" {
		return key != metaLine && !followed(t)
	}
	return slices.Contains(t.Partition, t.Physical().Cols[col].Name) || onlyFormat(t) == formatParquet
}

// Narrows is true of NDJSON, where a field below an object is decoded by itself, and
// of Parquet, where it is a column of its own.
func (connector) Narrows(t *ir.Table, _ int) bool {
	f := onlyFormat(t)
	return f == formatNDJSON || f == formatParquet
}

// onlyFormat is the format of all files of a table; "": each one's ending says it.
func onlyFormat(t *ir.Table) format {
	if f := formatOf(t.Options["format"]); f != "" {
		return f
	}
	path := absolute(t)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return ""
	}
	f, _ := ending(path)
	return f
}
