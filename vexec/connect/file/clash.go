package file

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// Reads reports whether a run that writes the table out would write to what it reads
// as the table in: the same file, or a file that in's folder or pattern takes in.
func Reads(in, out *ir.Table) bool {
	path, written := resolved(absolute(in)), writes(out)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		rel, err := filepath.Rel(path, written)
		return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
	}
	if path == written {
		return true
	}
	match, err := filepath.Match(path, written)
	return err == nil && match
}

// SamePlace reports whether two tables are written to one file or into one folder.
func SamePlace(a, b *ir.Table) bool { return resolved(absolute(a)) == resolved(absolute(b)) }

func intoFolder(t *ir.Table) bool {
	info, err := os.Stat(absolute(t))
	return namesFolder(t) || err == nil && info.IsDir()
}

// namesFolder reports whether a table's path is that of a folder: by a slash at its end,
// or as PARTITIONED BY needs one and it does not end like a file, as Flink writes it.
func namesFolder(t *ir.Table) bool {
	path := t.Options["path"]
	return strings.HasSuffix(path, "/") || len(t.Partition) > 0 && filepath.Ext(path) == ""
}

// writes is the file that a table is written to; for a folder, one as it will be
// called there.
func writes(t *ir.Table) string {
	path := absolute(t)
	if intoFolder(t) {
		name := partName(0, "0", 0, 0, "")
		if f := t.Options["format"]; f != "" {
			name += "." + string(formatOf(f)) + endingOf(codec(t.Options["compression"])) // none of auto and none
		}
		for _, col := range slices.Backward(t.Partition) {
			name = filepath.Join(col+"=0", name)
		}
		return filepath.Join(resolved(path), name)
	}
	return resolved(path)
}

// resolved is a path by which two names of one file are told to be one: from the root,
// and through the links of its folder.
func resolved(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		return filepath.Join(dir, filepath.Base(abs))
	}
	return abs
}
