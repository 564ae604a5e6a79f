// Package exchange is the way of rows between tasks: a Sender at the end of one
// task's chain copies batches into the Inbox of another, together with
// watermarks, barriers and the end of the input, all in one order.
//
// An Inbox has a queue for each sending task (a port). Queues are bounded by rows
// and bytes, and a sender waits where one is full; control messages are never
// held up. The simulator uses queues that grow instead.
package exchange
