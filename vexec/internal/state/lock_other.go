//go:build !unix

package state

import "os"

// lockFile opens the file; there is no lock here that a killed process would give
// back, so two runs on one folder are not told apart on this platform.
func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
}
