package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// block is a block of a page in Markdown, with the line of text before it.
type block struct{ before, kind, body string }

// blocksOf finds the blocks of a page.
func blocksOf(page string) (out []block) {
	before, inside := "", false
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		kind, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && !inside:
			out = append(out, block{before: before, kind: kind})
			before, inside = "", true
		case fence:
			inside = false
		case inside:
			out[len(out)-1].body += line + "\n"
		case line != "":
			before = line
		}
	}
	return out
}

// savedAs is how the tutorial names the file that a block is.
var savedAs = regexp.MustCompile("[Ss]ave as `([^`]+)`:$")

// TestTutorial does what docs/TUTORIAL.md says, in its order and in an empty folder: files
// are saved, commands are run by sh with the binary that the first one installs, and the
// block behind a command is what it prints.
func TestTutorial(t *testing.T) {
	t.Parallel() // it waits most of the time
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	text, err := os.ReadFile("../../docs/TUTORIAL.md")
	if err != nil {
		t.Fatal(err)
	}
	dir, bin := t.TempDir(), t.TempDir()
	printed, ran, saved := "", 0, 0
	for _, b := range blocksOf(string(text)) {
		name := savedAs.FindStringSubmatch(b.before)
		switch {
		case name != nil:
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name[1])), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, dir, name[1], b.body)
			saved++
		case b.kind == "sh":
			printed = shell(t, dir, bin, b.body)
			ran++
		case b.kind == "text":
			if problem := differs(b.body, printed); problem != "" {
				t.Fatalf("%s\nthe tutorial says\n%s\n\nand this came\n%s", problem, b.body, printed)
			}
		default:
			t.Fatalf("a block of %q that is neither a file (Save as `NAME`:), nor sh, nor text:\n%s", b.kind, b.body)
		}
	}
	if ran < 15 || saved < 5 {
		t.Errorf("only %d commands and %d files were found: has the form of the page changed?", ran, saved)
	}
}

// shell runs commands and returns what they print, as a terminal shows it. The one that
// installs heliosc is run in the checkout, and installs it into bin.
func shell(t *testing.T, dir, bin, commands string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 15*time.Minute) // with no build cache, on a machine that is busy
	defer stop()
	commands = forSeconds.ReplaceAllString(commands, "--for 10s")
	c := exec.CommandContext(ctx, "sh", "-c", commands)
	c.Dir = dir
	if strings.HasPrefix(commands, "go install ") {
		c.Dir = "../.."
	}
	c.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS="+os.Getenv("GOFLAGS")+" -buildvcs=false", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "NO_COLOR=1", "LC_ALL=C",
		"GOMAXPROCS=2") // plans on one core have other steps
	c.WaitDelay = time.Minute // nobody waits for the end of what is left in the background
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		if _, exited := err.(*exec.ExitError); !exited || ctx.Err() != nil {
			t.Fatalf("%s\n%v\n%s", commands, err, &out)
		}
	}
	return out.String()
}

// forSeconds are the few seconds of a reader's machine, which are more on one that is busy.
var forSeconds = regexp.MustCompile(`--for [0-9]+s\b`)

// spans are times taken, which differ from run to run.
var spans = regexp.MustCompile(`\b([0-9.]+(h|m|µs|ms|s))+\b`)

// differs says what of a block did not come; "": nothing. A line "..." stands for any lines.
func differs(want, got string) string {
	lines := func(text string) []string {
		return strings.Split(strings.TrimRight(spans.ReplaceAllString(text, "SPAN"), "\n"), "\n")
	}
	rest, exact := lines(got), true
	for _, line := range lines(want) {
		if line == "..." {
			exact = false
			continue
		}
		at := 0
		for at < len(rest) && rest[at] != line && !exact {
			at++
		}
		if at == len(rest) || rest[at] != line {
			return "missing: " + line
		}
		rest, exact = rest[at+1:], true
	}
	if exact && len(rest) > 0 {
		return "too much: " + rest[0]
	}
	return ""
}
