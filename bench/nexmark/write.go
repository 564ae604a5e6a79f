package nexmark

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// The files of a data set, by Kind.
var fileNames = [...]string{"persons.ndjson", "auctions.ndjson", "bids.ndjson"}

// chunkEvents is how many events one goroutine makes at a time: some 5 MB of text.
const chunkEvents = 20_000

// Sizes is how much was written, by Kind.
type Sizes struct{ Rows, Bytes [len(fileNames)]int64 }

// WriteDir writes persons.ndjson, auctions.ndjson and bids.ndjson of the first
// events events into dir, which it makes. Files appear under their names only when
// all are complete.
func (g *Generator) WriteDir(dir string, events uint64) (Sizes, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Sizes{}, err
	}
	var out [len(fileNames)]io.Writer
	var files [len(fileNames)]*os.File
	defer func() {
		for _, f := range files {
			if f != nil {
				f.Close()
				os.Remove(f.Name()) // gone already where it was renamed
			}
		}
	}()
	for k, name := range fileNames {
		f, err := os.Create(filepath.Join(dir, name+".part"))
		if err != nil {
			return Sizes{}, err
		}
		files[k], out[k] = f, f
	}
	sizes, err := g.Write(out, events)
	if err != nil {
		return sizes, err
	}
	for k, name := range fileNames {
		if err := errors.Join(files[k].Close(), os.Rename(files[k].Name(), filepath.Join(dir, name))); err != nil {
			return sizes, err
		}
	}
	return sizes, nil
}

// chunk is the lines of some events, by Kind.
type chunk struct {
	text [len(fileNames)][]byte
	rows [len(fileNames)]int64
}

// Write writes the first events events, each to the writer of its Kind, in order.
// The events are made by all cores.
func (g *Generator) Write(out [len(fileNames)]io.Writer, events uint64) (Sizes, error) {
	workers := runtime.GOMAXPROCS(0)
	free := make(chan *chunk, 2*workers)
	for range cap(free) {
		free <- new(chunk)
	}
	queue := make(chan chan *chunk, workers)
	stop := make(chan struct{})
	go g.makeChunks(events, free, queue, stop)

	var sizes Sizes
	var failed error
	for ready := range queue {
		c := <-ready
		for k := range c.text {
			if failed == nil {
				if _, err := out[k].Write(c.text[k]); err != nil {
					failed = fmt.Errorf("write %s: %w", fileNames[k], err)
					close(stop)
				}
			}
			sizes.Rows[k] += c.rows[k]
			sizes.Bytes[k] += int64(len(c.text[k]))
		}
		free <- c
	}
	return sizes, failed
}

// makeChunks puts a promise of each chunk into queue, in order, and closes it; the
// chunks are made at the same time, as many as there are free ones.
func (g *Generator) makeChunks(events uint64, free chan *chunk, queue chan chan *chunk, stop chan struct{}) {
	defer close(queue)
	for from := uint64(0); from < events; from += chunkEvents {
		select {
		case <-stop:
			return
		case c := <-free:
			ready := make(chan *chunk, 1)
			go func() {
				g.fill(c, from, min(from+chunkEvents, events))
				ready <- c
			}()
			queue <- ready
		}
	}
}

func (g *Generator) fill(c *chunk, from, to uint64) {
	for k := range c.text {
		c.text[k], c.rows[k] = c.text[k][:0], 0
	}
	lines := g.Lines(from)
	for range to - from {
		c.rows[lines.Append(&c.text)]++
	}
}
