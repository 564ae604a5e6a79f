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
	name, help string
	flags      []completeFlag
	words      []string // of an argument that is one of some words
	files      bool     // takes query files
	dir        bool     // takes a folder
}

type completeFlag struct {
	name, help string
	short      string // "" none
	takes      bool   // a value stands behind it
	values     []string
	file, dir  bool
}

// completionModel reads the command line's own description, so that a new command or
// flag needs nothing here.
func completionModel(app *kong.Application) completion {
	var out completion
	for _, n := range app.Leaves(true) {
		c := completeCommand{name: n.Name, help: firstSentence(n.Help)}
		for _, group := range n.AllFlags(true) {
			for _, f := range group {
				c.flags = append(c.flags, completionFlag(f))
			}
		}
		for _, a := range n.Positional {
			switch values := enumValues(a); {
			case len(values) > 0:
				c.words = append(c.words, values...)
			case a.Name == "connector":
				c.words = append(c.words, connectorNames()...)
			case a.Name == "option":
				for _, s := range connectorSpecs() {
					c.words = append(c.words, optionNames(s)...)
				}
				slices.Sort(c.words)
				c.words = slices.Compact(c.words)
			case a.Name == "dir":
				c.dir = true
			default:
				c.files = true
			}
		}
		out.commands = append(out.commands, c)
	}
	return out
}

