package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

type dlqCmd struct {
	Ls     dlqLsCmd     `cmd:"" help:"Count the letters of dead-letter files, by source and reason."`
	Show   dlqShowCmd   `cmd:"" help:"Show dead letters: where they come from, why, and the record."`
	Replay dlqReplayCmd `cmd:"" help:"Write the records of dead letters to a file, for a query that can read them now."`
}

// deadLetter is a line of a dead-letter file.
type deadLetter struct {
	Source, Split *string
	Line, Offset  *int64
	Column        *string
	Operator      *string
	Reason        *string
	Raw           *string
	RawBase64     *string `json:"raw_base64"`
	Row           json.RawMessage
}

// record is the record as it stood in its source; ok is false where an operator refused
// a row that is no longer one.
func (d *deadLetter) record() (raw []byte, ok bool, err error) {
	switch {
	case d.Raw != nil:
		return []byte(*d.Raw), true, nil
	case d.RawBase64 != nil:
		raw, err = base64.StdEncoding.DecodeString(*d.RawBase64)
		return raw, err == nil, err
	}
	return nil, false, nil
}

// where is the place of the record, or the operator.
func (d *deadLetter) where() string {
	switch {
	case d.Split == nil:
		return orEmpty(d.Operator)
	case d.Line != nil:
		return fmt.Sprintf("%s:%d", *d.Split, *d.Line)
	case d.Offset != nil:
		return fmt.Sprintf("%s at %d", *d.Split, *d.Offset)
	}
	return *d.Split
}

// why is the reason, with the column that is to blame.
func (d *deadLetter) why() string {
	if d.Column != nil {
		return "column " + *d.Column + ": " + orEmpty(d.Reason)
	}
	return orEmpty(d.Reason)
}

