package ir

import (
	"regexp"
	"strings"
)

// reference is ${env:NAME} and ${file:PATH}: what stands in an option instead of a
// secret, and is replaced only where a connector needs the value.
// Names are short, so that a wrong file costs no long search.
var (
	reference      = regexp.MustCompile(`\$\{(env|file):([^}'\n]{1,500})\}`)
	leadsReference = regexp.MustCompile(`^\$\{(env|file):([^}'\n]{1,500})\}`)
)

// HasReference reports whether an option's value refers to the environment or a file.
func HasReference(value string) bool { return reference.MatchString(value) }

// IsReference reports whether the value is made of references alone, so that it can be
// shown.
func IsReference(value string) bool {
	return value != "" && reference.ReplaceAllString(value, "") == ""
}

// ReplaceReferences replaces each reference by what get returns for its kind, env or
// file, and its name. The first error ends it.
func ReplaceReferences(value string, get func(kind, name string) (string, error)) (string, error) {
	var b strings.Builder
	done := 0
	for _, m := range reference.FindAllStringSubmatchIndex(value, -1) {
		text, err := get(value[m[2]:m[3]], value[m[4]:m[5]])
		if err != nil {
			return "", err
		}
		b.WriteString(value[done:m[0]])
		b.WriteString(text)
		done = m[1]
	}
	b.WriteString(value[done:])
	return b.String(), nil
}

// ReferenceAt is the length of the reference that text begins with, or 0.
func ReferenceAt(text string) int {
	return len(leadsReference.FindString(text))
}
