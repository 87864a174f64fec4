package clients

import "testing"

// step is one sentence of a story.
type step struct {
	behaviour string
	holds     func(*testing.T)
}

// tell runs steps that build on each other, up to the first that fails.
func tell(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		if !t.Run(s.behaviour, s.holds) {
			return
		}
	}
}
