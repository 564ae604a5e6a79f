package querytest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"slices"
)

// Variant is one way to run a query. Its results must not depend on it.
type Variant struct {
	Batch   int
	Tasks   int
	Unit    int      // rows in a unit of a file or of what is fed; 0: as it is
	Disable []string // optimizer rules
	Ops     bool     // results change while rows come; what is left of the changes counts
	Seed    uint64   // of a simulation; with Kill not 0
	Kill    bool     // a simulation, killed and restored
	Replan  []int    // of a simulation: the parallelism of each restart, in turn; nil: the same
}

func (v Variant) String() string {
	s := fmt.Sprintf("batch size %d, parallelism %d", v.Batch, v.Tasks)
	if v.Unit > 0 {
		s += ", units of " + plural(v.Unit, "row")
	}
	if len(v.Disable) > 0 {
		s += fmt.Sprintf(", rules off %v", v.Disable)
	}
	if v.Ops {
		s += ", as changes"
	}
	if v.Kill {
		s += fmt.Sprintf(", killed and restored at random (%d)", v.Seed)
	}
	if len(v.Replan) > 0 {
		s += fmt.Sprintf(", restarts at parallelism %v", v.Replan)
	}
	return s
}

// RulesOff reports whether no rule is on.
func (v Variant) RulesOff() bool { return slices.Contains(v.Disable, "*") }

// First is the plain way to run the file, whose results are what a test is written of.
func (f *File) First() Variant {
	if slices.ContainsFunc(f.Queries, (*Query).SeesChanges) {
		return Variant{Batch: 1, Tasks: 1, Unit: 1, Seed: 1} // each row has its change
	}
	return Variant{Batch: 1024, Tasks: 1, Seed: 1}
}

// Variants are further ways to run the file: other sizes, and kills where processing time
// does not define the result. The seed and the file's name decide them.
func (f *File) Variants(seed uint64) []Variant {
	h := fnv.New64a()
	h.Write([]byte(filepath.Base(f.Path)))
	r := rand.New(rand.NewPCG(h.Sum64(), seed))
	out := []Variant{{Batch: 1, Tasks: 1, Unit: 1}, {Batch: 7, Tasks: 2, Unit: 3}, {Batch: 1024, Tasks: 4}, {Batch: 2, Tasks: 3, Unit: 2}}
	if !slices.ContainsFunc(f.Queries, (*Query).usesClock) {
		out = append(out, Variant{Batch: 1, Tasks: 1, Unit: 1, Kill: true}, Variant{Batch: 7, Tasks: 2, Unit: 2, Kill: true},
			Variant{Batch: 1024, Tasks: 3, Unit: 1, Kill: true, Replan: []int{1, 2}})
	}
	for i := range out {
		out[i].Seed = r.Uint64()>>16 | 1
	}
	return out
}
