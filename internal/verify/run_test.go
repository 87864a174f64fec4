package verify_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/verify"
	"imagecdn/internal/verify/fakecdn"
)

// run verifies the world, and returns the outcomes and what was waited for.
func run(t *testing.T, w *fakecdn.World) (results, waits map[string]verify.Result, err error) {
	t.Helper()
	results, waits = map[string]verify.Result{}, map[string]verify.Result{}
	err = verify.Run(t.Context(), w.Target, func(r verify.Result) {
		if r.Status == verify.Waiting {
			waits[r.Name] = r
			return
		}
		results[r.Name] = r
	})
	return results, waits, err
}

// names of all checks, in order.
var names = []string{
	"DNS A", "DNS AAAA", "DNS HTTPS", "TLS", "image", "content type", "first request", "cache hit",
	"query string", "cookie", "Accept header", "HTTP redirect", "private bucket", "IPv6",
}

func TestEverythingIsFoundToWorkInOrder(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Start(t)
	var seen []string
	err := verify.Run(t.Context(), w.Target, func(r verify.Result) {
		seen = append(seen, r.Name)
		want := verify.OK
		if r.Name == "IPv6" && !fakecdn.HasIPv6(t) {
			want = verify.Skipped
		}
		assert.Equal(t, want, r.Status, "%s: %s", r.Name, r.Detail)
		assert.NotEmpty(t, r.Detail, r.Name)
		assert.Empty(t, r.Cause+r.Cure, r.Name)
		assert.NotZero(t, r.Duration, r.Name)
	})
	require.NoError(t, err)
	assert.Equal(t, names, seen)
	for _, path := range w.Edge.Paths() {
		assert.Equal(t, fakecdn.Path, path, "escapes stay as they are")
	}
}

func TestAnUnreachableEdgeOverIPv6IsNoFailure(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Records[fakecdn.Key(fakecdn.Domain, "AAAA")] = []string{"AAAA ::ffff:0:0:0"} // an address nobody has
	w.Start(t)
	results, _, err := run(t, w)
	require.NoError(t, err)
	assert.Contains(t, []verify.Status{verify.Noted, verify.Skipped}, results["IPv6"].Status)
}

func TestADNSServerThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Start(t)
	w.Target.DNSServer = "127.0.0.1:1"
	w.Target.HTTPSAddress = "127.0.0.1" + w.Target.HTTPSAddress
	results, _, err := run(t, w)
	require.ErrorIs(t, err, verify.ErrFailed)
	assert.Equal(t, verify.Failed, results["DNS A"].Status)
	assert.Contains(t, results["DNS A"].Cause, "127.0.0.1:1 does not answer")
	assert.Equal(t, verify.OK, results["cache hit"].Status, "with an address, the rest is checked all the same")
}

func TestAFreshDeploymentIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Edge.Instead = func(n int) http.Handler {
		if n > 3 {
			return nil
		}
		return fakecdn.S3Error(http.StatusForbidden, "AccessDenied")
	}
	w.Start(t)
	w.Target.Wait = 30 * time.Second
	results, waits, err := run(t, w)
	require.NoError(t, err)
	assert.Equal(t, verify.OK, results["image"].Status)
	require.Contains(t, waits, "image")
	assert.Contains(t, waits["image"].Detail, "AccessDenied")
	assert.Contains(t, waits["image"].Cause, "S3 refuses CloudFront", "it says why it waits")
}

func TestTheWaitIsBoundedAndNotSpentOnWhatStays(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]struct {
		do    func(*fakecdn.World)
		waits bool
	}{
		"a missing name may come":            {func(w *fakecdn.World) { delete(w.Records, fakecdn.Key(fakecdn.Domain, "AAAA")) }, true},
		"an untrusted chain stays untrusted": {func(w *fakecdn.World) { w.Target.RootCAs = x509.NewCertPool() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fakecdn.New()
			wrong.do(w)
			w.Start(t)
			w.Target.Wait = 200 * time.Millisecond
			_, waits, err := run(t, w)
			require.ErrorIs(t, err, verify.ErrFailed)
			assert.Equal(t, wrong.waits, len(waits) > 0)
		})
	}
}

func TestACancelledVerificationReturnsTheCause(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	delete(w.Records, fakecdn.Key(fakecdn.Domain, "A"))
	w.Start(t)
	w.Target.Wait = time.Hour
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := verify.Run(ctx, w.Target, func(verify.Result) { cancel(reason) })
	require.ErrorIs(t, err, reason)
	assert.NotErrorIs(t, err, verify.ErrFailed)
}

func TestATargetThatCannotBeVerifiedIsRefusedWithAllThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target verify.Target
		says   []string
	}{
		"nothing":    {verify.Target{}, []string{"domain", "path"}},
		"a wildcard": {verify.Target{Domain: "*.example.com", Path: "/a.jpg"}, []string{"name one host under it"}},
		"a query":    {verify.Target{Domain: fakecdn.Domain, Path: "/a.jpg?x"}, []string{"%3F"}},
		"a fragment": {verify.Target{Domain: fakecdn.Domain, Path: "/a#b.jpg"}, []string{"%23"}},
		"no slash":   {verify.Target{Domain: fakecdn.Domain, Path: "a.jpg"}, []string{"slash"}},
		"an escape":  {verify.Target{Domain: fakecdn.Domain, Path: "/100%.jpg"}, []string{"escape"}},
		"addresses": {
			verify.Target{Domain: fakecdn.Domain, Path: "/a.jpg", HTTPSAddress: "here", HTTPAddress: "there", S3Endpoint: "127.0.0.1:1"},
			[]string{`HTTPS address "here"`, `HTTP address "there"`, "S3 endpoint"},
		},
		"an endpoint that is no URL": {verify.Target{Domain: fakecdn.Domain, Path: "/a.jpg", S3Endpoint: "s3"}, []string{"a URL is needed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := verify.Run(t.Context(), c.target, func(verify.Result) { assert.Fail(t, "nothing is checked") })
			require.ErrorIs(t, err, verify.ErrTarget)
			for _, text := range c.says {
				assert.Contains(t, err.Error(), text)
			}
		})
	}
}

func TestDomainsAreTakenHoweverTheyAreSpelt(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Target.Domain = strings.ToUpper(fakecdn.Domain) + "."
	w.Target.DistributionDomain = strings.ToUpper(fakecdn.Distribution) + "."
	w.Start(t)
	_, _, err := run(t, w)
	require.NoError(t, err)
}
