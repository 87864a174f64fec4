package cloudfront_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/cloudfront"
)

// resolved is a world whose public DNS is in the hands of the test: domains by
// name, and texts by name.
func resolved(t *testing.T) (w *world, domains map[string]string, texts map[string][]string) {
	t.Helper()
	domains, texts = map[string]string{}, map[string][]string{}
	o := options()
	o.PointsAt = func(name string) string { return domains[name] }
	o.Texts = func(name string) []string { return texts[name] }
	env := api.Environment{Now: time.Now, Delays: &api.Delays{}}
	return serve(t, env, cloudfront.New(env, o)), domains, texts
}

func TestAnAliasWhoseRecordLeadsToAnotherDistributionIsRefused(t *testing.T) {
	t.Parallel()
	w, domains, _ := resolved(t)
	other := w.create(t, simple("other"))
	domains["cdn.example.com"] = *other.Distribution.DomainName
	_, err := w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: named("one", "cdn.example.com")})
	refused(t, err, http.StatusConflict, "CNAMEAlreadyExists")
	require.ErrorContains(t, err, "incorrectly configured DNS record")

	domains["cdn.example.com"] = "dgone.cloudfront.net"
	own := w.create(t, named("two", "cdn.example.com"))
	update := func(aliases ...string) error {
		got, err := w.GetDistribution(t.Context(), &sdk.GetDistributionInput{Id: own.Distribution.Id})
		require.NoError(t, err)
		c := *got.Distribution.DistributionConfig
		c.Aliases.Items, c.Aliases.Quantity = aliases, aws.Int32(int32(len(aliases)))
		_, err = w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{Id: own.Distribution.Id, IfMatch: got.ETag, DistributionConfig: &c})
		return err
	}
	domains["cdn.example.com"] = *own.Distribution.DomainName
	require.NoError(t, update("cdn.example.com"), "its own record is as it should be")
	domains["cdn.example.com"] = *other.Distribution.DomainName
	require.NoError(t, update("cdn.example.com"), "what it has already is not looked up")
	domains["a.img.example.com"] = *other.Distribution.DomainName
	refused(t, update("cdn.example.com", "a.img.example.com"), http.StatusConflict, "CNAMEAlreadyExists")
}

func TestConflictingAliasesAreListedInPagesToWhomTheNameMayBelong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, alias := range []string{"*.img.example.com", "a.img.example.com", "b.img.example.com", "cdn.example.com"} {
		w.create(t, named(alias, alias))
	}
	own := w.create(t, named("own"))
	var found []string
	in := &sdk.ListConflictingAliasesInput{DistributionId: own.Distribution.Id, Alias: aws.String("*.img.example.com"), MaxItems: aws.Int32(2)}
	for {
		page, err := w.ListConflictingAliases(t.Context(), in)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(page.ConflictingAliasesList.Items), 2)
		for _, conflict := range page.ConflictingAliasesList.Items {
			found = append(found, *conflict.Alias)
			assert.Regexp(t, `^\*{7}[A-Z0-9]{7}$`, *conflict.DistributionId)
			assert.Equal(t, "******789012", *conflict.AccountId)
		}
		if page.ConflictingAliasesList.NextMarker == nil {
			break
		}
		in.Marker = page.ConflictingAliasesList.NextMarker
	}
	assert.Equal(t, []string{"*.img.example.com", "a.img.example.com", "b.img.example.com"}, found)

	_, err := w.ListConflictingAliases(t.Context(), &sdk.ListConflictingAliasesInput{
		DistributionId: w.create(t, simple("bare")).Distribution.Id, Alias: aws.String("cdn.example.com"),
	})
	refused(t, err, http.StatusBadRequest, "InvalidArgument")
}

func TestAnAliasIsMovedToTheDistributionThatDNSNames(t *testing.T) {
	t.Parallel()
	w, _, texts := resolved(t)
	source, target := w.create(t, named("source", "cdn.example.com")), w.create(t, named("target"))
	move := func(distribution *string) error {
		_, err := w.AssociateAlias(t.Context(), &sdk.AssociateAliasInput{TargetDistributionId: distribution, Alias: aws.String("cdn.example.com")})
		return err
	}
	refused(t, move(target.Distribution.Id), http.StatusBadRequest, "IllegalUpdate")
	refused(t, move(w.create(t, simple("bare")).Distribution.Id), http.StatusBadRequest, "InvalidArgument")
	texts["_cdn.example.com"] = []string{"unrelated", *target.Distribution.DomainName}
	require.NoError(t, move(target.Distribution.Id))
	require.NoError(t, move(target.Distribution.Id), "it is there already")
	for id, want := range map[*string]int{source.Distribution.Id: 0, target.Distribution.Id: 1} {
		got, err := w.GetDistribution(t.Context(), &sdk.GetDistributionInput{Id: id})
		require.NoError(t, err)
		assert.Len(t, got.Distribution.DistributionConfig.Aliases.Items, want)
	}
}
