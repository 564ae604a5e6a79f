// Package vexec is the contract of the vectorised executor: batches and vectors,
// operators and emitters, sources and sinks, state tables, memory and errors.
// Operators, connectors and the runtime (vexec/run) stand on it and on nothing
// of each other.
//
// The way of a row: a Source is split; a Decoder fills a Batch; the task that
// polled it pushes it down its chain of Operators; at the chain's end it is
// copied into a queue to another task, or written to a Sink.
package vexec
