package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/helios-stream/helios"
)

// aliases lets people write what other commands take: 'heliosc help run', --version.
func aliases(args []string) []string {
	switch {
	case len(args) > 0 && args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case len(args) == 1 && args[0] == "--version":
		return []string{"version"}
	}
	return joinNegatives(args)
}

var negative = regexp.MustCompile(`^-\d`)

// joinNegatives makes --flag=-5 of --flag -5: no flag is called -5, so that a negative
// number is a value, about which the flag itself has something to say.
func joinNegatives(args []string) []string {
	var out []string
	for i, a := range args {
		if a == "--" {
			return append(out, args[i:]...)
		}
		if n := len(out) - 1; n >= 0 && negative.MatchString(a) && strings.HasPrefix(out[n], "--") && !strings.Contains(out[n], "=") {
			out[n] += "=" + a
			continue
		}
		out = append(out, a)
	}
	return out
}

// wording is how what the argument parser finds is said; $1, $2 are the groups of found.
type wording struct {
	found *regexp.Regexp
	say   string
}

var wordings = []wording{
	{regexp.MustCompile(`^(--[\w-]+): expected .* value but got "EOL".*`), "$1 lacks its value"},
	{regexp.MustCompile(`^(--[\w-]+): expected .* value but got "([^"]*)" \((?:short|long) flag\).*`), "$1 lacks its value: $2 is a flag; write $1=$2 if it is meant"},
	{regexp.MustCompile(`^(--[\w-]+): expected a valid \d+ bit u?int but got "([^"]*)".*`), "$1 $2: it is a whole number"},
	{regexp.MustCompile(`^(--[\w-]+): expected duration but got "([^"]*)".*`), "$1 $2: it is a span of time with its unit, such as 500ms, 5s or 1m"},
	{regexp.MustCompile(`^--define: expected "<key>=<value>" but got "([^"]*)".*`), "-D $1: write -D NAME=VALUE"},
	{regexp.MustCompile(`^expected "<file\.sql> \.\.\.".*`), "which query file? Name one, or '-' for standard input"},
	{regexp.MustCompile(`^expected "<action>.*`), "what of the connectors? ls lists them, show NAME tells of one"},
	{regexp.MustCompile(`^expected "<dir>".*`), "which folder? Name one that is not there yet"},
	{regexp.MustCompile(`^expected "<shell>".*`), "which shell? bash, zsh or fish"},
}

// usageText is a mistake in the command line as a sentence.
func usageText(err error, app *kong.Application, args []string) string {
	text := err.Error()
	var parse *kong.ParseError
	if !errors.As(err, &parse) {
		return text
	}
	command := ""
	if n := parse.Context.Selected(); n != nil {
		command = n.Path()
	}
	if command == "" {
		return noCommand(text, app, args)
	}
	for _, w := range wordings {
		if w.found.MatchString(text) {
			return w.found.ReplaceAllString(text, w.say)
		}
	}
	if m := oneOf.FindStringSubmatch(text); m != nil {
		return choice(m[1], m[2], m[3])
	}
	if m := unknownFlag.FindStringSubmatch(text); m != nil {
		return unknown("heliosc "+command+" has no flag "+m[1], m[1], flagNames(parse.Context))
	}
	return text
}

var (
	oneOf       = regexp.MustCompile(`^(\S+) must be one of (.*) but got "([^"]*)"`)
	unknownFlag = regexp.MustCompile(`^unknown flag (-\S+?)(,.*)?$`)
)

// choice is for a value that is none of some words.
func choice(flag, words, got string) string {
	list := slices.DeleteFunc(strings.Split(strings.ReplaceAll(words, `"`, ""), ","), func(w string) bool { return w == "" }) // "" is for a flag left out
	text := fmt.Sprintf("%s %s: it is %s", flag, got, orList(list))
	if near := helios.DidYouMean(got, list); near != "" {
		text += "; did you mean " + near + "?"
	}
	return text
}

func orList(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// noCommand is for a line whose command is missing or not known.
func noCommand(text string, app *kong.Application, args []string) string {
	names := completionModel(app).names()
	if m := unknownFlag.FindStringSubmatch(text); m != nil {
		return "unknown flag " + m[1] + "; flags stand behind the command, as in heliosc run " + m[1]
	}
	if len(args) == 0 {
		return "which command? " + orList(names)
	}
	if strings.HasSuffix(args[0], ".sql") {
		return "there is no command " + args[0] + "; did you mean heliosc run " + args[0] + "?"
	}
	return unknown("there is no command "+args[0], args[0], names)
}

func unknown(text, name string, names []string) string {
	if near := helios.DidYouMean(name, names); near != "" {
		return text + "; did you mean " + near + "?"
	}
	if strings.HasPrefix(name, "-") {
		return text
	}
	return text + "; there are: " + strings.Join(names, ", ")
}

func flagNames(c *kong.Context) []string {
	var out []string
	for _, f := range c.Flags() {
		out = append(out, "--"+f.Name)
	}
	return out
}
