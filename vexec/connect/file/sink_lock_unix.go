//go:build unix

package file

import (
	"errors"
	"os"
	"syscall"
)

// lock opens the file and takes a lock that ends with the process, however it ends.
// taken: another one has it. Where there are no locks it is never taken.
func lock(path string) (f *os.File, taken bool, err error) {
	f, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return f, errors.Is(err, syscall.EWOULDBLOCK), nil
}
