// Package ast is the syntax tree of the query language: what the parser found,
// with the place of every node, before names and types have a meaning.
//
// Trees are plain data and are not changed after parsing. Statement, Expr,
// TableExpr and QueryBody are sealed: their implementations are the pointer
// types of this package, so a switch over them can be complete.
package ast

import "github.com/helios-stream/helios/compiler/internal/diag"

// Node is a part of the tree.
type Node interface {
	// Span is the place in the file as it was written.
	Span() diag.Span
}

// Place is the place of a node; every node embeds it.
type Place struct{ At diag.Span }

// Span returns the place.
func (p Place) Span() diag.Span { return p.At }

// File is one query file.
type File struct {
	Place
	Stmts []Statement
	Lost  Lost
}

// Lost is what the statements that could not be read may have declared.
type Lost struct {
	Some  bool     // there are such statements
	Names []string // of mappings and views
	Any   bool     // and others, whose names could not be read
}

// Ident is one name.
type Ident struct {
	Place
	Name  string // without quotes
	Quote byte   // '"' or '`' where the file quotes it, else 0
}

// Name is a name with its qualifiers: t, or catalog.database.t.
type Name struct {
	Place
	Parts []Ident // at least one
}

// Last returns the unqualified name.
func (n *Name) Last() Ident { return n.Parts[len(n.Parts)-1] }

// String is the parts joined with dots, unquoted: for messages.
func (n *Name) String() string { return joinIdents(n.Parts) }

func joinIdents(parts []Ident) string {
	if len(parts) == 1 {
		return parts[0].Name
	}
	s := ""
	for i, p := range parts {
		if i > 0 {
			s += "."
		}
		s += p.Name
	}
	return s
}
