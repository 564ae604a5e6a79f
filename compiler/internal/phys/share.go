package phys

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// shareKey is what scans have in common that one scan can serve. They decode the
// same columns (ir.Scan.Check sees to that), so that sharing refuses no record that
// a scan of its own would take.
type shareKey struct {
	ir.ScanKey
	cols string
}

// sharedScan is the scans of one key.
type sharedScan struct {
	readers int
	terms   []ir.ScanTerm // those that all readers have: what one leaves out another may want
	stage   *ir.Stage     // nil until the first reader is planned
}

func keyOf(x *ir.Scan, wm *ir.Watermark) shareKey {
	return shareKey{ir.ScanKeyOf(x, wm), fmt.Sprint(x.Decoded())}
}

// findShared counts who reads the scans and the equal parts of all statements.
func (p *planner) findShared(l *ir.Logical) {
	found := map[shareKey]*sharedScan{}
	trees := newSubplans()
	for _, s := range l.Sinks {
		trees.visit(s.Input, p.opt.Subplans, func(x *ir.Scan, wm *ir.Watermark) {
			k := keyOf(x, wm)
			if found[k] == nil {
				found[k] = &sharedScan{terms: physicalTerms(x)}
			}
			found[k].read(x)
		})
	}
	if p.opt.Share {
		p.shared = found
	}
	if p.opt.Subplans {
		p.trees, p.once = trees, map[*class]*rel{}
	}
}

// read adds a reader.
func (sh *sharedScan) read(x *ir.Scan) {
	sh.readers++
	own := physicalTerms(x)
	sh.terms = slices.DeleteFunc(sh.terms, func(t ir.ScanTerm) bool {
		return !slices.ContainsFunc(own, func(o ir.ScanTerm) bool { return o.Equal(&t) })
	})
	if len(sh.terms) == 0 {
		sh.terms = nil
	}
}

// readShared returns the rows of x in a branch of the scan that all readers share.
func (p *planner) readShared(sh *sharedScan, x *ir.Scan, wm *ir.Watermark) (*rel, error) {
	if sh.stage == nil {
		var err error
		if sh.stage, err = p.newScan(x, wm, sh.terms); err != nil {
			return nil, err
		}
	}
	s := p.newStage(sh.stage.Tasks)
	s.In = []ir.Input{{From: sh.stage.ID, Mode: ir.Forward}}
	s.Out = sh.stage.Out
	return p.columns(s, sh.stage.Scan, x), nil
}
