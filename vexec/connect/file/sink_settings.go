package file

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
)

// The values of 'write.mode'.
const (
	modeReplace = "replace"
	modeAppend  = "append"
	modeFail    = "fail"
)

// The options of folders whose files roll.
const (
	optionRollInterval = "roll.interval"
	optionRollRows     = "roll.rows"
	optionRollBytes    = "roll.bytes"
	optionMaxOpen      = "max.open.partitions"
)

// What a folder's files roll by where no option says so. A file a checkpoint would be
// thousands of small ones a day.
const (
	defaultRollInterval = time.Minute
	defaultRollBytes    = 128 << 20
	defaultMaxOpen      = 100
)

// sinkSettings are the options of a table that is written.
type sinkSettings struct {
	settings
	table     string
	cols      *ir.Schema // as the table declares them
	partition []string   // PARTITIONED BY, in its order
	folder    bool
	mode      string // "": replace a file; fail on a folder with parts of another run
	codec     codec  // of text
	roll      rolling
	maxOpen   int
	parquet   parquet.Options
	arrow     arrowipc.Options
}

// rolling says when a part of a folder ends.
type rolling struct {
	byTime   bool
	interval time.Duration // since its first row; 0: with each checkpoint
	rows     int64         // 0: however many
	bytes    int64         // 0: however many
}

func sinkSettingsOf(t *ir.Table) (sinkSettings, error) {
	base, err := settingsOf(t)
	set := sinkSettings{settings: base, table: t.Name, cols: t.Physical(), partition: t.Partition, mode: t.Options["write.mode"], parquet: parquetOptions(t), arrow: arrowipc.Options{Codec: t.Options["arrow.compression"]}}
	if err != nil {
		return set, err
	}
	set.folder = namesFolder(t)
	set.path = filepath.Clean(set.path)
	if info, err := os.Stat(set.path); err == nil {
		set.folder = set.folder || info.IsDir()
		if set.folder != info.IsDir() || !info.IsDir() && !info.Mode().IsRegular() {
			return set, fmt.Errorf("%s: cannot write to %s, which is neither a file nor a folder", t.Name, set.path)
		}
	}
	if set.format == "" && set.folder {
		set.format = formatNDJSON
	}
	if set.codec, err = set.compression(t); err != nil {
		return set, err
	}
	if err := set.rolls(t); err != nil {
		return set, err
	}
	return set, set.check(t)
}

// compression is what 'compression' or the file's ending says.
func (set *sinkSettings) compression(t *ir.Table) (codec, error) {
	option := t.Options["compression"]
	given := option != "" && option != "auto"
	var c codec
	if given && option != "none" {
		c = codec(option)
	}
	if !set.folder {
		_, ends := ending(set.path)
		switch {
		case !given:
			c = ends
		case c != ends && ends != "":
			return c, fmt.Errorf("%s: 'compression'='%s' does not fit the ending of %s", t.Name, option, set.path)
		case c != ends:
			return c, fmt.Errorf("%s: the name of a compressed file has to say so, for those who read it: write to %s%s", t.Name, set.path, endingOf(c))
		}
	}
	switch {
	case c == "":
	case endingOf(c) == "":
		return c, fmt.Errorf("%s: %s cannot be written; 'compression' is gzip, zstd, snappy or none", t.Name, c)
	case set.format == formatParquet:
		return c, fmt.Errorf("%s: Parquet files are compressed inside; leave out the ending or 'compression', and see 'parquet.compression'", t.Name)
	case set.format == formatArrow:
		return c, fmt.Errorf("%s: Arrow files are compressed inside; leave out the ending or 'compression', and see 'arrow.compression'", t.Name)
	}
	return c, nil
}

