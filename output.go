package helios

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// outputEndings are the endings of output files with their formats.
var outputEndings = map[string]string{".ndjson": "ndjson", ".json": "ndjson", ".csv": "csv", ".parquet": "parquet", ".arrow": "arrow"}

// redirect makes the client's rows of a query go to Options.OutputFile, if there is
// one. In a folder the SELECTs are numbered in the order of their places in the plan.
func (q *Query) redirect() error {
	name := q.opt.OutputFile
	if name == "" {
		return nil
	}
	format, err := q.outputFormat()
	if err != nil {
		return err
	}
	n := 0
	for _, st := range q.compiled.Plan.Stages {
		if st.Sink == nil || st.Sink.Table != nil {
			continue
		}
		path := name
		if isFolder(name) {
			n++
			path = filepath.Join(name, fmt.Sprintf("select-%d.%s", n, format))
		}
		t := &ir.Table{Name: path, Connector: "file", Dir: ".", Options: map[string]string{"path": path, "format": format}}
		for _, c := range st.Sink.In.Cols {
			t.Cols = append(t.Cols, ir.TableColumn{Column: c})
		}
		if err := q.checkPlace(t, path); err != nil {
			return err
		}
		st.Sink.Table = t
	}
	return nil
}

func isFolder(name string) bool { return strings.HasSuffix(name, "/") }

// outputFormat is the format of the output file: by its ending, or as Options say.
func (q *Query) outputFormat() (string, error) {
	name, asked := q.opt.OutputFile, q.opt.OutputFormat
	byName := outputEndings[filepath.Ext(name)]
	switch {
	case isFolder(name) && asked == "":
		return "ndjson", nil
	case isFolder(name), byName == "" && asked != "", byName == asked:
	case byName != "" && asked == "":
		return byName, nil
	case byName != "":
		return "", &OutputFileError{name, "its ending says " + byName + ", but the format asked for is " + asked}
	}
	if asked == "" {
		return "", &OutputFileError{name, "its ending must be .ndjson, .json, .csv, .parquet or .arrow, or a / for a folder"}
	}
	for _, known := range outputEndings {
		if known == asked {
			return asked, nil
		}
	}
	return "", &OutputFileError{name, "there is no format " + asked + "; there are: ndjson, csv, parquet, arrow"}
}
