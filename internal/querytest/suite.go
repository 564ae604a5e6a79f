package querytest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Case is a test of a suite.
type Case struct {
	Dir     string // that it was found in
	Name    string // below that
	Path    string
	Report  *Report
	Err     error // it could not be read
	Elapsed time.Duration
}

// Failed reports whether the test did not pass.
func (c *Case) Failed() bool { return c.Err != nil || len(c.Report.Failures) > 0 }

// Find lists tests: files as they are named, and of folders all files below them that end
// in ".txt", but for those called README.txt. only leaves out tests whose name does not match; nil: none.
func Find(paths []string, only *regexp.Regexp) ([]*Case, error) {
	var out []*Case
	add := func(dir, path string) {
		c := &Case{Dir: dir, Name: Name(dir, path), Path: path}
		if only == nil || only.MatchString(c.Name) {
			out = append(out, c)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no test and no folder %s", path)
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			add(filepath.Dir(path), path)
			continue
		}
		err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && p != path && strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
			if !d.IsDir() && strings.HasSuffix(p, Ending) && d.Name() != "README.txt" {
				add(path, p)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b *Case) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(out, func(a, b *Case) bool { return a.Path == b.Path }), nil
}

// RunAll runs tests, as many at a time as there are cores, and gives each to done in their
// order as soon as those before it have ended.
func (o *Options) RunAll(cases []*Case, done func(*Case)) {
	ended := make([]chan struct{}, len(cases))
	for i := range ended {
		ended[i] = make(chan struct{})
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(cases)) {
		wg.Go(func() {
			for i := range next {
				o.RunCase(cases[i])
				close(ended[i])
			}
		})
	}
	wg.Go(func() {
		for i := range cases {
			next <- i
		}
		close(next)
	})
	for i, c := range cases {
		<-ended[i]
		done(c)
	}
	wg.Wait()
}

// RunCase reads and runs a test.
func (o *Options) RunCase(c *Case) {
	begin := time.Now()
	f, err := Read(c.Path)
	if err != nil {
		c.Err = err
	} else {
		c.Report = o.Run(f)
	}
	c.Elapsed = time.Since(begin)
}

// Text says what is wrong with a test that failed, in lines: each place of the file, and
// the way to run it if it is not the plain one.
func (c *Case) Text() string {
	if c.Err != nil {
		return c.Err.Error()
	}
	var out []string
	for _, f := range c.Report.Failures {
		place := c.Path
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d", c.Path, f.Line)
		}
		out = append(out, place+": "+strings.TrimRight(f.Text, "\n"))
	}
	if len(out) > 0 && !c.Report.First {
		out = append(out, fmt.Sprintf("The plain run gives what the file says. This one does not: %s.", c.Report.Variant))
	}
	return strings.Join(out, "\n")
}
