package file

import (
	"encoding/json"
	"fmt"
	"slices"
)

// past is the logs that have ended, to know them again under other names and in
// copies, and to read their rests when they have grown.
type past struct {
	marks  []*mark // in the order in which they ended
	byFile map[fileKey]*mark
	heads  headIndex[*mark]
	raw    []byte // the marks as JSON; nil: they have changed since
}

// maxGone is how many logs are remembered whose files are gone. One that is put back
// after so many others have ended is read again.
const maxGone = 1000

func newPast() *past {
	return &past{byFile: map[fileKey]*mark{}, heads: headIndex[*mark]{}}
}

// add takes in a log that has ended. One of which nothing was read needs no memory: if
// it grows it is read from its front.
func (p *past) add(m mark) {
	if m.At == 0 || m.HeadN == 0 {
		return
	}
	p.marks = append(p.marks, &m)
	p.heads.add(m.headKey(), &m)
	p.stands(&m, m.File)
}

// stands notes the file in which a log has been found.
func (p *past) stands(m *mark, in fileKey) {
	if p.byFile[m.File] == m {
		delete(p.byFile, m.File)
	}
	m.File, p.raw = in, nil
	if in != (fileKey{}) {
		p.byFile[in] = m
	}
}

// held is the log that a file holds: of several places in one, the last. nil: none.
func (p *past) held(c *candidate) (best *mark) {
	if m := p.byFile[c.key]; m != nil {
		switch {
		case !m.in(c.file):
			p.stands(m, fileKey{}) // the number is used again
		case m.At == c.size:
			return m
		}
	}
	p.heads.prefixes(c.head, func(m *mark) bool {
		if (best == nil || m.At > best.At) && m.At <= c.size && m.tailIn(c.file) {
			best = m
		}
		return true
	})
	return best
}

// forget drops logs that no file holds, but for the last of them.
func (p *past) forget(used map[*mark]bool) {
	gone := len(p.marks) - len(used)
	if gone <= maxGone {
		return
	}
	p.marks = slices.DeleteFunc(p.marks, func(m *mark) bool {
		if used[m] || gone <= maxGone {
			return false
		}
		gone--
		p.heads.remove(m.headKey(), m)
		p.stands(m, fileKey{})
		return true
	})
}

// save is the logs as JSON.
func (p *past) save() []byte {
	if p.raw == nil && len(p.marks) > 0 {
		p.raw, _ = json.Marshal(p.marks) // numbers and text: it cannot fail
	}
	return p.raw
}

func (p *past) restore(raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	var marks []mark
	if err := json.Unmarshal(raw, &marks); err != nil {
		return fmt.Errorf("what the checkpoint says of logs that have ended cannot be read: %w", err)
	}
	for _, m := range marks {
		p.add(m)
	}
	return nil
}

// last is the marks that ended last, at most n.
func (p *past) last(n int) []*mark { return p.marks[max(0, len(p.marks)-n):] }
