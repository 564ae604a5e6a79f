package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompiledPlanRuns holds that a plan as JSON gives what its query gives, from
// another folder, and that its relative paths go with it.
func TestCompiledPlanRuns(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "plans"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyTotals)
	want, _, code := heliosc(t, dir, "run", "q.sql", "--format", "csv", "--parallelism", "2")
	if code != 0 {
		t.Fatal(want)
	}
	if out, errs, code := heliosc(t, dir, "compile", "q.sql", "--emit", "json", "-o", "plans/plan.json", "--parallelism", "2"); code != 0 || out != "" {
		t.Fatalf("exit %d %s%s", code, out, errs)
	}
	for from, plan := range map[string]string{dir: "plans/plan.json", filepath.Join(dir, "plans"): "plan.json", t.TempDir(): filepath.Join(dir, "plans", "plan.json")} {
		out, errs, code := heliosc(t, from, "run", plan, "--format", "csv")
		if code != 0 || sortedLines(out) != sortedLines(want) {
			t.Errorf("from %s: exit %d\n%s%s", from, code, out, errs)
		}
	}
	out, errs, code := heliosc(t, dir, "explain", "plans/plan.json")
	if sql, _, _ := heliosc(t, dir, "explain", "q.sql", "--parallelism", "2"); code != 0 || out != sql {
		t.Errorf("explain: exit %d\n%s%s", code, out, errs)
	}
	if _, errs, code := heliosc(t, dir, "check", "plans/plan.json"); code != 0 || !strings.Contains(errs, "ok: 1 query") {
		t.Errorf("check: exit %d %s", code, errs)
	}
	if _, errs, code := heliosc(t, dir, "run", "plans/plan.json", "-o", "out.csv", "--quiet"); code != 0 || errs != "" {
		t.Errorf("run -o: exit %d %s", code, errs)
	}
	// A restart from a checkpoint knows the plan again, and that it has ended.
	for range 2 {
		if _, errs, code := heliosc(t, dir, "run", "plans/plan.json", "-o", "kept.csv", "--checkpoint-dir", "state"); code != 0 {
			t.Errorf("with checkpoints: exit %d %s", code, errs)
		}
	}
}

func TestWrongPlans(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyTotals)
	text, _, code := heliosc(t, dir, "compile", "q.sql", "--emit", "json")
	if code != 0 {
		t.Fatal(text)
	}
	f := func(code int, want string, plan string, args ...string) {
		t.Helper()
		write(t, dir, "p.json", plan)
		out, errs, got := heliosc(t, dir, append(args, "p.json")...)
		if got != code || !strings.Contains(errs, want) || strings.Contains(errs, "panic") {
			t.Errorf("%v: exit %d, want %d and %q\n%s%s", args, got, code, want, out, errs)
		}
	}
	f(1, "p.json: not a plan", "{", "run")
	f(1, `"format": "heliosc plan"`, tiny[:strings.Index(tiny, "\n")], "run")
	f(1, "there is no connector `kafka`", strings.Replace(text, `"connector": "file"`, `"connector": "kafka"`, 1), "run")
	f(1, "no option 'paht'", strings.Replace(text, `"path": `, `"paht": `, 1), "run")
	f(1, "leave the parallelism away", text, "run", "--parallelism", "3")
	f(1, "no logical form", text, "explain", "--logical")
	f(2, "run alone", text, "run", "q.sql")
	f(2, "no syntax tree", text, "compile", "--emit", "ast")
	f(0, "", text, "run")
}

func TestEmit(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyTotals)
	for form, want := range map[string]string{
		"ast": "Select q.sql:3:1", "logical": "Aggregate windowed", "optimized": "WindowAgg TUMBLE", "physical": "Stage 0",
		"json": `"form": "physical"`, "dot": "digraph",
	} {
		if out, errs, code := heliosc(t, dir, "compile", "--emit", form, "q.sql"); code != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, no %q in\n%s%s", form, code, want, out, errs)
		}
	}
	if _, errs, code := heliosc(t, dir, "compile", "--emit", "ast", write(t, dir, "bad.sql", "SELECT FROM;")); code != exitNotCompiled || !strings.Contains(errs, "bad.sql:1:") {
		t.Errorf("exit %d %s", code, errs)
	}
}

