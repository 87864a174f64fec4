package route53_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const lag = 10 * time.Second

func TestRecordSetsAreListedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	w.delays.ReadLag = lag
	record := set("a.example.com", types.RRTypeA, "192.0.2.1")
	w.mustChange(id, create(record))
	assert.Len(t, w.list(id), 2, "the zone's own two")
	_, err := w.change(id, create(record))
	assert.Equal(t, "InvalidChangeBatch", code(t, err), "writes do not lag")
	w.pass(lag)
	assert.Len(t, w.list(id), 3)
	w.mustChange(id, remove(record))
	assert.Len(t, w.list(id), 3, "what is gone is listed for a while")
	w.pass(lag)
	assert.Len(t, w.list(id), 2)
}

func TestZonesAreListedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	old := w.zone("old.example.com")
	w.delays.ReadLag = lag
	made := w.zone("new.example.com")
	_, err := w.GetHostedZone(t.Context(), &sdk.GetHostedZoneInput{Id: aws.String(made)})
	require.NoError(t, err, "who knows the id finds the zone")
	assert.Equal(t, []string{"old.example.com."}, w.zones())
	w.pass(lag)
	assert.Equal(t, []string{"new.example.com.", "old.example.com."}, w.zones())
	_, err = w.DeleteHostedZone(t.Context(), &sdk.DeleteHostedZoneInput{Id: aws.String(old)})
	require.NoError(t, err)
	assert.Equal(t, []string{"new.example.com.", "old.example.com."}, w.zones())
	w.pass(lag)
	assert.Equal(t, []string{"new.example.com."}, w.zones())
}

// zones are the names of all zones that are listed.
func (w *world) zones() []string {
	w.t.Helper()
	list, err := w.ListHostedZonesByName(w.t.Context(), &sdk.ListHostedZonesByNameInput{})
	require.NoError(w.t, err)
	all, err := w.ListHostedZones(w.t.Context(), &sdk.ListHostedZonesInput{})
	require.NoError(w.t, err)
	assert.Len(w.t, all.HostedZones, len(list.HostedZones))
	var names []string
	for _, z := range list.HostedZones {
		names = append(names, strings.TrimSpace(*z.Name))
	}
	return names
}
