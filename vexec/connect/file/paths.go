package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// format is what a file holds.
type format string

const (
	formatNDJSON  format = "ndjson"
	formatCSV     format = "csv"
	formatParquet format = "parquet"
	formatArrow   format = "arrow"
)

// binary is true of formats that are read and written by parts with places of their
// own, and not from the front.
func (f format) binary() bool { return f == formatParquet || f == formatArrow }

// codec is how a file is compressed; "" is not at all.
type codec string

const (
	codecGzip   codec = "gzip"
	codecZstd   codec = "zstd"
	codecSnappy codec = "snappy"
	codecLZ4    codec = "lz4"
	codecAuto   codec = "auto" // by the ending, else by the first bytes
)

// formatOf is the format that the option names; "": by ending.
func formatOf(option string) format {
	if option == "json" {
		return formatNDJSON
	}
	return format(option)
}

// ending is what a file's name says about it.
func ending(path string) (format, codec) {
	ext, rest := cutExt(path)
	var c codec
	switch ext {
	case ".gz", ".gzip":
		c = codecGzip
	case ".zst", ".zstd":
		c = codecZstd
	case ".snappy", ".sz":
		c = codecSnappy
	case ".lz4":
		c = codecLZ4
	}
	if c != "" {
		ext, _ = cutExt(rest)
	}
	switch ext {
	case ".ndjson", ".jsonl", ".json":
		return formatNDJSON, c
	case ".csv":
		return formatCSV, c
	case ".parquet":
		return formatParquet, c
	case ".arrow", ".arrows", ".feather", ".ipc":
		return formatArrow, c
	}
	return "", c
}

func cutExt(path string) (ext, rest string) {
	ext = filepath.Ext(path)
	return strings.ToLower(ext), strings.TrimSuffix(path, ext)
}

// absolute is the table's path, from the query file's folder.
func absolute(t *ir.Table) string {
	p := t.Options["path"]
	if p == "" || filepath.IsAbs(p) || isStdin(p) {
		return p
	}
	return filepath.Join(t.Dir, p)
}

// input is one file of a table.
type input struct {
	id     string // relative to the table's root, with slashes
	path   string
	size   int64
	info   fs.FileInfo // when it was listed
	format format
	codec  codec
}

// listing is the files of a table, by id.
type listing struct {
	root    string
	files   []input
	growing bool // of a table that is followed
}

// list finds the table's files. None at all is an error.
func list(t *ir.Table, set settings) (listing, error) {
	l, err := find(t, set)
	switch {
	case err != nil || len(l.files) > 0:
		return l, err
	case isPattern(set.path) && l.root != set.path:
		return l, fmt.Errorf("%s: no file matches the pattern %s", t.Name, set.path)
	}
	return l, fmt.Errorf("%s: the folder %s has no files", t.Name, set.path)
}

// find is list where there may be no files yet.
func find(t *ir.Table, set settings) (listing, error) {
	path := set.path
	info, err := os.Stat(path)
	l := listing{root: filepath.Dir(path), growing: set.follow > 0}
	switch {
	case err == nil && info.IsDir():
		l.root = path
		err = l.expand(t, set, path, []string{"**", "*"})
	case err == nil && !info.Mode().IsRegular():
		return l, fmt.Errorf("%s: %s is neither a file nor a folder", t.Name, path)
	case err == nil:
		err = l.add(t, set, path, info)
	case isPattern(path) && errors.Is(err, fs.ErrNotExist):
		l.root = patternRoot(path)
		err = l.pattern(t, set)
	default:
		return l, noAccess(t, path, err)
	}
	l.sort()
	return l, err
}

// noAccess is why a path cannot be read, in one sentence.
func noAccess(t *ir.Table, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no file %s (a relative 'path' begins in the query file's folder)", t.Name, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %s must not be read: permission denied; give this user leave to read it", t.Name, path)
	}
	return fmt.Errorf("%s: cannot read %s: %w", t.Name, path, err)
}

func isPattern(path string) bool { return strings.ContainsAny(path, "*?[") }

// hidden names are not data: what is being written, and notes of other tools. A folder
// _day=1 holds a column _day.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") && !strings.Contains(name, "=")
}

// pattern adds what matches the table's path.
func (l *listing) pattern(t *ir.Table, set settings) error {
	rel, err := filepath.Rel(l.root, set.path)
	if err != nil {
		return noAccess(t, set.path, err)
	}
	var parts []string
	for _, part := range strings.Split(filepath.ToSlash(rel), "/") {
		if _, err := filepath.Match(part, ""); err != nil {
			return fmt.Errorf("%s: the pattern %s is malformed: a [ is not closed", t.Name, set.path)
		}
		if part != "**" || len(parts) == 0 || parts[len(parts)-1] != "**" {
			parts = append(parts, part)
		}
	}
	if parts[len(parts)-1] == "**" {
		parts = append(parts, "*")
	}
	if _, err := os.Stat(l.root); errors.Is(err, fs.ErrNotExist) {
		return nil // nothing matches
	}
	return l.expand(t, set, l.root, parts)
}

