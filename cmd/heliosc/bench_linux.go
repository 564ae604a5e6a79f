package main

import (
	"os"
	"syscall"
)

// peakMiB is the greatest resident size of a process that has ended.
func peakMiB(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return float64(u.Maxrss) / 1024
}
