package file

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// beside are the columns of a table that its files do not hold: what the names of folders
// say, as in day=2024-01-01/hour=5/part.parquet, and metadata.
type beside struct {
	table *ir.Table
	cols  []ir.Column // that have one value for a file
	keys  []string    // of cols: the key of metadata; "": a folder says it
	files *ir.Table   // the table without all of them: what files hold
	at    map[int]int // physical column to its place in cols
	line  []int       // physical columns that are the line of the row
	inner map[int]int // other physical column to its place in files
}

// newBeside returns nil for a table without any.
func newBeside(t *ir.Table) *beside {
	meta := t.Metadata()
	if len(t.Partition) == 0 && meta == nil {
		return nil
	}
	files := *t
	files.Cols, files.Partition = nil, nil
	p := &beside{table: t, files: &files, at: map[int]int{}, inner: map[int]int{}}
	for i, c := range t.Physical().Cols {
		switch {
		case meta[i] == metaLine:
			p.line = append(p.line, i)
		case meta[i] != "" || slices.Contains(t.Partition, c.Name):
			p.at[i] = len(p.cols)
			p.cols, p.keys = append(p.cols, c), append(p.keys, meta[i])
		default:
			p.inner[i] = len(files.Cols)
			files.Cols = append(files.Cols, ir.TableColumn{Column: c})
		}
	}
	return p
}

// dirValue is one column's value as the name of a folder says it.
type dirValue struct {
	path string // of the folder, for messages
	text string
	null bool
}

// foldersOf are the folders name=value above a file, by name; the deepest wins.
// names are in the order in which they stand.
func foldersOf(path string) (byName map[string]dirValue, names []string) {
	byName = map[string]dirValue{}
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		name, value, ok := strings.Cut(filepath.Base(dir), "=")
		name = unescaped(name)
		if _, deeper := byName[name]; ok && name != "" && !deeper {
			byName[name] = dirValue{dir, unescaped(value), value == hiveNull}
			names = append(names, name)
		}
		if up := filepath.Dir(dir); up == dir {
			slices.Reverse(names)
			return byName, names
		}
	}
}

// unescaped undoes %XX; a text with a % that is not of that form stands for itself.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// values are what is said of a file, a vector of one row for each of cols.
func (p *beside) values(path string) ([]vexec.Vec, error) {
	folders, _ := foldersOf(path)
	out := make([]vexec.Vec, len(p.cols))
	for i, c := range p.cols {
		if p.keys[i] != "" {
			v, err := metaValue(p.keys[i], c.Type, path)
			if err != nil {
				return nil, err
			}
			out[i] = v
			continue
		}
		f, ok := folders[c.Name]
		if !ok {
			return nil, fmt.Errorf("%s: %s does not stand in a folder %s=...; with PARTITIONED BY (%s) each file is in folders that say these columns: move it there, or name a narrower 'path'",
				p.table.Name, path, c.Name, strings.Join(p.table.Partition, ", "))
		}
		v, fault := f.vec(&c)
		if fault != parse.OK {
			return nil, fmt.Errorf("%s: the folder %s does not fit the column %s %s: %s; rename it, or declare another type",
				p.table.Name, f.path, c.Name, c.Type, fault.Reason(c.Type, []byte(f.text)))
		}
		out[i] = v
	}
	return out, nil
}

// vec is the value as a column of one row.
func (f dirValue) vec(c *ir.Column) (vexec.Vec, parse.Fault) {
	if c.Type.Kind == ir.Varchar && !f.null {
		if !utf8.ValidString(f.text) {
			return vexec.Vec{}, parse.BadUTF8
		}
		v := vexec.NewVec(c.Type, 1)
		v.SetBytes(0, []byte(f.text))
		v.Enc = vexec.Const
		return v, parse.OK
	}
	set := parse.NewSet(&ir.Schema{Cols: []ir.Column{*c}})
	set.Grow(1)
	col := &set.Cols[0]
	fault := parse.OK
	if f.null {
		fault = col.SetNull(0)
	} else {
		fault = col.Put(0, []byte(f.text))
	}
	if fault != parse.OK {
		return vexec.Vec{}, fault
	}
	v := col.Vec(1, nil)
	v.Enc = vexec.Const
	return v, parse.OK
}

// check refuses files whose folders do not say what they should.
func (p *beside) check(files []input) error {
	checked := map[string]bool{}
	for _, f := range files {
		if dir := filepath.Dir(f.path); !checked[dir] {
			checked[dir] = true
			if _, err := p.values(f.path); err != nil {
				return err
			}
		}
	}
	return nil
}

// inferPartitions returns the partition columns of files, those of the names given, or where
// there are none those that the folders of all files below the root name.
func inferPartitions(t *ir.Table, l listing) ([]ir.Column, error) {
	names, err := t.Partition, error(nil)
	if len(names) == 0 {
		names, err = commonFolders(t, l)
	}
	if err != nil {
		return nil, err
	}
	cols := make([]ir.Column, len(names))
	for i, name := range names {
		var g guess
		for _, f := range l.files {
			folders, _ := foldersOf(f.path)
			v, ok := folders[name]
			if !ok {
				return nil, fmt.Errorf("%s: %s does not stand in a folder %s=...", t.Name, f.path, name)
			}
			g.see(v)
		}
		cols[i] = ir.Column{Name: name, Type: g.typ()}
	}
	return cols, nil
}

// commonFolders are the columns that the folders below the root name, the same ones for
// all files.
func commonFolders(t *ir.Table, l listing) ([]string, error) {
	var names []string
	for i, f := range l.files {
		_, has := foldersOf(filepath.FromSlash(f.id))
		if i == 0 {
			names = has
		}
		if !slices.Equal(has, names) {
			return nil, fmt.Errorf("%s: %s is in folders that say %s, and %s in folders that say %s; move one of them, or declare the columns and PARTITIONED BY",
				t.Name, l.files[0].path, said(names), f.path, said(has))
		}
	}
	return names, nil
}

func said(names []string) string {
	if len(names) == 0 {
		return "no columns"
	}
	return strings.Join(names, ", ")
}

// guess is a type that all values of a partition column fit.
type guess struct{ seen, notInt, notDate bool }

func (g *guess) see(f dirValue) {
	if f.null {
		return
	}
	_, i := parse.Int([]byte(f.text))
	_, d := parse.Date([]byte(f.text))
	g.seen, g.notInt, g.notDate = true, g.notInt || i != parse.OK, g.notDate || d != parse.OK
}

func (g *guess) typ() *ir.Type {
	switch {
	case g.seen && !g.notInt:
		return ir.TBigInt
	case g.seen && !g.notDate:
		return ir.TDate
	}
	return ir.TVarchar
}
