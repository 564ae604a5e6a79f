package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/helios-stream/helios"
)

// interruptible returns a context that the first Ctrl-C (or SIGTERM) cancels with
// helios.ErrInterrupted, upon which the run drains and takes a last checkpoint; the
// second ends the process at once.
func interruptible(io streams) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-signals; !ok {
			return
		}
		fmt.Fprintln(io.err, "heliosc: stopping; once more to abort")
		cancel(helios.ErrInterrupted)
		if _, ok := <-signals; ok {
			os.Exit(exitInterrupted)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}
