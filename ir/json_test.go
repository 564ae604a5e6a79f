package ir_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestEveryKindHasJSON holds that each implementation of Expr, Node and PhysOp is in
// the table of JSON kinds: a plan with it could not be written.
func TestEveryKindHasJSON(t *testing.T) {
	table, err := os.ReadFile("json_kinds.go")
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "isExpr" && f.Name.Name != "isNode" && f.Name.Name != "isPhysOp" {
				continue
			}
			found++
			kind := f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
			if !strings.Contains(string(table), "reflect.TypeFor["+kind+"]()") {
				t.Errorf("%s is not in jsonKinds", kind)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d kinds found", found)
	}
}

// valuesPlan has a column for every literal.
func valuesPlan(consts ...*ir.Const) *ir.Logical {
	v := &ir.Values{S: &ir.Schema{}, P: ir.NoProps, Rows: [][]ir.Expr{{}}}
	for _, c := range consts {
		v.Rows[0] = append(v.Rows[0], c)
		v.S.Cols = append(v.S.Cols, ir.Column{Name: "c\xff \"<&", Type: c.T, NotNull: c.V != nil})
	}
	return &ir.Logical{Sinks: []*ir.Sink{{Input: v, Title: "t", At: ir.Pos{File: "a.sql", Line: 3, Col: 4}}}}
}

func TestValuesAsJSON(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a b", Type: ir.TBigInt}, {Name: "c", Type: &ir.Type{Kind: ir.Array, Elem: ir.TDecimal(5, 2)}}}}
	m := &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TDouble}
	l := valuesPlan(
		&ir.Const{T: ir.TNull}, &ir.Const{T: ir.TVarchar}, &ir.Const{V: true, T: ir.TBoolean}, &ir.Const{V: int64(-128), T: ir.TTinyInt},
		&ir.Const{V: int64(math.MinInt64), T: ir.TBigInt}, &ir.Const{V: int64(math.MaxInt64), T: &ir.Type{Kind: ir.Timestamp, P: 9}},
		&ir.Const{V: math.Inf(-1), T: ir.TDouble}, &ir.Const{V: math.Copysign(0, -1), T: ir.TDouble}, &ir.Const{V: 1e300, T: ir.TDouble}, &ir.Const{V: 0.1, T: ir.TReal},
		&ir.Const{V: ir.DecFromInt64(-5), T: ir.TDecimal(10, 3)}, &ir.Const{V: ir.DecFromInt64(7), T: ir.TDecimal(38, 0)},
		&ir.Const{V: "a\xff\x00'\"\u2028", T: ir.TVarchar}, &ir.Const{V: []byte{0, 255}, T: ir.TVarbinary}, &ir.Const{V: `{"a":1}`, T: ir.TJSON},
		&ir.Const{V: int64(5), T: &ir.Type{Kind: ir.Time}}, &ir.Const{V: int64(14), T: ir.TIntervalMonth}, &ir.Const{V: int64(14), T: ir.TInterval},
		&ir.Const{V: []ir.Value{int64(1), []ir.Value{ir.DecFromInt64(123), nil}}, T: row},
		&ir.Const{V: []ir.MapEntry{{Key: "k", Val: 1.5}}, T: m},
	)
	data, err := ir.MarshalLogical(l, ir.JSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := ir.UnmarshalPlan(data, ir.JSONOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if !reflect.DeepEqual(l, got) {
		t.Errorf("%s\n%s\n%s", ir.Print(l), ir.Print(got), data)
	}
	nan, err := ir.MarshalLogical(valuesPlan(&ir.Const{V: math.NaN(), T: ir.TDouble}), ir.JSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err = ir.UnmarshalPlan(nan, ir.JSONOptions{})
	if err != nil || !math.IsNaN(got.Sinks[0].Input.(*ir.Values).Rows[0][0].(*ir.Const).V.(float64)) {
		t.Errorf("NaN: %v\n%s", err, nan)
	}
}

func TestSecretsAreNotInJSON(t *testing.T) {
	table := &ir.Table{Name: "my.t", Connector: "kafka", Options: map[string]string{"topic": "x", "sasl.password": "hunter2"},
		Cols: []ir.TableColumn{{Column: ir.Column{Name: "a", Type: ir.TBigInt}}}}
	other := *table
	scan := func(t *ir.Table) ir.Node { return &ir.Scan{Table: t, Cols: []int{0}, P: ir.NoProps} }
	l := &ir.Logical{Sinks: []*ir.Sink{{Input: scan(table)}, {Input: scan(&other)}, {Input: scan(table)}}}
	data, err := ir.MarshalLogical(l, ir.JSONOptions{Secret: func(connector, option string) bool { return connector == "kafka" && option == "sasl.password" }})
	if err != nil || strings.Contains(string(data), "hunter2") || !strings.Contains(string(data), "MY_T_SASL_PASSWORD_2") {
		t.Fatalf("%v\n%s", err, data)
	}
	if _, _, err := ir.UnmarshalPlan(data, ir.JSONOptions{}); err == nil || !strings.Contains(err.Error(), "-D MY_T_SASL_PASSWORD=") {
		t.Errorf("got %v", err)
	}
	got, _, err := ir.UnmarshalPlan(data, ir.JSONOptions{Reveal: func(string) (string, bool) { return "hunter2", true }})
	if err != nil || !reflect.DeepEqual(got, l) {
		t.Errorf("%v\n%s", err, data)
	}
	if s := got.Sinks; s[0].Input.(*ir.Scan).Table != s[2].Input.(*ir.Scan).Table || s[0].Input.(*ir.Scan).Table == s[1].Input.(*ir.Scan).Table {
		t.Error("tables are not shared as they were")
	}
}

func TestWrongPlanJSON(t *testing.T) {
	good, err := ir.MarshalLogical(valuesPlan(&ir.Const{V: int64(1), T: ir.TBigInt}), ir.JSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f := func(old, with, want string) {
		t.Helper()
		bad := strings.Replace(string(good), old, with, 1)
		if bad == string(good) && old != "" {
			t.Fatalf("%s is not in\n%s", old, good)
		}
		if old == "" {
			bad = with
		}
		if _, _, err := ir.UnmarshalPlan([]byte(bad), ir.JSONOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", with, err, want)
		}
	}
	f("", "", "not a plan")
	f("", "[1]", "no object")
	f("", "{}", `does not begin with "format"`)
	f("", string(good)+"{}", "text behind")
	f("", strings.Repeat("[", 20000), "max depth")
	f(`"version": 1`, `"version": 2`, "Compile the query anew")
	f(`"form": "logical"`, `"form": "x"`, "its form is x")
	f(`"form": "logical"`, `"form": "physical"`, `unknown key "logical"`)
	f(`"kind": "Values"`, `"kind": "FilterOp"`, `"FilterOp" is no kind of Node`)
	f(`"kind": "const"`, `"kind": "Values"`, `"Values" is no kind of Expr`)
	f(`"v": 1`, `"v": "x"`, `"x" is no BIGINT`)
	f(`"v": 1`, `"v": 1, "w": 2`, "a key that is not known")
	f(`"t": "BIGINT"`, `"t": "BIGONE"`, "is no type")
	f(`"t": "BIGINT"`, `"t": {"kind": "ARRAY"}`, "is no type")
	f(`"t": "BIGINT"`, `"t": "INTEGER"`, "its expression INTEGER")
	f(`, "t": "BIGINT"`, ``, "t: it is missing")
	f(`"timeCol": -1`, `"timeCol": "no"`, "is not a whole number")
}
