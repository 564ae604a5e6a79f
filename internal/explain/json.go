package explain

import "encoding/json"

// The JSON form. Times are in nanoseconds, sizes in bytes.
type (
	graphJSON struct {
		Form  string    `json:"form"`
		Run   *runJSON  `json:"run,omitempty"`
		Boxes []boxJSON `json:"boxes"`
		*eventTimesJSON
	}
	runJSON struct {
		Elapsed     int64 `json:"elapsed_ns"`
		Starting    int64 `json:"starting_ns"`
		Running     int64 `json:"running_ns"`
		Finishing   int64 `json:"finishing_ns"`
		PeakMemory  int64 `json:"peak_memory_bytes"`
		DeadLetters int64 `json:"rejected"`
	}
	boxJSON struct {
		ID    int         `json:"id"`
		Title string      `json:"title,omitempty"`
		Tasks int         `json:"tasks,omitempty"`
		In    []arrowJSON `json:"in,omitempty"`
		Steps []stepJSON  `json:"steps"`
		Times *timesJSON  `json:"times,omitempty"`
	}
	arrowJSON struct {
		From     int    `json:"from"`
		Exchange string `json:"exchange,omitempty"`
	}
	stepJSON struct {
		Text       string            `json:"text"`
		Columns    []columnJSON      `json:"columns"`
		EventTime  string            `json:"event_time_column,omitempty"`
		Properties map[string]string `json:"properties,omitempty"`
		Measured   *measuredJSON     `json:"measured,omitempty"`
	}
	columnJSON struct {
		Name    string `json:"name"`
		Type    string `json:"type"`
		NotNull bool   `json:"not_null,omitempty"`
	}
	timesJSON struct {
		Tasks   int   `json:"tasks"`
		Wall    int64 `json:"wall_ns"`
		Waiting int64 `json:"waiting_ns"`
		Receive int64 `json:"receive_ns"`
		Send    int64 `json:"send_ns"`
		Idle    int64 `json:"idle_ns"`
		Within  bool  `json:"within_the_tasks_before,omitempty"`
	}
	lookupJSON struct {
		Hits     int64 `json:"hits"`
		Misses   int64 `json:"misses"`
		Requests int64 `json:"requests"`
		Retries  int64 `json:"retries"`
		Failed   int64 `json:"failed_keys"`
		Rows     int64 `json:"cache_rows"`
		Bytes    int64 `json:"cache_bytes"`
		Evicted  int64 `json:"evicted_rows"`
	}
	measuredJSON struct {
		Lookup *lookupJSON `json:"lookup,omitempty"`

		RowsIn   int64 `json:"rows_in"`
		RowsOut  int64 `json:"rows_out"`
		Batches  int64 `json:"batches"`
		Units    int64 `json:"units,omitempty"`
		Bytes    int64 `json:"bytes,omitempty"`
		State    int64 `json:"state_bytes"`
		Late     int64 `json:"late"`
		LateUsed int64 `json:"late_used,omitempty"`
		Bad      int64 `json:"not_decoded,omitempty"`
		Errors   int64 `json:"rejected"`
		Expired  int64 `json:"expired,omitempty"`
		Filtered int64 `json:"filtered,omitempty"`
		Pruned   int64 `json:"pruned,omitempty"`
		ByKeys   int64 `json:"pruned_by_keys,omitempty"`
		LeftOut  int64 `json:"splits_left_out,omitempty"`
		Keys     int64 `json:"keys,omitempty"`
		Reads    int64 `json:"reads,omitempty"`
		Failed   int64 `json:"failed_reads,omitempty"`
		Time     int64 `json:"time_ns"`
	}
)

// JSON is the graph for tools.
func (g *Graph) JSON() ([]byte, error) {
	out := graphJSON{Form: g.Form, Boxes: []boxJSON{}}
	if r := g.Run; r != nil {
		out.Run = &runJSON{Elapsed: r.Elapsed.Nanoseconds(), Starting: r.Starting.Nanoseconds(), Running: r.Running.Nanoseconds(), Finishing: r.Finishing.Nanoseconds(),
			PeakMemory: r.PeakMemory, DeadLetters: r.DeadLetters}
	}
	if g.Time != nil {
		out.eventTimesJSON = g.Time.data()
	}
	for _, b := range g.Boxes {
		out.Boxes = append(out.Boxes, b.json(g.Form == "physical"))
	}
	text, err := json.MarshalIndent(out, "", " ")
	return append(text, '\n'), err
}

func (b *Box) json(physical bool) boxJSON {
	out := boxJSON{ID: b.ID, Title: b.Title}
	if physical {
		out.Tasks = b.Tasks
	}
	for _, a := range b.In {
		out.In = append(out.In, arrowJSON{From: a.From, Exchange: a.Label})
	}
	for _, s := range b.Steps {
		out.Steps = append(out.Steps, s.json())
	}
	if t := b.Times; t != nil {
		out.Times = &timesJSON{Tasks: t.Tasks, Wall: t.Wall.Nanoseconds(), Waiting: t.Waiting.Nanoseconds(),
			Receive: t.Receive.Nanoseconds(), Send: t.Send.Nanoseconds(), Idle: t.Idle.Nanoseconds(), Within: t.Within}
	}
	return out
}

func (s *Step) json() stepJSON {
	out := stepJSON{Text: s.Text, Columns: []columnJSON{}}
	for i, c := range s.Columns {
		out.Columns = append(out.Columns, columnJSON{Name: c.Name, Type: c.Type.String(), NotNull: c.NotNull})
		if i == s.TimeCol {
			out.EventTime = c.Name
		}
	}
	for _, n := range s.Notes {
		if out.Properties == nil {
			out.Properties = map[string]string{}
		}
		out.Properties[n.Key] = n.Text
	}
	if m := s.Measured; m != nil {
		out.Measured = &measuredJSON{RowsIn: m.RowsIn, RowsOut: m.RowsOut, Batches: m.Batches, Units: m.Units, Bytes: m.Bytes, State: m.State,
			Late: m.Late, LateUsed: m.LateUsed, Bad: m.Bad, Errors: m.Errors, Expired: m.Expired, Filtered: m.Filtered, Pruned: m.Pruned, ByKeys: m.byKeys(), LeftOut: m.LeftOut, Keys: m.Keys, Reads: m.Reads, Failed: m.Failed, Time: m.Time.Nanoseconds()}
		if l := m.Lookup; l != nil {
			out.Measured.Lookup = &lookupJSON{l.Hits, l.Misses, l.Requests, l.Retries, l.Failed, l.Rows, l.Bytes, l.Evicted}
		}
	}
	return out
}