func completionFlag(f *kong.Flag) completeFlag {
	out := completeFlag{name: f.Name, help: firstSentence(f.Help), takes: !f.IsBool(), values: enumValues(f.Value)}
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

func (c completion) names() []string {
	var out []string
	for _, x := range c.commands {
		out = append(out, x.name)
	}
	return out
}

// quote is text within single quotes of a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// queryEndings are the endings of files that commands take.
var queryEndings = []string{"sql", "json"}

func bashScript(m completion) string {
	var b strings.Builder
	b.WriteString(`# bash completion for heliosc: source <(heliosc completion bash)
_heliosc_files() {
    local f
    compopt -o filenames 2>/dev/null
    while IFS= read -r f; do
        case $f in
`)
	fmt.Fprintf(&b, "        *.%s) COMPREPLY+=(\"$f\") ;;\n", strings.Join(queryEndings, "|*."))
	b.WriteString(`        *) [[ -d $f ]] && COMPREPLY+=("$f") ;;
        esac
    done < <(compgen -f -- "$1")
}
_heliosc() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
`)
	fmt.Fprintf(&b, "        COMPREPLY=($(compgen -W %s -- \"$cur\"))\n        return\n    fi\n", quote(strings.Join(append(m.names(), "--help"), " ")))
	// bash splits words at "=": --format=js comes as three words.
	b.WriteString(`    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case $command:$prev in
`)
	for _, c := range m.commands {
		for _, f := range c.flags {
			if action := bashAction(&f); f.takes {
				var at []string
				for _, s := range f.spellings() {
					at = append(at, quote(c.name+":"+s))
				}
				fmt.Fprintf(&b, "    %s) %s return ;;\n", strings.Join(at, "|"), action)
			}
		}
	}
	b.WriteString("    esac\n    case $command in\n")
	for _, c := range m.commands {
		fmt.Fprintf(&b, "    %s)\n        if [[ $cur == -* ]]; then\n            COMPREPLY=($(compgen -W %s -- \"$cur\"))\n", c.name, quote(strings.Join(c.flagWords(), " ")))
		switch {
		case len(c.words) > 0:
			fmt.Fprintf(&b, "        else\n            COMPREPLY=($(compgen -W %s -- \"$cur\"))\n", quote(strings.Join(c.words, " ")))
		case c.dir:
			b.WriteString("        else\n            compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$cur\"))\n")
		case c.files:
			b.WriteString("        else\n            _heliosc_files \"$cur\"\n")
		}
		b.WriteString("        fi ;;\n")
	}
	b.WriteString("    esac\n}\ncomplete -F _heliosc heliosc\n")
	return b.String()
}

// bashAction completes the value of a flag.
func bashAction(f *completeFlag) string {
	switch {
	case len(f.values) > 0:
		return fmt.Sprintf(`COMPREPLY=($(compgen -W %s -- "$cur"));`, quote(strings.Join(f.values, " ")))
	case f.file:
		return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"));`
	case f.dir:
		return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"));`
	}
	return ""
}

func zshScript(m completion) string {
	var b strings.Builder
	b.WriteString("#compdef heliosc\n# zsh completion for heliosc: heliosc completion zsh > \"${fpath[1]}/_heliosc\"\n_heliosc() {\n    local -a commands\n    commands=(\n")
	for _, c := range m.commands {
		fmt.Fprintf(&b, "        %s\n", quote(c.name+":"+c.help))
	}
	b.WriteString("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    local command=${words[2]}\n    shift words\n    (( CURRENT-- ))\n    case $command in\n")
	for _, c := range m.commands {
		fmt.Fprintf(&b, "    %s)\n        _arguments -s", c.name)
		for _, f := range c.flags {
			for _, s := range f.spellings() {
				fmt.Fprintf(&b, " \\\n            %s", quote(zshFlag(s, &f)))
			}
		}
		switch {
		case len(c.words) > 0:
			fmt.Fprintf(&b, " \\\n            %s", quote("*: :("+strings.Join(c.words, " ")+")"))
		case c.dir:
			fmt.Fprintf(&b, " \\\n            %s", quote("1:folder:_files -/"))
		case c.files:
			fmt.Fprintf(&b, " \\\n            %s", quote("*:query file:_files -g \"*.("+strings.Join(queryEndings, "|")+")\""))
		}
		b.WriteString("\n        ;;\n")
	}
	b.WriteString("    esac\n}\nif [ \"$funcstack[1]\" = \"_heliosc\" ]; then\n    _heliosc \"$@\"\nelse\n    compdef _heliosc heliosc\nfi\n")
	return b.String()
}

func zshFlag(spelling string, f *completeFlag) string {
	help := strings.NewReplacer("[", "(", "]", ")", ":", " ").Replace(f.help)
	text := "*" + spelling + "[" + help + "]"
	switch {
	case !f.takes:
		return text
	case len(f.values) > 0:
		return text + ":value:(" + strings.Join(f.values, " ") + ")"
	case f.file:
		return text + ":file:_files"
	case f.dir:
		return text + ":folder:_files -/"
	}
	return text + ":value: "
}

func fishScript(m completion) string {
	var b strings.Builder
	b.WriteString("# fish completion for heliosc: heliosc completion fish > ~/.config/fish/completions/heliosc.fish\ncomplete -c heliosc -f\n")
	for _, c := range m.commands {
		fmt.Fprintf(&b, "complete -c heliosc -n __fish_use_subcommand -a %s -d %s\n", c.name, fishQuote(c.help))
		on := "complete -c heliosc -n " + fishQuote("__fish_seen_subcommand_from "+c.name)
		for _, f := range c.flags {
			line := on + " -l " + f.name
			if f.short != "" {
				line += " -s " + f.short
			}
			switch {
			case len(f.values) > 0:
				line += " -x -a " + fishQuote(strings.Join(f.values, " "))
			case f.file:
				line += " -r -F"
			case f.dir:
				line += " -x -a '(__fish_complete_directories)'"
			case f.takes:
				line += " -x"
			}
			b.WriteString(line + " -d " + fishQuote(f.help) + "\n")
		}
		switch {
		case len(c.words) > 0:
			b.WriteString(on + " -a " + fishQuote(strings.Join(c.words, " ")) + "\n")
		case c.dir:
			b.WriteString(on + " -a '(__fish_complete_directories)'\n")
		case c.files:
			for _, e := range slices.Sorted(slices.Values(queryEndings)) {
				b.WriteString(on + " -a '(__fish_complete_suffix ." + e + ")'\n")
			}
		}
	}
	return b.String()
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
