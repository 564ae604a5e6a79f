package webhook

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	nethttp "net/http"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// maxEpoch is the most bytes of rows between two checkpoints: they stand in the next
// one.
const maxEpoch = 256 << 20

// sink posts rows. In a run without checkpoints, or one that does not ask for
// ExactlyOnce, it does so as they come. Else the bodies of an epoch stand in its checkpoint and are posted when that is written:
// each keeps its bytes and its key, whatever happens, so that a receiver that looks
// at keys takes each row once.
type sink struct {
	c      *connector
	set    *settings
	client *nethttp.Client
	id     string // in keys: of this sink in this run
	start  string // of this start of the run, in keys of what is posted directly
	direct bool   // rows do not wait for a checkpoint in here
	atMost bool   // what may have been taken is not posted again
	encode *ndjson.Encoder
	mem    *vexec.Account
	quit   <-chan struct{} // closed: the run is to stop, and retries soon end
	notify func(string)    // nil: nobody
	down   bool            // it has been told that the receiver takes no rows

	mu     sync.Mutex
	text   []byte // lines of the batch at hand
	rows   int
	bodies [][]byte // of the epoch, closed
	bytes  int64    // of bodies
	seq    uint64   // of the next body that is posted directly
	failed error    // of a body that was posted because its time had come
	stop   func()   // ends the posting by time; nil: there is none
}

// Open posts again what the restored checkpoint holds: it may not have been taken.
func (s *sink) Open(ctx context.Context, sc *vexec.SinkContext) error {
	sum := sha256.Sum256([]byte(sc.Run + "\x00" + sc.Name))
	s.id, s.start = hex.EncodeToString(sum[:8]), strings.ToLower(rand.Text()[:8])
	s.atMost = sc.Delivery == ir.AtMostOnce
	s.direct = sc.NoRestart || s.atMost || sc.Delivery == ir.AtLeastOnce
	s.encode, s.mem = ndjson.NewEncoder(sc.Schema), sc.Memory
	s.quit, s.notify = sc.Interrupted, sc.Notify
	if sc.Token != nil {
		if err := s.Commit(ctx, sc.Epoch, sc.Token); err != nil {
			return err
		}
	}
	if s.direct && !s.atMost && (sc.Unbounded || sc.Delivery == ir.AtLeastOnce) {
		s.postByTime(ctx)
	}
	return nil
}

// postByTime posts every 'batch.interval' what there is.
func (s *sink) postByTime(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	ticks, stop := s.c.tick(s.set.interval)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks:
			}
			s.mu.Lock()
			s.close()
			if s.failed == nil {
				s.failed = s.flush(ctx)
			}
			s.mu.Unlock()
		}
	})
	s.stop = func() {
		cancel()
		stop()
		wg.Wait()
	}
}

// Write takes rows, and posts the batches that are full. It blocks while a receiver
// does not take them.
func (s *sink) Write(ctx context.Context, b *vexec.Batch) error {
	if b.Kind != nil {
		for i := range b.Live() {
			if k := b.KindOf(b.Row(i)); k != vexec.Insert {
				return fmt.Errorf("TYPE Webhook posts rows that are added; this query also changes rows (%s)", k)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	lines := s.encode.Append(nil, b)
	for len(lines) > 0 {
		n := bytes.IndexByte(lines, '\n') + 1
		if s.rows > 0 && int64(len(s.text)+n) > s.set.bytes {
			s.close()
		}
		s.text = append(s.text, lines[:n]...)
		lines = lines[n:]
		if s.rows++; s.rows >= s.set.rows {
			s.close()
		}
	}
	if s.direct {
		return s.flush(ctx)
	}
	return s.reserve()
}

// close ends the batch at hand.
func (s *sink) close() {
	if s.rows == 0 {
		return
	}
	body := s.text
	if s.set.array {
		body = append([]byte{'['}, bytes.ReplaceAll(body[:len(body)-1], []byte{'\n'}, []byte(",\n"))...)
		body = append(body, ']', '\n')
	}
	s.bodies = append(s.bodies, body)
	s.bytes += int64(len(body))
	s.text, s.rows = nil, 0
}

// flush posts the closed batches. An error says how many rows are left.
func (s *sink) flush(ctx context.Context) error {
	for len(s.bodies) > 0 {
		if err := s.post(ctx, fmt.Sprintf("%s-%s-%d", s.id, s.start, s.seq), s.bodies[0]); err != nil {
			return fmt.Errorf("%w; %s not posted", err, rowsIn(s.bodies))
		}
		s.seq++
		s.bytes -= int64(len(s.bodies[0]))
		s.bodies = s.bodies[1:]
	}
	return nil
}

// rowsIn says how many rows there are in bodies: each has a line.
func rowsIn(bodies [][]byte) string {
	n := 0
	for _, b := range bodies {
		n += bytes.Count(b, []byte{'\n'})
	}
	if n == 1 {
		return "1 row is"
	}
	return fmt.Sprintf("%d rows are", n)
}

// reserve counts the bytes of the epoch.
func (s *sink) reserve() error {
	held := s.bytes + int64(len(s.text))
	if held > maxEpoch {
		return fmt.Errorf("more than %d bytes of rows came since the last checkpoint, which is to hold them until they are posted; take checkpoints more often (--checkpoint-interval)", int64(maxEpoch))
	}
	if s.mem == nil {
		return nil
	}
	return s.mem.Grow(held - s.mem.Used())
}

// Prepare ends an epoch: its bodies are the token.
func (s *sink) Prepare(ctx context.Context, _ uint64, _ bool) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close()
	if s.failed != nil {
		return nil, s.failed
	}
	if s.direct {
		return nil, s.flush(ctx)
	}
	if len(s.bodies) == 0 {
		return nil, nil
	}
	token := pack(s.bodies)
	s.bodies, s.bytes = nil, 0
	s.mem.Close()
	return token, nil
}

// Commit posts the bodies of an epoch, again where it has done so before.
func (s *sink) Commit(ctx context.Context, epoch uint64, token []byte) error {
	bodies, err := unpack(token)
	if err != nil {
		return err
	}
	for i, b := range bodies {
		if err := s.post(ctx, s.key(epoch, uint64(i)), b); err != nil {
			return fmt.Errorf("%w; %s in the checkpoint and posted when the query is started again", err, rowsIn(bodies[i:]))
		}
	}
	return nil
}

// key names one body: the same one for the same rows.
func (s *sink) key(epoch, seq uint64) string { return fmt.Sprintf("%s-%d-%d", s.id, epoch, seq) }

// Close ends the posting by time. Rows that were not prepared are dropped.
func (s *sink) Close() error {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	s.client.CloseIdleConnections()
	return nil
}

// ExactlyOnce is false: it is up to the receiver, who can tell by the keys.
func (s *sink) ExactlyOnce() bool { return false }

// pack writes bodies one behind the other, each with its length.
func pack(bodies [][]byte) []byte {
	var out []byte
	for _, b := range bodies {
		out = binary.AppendUvarint(out, uint64(len(b)))
		out = append(out, b...)
	}
	return out
}

func unpack(token []byte) (bodies [][]byte, err error) {
	for len(token) > 0 {
		n, k := binary.Uvarint(token)
		if k <= 0 || n > uint64(len(token)-k) {
			return nil, errors.New("the rows in the checkpoint that are to be posted cannot be read")
		}
		bodies = append(bodies, token[k:k+int(n)])
		token = token[k+int(n):]
	}
	return bodies, nil
}
