package verify

import "time"

// Status is how a check came out.
type Status string

const (
	// OK means that what was checked works.
	OK Status = "ok"
	// Noted means that something is worth knowing, but does not count as a failure.
	Noted Status = "noted"
	// Failed means that what was checked does not work.
	Failed Status = "failed"
	// Skipped means that it could not be checked, mostly because an earlier check failed.
	Skipped Status = "skipped"
	// Waiting is progress, not an outcome: the check failed in a way that passes by
	// itself on a fresh deployment, and is repeated.
	Waiting Status = "waiting"
)

// Result is one check.
type Result struct {
	// Name says what was checked, such as "DNS A".
	Name string
	// Status is how it came out.
	Status Status
	// Detail is what was seen, on one line.
	Detail string
	// Cause is what most likely led to it; "" when nothing is wrong.
	Cause string
	// Cure is what to do about it; "" when nothing is wrong.
	Cure string
	// Duration is how long the check took, waiting included.
	Duration time.Duration
}

// finding is what one attempt at a check saw.
type finding struct {
	status  Status
	detail  string
	problem problem // "" when nothing is wrong
}

func ok(detail string) finding   { return finding{status: OK, detail: detail} }
func skipped(why string) finding { return finding{status: Skipped, detail: why} }
func failed(p problem, detail string) finding {
	return finding{status: Failed, detail: detail, problem: p}
}
func noted(p problem, detail string) finding {
	return finding{status: Noted, detail: detail, problem: p}
}