// from is the source; of a row the operator.
func (d *deadLetter) from() string {
	if d.Source == nil {
		return orEmpty(d.Operator)
	}
	return *d.Source
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// letterFiles finds dead-letter files: those that are named, dead-letters.ndjson in
// folders that are, and without names those of the working folder.
func letterFiles(names []string) ([]string, error) {
	if len(names) == 0 {
		found, err := filepath.Glob("*dead-letters.ndjson")
		if err == nil && len(found) == 0 {
			err = usagef("there is no *dead-letters.ndjson here; name a file, or a checkpoint folder")
		}
		return found, err
	}
	out := slices.Clone(names)
	for i, name := range out {
		info, err := os.Stat(name)
		if err != nil {
			return nil, usagef("%s cannot be read: %v", name, unwrapPath(err))
		}
		if info.IsDir() {
			out[i] = filepath.Join(name, "dead-letters.ndjson")
			if _, err := os.Stat(out[i]); err != nil {
				return nil, usagef("the folder %s has no dead-letters.ndjson", name)
			}
		}
	}
	return out, nil
}

func unwrapPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// eachLetter calls f for the letters of the files, in order, and reports lines that are
// none. It returns an error after the last file where there were such.
func eachLetter(errs io.Writer, files []string, f func(file string, d *deadLetter) error) error {
	damaged := 0
	for _, name := range files {
		in, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", name, unwrapPath(err))
		}
		err = lettersIn(in, func(line int, d *deadLetter, bad error) error {
			if bad != nil {
				if damaged++; damaged <= maxDamaged {
					fmt.Fprintf(errs, "%s:%d: not a dead letter: %v\n", name, line, bad)
				}
				return nil
			}
			return f(name, d)
		})
		_ = in.Close() // it was only read
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if damaged > 0 {
		return fmt.Errorf("%s could not be read as dead letters", plural(int64(damaged), "line"))
	}
	return nil
}

// maxDamaged is how many lines that are no dead letters are shown.
const maxDamaged = 5

// errEnough ends eachLetter early.
var errEnough = errors.New("enough")

func lettersIn(in io.Reader, f func(line int, d *deadLetter, bad error) error) error {
	r := bufio.NewReaderSize(in, 1<<16)
	for n := 1; ; n++ {
		text, err := r.ReadBytes('\n')
		if len(strings.TrimSpace(string(text))) > 0 {
			d := &deadLetter{}
			if ferr := f(n, d, readLetter(text, d)); ferr != nil {
				return ferr
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLetter says in words what is wrong with a line that is no letter.
func readLetter(text []byte, d *deadLetter) error {
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal(text, d); {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("its %s is of another type", strings.ToLower(kind.Field))
	case err != nil:
		return errors.New("it is no JSON object")
	case d.Reason == nil:
		return errors.New("it has no reason")
	}
	return nil
}

// letterFilter picks letters.
type letterFilter struct {
	Source string `placeholder:"NAME" help:"Only letters of this mapping (or operator)."`
	Reason string `placeholder:"TEXT" help:"Only letters whose reason, with its column, holds this text."`
}

func (f *letterFilter) wants(d *deadLetter) bool {
	return (f.Source == "" || d.from() == f.Source) && strings.Contains(d.why(), f.Reason)
}

type dlqLsCmd struct {
	Files []string `arg:"" optional:"" help:"Dead-letter files or checkpoint folders; default: *dead-letters.ndjson here."`
}

// Run counts letters by file, source and reason.
func (c *dlqLsCmd) Run(s streams) error {
	files, err := letterFiles(c.Files)
	if err != nil {
		return err
	}
	type group struct {
		file, from, why string
		n               int64
		first, last     string
	}
	var groups []*group
	byKey := map[[3]string]*group{}
	err = eachLetter(s.err, files, func(file string, d *deadLetter) error {
		why := orEmpty(d.Reason)
		if i := strings.IndexByte(why, '\''); i == 0 { // the reason without the value that is to blame
			if j := strings.LastIndexByte(why, '\''); j > 0 {
				why = "'...'" + why[j+1:]
			}
		}
		if d.Column != nil {
			why = "column " + *d.Column + ": " + why
		}
		key := [3]string{file, d.from(), why}
		g := byKey[key]
		if g == nil {
			g = &group{file: file, from: d.from(), why: why, first: d.where()}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.n++
		g.last = d.where()
		return nil
	})
	file := ""
	for _, g := range groups {
		if g.file != file {
			file = g.file
			fmt.Fprintln(s.out, file)
		}
		fmt.Fprintf(s.out, "  %8s  %s: %s (first %s, last %s)\n", thousands(g.n), printable(g.from), printable(g.why), printable(g.first), printable(g.last))
	}
	if len(groups) == 0 && err == nil {
		fmt.Fprintln(s.out, "no dead letters")
	}
	return err
}

type dlqShowCmd struct {
	Files []string `arg:"" optional:"" help:"Dead-letter files or checkpoint folders; default: *dead-letters.ndjson here."`
	letterFilter
	Limit int64 `default:"20" help:"How many are shown; 0: all."`
	Raw   bool  `help:"Only the records, as they stood in their source, a line each."`
}

// Run shows letters.
func (c *dlqShowCmd) Run(s streams) error {
	files, err := letterFiles(c.Files)
	if err != nil {
		return err
	}
	shown := int64(0)
	return eachLetter(s.err, files, func(_ string, d *deadLetter) error {
		if !c.wants(d) {
			return nil
		}
		if c.Limit > 0 && shown == c.Limit {
			return errEnough
		}
		shown++
		raw, is, err := d.record()
		if err != nil {
			return fmt.Errorf("the letter of %s: its raw_base64 is none: %w", d.where(), err)
		}
		if c.Raw {
			if is {
				_, err = fmt.Fprintf(s.out, "%s\n", raw)
			}
			return err
		}
		if _, err := fmt.Fprintf(s.out, "%s  %s\n  %s\n", printable(d.from()), printable(d.where()), printable(d.why())); err != nil {
			return err
		}
		switch {
		case is:
			_, err = fmt.Fprintf(s.out, "  %s\n", readable(raw))
		case d.Row != nil:
			_, err = fmt.Fprintf(s.out, "  row %s\n", d.Row)
		}
		return err
	})
}

// readable is text as it is, and other bytes in hex; control characters are escaped, so
// that a record cannot act on the terminal.
func readable(raw []byte) string {
	if !utf8.Valid(raw) {
		return "hex " + hex.EncodeToString(raw)
	}
	return strings.ReplaceAll(printable(string(raw)), "\n", "\\x0a")
}

type dlqReplayCmd struct {
	Files  []string `arg:"" optional:"" help:"Dead-letter files or checkpoint folders; default: *dead-letters.ndjson here."`
	Output string   `short:"o" required:"" placeholder:"FILE" help:"A new file for the records, a line each."`
	letterFilter
	Head string `placeholder:"LINE" help:"A first line, such as the header that CSV needs."`
}

// Run writes the records of letters to a new file.
func (c *dlqReplayCmd) Run(s streams) error {
	files, err := letterFiles(c.Files)
	if err != nil {
		return err
	}
	var records [][]byte
	sources := map[string]bool{}
	rows := int64(0)
	err = eachLetter(s.err, files, func(_ string, d *deadLetter) error {
		if !c.wants(d) {
			return nil
		}
		raw, is, err := d.record()
		if err != nil {
			return fmt.Errorf("the letter of %s: its raw_base64 is none: %w", d.where(), err)
		}
		if !is {
			rows++
			return nil
		}
		sources[d.from()] = true
		records = append(records, raw)
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(sources) > 1:
		return usagef("the letters come from several sources, whose records would mix: choose one with --source")
	case len(records) == 0:
		return fmt.Errorf("no record to write: %s of operators, which are no records of a source", plural(rows, "letter"))
	}
	out, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return usagef("-o %s: %v", c.Output, unwrapPath(err))
	}
	w := bufio.NewWriter(out)
	if c.Head != "" {
		fmt.Fprintln(w, c.Head)
	}
	for _, r := range records {
		_, _ = w.Write(r)
		_ = w.WriteByte('\n') // Flush has the error
	}
	if err := errors.Join(w.Flush(), out.Close()); err != nil {
		return fmt.Errorf("%s cannot be written: %w", c.Output, err)
	}
	fmt.Fprintf(s.err, "%s written to %s\n", plural(int64(len(records)), "record"), c.Output)
	if rows > 0 {
		fmt.Fprintf(s.err, "%s of operators left out: their rows are no records of a source\n", plural(rows, "letter"))
	}
	return nil
}