// rolls reads the options of folders whose files roll.
func (set *sinkSettings) rolls(t *ir.Table) error {
	given := false
	for _, name := range []string{optionRollInterval, optionRollRows, optionRollBytes, optionMaxOpen} {
		v, ok := t.Options[name]
		if !ok {
			continue
		}
		if !set.folder {
			return fmt.Errorf("%s: '%s' is for folders; write to one: 'path'='%s/'", t.Name, name, baseName(set.path))
		}
		if err := set.rollOption(t, name, v); err != nil {
			return err
		}
		given = given || name != optionMaxOpen
	}
	if !given {
		set.roll = rolling{byTime: true, interval: defaultRollInterval, bytes: defaultRollBytes}
	}
	if set.maxOpen == 0 {
		set.maxOpen = defaultMaxOpen
	}
	return nil
}

func (set *sinkSettings) rollOption(t *ir.Table, name, v string) error {
	var fine bool
	switch name {
	case optionRollInterval:
		set.roll.byTime = true
		set.roll.interval, fine = ir.OptionSpan(v)
	case optionRollBytes:
		set.roll.bytes, fine = ir.OptionSize(v)
		fine = fine && set.roll.bytes > 0
	case optionRollRows:
		n, err := strconv.ParseInt(v, 10, 64)
		set.roll.rows, fine = n, err == nil && n > 0
	case optionMaxOpen:
		n, err := strconv.Atoi(v)
		set.maxOpen, fine = n, err == nil && n > 0
	}
	if !fine {
		return fmt.Errorf("%s: '%s'='%s' must be more than nothing, such as '1 min' for a time, '100000' for a count, '64 MB' for a size", t.Name, name, v)
	}
	return nil
}

// check refuses what cannot be written.
func (set *sinkSettings) check(t *ir.Table) error {
	switch {
	case set.format == "":
		return fmt.Errorf("%s: the ending of %s does not say what to write; add 'format'='ndjson', 'csv', 'parquet' or 'arrow'", t.Name, set.path)
	case strings.ContainsAny(set.path, "*?["):
		return fmt.Errorf("%s: %s is a pattern; to write, name one file, or a folder with a / at the end", t.Name, set.path)
	case len(t.Partition) > 0 && !set.folder:
		return fmt.Errorf("%s: PARTITIONED BY writes a folder for each value; write to 'path'='%s/'", t.Name, baseName(set.path))
	case set.mode != "" && set.mode != modeReplace && set.mode != modeAppend && set.mode != modeFail:
		return fmt.Errorf("%s: 'write.mode'='%s' is none of replace, append, fail", t.Name, set.mode)
	}
	if err := checkPartition(t); err != nil {
		return err
	}
	if set.format == formatArrow {
		if strings.HasSuffix(strings.ToLower(set.path), ".arrows") {
			return fmt.Errorf("%s: Arrow streams are not written to files; write an Arrow file, with the ending .arrow, or a stream to stdout with --format arrow", t.Name)
		}
		if err := arrowipc.Check(set.fileCols()); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	if set.format == formatParquet {
		files := set.fileCols()
		if err := parquet.Check(files); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if err := parquet.CheckBloom(files, set.parquet.Bloom); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

// fileCols are the columns that stand in files.
func (set *sinkSettings) fileCols() *ir.Schema {
	s := &ir.Schema{}
	for _, c := range set.cols.Cols {
		if !slices.Contains(set.partition, c.Name) {
			s.Cols = append(s.Cols, c)
		}
	}
	return s
}

// baseName is a file's name without its endings.
func baseName(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	return name
}

// parquetOptions are how a table's Parquet files are written.
func parquetOptions(t *ir.Table) parquet.Options {
	opt := parquet.Options{Codec: t.Options["parquet.compression"]}
	opt.Rows, _ = strconv.Atoi(t.Options["parquet.row-group-rows"])
	for _, name := range strings.Split(t.Options["parquet.bloom-filter-columns"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			opt.Bloom = append(opt.Bloom, name)
		}
	}
	return opt
}

// checkSink refuses a table that cannot be written.
func checkSink(t *ir.Table) error {
	set, err := sinkSettingsOf(t)
	if err == nil && set.csv.quote == 0 {
		return fmt.Errorf("%s: 'csv.disable-quote-character' is for reading; what is written needs a quote around some fields", t.Name)
	}
	return err
}
