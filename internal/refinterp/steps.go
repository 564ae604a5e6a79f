package refinterp

import "errors"

// Run does things the plain way, which takes long where many rows meet many. So it counts what
// it does, and gives up rather than keep a test waiting. How much that is follows from the plan
// and the tables alone.
const (
	// mostSteps is how many rows all sinks of a plan may make and look at.
	mostSteps = 5_000_000
	// mostPairs is how many rows a join may have.
	mostPairs = 20_000
)

// ErrTooLarge is what Run returns where a plan and its tables are too large for a test.
var ErrTooLarge = errors.New("the query takes more steps than a test can wait for")

// spend counts n steps.
func (r *runner) spend(n int) error {
	if r.steps += n; r.steps > mostSteps {
		return ErrTooLarge
	}
	return nil
}
