package ast

// Hint is one hint of /*+ name(args), ... */, behind SELECT or behind a table.
type Hint struct {
	Place
	Name Ident     // as written; names of hints ignore case
	Args []HintArg // nil: no parentheses, or nothing in them
}

// HintArg is one argument of a hint: exactly one of Option, Table and Text is set.
type HintArg struct {
	Place
	Option *Option    // 'key' = 'value'
	Table  *Name      // a table, an alias
	Text   *StringLit // 'text'
}
