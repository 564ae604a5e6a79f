package file

import (
	"os"

	"github.com/helios-stream/helios/ir"
)

// Prunes is false: text has to be read to know what it holds.
func (connector) Prunes(*ir.Table, int) bool { return false }

// Narrows is true of NDJSON, where a field below an object is decoded by itself.
func (connector) Narrows(t *ir.Table, _ int) bool { return onlyFormat(t) == formatNDJSON }

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
