package main

import (
	"fmt"
	"strings"
)

// bashHead is what needs no knowledge of the commands.
const bashHead = `# bash completion for heliosc: source <(heliosc completion bash)
_heliosc_files() {
    local f
    compopt -o filenames 2>/dev/null
    while IFS= read -r f; do
        case $f in
        %s) COMPREPLY+=("$f") ;;
        *) [[ -d $f ]] && COMPREPLY+=("$f") ;;
        esac
    done < <(compgen -f -- "$1")
}
_heliosc_words() {
    COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}
_heliosc_list() { # values separated by commas: the last one is completed
    COMPREPLY+=($(compgen -P "${cur%%"${cur##*,}"}" -W "$1" -- "${cur##*,}"))
}
_heliosc() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} first=2 skip= i w
    local -a args
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _heliosc_words %s
        return
    fi
`

// bashScript is the completion for bash.
func bashScript(m completion) string {
	var b strings.Builder
	fmt.Fprintf(&b, bashHead, "*."+strings.Join(queryEndings, "|*."), quote(strings.Join(append(m.names(), "--help"), " ")))
	for _, g := range m.groups() {
		fmt.Fprintf(&b, "    if [[ $command == %s ]]; then\n        if ((COMP_CWORD == 2)); then\n            _heliosc_words %s\n            return\n        fi\n        command+=\" ${COMP_WORDS[2]}\" first=3\n    fi\n",
			g.before, quote(strings.Join(g.words, " ")))
	}
	// bash splits words at "=": --format=js comes as three words.
	b.WriteString(`    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case $command:$prev in
`)
	var taking []string
	for _, c := range m.commands {
		for _, f := range c.flags {
			if !f.takes {
				continue
			}
			var at []string
			for _, s := range f.spellings() {
				at = append(at, quote(c.name+":"+s))
			}
			taking = append(taking, at...)
			fmt.Fprintf(&b, "    %s) %s return ;;\n", strings.Join(at, "|"), bashAction(&f))
		}
	}
	b.WriteString("    esac\n    for ((i = first; i < COMP_CWORD; i++)); do\n        w=${COMP_WORDS[i]}\n        if [[ $w == \"=\" ]]; then\n            skip=1\n        elif [[ $skip ]]; then\n            skip=\n        else\n            case $command:$w in\n")
	fmt.Fprintf(&b, "            %s) skip=1 ;;\n            *:-*) ;;\n            *) args+=(\"$w\") ;;\n            esac\n        fi\n    done\n    case $command in\n", strings.Join(taking, "|"))
	for _, c := range m.commands {
		fmt.Fprintf(&b, "    %s)\n        if [[ $cur == -* ]]; then\n            _heliosc_words %s\n            return\n        fi\n        case ${#args[@]} in\n", quote(c.name), quote(strings.Join(c.flagWords(), " ")))
		for i := range c.args {
			at := fmt.Sprint(i)
			if c.args[i].many {
				at = "*"
			}
			fmt.Fprintf(&b, "        %s)\n%s            ;;\n", at, bashArg(&c.args[i]))
		}
		b.WriteString("        esac ;;\n")
	}
	b.WriteString("    esac\n}\ncomplete -F _heliosc heliosc\n")
	return b.String()
}

const (
	bashFile = `compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$cur"));`
	bashDir  = `compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$cur"));`
)

// bashAction completes the value of a flag.
func bashAction(f *completeFlag) string {
	switch {
	case len(f.values) > 0 && f.list:
		return "_heliosc_list " + quote(strings.Join(f.values, " ")) + ";"
	case len(f.values) > 0:
		return "_heliosc_words " + quote(strings.Join(f.values, " ")) + ";"
	case f.file:
		return bashFile
	case f.dir:
		return bashDir
	}
	return ""
}

// bashArg completes an argument, in lines of their own.
func bashArg(a *completeArg) string {
	var b strings.Builder
	line := func(s string) { b.WriteString("            " + s + "\n") }
	if len(a.words) > 0 {
		line("_heliosc_words " + quote(strings.Join(a.words, " ")))
	}
	if len(a.by) > 0 {
		line("case ${args[${#args[@]}-1]} in")
		for _, x := range a.by {
			line(x.before + ") _heliosc_words " + quote(strings.Join(x.words, " ")) + " ;;")
		}
		line("esac")
	}
	if len(a.codes) > 0 {
		line("[[ $cur == H* ]] && _heliosc_words " + quote(strings.Join(a.codes, " ")))
	}
	switch {
	case a.query:
		line(`_heliosc_files "$cur"`)
	case a.file:
		line(bashFile)
	case a.dir:
		line(bashDir)
	}
	return b.String()
}
