// Package file is the connector of files: NDJSON, CSV, Parquet and Arrow IPC, one
// file, a folder, or all that a pattern matches. Each file is a split.
package file

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/csv"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

type connector struct {
	limits limits
	stdin  io.Reader
}

// limits are sizes that tests make small.
type limits struct {
	unit   int64 // bytes of a unit of NDJSON or CSV
	block  int64 // of a unit of what is read from its front, where there are many files; 0: unit
	record int64 // bytes of the longest record
}

// New returns the connector of TYPE File.
func New() vexec.Connector {
	return connector{limits{unit: 1 << 20, record: 64 << 20}, os.Stdin}
}

// NewWithStdin returns the connector with something else as standard input.
func NewWithStdin(in io.Reader) vexec.Connector {
	return connector{limits{unit: 1 << 20, record: 64 << 20}, in}
}

// NewWithUnits returns the connector with units of NDJSON and CSV of so many bytes,
// for tests that want small files in many units.
func NewWithUnits(bytes int64) vexec.Connector {
	return connector{limits{unit: bytes, record: 64 << 20}, os.Stdin}
}

// Spec describes the connector.
func (connector) Spec() *ir.ConnectorSpec {
	return &ir.ConnectorSpec{
		Name:     "file",
		Aliases:  []string{"filesystem"},
		Summary:  "Files of NDJSON, CSV, Parquet or Arrow IPC: one file, a folder, or a pattern such as data/*.ndjson.",
		Source:   true,
		Sink:     true,
		Options:  options(),
		Metadata: metadata(),
		Examples: []string{
			"CREATE MAPPING trades (id BIGINT, ts TIMESTAMP(3), price DOUBLE, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) TYPE File OPTIONS ('path'='trades.ndjson')",
			"CREATE MAPPING bids (auction BIGINT, price BIGINT) TYPE File OPTIONS ('path'='bids/*.parquet')",
			"CREATE MAPPING sales (id BIGINT, price DOUBLE, dt DATE, hour INTEGER) PARTITIONED BY (dt, hour) TYPE File OPTIONS ('path'='sales/')",
			"CREATE MAPPING archive (day DATE, id BIGINT, price DOUBLE) PARTITIONED BY (day) TYPE File OPTIONS ('path'='archive/', 'format'='parquet', 'roll.interval'='1 min')",
		},
	}
}

