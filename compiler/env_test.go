package compiler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
)

// fakeFile is the description of a connector like the real one.
var fakeFile = &ir.ConnectorSpec{
	Name: "file", Aliases: []string{"filesystem"}, Source: true, Sink: true,
	Options: []ir.OptionSpec{
		{Name: "path", Type: ir.OptionPath, Required: true, Example: "data/*.ndjson", Doc: "A file or a folder."},
		{Name: "format", Type: ir.OptionEnum, Values: []string{"json", "ndjson", "csv", "parquet"}, Example: "csv", Aliases: []string{"valueFormat"}},
		{Name: "csv.header", Type: ir.OptionBool, Default: "true"},
		{Name: "roll.size", Type: ir.OptionBytes},
		{Name: "roll.interval", Type: ir.OptionDuration, Example: "5s"},
		{Name: "retries", Type: ir.OptionInt},
		{Name: ir.OptionRows, Use: ir.UseRead, Type: ir.OptionInt},
		{Name: "password", Type: ir.OptionInt, Secret: true, Example: "hunter2"},
	},
}

// generator can only be read, printer only be written.
var (
	generator = &ir.ConnectorSpec{Name: "generator", Source: true}
	printer   = &ir.ConnectorSpec{Name: "print", Sink: true, Changes: true}
)

func testEnv() *compiler.Env {
	specs := []*ir.ConnectorSpec{fakeFile, generator, printer}
	return &compiler.Env{
		Connector: func(name string) *ir.ConnectorSpec {
			for _, s := range specs {
				if s.Name == name || slices.Contains(s.Aliases, name) {
					return s
				}
			}
			return nil
		},
		Connectors: func() []*ir.ConnectorSpec { return specs },
		Check: func(t *ir.Table, sink bool) error {
			for _, c := range t.Cols {
				if c.Type.Kind == ir.Map {
					return fmt.Errorf("column %s: CSV cannot hold a %s", c.Name, c.Type)
				}
			}
			return nil
		},
		Infer: func(_ context.Context, t *ir.Table) ([]ir.Column, error) {
			if t.Options["format"] != "parquet" {
				return nil, errors.New("only Parquet files carry columns")
			}
			return []ir.Column{{Name: "id", Type: ir.TBigInt}, {Name: "ts", Type: ir.TTimestamp}}, nil
		},
		Bounded: func(t *ir.Table) bool { return t.Connector == "file" },
		Prunes: func(t *ir.Table, col int) bool {
			return t.Options["format"] == "parquet" && t.Physical().Cols[col].Name != "plain"
		},
		Narrows: func(t *ir.Table, _ int) bool { return t.Options["format"] == "parquet" },
		Fold:    fold,
	}
}

// fold computes just what the tests need: whole numbers, comparisons, text and times.
func fold(e ir.Expr) (ir.Value, error) {
	switch x := e.(type) {
	case *ir.Const:
		return x.V, nil
	case *ir.Cast:
		v, err := fold(x.X)
		n, isInt := v.(int64)
		text, isText := v.(string)
		switch {
		case isInt && x.T.Kind.IsInteger() && err == nil:
			return n, nil
		case isInt && x.T.Kind == ir.Double && err == nil:
			return float64(n), nil
		case isText && x.T.Kind.IsTimestamp() && err == nil:
			if at, err := time.Parse(time.DateTime, text); err == nil {
				return at.UnixMicro(), nil
			}
			return nil, fmt.Errorf("'%s' is not a %s in %s", text, x.T, x)
		}
		return nil, errors.New("this cast is not folded in tests")
	case *ir.Call:
		return foldCall(x)
	}
	return nil, errors.New("not folded in tests")
}

func foldCall(x *ir.Call) (ir.Value, error) {
	var args []ir.Value
	for _, a := range x.Args {
		v, err := fold(a)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	if s, ok := args[0].(string); ok && x.Fn == "UPPER" {
		return strings.ToUpper(s), nil
	}
	switch x.Fn {
	case "TO_TIMESTAMP_LTZ", "LIKE", "SIMILAR TO", "ENCODE", "SPLIT_PART": // on a value of no interest: the argument is sound
		return nil, nil
	}
	if len(args) != 2 {
		return nil, errors.New("not folded in tests")
	}
	a, isA := args[0].(int64)
	b, isB := args[1].(int64)
	if !isA || !isB {
		return nil, errors.New("not folded in tests")
	}
	switch x.Fn {
	case "+":
		return a + b, nil
	case "-":
		return a - b, nil
	case "*":
		return a * b, nil
	case "/":
		if b == 0 {
			return nil, errors.New("division by zero")
		}
		return a / b, nil
	case "=":
		return a == b, nil
	case "<>":
		return a != b, nil
	case ">":
		return a > b, nil
	}
	return nil, errors.New("not folded in tests")
}
