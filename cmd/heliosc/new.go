package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

type newCmd struct {
	Dir string `arg:"" name:"dir" type:"path" help:"The folder to make; one that is there must be empty."`
}

// project is what a new project begins with.
//
//go:embed project
var project embed.FS

// Run writes a small project: a query, data, a test and a page that says how to go on.
func (c *newCmd) Run(io streams) error {
	if err := c.makeEmpty(); err != nil {
		return err
	}
	err := fs.WalkDir(project, "project", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := project.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, "project/")
		if name == "gitignore" {
			name = ".gitignore"
		}
		to := filepath.Join(c.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		return fmt.Errorf("the project cannot be written: %w", err)
	}
	dir := c.Dir
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, dir); err == nil && !strings.HasPrefix(rel, "..") {
			dir = rel
		}
	}
	_, err = fmt.Fprintf(io.out, "%s holds a query, its data and a test. Next:\n\n    cd %s\n    heliosc run averages.sql\n    heliosc test tests\n\nREADME.md there says more.\n", dir, dir)
	return err
}

// makeEmpty makes the folder, and refuses one that holds something.
func (c *newCmd) makeEmpty() error {
	switch entries, err := os.ReadDir(c.Dir); {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(c.Dir, 0o755); err != nil {
			return fmt.Errorf("%s cannot be made: %w", c.Dir, err)
		}
		return nil
	case err != nil:
		return usagef("%s is no folder that can be read: %v", c.Dir, err)
	case len(entries) > 0:
		return usagef("%s is not empty; name a folder that is not there yet", c.Dir)
	}
	return nil
}
