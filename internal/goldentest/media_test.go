package goldentest

import (
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
	"github.com/helios-stream/helios/vexec/connect/memory"
	"github.com/helios-stream/helios/vexec/run"
)

// tables is the statements that declare t, in its medium, and the tables beside it.
func (s *scenario) tables() string {
	text := s.table()
	for i := range s.sides {
		text += s.sides[i].declared()
	}
	return text
}

func (s *scenario) table() string {
	if s.medium == "" {
		if s.options == "" {
			return "CREATE MAPPING t (" + s.lines + ") TYPE Memory;\n"
		}
		return "CREATE MAPPING t (" + s.lines + ") TYPE Memory OPTIONS (" + s.options[2:] + ");\n"
	}
	return "CREATE MAPPING t (" + s.lines + ") TYPE File OPTIONS ('path'='in/*'" + nullText(s.medium) + s.options + ");\n"
}

// nullText tells NULL from the empty text in CSV.
func nullText(medium string) string {
	if strings.HasPrefix(medium, "csv") {
		return ", 'csv.null-literal'='~'"
	}
	return ""
}

// toFiles writes the table to the folder in below dir, a file for each split, through
// the engine: an INSERT with a checkpoint now and then, so that a file is joined of
// several segments, and a Parquet file has several row groups. It returns an engine
// for which t is the files, cut into small units.
func (s *scenario) toFiles(dir string, r *rand.Rand) (*engine, error) {
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o755); err != nil {
		return nil, err
	}
	format, packed, _ := strings.Cut(s.medium, ".")
	for i := range s.splits {
		part := *s
		part.rows = s.rows[i*len(s.rows)/s.splits : (i+1)*len(s.rows)/s.splits]
		e := newEngine(dir, 0)
		if _, err := part.put(e, memory.Cut{UnitRows: 1 + r.IntN(40), BatchRows: 1 + r.IntN(20)}); err != nil {
			return nil, err
		}
		cols := tableColumns(s.precision)
		path := fmt.Sprintf("in/part-%d.%s", i, format)
		c, err := e.compile(fmt.Sprintf("CREATE MAPPING t (%s) TYPE Memory; CREATE MAPPING o (%s) TYPE File OPTIONS ('path'='%s'%s); INSERT INTO o SELECT * FROM t;",
			cols, cols, path, nullText(format)), variant{tasks: 1})
		if err != nil {
			return nil, err
		}
		cfg := run.Config{
			BatchRows: 1 + r.IntN(50), PlanID: "write", Dir: filepath.Join(dir, fmt.Sprint("state-", i)),
			Source: func(t *ir.Table) (vexec.Source, error) { return e.connector(t.Connector).Source(t) },
			Sink:   func(o *ir.PhysSink) (vexec.Sink, error) { return e.connector(o.Table.Connector).Sink(o.Table) },
		}
		if _, err := run.Simulate(c.Plan, cfg, r.Uint64(), run.SimOptions{CheckpointEvery: 20, KillEvery: 30, MaxRestarts: 2}); err != nil {
			return nil, err
		}
		if err := pack(filepath.Join(dir, path), packed); err != nil {
			return nil, err
		}
	}
	e := newEngine(dir, 0)
	e.file = file.NewWithUnits(int64(1 + r.IntN(2000)))
	return e, nil
}

// pack compresses a file, whose name then has the ending behind its own.
func pack(path, ending string) error {
	if ending == "" {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := os.Create(path + "." + ending)
	if err != nil {
		return err
	}
	defer f.Close()
	var w io.WriteCloser = gzip.NewWriter(f)
	if ending == "zst" {
		if w, err = zstd.NewWriter(f); err != nil {
			return err
		}
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.Remove(path)
}