func options() []ir.OptionSpec {
	own := []ir.OptionSpec{
		{Name: "path", Type: ir.OptionPath, Required: true, Example: "data/*.ndjson",
			Doc: "A file, a folder, or a pattern with * ? [a-z] and ** for any depth of folders, relative to the query file; - is standard input."},
		{Name: "format", Type: ir.OptionEnum, Values: []string{"json", "ndjson", "csv", "parquet", "arrow"}, Example: "csv",
			Doc: "What the files hold; without it the file's ending says so (.json .ndjson .jsonl .csv .parquet .arrow .arrows .feather .ipc)."},
		{Name: "compression", Formats: []string{"NDJSON", "CSV"}, Type: ir.OptionEnum, Values: []string{"auto", "none", "gzip", "zstd", "snappy", "lz4"}, Default: "auto", Example: "gzip",
			Doc: "How text is compressed. auto: what is read by its ending (.gz .zst .snappy .lz4) or its first bytes, a file that is written by its ending, the files of a folder not at all. LZ4 is only read."},
		{Name: "follow", Use: ir.UseRead, Formats: []string{"NDJSON", "CSV"}, Type: ir.OptionBool, Default: "false", Example: "true",
			Doc: "Go on reading files of text as they grow and are rotated, and new ones as they come, as tail -F does; the rows never end."},
		{Name: "follow.interval", Use: ir.UseRead, Formats: []string{"NDJSON", "CSV"}, Type: ir.OptionDuration, Default: "100ms", Example: "1s",
			Doc: "With 'follow': how often the files are looked at."},
		{Name: ir.OptionBounded, Use: ir.UseRead, Formats: []string{"NDJSON", "CSV", "Arrow"}, Type: ir.OptionBool, Default: "false", Example: "true",
			Doc: "Of standard input: its rows end, as those of `cat FILE |` do. Results come at the end, and what needs all rows (ORDER BY, totals that do not change) can be asked for; without it rows may come for ever, as those of `tail -f FILE |`."},
		{Name: "infer.rows", Use: ir.UseRead, Formats: []string{"NDJSON", "CSV"}, Type: ir.OptionInt, Example: "1000",
			Doc: "Where a mapping of NDJSON or CSV declares no columns: from how many rows they are learned, at compile time. Rows behind them that do not fit are errors like any other. Parquet and Arrow need no option."},
		{Name: "csv.header", Formats: []string{"CSV"}, Type: ir.OptionBool, Default: "true",
			Doc: "Whether the first line names the columns; without it they are taken by position."},
		{Name: "csv.field-delimiter", Formats: []string{"CSV"}, Aliases: []string{"csv.delimiter"}, Type: ir.OptionString, Default: ",", Example: ";",
			Doc: "The character between fields; \\t is a tab."},
		{Name: "csv.quote", Formats: []string{"CSV"}, Aliases: []string{"csv.quote-character"}, Type: ir.OptionString, Default: "\"",
			Doc: "The character around fields that hold delimiters or line ends; inside of them it is doubled."},
		{Name: "csv.disable-quote-character", Formats: []string{"CSV"}, Use: ir.UseRead, Type: ir.OptionBool, Default: "false",
			Doc: "Whether the quote is a character like any other."},
		{Name: "csv.escape-character", Formats: []string{"CSV"}, Type: ir.OptionString, Example: `\\`,
			Doc: "The character behind it stands for itself, in quotes and outside; without the option there is none. A line end outside of quotes cannot be escaped."},
		{Name: "csv.allow-comments", Use: ir.UseRead, Formats: []string{"CSV"}, Type: ir.OptionBool, Default: "false",
			Doc: "Whether a line that begins with # is left out."},
		{Name: "csv.null-literal", Formats: []string{"CSV"}, Type: ir.OptionString, Example: "NULL",
			Doc: "An unquoted field with this text is NULL, for VARCHAR too."},
		{Name: "csv." + vexec.OptionIgnore, Use: ir.UseRead, Formats: []string{"CSV"}, Type: ir.OptionBool, Default: "false", Excludes: ir.OptionOnError, Doc: vexec.IgnoreDoc},
		{Name: "json." + vexec.OptionIgnore, Use: ir.UseRead, Formats: []string{"NDJSON"}, Type: ir.OptionBool, Default: "false", Excludes: ir.OptionOnError, Doc: vexec.IgnoreDoc},
		{Name: "write.mode", Use: ir.UseWrite, Type: ir.OptionEnum, Values: []string{modeReplace, modeAppend, modeFail}, Example: "append",
			Doc: "What becomes of what is there: replace it once the new rows are whole, append to it, or fail. A file is replaced by default; a folder that holds another run's files fails."},
		{Name: optionRollInterval, Aliases: []string{"sink.rolling-policy.rollover-interval"}, Use: ir.UseWrite, Type: ir.OptionDuration, Example: "1 min",
			Doc: "Of a folder: how long after its first row a part file ends, independently of checkpoints; 0s: with each checkpoint. Without any of the roll options it is 1 min, and 128 MB."},
		{Name: optionRollRows, Use: ir.UseWrite, Type: ir.OptionInt, Example: "1000000",
			Doc: "Of a folder: how many rows a part file has at most."},
		{Name: optionRollBytes, Aliases: []string{"sink.rolling-policy.file-size"}, Use: ir.UseWrite, Type: ir.OptionBytes, Example: "128 MB",
			Doc: "Of a folder: about how many bytes a part file has at most."},
		{Name: optionMaxOpen, Use: ir.UseWrite, Type: ir.OptionInt, Example: "1000",
			Doc: "With PARTITIONED BY: how many folders may have a part file that has not ended, 100 by default; then that of the folder which got no row for the longest time ends."},
		{Name: "parquet.compression", Formats: []string{"Parquet"}, Use: ir.UseWrite, Type: ir.OptionEnum, Values: []string{"zstd", "snappy", "none"}, Default: "zstd",
			Doc: "How the pages of Parquet files that are written are compressed."},
		{Name: "parquet.row-group-rows", Formats: []string{"Parquet"}, Use: ir.UseWrite, Type: ir.OptionInt, Example: "1000000",
			Doc: "About how many rows a row group of a Parquet file that is written has, 122880 by default; one that takes 16 MB of memory ends before."},
		{Name: "arrow.compression", Formats: []string{"Arrow"}, Use: ir.UseWrite, Type: ir.OptionEnum, Values: []string{"none", "lz4", "zstd"}, Default: "none",
			Doc: "How the buffers of Arrow files that are written are compressed."},
		{Name: "parquet.bloom-filter-columns", Formats: []string{"Parquet"}, Use: ir.UseWrite, Type: ir.OptionString, Example: "auction, bidder",
			Doc: "Columns, with commas between, that get a bloom filter in Parquet files that are written: readers who look for single values then pass over row groups without them."},
	}
	return slices.Concat(own, vexec.RowOptions("the run stops"), vexec.StreamOptions())
}

