package localaws_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws"
)

func TestAStateDirectoryIsForOneServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	_, err := localaws.Start(freePorts(dir))
	require.ErrorContains(t, err, "another embedded AWS runs with its state in "+dir)
	require.NoError(t, w.Close())
	start(t, dir) // it is free again
}

func TestAServerThatCannotStartLetsGoOfItsState(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "route53.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err := localaws.Start(freePorts(dir))
	require.ErrorContains(t, err, file)
	require.NoError(t, os.Remove(file))
	start(t, dir)
}

func TestCloseWaitsForTheCallsThatAreBeingAnswered(t *testing.T) {
	t.Parallel()
	w := open(t, "")
	w.inject(`[{"operation":"CreateHostedZone","when":"after","delay":500000000}]`)
	answered := make(chan error, 1)
	go func() {
		_, err := w.route53().CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String(zone), CallerReference: aws.String("1")},
			func(o *route53.Options) { o.RetryMaxAttempts = 1 })
		answered <- err
	}()
	require.Eventually(t, func() bool {
		zones, err := w.route53().ListHostedZones(t.Context(), &route53.ListHostedZonesInput{})
		return err == nil && len(zones.HostedZones) == 1
	}, soon, 10*time.Millisecond, "it took effect, and its answer is on the way")
	require.NoError(t, w.Close())
	require.NoError(t, <-answered)
}

func TestCloseEndsACallThatTakesForEver(t *testing.T) {
	t.Parallel()
	w := open(t, "")
	w.inject(`[{"operation":"ListHostedZones","delay":3600000000000}]`)
	arrived := make(chan struct{})
	answered := make(chan error, 1)
	go func() {
		close(arrived)
		_, err := w.route53().ListHostedZones(t.Context(), &route53.ListHostedZonesInput{}, func(o *route53.Options) { o.RetryMaxAttempts = 1 })
		answered <- err
	}()
	<-arrived
	time.Sleep(100 * time.Millisecond) // it is on its way: whether it has arrived cannot be seen
	require.NoError(t, w.Close())
	require.Error(t, <-answered)
}

// Whoever saw a certificate issued sees the same one after a restart, though
// nothing but reads came between.
func TestWhatAReadChangesSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	w.fill(home)
	certificate := w.certificate(usEast1)
	get := func() string {
		got, err := w.acm(usEast1).GetCertificate(t.Context(), &acm.GetCertificateInput{CertificateArn: &certificate})
		require.NoError(t, err)
		return *got.Certificate
	}
	before := get()
	kept, err := os.ReadFile(filepath.Join(dir, "acm.json"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	// As after a kill at the moment of the answer: what Close might save is undone.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acm.json"), kept, 0o600))
	w = start(t, dir)
	assert.Equal(t, before, get())
}

func TestAWebPageCannotReachTheServerUnderANameOfItsOwn(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.APIURL()+"/_localaws/journal", http.NoBody)
	require.NoError(t, err)
	request.Host = "evil.example:4566"
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
}
