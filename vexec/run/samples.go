package run

import (
	"sync"

	"github.com/helios-stream/helios/vexec"
)

// maxSamples is how many rows of one place are kept as samples of what was lost.
const maxSamples = 3

// samples keeps some of the rows that did not go on, with where and why, since this
// start. Safe for use by all tasks; nil keeps none.
type samples struct {
	mu   sync.Mutex
	list map[samplePlace][]string
}

type samplePlace struct {
	stage int // ir.Stage.ID
	at    int // the link
}

func newSamples(wanted bool) *samples {
	if !wanted {
		return nil
	}
	return &samples{list: map[samplePlace][]string{}}
}

func (s *samples) add(l *link, text func() string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := samplePlace{l.t.stage.Plan.ID, l.at}
	if len(s.list[p]) < maxSamples {
		s.list[p] = append(s.list[p], text())
	}
}

// reject keeps a row that an operator did not let go on.
func (s *samples) reject(l *link, b *vexec.Batch, f *vexec.RowFate) {
	s.add(l, func() string {
		why := f.Why.String()
		if f.Reason != "" {
			why = f.Reason
		}
		return why + ": " + rowJSON(b, int(f.Row))
	})
}

// addTo puts the samples into the ledger.
func (s *samples) addTo(list []Entry) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range list {
		list[i].Samples = s.list[samplePlace{list[i].Stage, list[i].at}]
	}
}
