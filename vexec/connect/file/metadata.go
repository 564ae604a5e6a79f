package file

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// What METADATA columns may ask for. The first four are those of Flink.
const (
	metaPath  = "file.path"
	metaName  = "file.name"
	metaSize  = "file.size"
	metaMtime = "file.modification-time"
	metaLine  = "line"
)

func metadata() []ir.MetadataSpec {
	return []ir.MetadataSpec{
		{Key: metaPath, Type: ir.TVarchar, NotNull: true, Doc: "The path of the file, as it is read; of a log that is followed the one under which it was found."},
		{Key: metaName, Type: ir.TVarchar, NotNull: true, Doc: "The name of the file without its folders."},
		{Key: metaSize, Type: ir.TBigInt, NotNull: true, Doc: "How many bytes the file has, compressed as it is. Not of files that are followed."},
		{Key: metaMtime, Type: &ir.Type{Kind: ir.TimestampLTZ, P: 3}, NotNull: true, Doc: "When the file was last written. Not of files that are followed."},
		{Key: metaLine, Type: ir.TBigInt, NotNull: true, Formats: []string{"NDJSON", "CSV"},
			Doc: "The line in which the row begins, from 1; header, comments and empty lines count. Of standard input from the start of the run."},
	}
}

// checkMetadata refuses what cannot be known of what is read.
func checkMetadata(t *ir.Table, set settings) error {
	for _, c := range t.Cols {
		switch {
		case c.Meta == "":
		case c.Meta == metaLine && set.format.binary():
			return fmt.Errorf("%s: the metadata '%s' is of NDJSON and CSV: %s files have no lines; leave out %s", t.Name, metaLine, set.format, c.Name)
		case c.Meta != metaLine && set.stdin:
			return fmt.Errorf("%s: standard input is no file and has no '%s'; leave out %s", t.Name, c.Meta, c.Name)
		case (c.Meta == metaSize || c.Meta == metaMtime) && set.follow > 0:
			return fmt.Errorf("%s: '%s' of files that are followed changes all the time; leave out %s", t.Name, c.Meta, c.Name)
		}
	}
	return nil
}

// metaValue is what a key says of the file at path, as a column of one row.
func metaValue(key string, typ *ir.Type, path string) (vexec.Vec, error) {
	v := vexec.NewVec(typ, 1)
	v.Enc = vexec.Const
	switch key {
	case metaPath:
		v.SetBytes(0, []byte(strings.ToValidUTF8(path, "\uFFFD")))
		return v, nil
	case metaName:
		v.SetBytes(0, []byte(strings.ToValidUTF8(filepath.Base(path), "\uFFFD")))
		return v, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return v, fmt.Errorf("cannot read %s: %w", path, err)
	}
	if key == metaSize {
		v.Int64s()[0] = info.Size()
	} else {
		v.Int64s()[0] = info.ModTime().UnixMilli() * 1000
	}
	return v, nil
}

// linedDecoder is a decoder of text that knows the lines of its rows.
type linedDecoder interface {
	vexec.Decoder
	// noteLines is called once, before the first unit.
	noteLines()
	// linesOf fills to with the lines of the last batch's rows.
	linesOf(to []int64) error
}

func noLines(table, path string) error {
	return fmt.Errorf("%s: the metadata '%s' is of NDJSON and CSV: %s has no lines; leave out the column, or name a narrower 'path'", table, metaLine, path)
}

func (d *rangeDecoder) noteLines()               { d.decoder.NotePlaces() }
func (d *rangeDecoder) linesOf(to []int64) error { return d.report.linesOf(d.decoder.Places(), to) }

func (d *blockDecoder) noteLines()               { d.decoder.NotePlaces() }
func (d *blockDecoder) linesOf(to []int64) error { return d.report.linesOf(d.decoder.Places(), to) }
