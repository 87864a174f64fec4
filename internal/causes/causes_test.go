package causes

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/internal/golden"
)

func TestEveryFailureThatIsKnownIsFoundByWhatIsSaidOfIt(t *testing.T) {
	t.Parallel()
	for _, known := range All {
		assert.NotEmpty(t, known.Cause)
		assert.NotEmpty(t, known.Cure)
		for _, said := range known.Said {
			assert.Equal(t, known, Of("operation error CloudFront: "+said+": no"), said)
		}
	}
	assert.Equal(t, Known{}, Of("NoSuchFailure"))
	assert.Equal(t, Known{}, Of(""))
}

func TestTheDocumentationHasEveryFailureThatIsKnown(t *testing.T) {
	t.Parallel()
	rows := []string{"| what is said | likely cause | what to do |", "|---|---|---|"}
	for _, known := range All {
		rows = append(rows, "| `"+strings.Join(known.Said, "`, `")+"` | "+known.Cause+" | "+known.Cure+" |")
	}
	golden.Table(t, "../../docs/troubleshooting.md", "failures", rows)
}
