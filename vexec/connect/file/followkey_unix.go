//go:build unix

package file

import (
	"os"
	"syscall"
)

// keyOf is the file's device and number.
func keyOf(info os.FileInfo) fileKey {
	st := info.Sys().(*syscall.Stat_t)
	return fileKey{Dev: uint64(st.Dev), Ino: uint64(st.Ino)}
}
