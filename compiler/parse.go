package compiler

import (
	"github.com/helios-stream/helios/compiler/internal/bind"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/compiler/internal/parse"
)

// Parsed is files as syntax trees.
type Parsed struct {
	inputs  []bind.Input
	sources *diag.Sources
}

// Parse reads the files; ${name} is replaced on the way.
func Parse(files []File, o Options) (*Parsed, Diagnostics) {
	p := &Parsed{sources: sourcesOf(files)}
	var errs Diagnostics
	for _, f := range files {
		tree, list := parse.File(f.Name, f.Text, parse.Vars{Defs: o.Vars, Env: o.LookupEnv})
		errs = append(errs, list...)
		p.inputs = append(p.inputs, bind.Input{Tree: tree, Dir: f.Dir})
	}
	return p, errs
}

func sourcesOf(files []File) *diag.Sources {
	s := diag.NewSources()
	for _, f := range files {
		s.Add(f.Name, f.Text)
	}
	return s
}
