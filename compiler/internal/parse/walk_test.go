package parse

import (
	"reflect"
	"testing"

	"github.com/helios-stream/helios/compiler/internal/ast"
)

// TestWalk checks that ast.Walk visits each node of every tree of the other tests
// once, by looking for them with reflection.
func TestWalk(t *testing.T) {
	var texts []string
	for _, c := range exprs {
		texts = append(texts, "SELECT "+c[0])
	}
	for _, c := range statements {
		texts = append(texts, c[0])
	}
	for _, text := range append(texts, benchFile(1)) {
		file, errs := File("q.sql", text, Vars{})
		if errs.HasErrors() {
			continue
		}
		want := map[ast.Node]bool{}
		collect(reflect.ValueOf(file), want)
		got := map[ast.Node]bool{}
		ast.Walk(file, func(n ast.Node) bool {
			if got[n] {
				t.Fatalf("%T is visited twice in %s", n, text)
			}
			got[n] = true
			return true
		})
		for n := range want {
			if !got[n] {
				t.Errorf("%T is not visited in %s", n, text)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d nodes are visited, there are %d in %s", len(got), len(want), text)
		}
	}
}

// collect finds the nodes that Walk must visit.
func collect(v reflect.Value, nodes map[ast.Node]bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), nodes)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch n := v.Interface().(type) {
		case *ast.Ident, *ast.Name, *ast.Type, *ast.Alias, *ast.Descriptor, *ast.PrimaryKey, *ast.Metadata, *ast.Frame, *ast.Skip, *ast.Subset, *ast.JSONClauses, *ast.JSONOn, *ast.NameFilter:
		case *ast.Hint:
			return
		case ast.Node:
			nodes[n] = true
		default:
			return // a value or a type of package ir
		}
		collect(v.Elem(), nodes)
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), nodes)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), nodes)
		}
	}
}

// TestWalkSkips checks that false skips what is below.
func TestWalkSkips(t *testing.T) {
	n := 0
	ast.Walk(mustParse(t, "SELECT a + 1 FROM t"), func(x ast.Node) bool {
		n++
		_, isSelect := x.(*ast.Select)
		return !isSelect
	})
	if n != 4 { // file, statement, query, select
		t.Errorf("%d nodes", n)
	}
}
