package main

import (
	"fmt"
	"runtime"
)

type versionCmd struct{}

// Run prints the version, the Go release and the platform.
func (versionCmd) Run(io streams) error {
	_, err := fmt.Fprintf(io.out, "heliosc %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
