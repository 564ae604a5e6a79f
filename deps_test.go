package helios_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/helios-stream/helios"

// Names for groups of modules that several rooms may import.
const (
	arrowLib   = "github.com/apache/arrow/go/v17/..."
	parquetLib = "github.com/parquet-go/parquet-go/..."
	compress   = "github.com/klauspost/compress/..."
	lz4Lib     = "github.com/pierrec/lz4/v4"
	brotliLib  = "github.com/andybalholm/brotli"
	hllLib     = "github.com/axiomhq/hyperloglog"
)

// rooms is the import table of docs/ARCHITECTURE.md: what each package may import
// besides the standard library. A name that ends in /... stands for all below it.
var rooms = map[string][]string{
	".":                               {"compiler", "ir", "internal/explain", "internal/metrics", "internal/udf", "vexec", "vexec/run", "vexec/connect/..."},
	"ir":                              {},
	"kernels":                         {},
	"kernels/gen":                     {},
	"windows":                         {"ir"},
	"compiler":                        {"ir", "compiler/internal/..."},
	"compiler/internal/diag":          {"ir"},
	"compiler/internal/ast":           {"ir", "compiler/internal/diag"},
	"compiler/internal/parse":         {"ir", "compiler/internal/ast", "compiler/internal/diag"},
	"compiler/internal/bind":          {"ir", "compiler/internal/ast", "compiler/internal/diag", "compiler/internal/parse"},
	"compiler/internal/opt":           {"ir"},
	"compiler/internal/phys":          {"ir"},
	"vexec":                           {"ir", "kernels"},
	"vexec/vtest":                     {"ir", "kernels", "vexec"},
	"vexec/internal/arrowx":           {"ir", "kernels", "vexec", arrowLib},
	"vexec/internal/expr":             {"ir", "kernels", "vexec", "vexec/connect/format/ndjson", "vexec/connect/format/parse", "vexec/connect/format/text"},
	"vexec/internal/agg":              {"ir", "kernels", "vexec", hllLib},
	"vexec/internal/jointable":        {"ir", "vexec", "vexec/internal/agg"},
	"vexec/internal/keycache":         {"ir", "vexec"},
	"vexec/internal/ops":              {"ir", "kernels", "windows", "vexec", "vexec/internal/expr", "vexec/internal/agg", "vexec/internal/jointable", "vexec/internal/keycache"},
	"vexec/internal/state":            {"ir", "vexec", "vexec/internal/arrowx", compress},
	"vexec/internal/exchange":         {"ir", "vexec"},
	"vexec/internal/build":            {"ir", "vexec", "vexec/internal/exchange", "vexec/internal/jointable", "vexec/internal/ops"},
	"vexec/run":                       {"ir", "windows", "vexec", "vexec/internal/..."},
	"vexec/connect/console":           {"ir", "kernels", "vexec", "vexec/connect/format/..."},
	"vexec/connect/memory":            {"ir", "kernels", "vexec"},
	"vexec/connect/numbered":          {"ir", "vexec"},
	"vexec/connect/generator":         {"ir", "kernels", "vexec", "vexec/connect/numbered"},
	"vexec/connect/nexmark":           {"ir", "kernels", "vexec", "vexec/connect/numbered", "vexec/connect/nexmark/model"},
	"vexec/connect/nexmark/model":     {},
	"vexec/connect/blackhole":         {"ir", "vexec"},
	"vexec/connect/function":          {"ir", "vexec", "vexec/connect/memory"},
	"vexec/connect/request":           {"ir"},
	"vexec/connect/rest":              {"ir", "vexec", "vexec/connect/format/ndjson", "vexec/connect/request"},
	"vexec/connect/webhook":           {"ir", "vexec", "vexec/connect/format/ndjson", "vexec/connect/request"},
	"vexec/connect/http":              {"ir", "vexec", "vexec/connect/format/ndjson", compress},
	"vexec/connect/file":              {"ir", "vexec", "vexec/connect/format/...", compress},
	"vexec/connect/format/parse":      {"ir", "vexec"},
	"vexec/connect/format/text":       {"ir", "kernels", "vexec"},
	"vexec/connect/format/ndjson":     {"ir", "kernels", "vexec", "vexec/connect/format/parse", "vexec/connect/format/text"},
	"vexec/connect/format/csv":        {"ir", "kernels", "vexec", "vexec/connect/format/ndjson", "vexec/connect/format/parse", "vexec/connect/format/text"},
	"vexec/connect/format/columnfile": {"ir"},
	"vexec/connect/format/parquet":    {"ir", "kernels", "vexec", "vexec/connect/format/columnfile", "vexec/connect/format/text", parquetLib, compress, lz4Lib, brotliLib},
	"vexec/connect/format/lz4frame":   {lz4Lib},
	"vexec/connect/format/arrowipc":   {"ir", "kernels", "vexec", "vexec/internal/arrowx", "vexec/connect/format/columnfile", "vexec/connect/format/lz4frame", "vexec/connect/format/text", arrowLib, compress},
	"internal/explain":                {"ir", "vexec/run"},
	"internal/metrics":                {"ir", "vexec/run"},
	"internal/querytest":              {"compiler", "ir", "vexec", "vexec/run", "vexec/connect/memory", "vexec/connect/format/ndjson", "vexec/connect/format/parse"},
	"internal/udf":                    {"ir", "kernels", "vexec"},
	"heliostest":                      {".", "internal/querytest"},
	"internal/refinterp":              {"ir"},
	"bench/nexmark":                   {"vexec/connect/nexmark/model"},
	"bench/nexmark/queries":           {},
	"bench/nexmark/cmd/nexmark-gen":   {"bench/nexmark"},
	"examples/functions":              {"."},
	"examples/trades/gen":             {},
	"cmd/heliosc":                     {".", "bench/nexmark/queries", "internal/querytest", "vexec", "vexec/connect/...", "github.com/alecthomas/kong", "golang.org/x/term"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// TestImportTable holds that the architecture's arrows are the code's. On failure:
// move the code to a room that may have the import, or change the table here and in
// docs/ARCHITECTURE.md, and say why in the commit.
func TestImportTable(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %v\n%s", err, failed.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		checkRoom(t, p, seen)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("the import table names %q, which has no Go files", room)
		}
	}
}

func checkRoom(t *testing.T, p listed, seen map[string]bool) {
	room := short(p.ImportPath)
	seen[room] = true
	if len(p.Imports) == 0 && rooms[room] == nil {
		return // tests only
	}
	allowed, ok := rooms[room]
	if !ok {
		t.Errorf("package %s is not in the import table (deps_test.go): say what it may import", room)
		return
	}
	for _, imp := range p.Imports {
		if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
			continue // standard library
		}
		if !permitted(short(imp), allowed) {
			t.Errorf("%s imports %s, which the import table (deps_test.go) does not allow", room, short(imp))
		}
	}
}

func permitted(imp string, allowed []string) bool {
	for _, a := range allowed {
		if below, ok := strings.CutSuffix(a, "/..."); ok && (imp == below || strings.HasPrefix(imp, below+"/")) {
			return true
		}
		if imp == a {
			return true
		}
	}
	return false
}

func short(importPath string) string {
	if importPath == module {
		return "."
	}
	return path.Clean(strings.TrimPrefix(importPath, module+"/"))
}
