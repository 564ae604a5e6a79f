// Package run runs a physical plan: it makes its tasks, scans its sources, takes
// checkpoints and recovers from them.
//
// A task is a step function (task.step): it takes one message or one batch of a
// unit and runs its chain of operators. Run loops it in a goroutine that waits on
// queues; Simulate calls steps in a seeded order under a virtual clock, kills the
// run at random and restarts it, all in one goroutine, so that a failing seed
// replays exactly. Both run the same tasks, scans and coordinator.
package run
