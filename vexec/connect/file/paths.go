package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
)

// codec is how a file is compressed; "" is not at all.
type codec string

const (
	codecGzip   codec = "gzip"
	codecZstd   codec = "zstd"
	codecSnappy codec = "snappy"
	codecLZ4    codec = "lz4"
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
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(t.Dir, p)
}

// input is one file of a table.
type input struct {
	id     string // relative to the table's root, with slashes
	path   string
	size   int64
	format format
	codec  codec
}

// listing is the files of a table, by id.
type listing struct {
	root  string
	files []input
}

// list finds the table's files. None at all is an error.
func list(t *ir.Table, set settings) (listing, error) {
	path := set.path
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return listFolder(t, set)
	case err == nil && !info.Mode().IsRegular():
		return listing{}, fmt.Errorf("%s: %s is neither a file nor a folder", t.Name, path)
	case err == nil:
		l := listing{root: filepath.Dir(path)}
		return l, l.add(t, set, path, info.Size())
	case isPattern(path) && errors.Is(err, fs.ErrNotExist):
		return listPattern(t, set)
	}
	return listing{}, noAccess(t, path, err)
}

// noAccess is why a path cannot be read, in one sentence.
func noAccess(t *ir.Table, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no file %s (a relative 'path' begins in the query file's folder)", t.Name, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %s must not be read: permission denied", t.Name, path)
	}
	return fmt.Errorf("%s: cannot read %s: %w", t.Name, path, err)
}

func isPattern(path string) bool { return strings.ContainsAny(path, "*?[") }

// hidden names are not data: what is being written, and notes of other tools.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

func listFolder(t *ir.Table, set settings) (listing, error) {
	l := listing{root: set.path}
	err := filepath.WalkDir(set.path, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return noAccess(t, path, err)
		case path == set.path:
			return nil
		case hidden(e.Name()) && e.IsDir():
			return filepath.SkipDir
		case hidden(e.Name()) || e.IsDir():
			return nil
		}
		return l.addPath(t, set, path)
	})
	if err != nil {
		return l, err
	}
	if len(l.files) == 0 {
		return l, fmt.Errorf("%s: the folder %s has no files", t.Name, set.path)
	}
	l.sort()
	return l, nil
}

func listPattern(t *ir.Table, set settings) (listing, error) {
	l := listing{root: patternRoot(set.path)}
	paths, err := filepath.Glob(set.path)
	if err != nil {
		return l, fmt.Errorf("%s: the pattern %s is malformed: a [ is not closed", t.Name, set.path)
	}
	for _, path := range paths {
		if l.hides(path) {
			continue
		}
		if err := l.addPath(t, set, path); err != nil {
			return l, err
		}
	}
	if len(l.files) == 0 {
		return l, fmt.Errorf("%s: no file matches the pattern %s", t.Name, set.path)
	}
	l.sort()
	return l, nil
}

// hides reports whether a part of the path below the root is hidden.
func (l *listing) hides(path string) bool {
	rel, err := filepath.Rel(l.root, path)
	return err == nil && slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), hidden)
}

// patternRoot is the deepest folder above a pattern's first special character.
func patternRoot(path string) string {
	return filepath.Dir(path[:strings.IndexAny(path, "*?[")] + "x")
}

// addPath adds the file at path; folders and what is no regular file are skipped.
func (l *listing) addPath(t *ir.Table, set settings, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return noAccess(t, path, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	return l.add(t, set, path, info.Size())
}

func (l *listing) add(t *ir.Table, set settings, path string, size int64) error {
	id, err := filepath.Rel(l.root, path)
	if err != nil {
		return noAccess(t, path, err)
	}
	in, err := describe(t, set, path)
	if err != nil {
		return err
	}
	in.id, in.size = filepath.ToSlash(id), size
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
	if f := formatOf(t.Options["format"]); f != "" {
		in.format = f
	}
	switch {
	case in.format != "" && in.format != formatNDJSON && in.format != formatCSV && in.format != formatParquet:
		return in, fmt.Errorf("%s: 'format'='%s' is none of json, ndjson, csv, parquet", t.Name, in.format)
	case in.format == "":
		return in, fmt.Errorf("%s: the ending of %s does not say what it holds; set 'format' to json, csv or parquet", t.Name, path)
	case in.codec == codecLZ4:
		return in, fmt.Errorf("%s: %s is compressed with LZ4, which cannot be read; use .gz, .zst or .snappy", t.Name, path)
	case in.codec != "" && in.format == formatParquet:
		return in, fmt.Errorf("%s: %s is a compressed Parquet file; Parquet is compressed inside, unpack it first", t.Name, path)
	}
	return in, nil
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