// Check refuses columns that the format cannot hold and options that contradict
// each other.
func (connector) Check(t *ir.Table, sink bool) error {
	set, err := settingsOf(t)
	if err != nil {
		return err
	}
	if sink {
		return checkSink(t)
	}
	if err := checkRead(t, set); err != nil {
		return err
	}
	if err := checkIgnored(t, set); err != nil {
		return err
	}
	if err := checkMetadata(t, set); err != nil {
		return err
	}
	meta := t.Metadata()
	check := map[format]func(*ir.Column) error{formatNDJSON: ndjson.Check, formatCSV: csv.Check}[set.format]
	for i, c := range t.Physical().Cols {
		if meta[i] != "" || slices.Contains(t.Partition, c.Name) {
			continue
		}
		if check == nil { // each file's ending says its format
			break
		}
		if err := check(&c); err != nil {
			return err
		}
	}
	return nil
}

// checkRead refuses compression where it makes no sense, and partition columns where
// there are no folders to say them.
func checkRead(t *ir.Table, set settings) error {
	switch {
	case set.format.binary() && set.forced() && !set.stdin:
		return compressedInside(set.format)
	case len(t.Partition) == 0:
		return nil
	case set.stdin:
		return fmt.Errorf("%s: standard input has no folders whose names could say the columns of PARTITIONED BY; leave it out", t.Name)
	case set.follow > 0:
		return fmt.Errorf("%s: files that are followed cannot take columns from the names of folders; leave out PARTITIONED BY or 'follow'", t.Name)
	}
	return checkPartition(t)
}

// checkIgnored refuses to ignore errors of another format than the files have.
func checkIgnored(t *ir.Table, set settings) error {
	for prefix, f := range map[string]format{"csv.": formatCSV, "json.": formatNDJSON} {
		if t.Options[prefix+vexec.OptionIgnore] == "true" && set.format != "" && set.format != f {
			return &ir.OptionError{Option: prefix + vexec.OptionIgnore, Reason: fmt.Sprintf("is for %s files, and these are %s", f, set.format)}
		}
	}
	return nil
}

// Bounded is true but for files that are followed and standard input that nobody says
// ends: what is in the files when the query begins is read.
func (connector) Bounded(t *ir.Table) bool { return !followed(t) && (!FromStdin(t) || ends(t)) }

// FromStdin reports whether the table is read from standard input.
func FromStdin(t *ir.Table) bool { return isStdin(t.Options["path"]) }

func isStdin(path string) bool { return path == "-" || path == "/dev/stdin" }

// ends reports whether the table says that standard input ends. That cannot be found out:
// all pipes look alike, and the plan of a query and what its checkpoints hold must not
// depend on how it is started.
func ends(t *ir.Table) bool { return t.Options[ir.OptionBounded] == "true" }

func followed(t *ir.Table) bool { return t.Options["follow"] == "true" }

// Source returns the table's files as a source.
func (c connector) Source(t *ir.Table) (vexec.Source, error) {
	set, err := settingsOf(t)
	if err != nil {
		return nil, err
	}
	switch {
	case set.stdin:
		return &stdinSource{table: t, set: set, limits: c.limits, from: c.stdin, beside: newBeside(t)}, nil
	case set.follow > 0:
		return newFollower(t, set, c.limits), nil
	}
	return &source{table: t, set: set, limits: c.limits, beside: newBeside(t)}, nil
}

// settings are a table's options, parsed.
type settings struct {
	path   string // absolute, or relative to the working folder where the table has no Dir
	format format // "": by ending
	codec  codec  // codecAuto: by ending or first bytes
	csv    csvSettings
	stdin  bool
	follow time.Duration // 'follow.interval'; 0: not followed
}

type csvSettings struct {
	header       bool
	delim, quote byte // quote 0: none
	escape       byte // 0: none
	comments     bool
	null         *string
}

