package helios

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/file"
)

// stdinTables are the scans of a query that read standard input.
func (q *Query) stdinTables() []*ir.Table {
	var out []*ir.Table
	for _, p := range q.plans() {
		for _, st := range p.AllStages() {
			if st.Scan != nil && st.Scan.Table.Connector == "file" && file.FromStdin(st.Scan.Table) {
				out = append(out, st.Scan.Table)
			}
		}
	}
	return out
}

// checkStdin refuses a query that would read standard input twice.
func (q *Query) checkStdin() error {
	tables := q.stdinTables()
	if len(tables) == 0 {
		return nil
	}
	for _, f := range q.files {
		if f.Name == "<stdin>" {
			return fmt.Errorf("`%s` reads standard input, which the query itself came from; write the query to a file", tables[0].Name)
		}
	}
	if len(tables) > 1 {
		return fmt.Errorf("`%s` and `%s` both read standard input, which can be read once: read it in one mapping and one scan, or write it to a file first",
			tables[0].Name, tables[1].Name)
	}
	return nil
}

// warnStdin says what checkpoints cannot do for standard input.
func (q *Query) warnStdin() {
	tables := q.stdinTables()
	if len(tables) == 0 || q.opt.CheckpointDir == "" || q.opt.Warn == nil {
		return
	}
	q.opt.Warn(fmt.Sprintf("`%s` reads standard input, which cannot be read again: after a restart the run goes on with its state and what comes then, and rows read since the last checkpoint are lost; a file with 'follow'='true' is read exactly once",
		tables[0].Name))
}
