package file

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

// partName is what a part of a folder is called once it is shown:
//
//	part-20260102T150405-<run>-<epoch>-<number in the epoch>.<ending>
//
// The time is that of its first row, so that names sort by time; the rest tells it
// from those of other runs and other restarts.
func partName(since ir.Micros, run string, epoch uint64, n int, ending string) string {
	at := time.UnixMicro(int64(since)).UTC().Format("20060102T150405")
	return fmt.Sprintf("part-%s-%s-%06d-%04d%s", at, run, epoch, n, ending)
}

// part is a shown part's path, from the folder, with its run and epoch.
type part struct {
	name  string
	run   string
	epoch uint64
}

func parsePart(name string) (p part, ok bool) {
	rest, ok := strings.CutPrefix(filepath.Base(name), "part-")
	rest, _, _ = strings.Cut(rest, ".")
	fields := strings.Split(rest, "-")
	if !ok || len(fields) != 4 {
		return p, false
	}
	epoch, err := strconv.ParseUint(fields[2], 10, 64)
	return part{name: name, run: fields[1], epoch: epoch}, err == nil
}

// parts are those that are shown below the folder.
func (f *folder) parts() (out []part, err error) {
	err = filepath.WalkDir(f.set.path, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == f.set.path:
			return nil
		case hidden(e.Name()) && e.IsDir():
			return filepath.SkipDir
		case e.IsDir():
			return nil
		}
		rel, err := filepath.Rel(f.set.path, path)
		if p, ok := parsePart(rel); ok {
			out = append(out, p)
		}
		return err
	})
	return out, err
}
