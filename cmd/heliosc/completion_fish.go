package main

import (
	"fmt"
	"slices"
	"strings"
)

// fishHead completes the last of several values separated by commas.
const fishHead = `# fish completion for heliosc: heliosc completion fish > ~/.config/fish/completions/heliosc.fish
function __heliosc_list
    set -l before (string replace -r '^--[^=]*=' '' -- (commandline -ct) | string replace -r '[^,]*$' '')
    for value in $argv
        echo $before$value
    end
end
complete -c heliosc -f
`

// fishScript is the completion for fish.
func fishScript(m completion) string {
	var b strings.Builder
	b.WriteString(fishHead)
	for _, g := range m.groups() {
		fmt.Fprintf(&b, "complete -c heliosc -n __fish_use_subcommand -a %s -d %s\n", g.before, fishQuote("its commands: "+strings.Join(g.words, ", ")))
	}
	for _, c := range m.commands {
		first, second, grouped := strings.Cut(c.name, " ")
		seen := "__fish_seen_subcommand_from " + first
		if grouped {
			others := strings.Join(m.second(first), " ")
			fmt.Fprintf(&b, "complete -c heliosc -n %s -a %s -d %s\n", fishQuote(seen+"; and not __fish_seen_subcommand_from "+others), second, fishQuote(c.help))
			seen += "; and __fish_seen_subcommand_from " + second
		} else {
			fmt.Fprintf(&b, "complete -c heliosc -n __fish_use_subcommand -a %s -d %s\n", c.name, fishQuote(c.help))
		}
		on := "complete -c heliosc -n " + fishQuote(seen)
		for _, f := range c.flags {
			b.WriteString(fishFlag(on, &f))
		}
		for i := range c.args {
			fishArg(&b, seen, &c.args[i])
		}
	}
	return b.String()
}

func fishFlag(on string, f *completeFlag) string {
	line := on + " -l " + f.name
	if f.short != "" {
		line += " -s " + f.short
	}
	switch {
	case len(f.values) > 0 && f.list:
		line += " -x -a " + fishQuote("(__heliosc_list "+strings.Join(f.values, " ")+")")
	case len(f.values) > 0:
		line += " -x -a " + fishQuote(strings.Join(f.values, " "))
	case f.file:
		line += " -r -F"
	case f.dir:
		line += " -x -a '(__fish_complete_directories)'"
	case f.takes:
		line += " -x"
	}
	return line + " -d " + fishQuote(f.help) + "\n"
}

// fishArg completes an argument of the command that seen speaks of.
func fishArg(b *strings.Builder, seen string, a *completeArg) {
	line := func(condition, rest string) {
		fmt.Fprintf(b, "complete -c heliosc -n %s %s\n", fishQuote(seen+condition), rest)
	}
	if len(a.words) > 0 {
		line("; and not __fish_seen_subcommand_from "+strings.Join(a.words, " "), "-a "+fishQuote(strings.Join(a.words, " ")))
	}
	for _, x := range a.by {
		line("; and test (commandline -opc)[-1] = "+x.before, "-a "+fishQuote(strings.Join(x.words, " ")))
	}
	if len(a.codes) > 0 {
		line("; and string match -q 'H*' -- (commandline -ct)", "-a "+fishQuote(strings.Join(a.codes, " ")))
	}
	switch {
	case a.query:
		for _, e := range slices.Sorted(slices.Values(queryEndings)) {
			line("", "-a '(__fish_complete_suffix ."+e+")'")
		}
	case a.file:
		line("", "-F")
	case a.dir:
		line("", "-a '(__fish_complete_directories)'")
	}
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
