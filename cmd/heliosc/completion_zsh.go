package main

import (
	"fmt"
	"strings"
)

// zshScript is the completion for zsh.
func zshScript(m completion) string {
	var b strings.Builder
	b.WriteString("#compdef heliosc\n# zsh completion for heliosc: heliosc completion zsh > \"${fpath[1]}/_heliosc\"\n")
	for _, c := range m.commands {
		for i := range c.args {
			zshArgFunction(&b, &c, i)
		}
	}
	b.WriteString("_heliosc() {\n    local -a commands\n    commands=(\n")
	groups := map[string]bool{}
	for _, c := range m.commands {
		name, _, grouped := strings.Cut(c.name, " ")
		if !groups[name] {
			help := c.help
			if grouped {
				help = "its commands: " + strings.Join(m.second(name), ", ")
			}
			fmt.Fprintf(&b, "        %s\n", quote(name+":"+strings.ReplaceAll(help, ":", " ")))
		}
		groups[name] = true
	}
	b.WriteString("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    local command=${words[2]}\n")
	for _, g := range m.groups() {
		fmt.Fprintf(&b, "    if [[ $command == %s ]]; then\n        if (( CURRENT == 3 )); then\n            compadd -- %s\n            return\n        fi\n        command+=\" ${words[3]}\"\n        shift words\n        (( CURRENT-- ))\n    fi\n",
			g.before, strings.Join(g.words, " "))
	}
	b.WriteString("    shift words\n    (( CURRENT-- ))\n    case $command in\n")
	for _, c := range m.commands {
		fmt.Fprintf(&b, "    %s)\n        _arguments -s", quote(c.name))
		for _, f := range c.flags {
			for _, s := range f.spellings() {
				fmt.Fprintf(&b, " \\\n            %s", quote(zshFlag(s, &f)))
			}
		}
		for i := range c.args {
			at := fmt.Sprint(i + 1)
			if c.args[i].many {
				at = "*"
			}
			fmt.Fprintf(&b, " \\\n            %s", quote(at+": :"+zshName(&c, i)))
		}
		b.WriteString("\n        ;;\n")
	}
	b.WriteString("    esac\n}\nif [ \"$funcstack[1]\" = \"_heliosc\" ]; then\n    _heliosc \"$@\"\nelse\n    compdef _heliosc heliosc\nfi\n")
	return b.String()
}

// zshName is the function that completes argument i of a command.
func zshName(c *completeCommand, i int) string {
	return fmt.Sprintf("_heliosc_%s_%d", strings.ReplaceAll(c.name, " ", "_"), i+1)
}

// zshArgFunction writes that function. In it words begins with the command's last word.
func zshArgFunction(b *strings.Builder, c *completeCommand, i int) {
	a := &c.args[i]
	fmt.Fprintf(b, "%s() {\n", zshName(c, i))
	if len(a.words) > 0 {
		fmt.Fprintf(b, "    compadd -- %s\n", strings.Join(a.words, " "))
	}
	if len(a.by) > 0 {
		b.WriteString("    case ${words[CURRENT-1]} in\n")
		for _, x := range a.by {
			fmt.Fprintf(b, "    %s) compadd -- %s ;;\n", x.before, strings.Join(x.words, " "))
		}
		b.WriteString("    esac\n")
	}
	if len(a.codes) > 0 {
		fmt.Fprintf(b, "    [[ $PREFIX == H* ]] && compadd -- %s\n", strings.Join(a.codes, " "))
	}
	switch {
	case a.query:
		fmt.Fprintf(b, "    _files -g \"*.(%s)\"\n", strings.Join(queryEndings, "|"))
	case a.file:
		b.WriteString("    _files\n")
	case a.dir:
		b.WriteString("    _files -/\n")
	}
	b.WriteString("}\n")
}

func zshFlag(spelling string, f *completeFlag) string {
	help := strings.NewReplacer("[", "(", "]", ")", ":", " ").Replace(f.help)
	text := "*" + spelling + "[" + help + "]"
	switch {
	case !f.takes:
		return text
	case len(f.values) > 0 && f.list:
		return text + ":value:_values -s , value " + strings.Join(f.values, " ")
	case len(f.values) > 0:
		return text + ":value:(" + strings.Join(f.values, " ") + ")"
	case f.file:
		return text + ":file:_files"
	case f.dir:
		return text + ":folder:_files -/"
	}
	return text + ":value: "
}
