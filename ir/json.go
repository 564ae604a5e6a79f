package ir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// PlanFormat and PlanVersion head a plan as JSON. A change that older readers would
// misread gets another version.
const (
	PlanFormat  = "heliosc plan"
	PlanVersion = 1
)

// The forms of a plan as JSON.
const (
	FormLogical  = "logical"
	FormPhysical = "physical"
)

// planFile is a plan to be written: its tables once, and the plan, which names them by
// their number. Structs are objects with the names of their Go fields, the first
// letter small; expressions, nodes and operators say what they are in "kind".
// False, "" and what is not there are left out, nothing else is.
type planFile struct {
	Form    string
	Logical *Logical // one of the two
	Plan    *Plan
}

// planTable is a table as JSON. The values of secret options are not in it, but the
// names under which they are asked for when the plan is loaded.
type planTable struct {
	Table
	Secrets map[string]string // option: name
}

// JSONOptions say what becomes of what a plan should not just carry along. Each field
// may be nil.
type JSONOptions struct {
	// Secret says, when writing, which options of a connector are left out; nil: none.
	Secret func(connector, option string) bool
	// Reveal gives, when reading, their values by the names that stand for them. A
	// plan that lacks one is refused.
	Reveal func(name string) (string, bool)
	// Functions are those of one's own that a plan which is read may call.
	Functions []*Function
	// Dir changes the folder that a table's relative paths start from; nil: it stays.
	Dir func(dir string) string
}

// MarshalLogical returns a logical plan as JSON.
func MarshalLogical(l *Logical, o JSONOptions) ([]byte, error) {
	return marshal(&planFile{Form: FormLogical, Logical: l}, o)
}

// MarshalPlan returns a physical plan as JSON, the number of its tasks included.
func MarshalPlan(p *Plan, o JSONOptions) ([]byte, error) {
	return marshal(&planFile{Form: FormPhysical, Plan: p}, o)
}

func marshal(f *planFile, o JSONOptions) ([]byte, error) {
	e := &encoder{numbers: map[*Table]int{}}
	var body any = f.Logical
	key := "logical"
	if f.Form == FormPhysical {
		body, key = f.Plan, "plan"
	}
	e.depth = 1
	e.value(reflect.ValueOf(body))
	plan := e.b.String()
	e.b.Reset()
	e.tables(o)
	if e.err != nil {
		return nil, fmt.Errorf("plan cannot be written as JSON: %w", e.err)
	}
	return fmt.Appendf(nil, "{\n \"format\": %q,\n \"version\": %d,\n \"form\": %q,\n \"tables\": %s,\n %q: %s\n}\n",
		PlanFormat, PlanVersion, f.Form, e.b.String(), key, plan), nil
}

// UnmarshalPlan reads a plan that MarshalLogical or MarshalPlan wrote: one of the two
// results is not nil. It is checked like one that the compiler made.
func UnmarshalPlan(data []byte, o JSONOptions) (*Logical, *Plan, error) {
	tree, err := readJSON(data)
	if err != nil {
		return nil, nil, fmt.Errorf("not a plan: %w", err)
	}
	if err := checkHead(tree); err != nil {
		return nil, nil, err
	}
	d := &decoder{opt: o}
	d.readTables(tree["tables"])
	var l *Logical
	var p *Plan
	if tree["form"] == FormPhysical {
		d.into(reflect.ValueOf(&p).Elem(), tree["plan"], "plan")
	} else {
		d.into(reflect.ValueOf(&l).Elem(), tree["logical"], "logical")
	}
	if missing := (*MissingFunctionError)(nil); errors.As(d.err, &missing) {
		return nil, nil, missing
	}
	if d.err != nil {
		return nil, nil, fmt.Errorf("not a plan: %w", d.err)
	}
	if p != nil {
		err = ValidatePlan(p)
	} else {
		err = Validate(l)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the plan is not sound: %w", err)
	}
	return l, p, nil
}

// readJSON reads one object with numbers as they are written.
func readJSON(data []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is text behind the JSON")
	}
	object, ok := tree.(map[string]any)
	if !ok {
		return nil, errors.New("its JSON is no object")
	}
	return object, nil
}

func checkHead(tree map[string]any) error {
	if tree["format"] != PlanFormat {
		return fmt.Errorf(`not a plan: it does not begin with "format": %q, as what 'heliosc compile --emit json' writes`, PlanFormat)
	}
	if v := tree["version"]; v != json.Number(fmt.Sprint(PlanVersion)) {
		return fmt.Errorf("the plan is of version %v; this heliosc reads version %d. Compile the query anew", v, PlanVersion)
	}
	want := map[string]bool{"format": true, "version": true, "form": true, "tables": true}
	switch tree["form"] {
	case FormLogical:
		want["logical"] = true
	case FormPhysical:
		want["plan"] = true
	default:
		return fmt.Errorf("not a plan: its form is %v, not %q or %q", tree["form"], FormLogical, FormPhysical)
	}
	for key := range tree {
		if !want[key] {
			return fmt.Errorf("not a plan: unknown key %q", key)
		}
	}
	return nil
}
