package file

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/helios-stream/helios/ir"
)

// The first bytes of files that are no text. What follows is no text either, so that
// a CSV file may have a column PAR1.
var (
	parquetMagic = []byte("PAR1\x15")
	arrowMagic   = []byte("ARROW1\x00")
)

// heldBy says by its first bytes what a file holds; "": they do not say.
func heldBy(head []byte) format {
	switch {
	case bytes.HasPrefix(head, parquetMagic):
		return formatParquet
	case bytes.HasPrefix(head, arrowMagic):
		return formatArrow
	case bytes.HasPrefix(bytes.TrimPrefix(head, byteOrderMark), []byte("{")):
		return formatNDJSON
	}
	return ""
}

// mixedUp fails if a file holds something else than it is to be read as.
func mixedUp(t *ir.Table, in input, head []byte) error {
	is := heldBy(head)
	if is == "" || is == in.format || !is.binary() && !in.format.binary() {
		return nil
	}
	return fmt.Errorf("%s: %s is to be read as %s, but it holds %s: set 'format'='%s' or name the file so", t.Name, in.path, in.format, is, is)
}

// orMixedUp is err, or why the file could not be opened at all: it holds something else.
func orMixedUp(t *ir.Table, in input, err error) error {
	if err == nil {
		return nil
	}
	f, cannot := os.Open(in.path)
	if cannot != nil {
		return err
	}
	defer f.Close()
	var head [magicBytes]byte
	n, cannot := f.ReadAt(head[:], 0)
	if cannot != nil && cannot != io.EOF {
		return err
	}
	if mixed := mixedUp(t, in, head[:n]); mixed != nil {
		return mixed
	}
	if is := heldBy(head[:n]); is != in.format {
		return fmt.Errorf("%w; set 'format' to what the file holds, or name it so", err)
	}
	return err
}
