package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/helios-stream/helios"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the script for a shell.
func (c *completionCmd) Run(io streams, ctx *kong.Context) error {
	m := completionModel(ctx.Model)
	script := map[string]func(completion) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell]
	_, err := fmt.Fprint(io.out, script(m))
	return err
}

// completion is what can stand on the command line.
type completion struct {
	commands []completeCommand
}

type completeCommand struct {
	name, help string // "run", "dlq show"
	flags      []completeFlag
	args       []completeArg
}

// completeArg is an argument of a command.
type completeArg struct {
	words []string   // it is one of these
	by    []byBefore // or of these, as the argument before it says
	codes []string   // or one of these beside files; they begin with H
	query bool       // or a query file
	file  bool       // or any file
	dir   bool       // or a folder
	many  bool       // it may be given again
}

// byBefore is what an argument can be where the one before it is some word.
type byBefore struct {
	before string
	words  []string
}

type completeFlag struct {
	name, help string
	short      string // "" none
	takes      bool   // a value stands behind it
	values     []string
	list       bool // several values, separated by commas
	file, dir  bool
}

// completionModel reads the command line's own description and the registries, so that
// a new command, flag, connector or code needs nothing here.
func completionModel(app *kong.Application) completion {
	var out completion
	for _, n := range app.Leaves(true) {
		c := completeCommand{name: n.Path(), help: firstSentence(n.Help)}
		for _, group := range n.AllFlags(true) {
			for _, f := range group {
				c.flags = append(c.flags, completionFlag(f))
			}
		}
		for _, a := range n.Positional {
			c.args = append(c.args, completionArg(c.name, a))
		}
		out.commands = append(out.commands, c)
	}
	return out
}

func completionArg(command string, a *kong.Value) completeArg {
	out := completeArg{words: enumValues(a), many: a.IsCumulative()}
	switch a.Name {
	case "connector":
		out.by = []byBefore{{"show", connectorNames()}}
	case "option":
		for _, s := range connectorSpecs() {
			for _, name := range append([]string{s.Name}, s.Aliases...) {
				out.by = append(out.by, byBefore{name, optionNames(s)})
			}
		}
	case "dir":
		out.dir = true
	case "file.sql":
		out.query = true
		if command == "explain" {
			out.codes = codeNames(false)
		}
	default:
		out.file = len(out.words) == 0
	}
	return out
}

func completionFlag(f *kong.Flag) completeFlag {
	out := completeFlag{name: f.Name, help: firstSentence(f.Help), takes: !f.IsBool(), values: enumValues(f.Value), list: f.IsSlice()}
	if f.Short != 0 {
		out.short = string(f.Short)
	}
	switch f.PlaceHolder {
	case "FILE":
		out.file = true
	case "DIR":
		out.dir = true
	case "RULE":
		out.values = ruleNames()
	case "CODE":
		out.values = codeNames(true)
	}
	return out
}

// codeNames are the codes of what the compiler says: all, or those of warnings.
func codeNames(warnings bool) []string {
	var out []string
	for _, c := range helios.Codes() {
		if c.Warning || !warnings {
			out = append(out, c.Code)
		}
	}
	return out
}

func ruleNames() []string {
	var out []string
	for _, r := range helios.Rules() {
		out = append(out, r.Name)
	}
	return out
}

func enumValues(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	var out []string
	for _, w := range strings.Split(v.Enum, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

func firstSentence(help string) string {
	if i := strings.IndexAny(help, ".:;("); i > 0 {
		help = help[:i]
	}
	return strings.ReplaceAll(strings.TrimSpace(help), "$$", "$")
}

// second are the second words of the commands that begin with first.
func (c completion) second(first string) []string {
	for _, g := range c.groups() {
		if g.before == first {
			return g.words
		}
	}
	return nil
}

// words are the flags of a command as they are typed.
func (c *completeCommand) flagWords() []string {
	var out []string
	for _, f := range c.flags {
		out = append(out, "--"+f.name)
	}
	return out
}

// options are the spellings of a flag.
func (f *completeFlag) spellings() []string {
	out := []string{"--" + f.name}
	if f.short != "" {
		out = append(out, "-"+f.short)
	}
	return out
}

// names are the first words of the commands.
func (c completion) names() []string {
	var out []string
	for _, x := range c.commands {
		first, _, _ := strings.Cut(x.name, " ")
		out = append(out, first)
	}
	return slices.Compact(out)
}

// groups are the commands of two words: the second words by the first one.
func (c completion) groups() []byBefore {
	var out []byBefore
	for _, x := range c.commands {
		first, second, ok := strings.Cut(x.name, " ")
		if !ok {
			continue
		}
		if n := len(out); n == 0 || out[n-1].before != first {
			out = append(out, byBefore{before: first})
		}
		out[len(out)-1].words = append(out[len(out)-1].words, second)
	}
	return out
}

// quote is text within single quotes of a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// queryEndings are the endings of files that commands take.
var queryEndings = []string{"sql", "json"}
