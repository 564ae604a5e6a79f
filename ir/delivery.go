package ir

import "strings"

// Delivery says how often sinks get a row that a run was working on when it was killed.
// "" is ExactlyOnce.
type Delivery string

// The deliveries.
const (
	// ExactlyOnce: sinks that can show rows when the checkpoint is written that counts
	// them as read do so; the others write them when they come, and may do so again.
	ExactlyOnce Delivery = "exactly-once"
	// AtLeastOnce: rows are shown as soon as the sink can, without waiting for a
	// checkpoint. After a restart those since the last one come again.
	AtLeastOnce Delivery = "at-least-once"
	// AtMostOnce: no row is shown before the checkpoint is written that counts it as
	// read, and none that may have been shown is shown again.
	AtMostOnce Delivery = "at-most-once"
)

// OptionDelivery is the setting of a query file that names a Delivery.
const OptionDelivery = "delivery"

// ParseDelivery reads the name of a delivery, also as Flink writes it (AT_LEAST_ONCE).
func ParseDelivery(name string) (Delivery, bool) {
	switch d := Delivery(strings.ReplaceAll(strings.ToLower(name), "_", "-")); d {
	case ExactlyOnce, AtLeastOnce, AtMostOnce:
		return d, true
	}
	return "", false
}
