package run

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// onError says what becomes of rows that cannot be processed.
type onError int

const (
	toLetters onError = iota
	toFail
	toDrop
)

// policyOf is the 'on.error' of rows that come from the given tables: fail if one
// says so, drop if all do.
func policyOf(tables []*ir.Table) onError {
	drops := 0
	for _, t := range tables {
		switch t.Options["on.error"] {
		case "fail":
			return toFail
		case "drop":
			drops++
		}
	}
	if drops > 0 && drops == len(tables) {
		return toDrop
	}
	return toLetters
}

// RowError is the end of a run with 'on.error'='fail'.
type RowError struct {
	Split  string // "": an operator behind the scan refused the row
	Line   int64  // 0: the format has no lines
	Offset int64
	Column string
	Reason string
	Row    string // of an operator, or a row that was read already: the row as JSON
}

// why is the reason, with the column if one is to blame.
func (e *RowError) why() string {
	if e.Column == "" {
		return e.Reason
	}
	return "column " + e.Column + ": " + e.Reason
}

func (e *RowError) Error() string {
	text := e.why()
	if where := e.where(); where != "" {
		text = where + ": " + text
	}
	if e.Row != "" {
		text += ", in the row " + e.Row
	}
	return text + " ('on.error'='fail')"
}

func (e *RowError) where() string {
	switch {
	case e.Split == "":
		return ""
	case e.Row != "": // where it stands there is not known any more
		return e.Split
	case e.Line > 0:
		return fmt.Sprintf("%s:%d", e.Split, e.Line)
	}
	return fmt.Sprintf("%s at %d", e.Split, e.Offset)
}

// badRows deals with records that could not be decoded.
func (t *task) badRows(src *link, rows []vexec.BadRow) error {
	for i := range rows {
		r := &rows[i]
		src.count.bad++
		e := rowErrorOf(r)
		t.job.samples.add(src, func() string { return e.first() + rawText(r.Raw) })
		switch skips := src.skips(); {
		case t.policy == toFail && !skips:
			return src.fail(e)
		case t.policy == toDrop || skips:
			t.lose(droppedLoss, 1, e.first)
			continue
		}
		l := recordLetter(src.name, r)
		if err := t.letter(&l, e.first); err != nil {
			return err
		}
	}
	return nil
}

// skips reports whether records of the place's table that cannot be read are left out,
// whatever becomes of rows that an expression fails for.
func (l *link) skips() bool {
	t := l.table()
	return t != nil && vexec.IgnoresParseErrors(t)
}

// nulls counts fields that were made NULL.
func (t *task) nulls(bad *vexec.BadRows) {
	if bad.Nulls > 0 {
		t.lose(nulledLoss, bad.Nulls, rowErrorOf(&bad.FirstNull).first)
	}
}

// rawText is a record behind a message, cut where it is long.
func rawText(raw []byte) string {
	const most = 200
	if len(raw) == 0 {
		return ""
	}
	if len(raw) > most {
		return fmt.Sprintf(": %q ...", raw[:most])
	}
	return fmt.Sprintf(": %q", raw)
}

func rowErrorOf(r *vexec.BadRow) *RowError {
	return &RowError{Split: r.Split, Line: r.Line, Offset: r.Offset, Column: r.Column, Reason: r.Reason}
}

// first is the error where only one of many is shown.
func (e *RowError) first() string { return e.where() + ": " + e.why() }

// letter sends a dead letter where those of the stage go.
func (t *task) letter(row *letter, first func() string) error {
	if t.letters == nil {
		if t.job.up != nil {
			fresh, err := t.job.letters.addOfLoad(row, t.stage.Plan.ID, t.job.anew)
			if fresh {
				t.lose(fileLoss, 1, first)
			}
			return err
		}
		t.lose(fileLoss, 1, first)
		return t.job.letters.add(t.epoch+1, row)
	}
	t.lose((&Loss{Kind: LossMapping, To: t.stage.LettersTo}).key(), 1, first)
	row.fill(&t.letterRow)
	return t.letters.Send(&t.letterRow)
}

func recordLetter(name string, r *vexec.BadRow) letter {
	l := letter{sourceOf(name), r.Split, nil, r.Offset, nil, nil, r.Reason, nil, nil, nil}
	if r.Line > 0 {
		l[2] = r.Line
	}
	if r.Column != "" {
		l[4] = r.Column
	}
	switch {
	case r.Raw == nil:
	case utf8.Valid(r.Raw):
		l[7] = string(r.Raw)
	default:
		l[8] = base64.StdEncoding.EncodeToString(r.Raw)
	}
	return l
}

// sourceOf is the table in "Scan(table)".
func sourceOf(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(name, "Scan("), ")")
}

// rowError deals with a row that an operator refused.
func (t *task) rowError(l *link, b *vexec.Batch, f *vexec.RowFate) error {
	split := t.readFrom(l)
	first := func() string {
		if split != "" {
			return split + ": " + f.Reason
		}
		return l.name + ": " + f.Reason
	}
	if t.policy == toDrop {
		t.lose(droppedLoss, 1, first)
		return nil
	}
	row := rowJSON(b, int(f.Row))
	if t.policy == toFail {
		return l.fail(&RowError{Split: split, Reason: f.Reason, Row: row})
	}
	out := letter{5: l.name, 6: f.Reason, 9: row}
	if split != "" {
		out[0], out[1] = sourceOf(l.name), split
	}
	return t.letter(&out, first)
}

// readFrom is the split that a row comes from which the place refuses that reads it;
// "": another place does, and rows of several splits may be there.
func (t *task) readFrom(l *link) string {
	if t.src == nil || l.at != 0 || t.src.claim.split == nil {
		return ""
	}
	return t.src.claim.split.ID
}
