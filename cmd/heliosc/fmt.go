package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/helios-stream/helios"
)

type fmtCmd struct {
	Files []string `arg:"" name:"file.sql" help:"Query files; '-' is stdin."`
	Write bool     `short:"w" xor:"mode" help:"Write each file anew instead of printing it."`
	Check bool     `xor:"mode" help:"Print the names of the files that are not formatted, and exit with 1 if there are any."`
}

// Run formats each file. One with errors is reported and left alone; the others are
// formatted all the same.
func (c *fmtCmd) Run(io streams) error {
	var failed *helios.CompileError
	changed := 0
	for _, name := range c.Files {
		if c.Write && name == "-" {
			return usagef("-w writes files, and '-' is none")
		}
		files, err := helios.ReadFiles(name)
		if err != nil {
			return err
		}
		text, err := helios.FormatSQL(files[0])
		var broken *helios.CompileError
		switch {
		case errors.As(err, &broken):
			if failed != nil {
				_ = failed.Render(io.err, io.colour)
			}
			failed = broken
			continue
		case err != nil:
			return err
		}
		if text != files[0].Text {
			changed++
		}
		if err := c.result(io.out, files[0], text); err != nil {
			return err
		}
	}
	switch {
	case failed != nil:
		return failed // reported by the caller, with its exit code
	case c.Check && changed > 0:
		return fmt.Errorf("not formatted: %s; heliosc fmt -w does it", plural(int64(changed), "file"))
	}
	return nil
}

// result prints, names or writes one formatted file.
func (c *fmtCmd) result(out io.Writer, f helios.File, text string) error {
	var err error
	switch {
	case c.Check && text != f.Text:
		_, err = fmt.Fprintln(out, f.Name)
	case c.Check, c.Write && text == f.Text:
	case c.Write:
		err = replaceFile(f.Name, text)
	default:
		_, err = fmt.Fprint(out, text)
	}
	return err
}

// replaceFile puts the text in the place of a file, whole or not at all. A link keeps
// pointing where it does, and the file its permissions.
func replaceFile(name, text string) (err error) {
	path, err := filepath.EvalSymlinks(name)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	aside, err := os.CreateTemp(filepath.Dir(path), ".heliosc-fmt-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = aside.Close()
			_ = os.Remove(aside.Name())
			err = fmt.Errorf("%s cannot be written: %w", name, err)
		}
	}()
	if _, err = aside.WriteString(text); err != nil {
		return err
	}
	if err = aside.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	if err = aside.Sync(); err != nil {
		return err
	}
	if err = aside.Close(); err != nil {
		return err
	}
	return os.Rename(aside.Name(), path)
}
