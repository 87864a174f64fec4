package edge_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The viewers of this world are in no country that the edge knows.
func TestViewersAreRefusedByTheirCountry(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		allowed, blocked []string
		status           int
	}{
		"no list":             {nil, nil, http.StatusOK},
		"a list of others":    {[]string{"DE"}, nil, http.StatusForbidden},
		"others are blocked":  {nil, []string{"DE"}, http.StatusOK},
		"the list has theirs": {[]string{"DE", ""}, nil, http.StatusOK},
		"theirs is blocked":   {nil, []string{""}, http.StatusForbidden},
	} {
		w := start(t, func(w *world) { w.view.Allowed, w.view.Blocked = test.allowed, test.blocked })
		answer := w.get(t, "/a.webp")
		assert.Equal(t, test.status, answer.StatusCode, what)
		if test.status == http.StatusForbidden {
			assert.Contains(t, answer.body, "from your country", what)
		}
	}
}
