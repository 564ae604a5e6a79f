package refinterp

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

// Scalar is what ir.UserFunc.Impl of a scalar function of one's own has to be for the
// interpreter: the function over values. It is called for rows where no argument is NULL,
// unless the function takes NULL; an error is a row error.
type Scalar interface {
	Plain(args []ir.Value) (ir.Value, error)
}

// Aggregate is what ir.UserFunc.Impl of an aggregate of one's own has to be: the result for
// the arguments of all rows of a group, of which those with NULL are left out unless the
// function takes NULL.
type Aggregate interface {
	PlainResult(rows [][]ir.Value) (ir.Value, error)
}

func userScalar(f *ir.Function, args []ir.Value) (ir.Value, error) {
	s, ok := f.User.Impl.(Scalar)
	if !ok {
		return nil, fmt.Errorf("refinterp: %s has no plain form", f.Signature())
	}
	v, err := s.Plain(args)
	return ownResult(f.Name, v, err)
}

// ownResult is what a function of one's own gave, whose text has to be UTF-8.
func ownResult(name string, v ir.Value, err error) (ir.Value, error) {
	if text, ok := v.(string); ok && err == nil && !utf8.ValidString(text) {
		err = errors.New("text that is not UTF-8")
	}
	if err != nil {
		return nil, fail(BadArgument, "%s: %v", name, err)
	}
	return v, nil
}

func userAggregate(a *ir.AggCall, rows []taken) (ir.Value, error) {
	s, ok := a.User.User.Impl.(Aggregate)
	if !ok {
		return nil, fmt.Errorf("refinterp: %s has no plain form", a.User.Signature())
	}
	if a.Distinct {
		rows = distinct(rows)
	}
	var list [][]ir.Value
	for _, r := range rows {
		null := false
		for _, v := range r.vals {
			null = null || v == nil
		}
		if !null || a.User.NullSafe {
			list = append(list, r.vals)
		}
	}
	v, err := s.PlainResult(list)
	return ownResult(a.Fn, v, err)
}