func TestExplainFormats(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny+"not json\n")
	write(t, dir, "q.sql", strings.Replace(tinyTotals, "SELECT window_start", "CREATE MAPPING o (a TIMESTAMP, b VARCHAR, c BIGINT, d BIGINT) TYPE File OPTIONS ('path' = 'o.csv', 'format' = 'csv');\nINSERT INTO o SELECT window_start", 1))
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := heliosc(t, dir, append([]string{"explain", "q.sql", "--parallelism", "2"}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit %d %s", args, code, errs)
		}
		return out
	}
	text := run("--analyze")
	for _, want := range []string{"ran in ", "state: one pane of 1 min by k; freed when the watermark passes window_end", "measured: 4 rows in, 3 out", "1 not decoded", "2 tasks took", "Sink o (file)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var plan struct {
		Run struct {
			Elapsed   int64 `json:"elapsed_ns"`
			Starting  int64 `json:"starting_ns"`
			Running   int64 `json:"running_ns"`
			Finishing int64 `json:"finishing_ns"`
		}
		Boxes []struct {
			Times struct {
				Tasks   int64 `json:"tasks"`
				Within  bool  `json:"within_the_tasks_before"`
				Idle    int64 `json:"idle_ns"`
				Wall    int64 `json:"wall_ns"`
				Waiting int64 `json:"waiting_ns"`
				Receive int64 `json:"receive_ns"`
				Send    int64 `json:"send_ns"`
			}
			Steps []struct {
				Measured struct {
					RowsIn  int64 `json:"rows_in"`
					Batches int64 `json:"batches"`
					Time    int64 `json:"time_ns"`
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(run("--analyze", "--format", "json")), &plan); err != nil {
		t.Fatal(err)
	}
	if len(plan.Boxes) < 2 || plan.Boxes[0].Steps[0].Measured.RowsIn != 4 || plan.Boxes[0].Steps[0].Measured.Batches == 0 {
		t.Errorf("%+v", plan)
	}
	if r := plan.Run; r.Elapsed == 0 || r.Starting <= 0 || r.Running <= 0 || r.Finishing <= 0 || r.Starting+r.Running+r.Finishing != r.Elapsed {
		t.Errorf("the times of the run do not add up: %+v", r)
	}
	for i, b := range plan.Boxes {
		sum := b.Times.Waiting + b.Times.Receive + b.Times.Send
		for _, s := range b.Steps {
			sum += s.Measured.Time
		}
		if sum != b.Times.Wall || sum == 0 {
			t.Errorf("stage %d: parts %d, tasks %d", i, sum, b.Times.Wall)
		}
		if all := b.Times.Tasks * plan.Run.Running; !b.Times.Within && (b.Times.Idle < 0 || b.Times.Wall+b.Times.Idle != all) {
			t.Errorf("stage %d: its tasks ran %d and did not %d, of %d", i, b.Times.Wall, b.Times.Idle, all)
		}
	}
	for _, form := range []string{"--logical", "--optimized", "--physical"} {
		var any struct{}
		if err := json.Unmarshal([]byte(run(form, "--format", "json")), &any); err != nil {
			t.Errorf("%s: %v", form, err)
		}
		if err := xml.Unmarshal([]byte(run(form, "--format", "svg")), &any); err != nil {
			t.Errorf("%s: %v", form, err)
		}
		if out := run(form, "--format", "dot"); !strings.HasPrefix(out, "digraph") {
			t.Errorf("%s: %s", form, out)
		}
	}
	after, err := os.ReadDir(dir)
	if err != nil || len(after) != len(before) {
		t.Errorf("--analyze wrote something: %v, before %v", after, before)
	}
	for _, args := range [][]string{{"--analyze", "--logical"}, {"--trace", "--format", "svg"}, {"--format", "pdf"}} {
		if _, errs, code := heliosc(t, dir, append([]string{"explain", "q.sql"}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
}
