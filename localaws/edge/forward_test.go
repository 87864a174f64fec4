package edge_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/cloudfront"
)

func only(names ...string) cloudfront.Selection {
	return cloudfront.Selection{Mode: "whitelist", Names: names}
}

func TestCookiesAndQueriesReachTheOriginWhereAPolicyForwardsThem(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.Key.Queries, b.ForwardQueries = only("w"), only("versionId")
		b.Key.Cookies, b.ForwardCookies = only("size"), only("session")
	})
	send := func(query, cookies string) string {
		return w.do(t, http.MethodGet, image+"?"+query, http.Header{"Cookie": {cookies}}).cache()
	}
	assert.Equal(t, "Miss from cloudfront", send("utm=x&versionId=a%20b&w=1", "session=1; other=2; size=3"))
	asked := w.requests()
	require.Len(t, asked, 1)
	assert.Equal(t, "versionId=a%20b&w=1", asked[0].Query)
	assert.Equal(t, "session=1; size=3", asked[0].Header.Get("Cookie"))
	assert.Equal(t, "Hit from cloudfront", send("versionId=other&w=1", "size=3; session=2"), "what is only forwarded splits nothing")
	assert.Equal(t, "Miss from cloudfront", send("w=2", "size=3"))
	assert.Equal(t, "Miss from cloudfront", send("w=1", "size=4"))
}

func TestNothingOfTheViewersReachesTheOriginUnasked(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.do(t, http.MethodGet, image+"?list-type=2", http.Header{"Cookie": {"a=b"}, "X-Mine": {"1"}})
	asked := w.requests()[0]
	assert.Empty(t, asked.Query)
	assert.Empty(t, asked.Header.Get("Cookie"))
	assert.Empty(t, asked.Header.Get("X-Mine"))
}

func TestAnOriginAccessIdentitySigns(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		o := &w.view.Behaviors[0].Origins[0]
		o.Sign, o.AccessIdentity = false, "E1IDENTITY"
		w.view.Behaviors[0].ForwardHeaders = cloudfront.Selection{Mode: "all"}
	})
	w.do(t, http.MethodGet, image, http.Header{"Authorization": {"mine"}})
	asked := w.requests()[0]
	assert.True(t, asked.Signed)
	assert.Equal(t, "E1IDENTITY", asked.Identity)
	assert.Empty(t, asked.Header.Get("Authorization"))
}