// expand adds the files below a folder that match the parts of a pattern; ** is any
// number of folders. Hidden names match only parts that begin like them.
func (l *listing) expand(t *ir.Table, set settings, dir string, parts []string) error {
	part, rest := parts[0], parts[1:]
	if part == "**" {
		if err := l.expand(t, set, dir, rest); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return l.unlessGone(noAccess(t, dir, err), err)
	}
	for _, e := range entries {
		path, isDir := filepath.Join(dir, e.Name()), e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			isDir = err == nil && info.IsDir() && part != "**" // no circles
		}
		matches, _ := filepath.Match(part, e.Name())
		if hidden(e.Name()) && (part == "**" || part[0] != e.Name()[0]) {
			continue
		}
		switch {
		case part == "**" && isDir:
			err = l.expand(t, set, path, parts)
		case part == "**" || !matches:
		case len(rest) > 0 && isDir:
			err = l.expand(t, set, path, rest)
		case len(rest) == 0 && !isDir:
			err = l.addPath(t, set, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unlessGone is err, but for a file that has gone away since its folder was read,
// where files are followed.
func (l *listing) unlessGone(err, cause error) error {
	if l.growing && errors.Is(cause, fs.ErrNotExist) {
		return nil
	}
	return err
}

// patternRoot is the deepest folder above a pattern's first special character.
func patternRoot(path string) string {
	return filepath.Dir(path[:strings.IndexAny(path, "*?[")] + "x")
}

// addPath adds the file at path; folders and what is no regular file are skipped.
func (l *listing) addPath(t *ir.Table, set settings, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return l.unlessGone(noAccess(t, path, err), err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	return l.add(t, set, path, info)
}

func (l *listing) add(t *ir.Table, set settings, path string, info fs.FileInfo) error {
	id, err := filepath.Rel(l.root, path)
	if err != nil {
		return noAccess(t, path, err)
	}
	if _, c := ending(path); l.growing && c != "" {
		return nil // a log that was rotated and packed
	}
	in, err := describe(t, set, path)
	if err != nil {
		return err
	}
	in.id, in.size, in.info = filepath.ToSlash(id), info.Size(), info
	l.files = append(l.files, in)
	return nil
}

func (l *listing) sort() {
	sort.Slice(l.files, func(i, j int) bool { return l.files[i].id < l.files[j].id })
}

// describe says what the file at path holds.
func describe(t *ir.Table, set settings, path string) (input, error) {
	in := input{path: path}
	in.format, in.codec = ending(path)
	if set.codec != codecAuto {
		in.codec = set.codec
	}
	if f := formatOf(t.Options["format"]); f != "" {
		in.format = f
	}
	switch {
	case in.format != "" && in.format != formatNDJSON && in.format != formatCSV && !in.format.binary():
		return in, fmt.Errorf("%s: 'format'='%s' is none of json, ndjson, csv, parquet, arrow", t.Name, in.format)
	case in.format == "":
		return in, fmt.Errorf("%s: the ending of %s does not say what it holds; set 'format' to json, csv, parquet or arrow", t.Name, path)
	case in.format.binary() && set.forced():
		return in, compressedInside(in.format)
	case in.codec != "" && in.format == formatParquet:
		return in, fmt.Errorf("%s: %s is a compressed Parquet file; Parquet is compressed inside, unpack it first", t.Name, path)
	case in.codec != "" && in.format == formatArrow:
		return in, fmt.Errorf("%s: %s is a compressed Arrow file; Arrow is compressed inside, unpack it first", t.Name, path)
	}
	return in, nil
}

// forced reports whether 'compression' names a way of compressing.
func (set *settings) forced() bool { return set.codec != "" && set.codec != codecAuto }

// compressedInside refuses 'compression' for a format that has its own.
func compressedInside(f format) error {
	name := map[format]string{formatParquet: "Parquet", formatArrow: "Arrow"}[f]
	return &ir.OptionError{Option: "compression", Reason: fmt.Sprintf("is for text; %s files are compressed inside, in a way that they say themselves: leave it out", name)}
}

// rootOf is the folder that split IDs of a path are relative to.
func rootOf(path string) string {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return path
	case err != nil && isPattern(path):
		return patternRoot(path)
	}
	return filepath.Dir(path)
}
