package http_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	nethttp "net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/http"
	"github.com/helios-stream/helios/vexec/connect/memory"
	"github.com/helios-stream/helios/vexec/run"
)

// place is where a source listens now.
type place struct{ addr atomic.Pointer[string] }

func (p *place) listen(string) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		addr := l.Addr().String()
		p.addr.Store(&addr)
	}
	return l, err
}

// Clients that send each request again until it is answered, always with the same
// key, find each of their rows once, whenever the run is killed: also between the
// checkpoint that holds their rows and the answer.
func TestExactlyOnceFromClientToSink(t *testing.T) {
	repeated, kills := 0, 0
	for seed := uint64(0); seed < 6 || seed < 60 && repeated == 0; seed++ { // the window between the two is short
		r, k := killOnce(t, seed)
		repeated, kills = repeated+r, kills+k
	}
	t.Logf("%d repeated answers, %d kills", repeated, kills)
	if repeated == 0 || kills < 6 {
		t.Errorf("too little happened: %d repeated answers, %d kills", repeated, kills)
	}
}

func killOnce(t *testing.T, seed uint64) (repeated, kills int) {
	t.Helper()
	const clients, requests, rows = 4, 12, 3
	var at place
	var again atomic.Int64
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(clients)
	for c := range clients {
		wg.Go(func() {
			defer left.Add(-1)
			client := &nethttp.Client{Transport: &nethttp.Transport{}}
			defer client.CloseIdleConnections()
			for q := range requests {
				var lines strings.Builder
				for i := range rows {
					fmt.Fprintf(&lines, "{\"n\": %d}\n", (c*requests+q)*rows+i)
				}
				for !post(client, &at, fmt.Sprintf("%d-%d", c, q), lines.String(), &again) {
				}
			}
		})
	}
	mem := memory.New()
	dir, err := os.MkdirTemp("/dev/shm", "heliosc-test-")
	if err != nil {
		dir = t.TempDir()
	}
	defer os.RemoveAll(dir)
	kills = simulate(t, seed, dir, mem, http.Ending(http.NewOn(at.listen), func() bool { return left.Load() == 0 }))
	wg.Wait()
	var got []int64
	for _, v := range mem.Store("out").Values() {
		got = append(got, v[0].(int64))
	}
	slices.Sort(got)
	for i, n := range got {
		if n != int64(i) || len(got) != clients*requests*rows {
			t.Fatalf("seed %d: %d rows, row %d is %d", seed, len(got), i, n)
		}
	}
	return int(again.Load()), kills
}

// post sends one request; false: it has to be sent again.
func post(client *nethttp.Client, at *place, key, lines string, repeated *atomic.Int64) bool {
	addr := at.addr.Load()
	if addr == nil {
		return false
	}
	req, _ := nethttp.NewRequest("POST", "http://"+*addr+"/n", strings.NewReader(lines))
	req.Header.Set("Idempotency-Key", key)
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	var answer struct {
		Rows     int
		Repeated bool
	}
	if resp.StatusCode != 200 || json.NewDecoder(resp.Body).Decode(&answer) != nil || answer.Rows != 3 {
		return false
	}
	if answer.Repeated {
		repeated.Add(1)
	}
	return true
}

// simulate runs the query under the simulator, with kills.
func simulate(t *testing.T, seed uint64, dir string, mem *memory.Connector, source vexec.Connector) (kills int) {
	t.Helper()
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: `
CREATE MAPPING n (n BIGINT) TYPE Http OPTIONS ('path'='/n', 'watermark.interval'='0ms');
CREATE MAPPING out (n BIGINT) TYPE Memory;
INSERT INTO out SELECT n FROM n;`}}, helios.Options{Connectors: []vexec.Connector{mem, source}, Parallelism: 2})
	if err != nil {
		t.Fatal(err)
	}
	text, err := q.PlanJSON(helios.Physical, ".")
	if err != nil {
		t.Fatal(err)
	}
	_, plan, err := ir.UnmarshalPlan(text, ir.JSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := run.Simulate(plan, run.Config{
		Dir: dir, PlanID: "q",
		Source: source.Source,
		Sink:   func(s *ir.PhysSink) (vexec.Sink, error) { return mem.Sink(s.Table) },
	}, seed, run.SimOptions{CheckpointEvery: 3, KillEvery: 40, DrainEvery: 300, MaxRestarts: 12})
	if err != nil {
		t.Fatal(err)
	}
	return res.Kills
}