func settingsOf(t *ir.Table) (settings, error) {
	set := settings{format: formatOf(t.Options["format"])}
	set.path = absolute(t)
	if set.path == "" {
		return set, fmt.Errorf("%s: 'path' is missing: name a file, a folder or a pattern", t.Name)
	}
	if set.format == "" {
		set.format, _ = ending(set.path)
	}
	var err error
	if set.csv, err = csvOf(t.Options); err != nil {
		return set, err
	}
	return set, set.streaming(t)
}

// streaming takes the options of what may not end.
func (set *settings) streaming(t *ir.Table) error {
	switch c := t.Options["compression"]; c {
	case "", "auto":
		set.codec = codecAuto
	case "none":
	default:
		set.codec = codec(c)
	}
	set.stdin = FromStdin(t)
	if set.stdin && set.format == "" {
		return fmt.Errorf("%s: standard input has no ending that says what it holds; set 'format' to json (NDJSON), csv or arrow; Parquet is read from files only", t.Name)
	}
	if set.stdin && set.format == formatParquet {
		return fmt.Errorf("%s: Parquet cannot be read from standard input, since it is read from its end; write it to a file first", t.Name)
	}
	if ends(t) && !set.stdin {
		reason := "is for standard input ('path'='-'); files end anyway"
		if followed(t) {
			reason = "is for standard input ('path'='-'); with 'follow' the rows never end"
		}
		return &ir.OptionError{Option: ir.OptionBounded, Reason: reason}
	}
	if set.follow = 0; !followed(t) {
		return nil
	}
	switch {
	case set.stdin:
		return fmt.Errorf("%s: standard input cannot be followed: it is read as it comes anyway; leave out 'follow'", t.Name)
	case set.format != "" && set.format != formatNDJSON && set.format != formatCSV:
		return fmt.Errorf("%s: only text can be followed, not %s files, which are whole only when they are written", t.Name, set.format)
	case set.codec != "" && set.codec != codecAuto:
		return fmt.Errorf("%s: compressed files cannot be followed; leave out 'compression' or 'follow'", t.Name)
	}
	set.follow = 100 * time.Millisecond
	if v, given := t.Options["follow.interval"]; given {
		d, ok := ir.OptionSpan(v)
		if !ok || d <= 0 {
			return fmt.Errorf("%s: 'follow.interval'='%s' is no span of time above zero, such as 100ms", t.Name, v)
		}
		set.follow = d
	}
	return nil
}

func (s *csvSettings) dialect() csv.Dialect {
	return csv.Dialect{Delim: s.delim, Quote: s.quote, Escape: s.escape, Comments: s.comments, Null: s.null}
}

func csvOf(o map[string]string) (csvSettings, error) {
	s := csvSettings{header: o["csv.header"] != "false"}
	var err error
	if s.delim, err = oneChar(o, "csv.field-delimiter", ','); err != nil {
		return s, err
	}
	if s.quote, err = oneChar(o, "csv.quote", '"'); err != nil {
		return s, err
	}
	if s.escape, err = oneChar(o, "csv.escape-character", 0); err != nil {
		return s, err
	}
	if o["csv.disable-quote-character"] == "true" {
		s.quote = 0
	}
	s.comments = o["csv.allow-comments"] == "true"
	switch {
	case s.delim == s.quote:
		return s, fmt.Errorf("'csv.field-delimiter' and 'csv.quote' are the same character")
	case s.escape != 0 && (s.escape == s.delim || s.escape == s.quote):
		return s, fmt.Errorf("'csv.escape-character' is the quote or the delimiter; a doubled quote needs no option")
	case s.comments && (s.delim == '#' || s.quote == '#' || s.escape == '#'):
		return s, fmt.Errorf("with 'csv.allow-comments' # cannot be a delimiter, a quote or an escape character")
	}
	if null, ok := o["csv.null-literal"]; ok {
		s.null = &null
	}
	return s, nil
}

func oneChar(o map[string]string, name string, dflt byte) (byte, error) {
	v, ok := o[name]
	switch {
	case !ok:
		return dflt, nil
	case v == `\t`:
		return '\t', nil
	case len(v) != 1 || v[0] >= 0x80 || v[0] == '\n' || v[0] == '\r':
		return 0, fmt.Errorf("'%s'='%s' must be one ASCII character, and no line end", name, v)
	}
	return v[0], nil
}
