package route53_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewPublicZoneHasFourNameServersAndASOA(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	out, err := w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{
		Name: aws.String("Example.com"), CallerReference: aws.String("one"),
		HostedZoneConfig: &types.HostedZoneConfig{Comment: aws.String("made by a test")},
	})
	require.NoError(t, err)
	assert.Equal(t, "example.com.", *out.HostedZone.Name)
	assert.Regexp(t, `^/hostedzone/Z[A-Z0-9]+$`, *out.HostedZone.Id)
	assert.Equal(t, "made by a test", *out.HostedZone.Config.Comment)
	assert.Len(t, out.DelegationSet.NameServers, 4)
	assert.Equal(t, types.ChangeStatusPending, out.ChangeInfo.Status)
	assert.Contains(t, *out.Location, "/2013-04-01/hostedzone/Z")

	got, err := w.GetHostedZone(t.Context(), &sdk.GetHostedZoneInput{Id: out.HostedZone.Id})
	require.NoError(t, err)
	assert.Equal(t, out.DelegationSet.NameServers, got.DelegationSet.NameServers)
	assert.EqualValues(t, 2, *got.HostedZone.ResourceRecordSetCount)

	sets := w.list(*out.HostedZone.Id)
	require.Len(t, sets, 2)
	assert.Equal(t, types.RRTypeNs, sets[0].Type)
	assert.Equal(t, out.DelegationSet.NameServers[0]+".", *sets[0].ResourceRecords[0].Value)
	assert.EqualValues(t, 172800, *sets[0].TTL)
	assert.Equal(t, types.RRTypeSoa, sets[1].Type)
	assert.EqualValues(t, 900, *sets[1].TTL)
}

func TestZonesThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, err := w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{Name: aws.String("a.test"), CallerReference: aws.String("taken")})
	require.NoError(t, err)
	for name, c := range map[string]struct{ zone, reference, code string }{
		"a repeated caller reference": {"b.test", "taken", "HostedZoneAlreadyExists"},
		"an empty label":              {"a..test", "x", "InvalidDomainName"},
		"a top-level domain":          {"com", "x", "InvalidDomainName"},
	} {
		_, err := w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{Name: &c.zone, CallerReference: &c.reference})
		require.Error(t, err, name)
		assert.Equal(t, c.code, code(t, err), name)
	}
	_, err = w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{Name: aws.String("a.test"), CallerReference: aws.String("y")})
	assert.NoError(t, err, "AWS allows two public zones of one name")
}

func TestZoneWithRecordsCannotBeDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	w.mustChange(id, create(set("www.example.com", types.RRTypeA, "192.0.2.1")))
	_, err := w.DeleteHostedZone(t.Context(), &sdk.DeleteHostedZoneInput{Id: &id})
	assert.Equal(t, "HostedZoneNotEmpty", code(t, err))
	w.mustChange(id, remove(set("www.example.com", types.RRTypeA, "192.0.2.1")))
	out, err := w.DeleteHostedZone(t.Context(), &sdk.DeleteHostedZoneInput{Id: &id})
	require.NoError(t, err)
	change, err := w.GetChange(t.Context(), &sdk.GetChangeInput{Id: out.ChangeInfo.Id})
	require.NoError(t, err)
	assert.Equal(t, types.ChangeStatusInsync, change.ChangeInfo.Status)
	_, err = w.GetHostedZone(t.Context(), &sdk.GetHostedZoneInput{Id: &id})
	assert.Equal(t, "NoSuchHostedZone", code(t, err))
	_, err = w.GetChange(t.Context(), &sdk.GetChangeInput{Id: aws.String("C0")})
	assert.Equal(t, "NoSuchChange", code(t, err))
}

func TestPrivateZoneBelongsToItsVPCs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	one := &types.VPC{VPCId: aws.String("vpc-1"), VPCRegion: types.VPCRegionEuWest1}
	two := &types.VPC{VPCId: aws.String("vpc-2"), VPCRegion: types.VPCRegionEuWest1}
	out, err := w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{
		Name: aws.String("corp.test"), CallerReference: aws.String("1"), VPC: one,
	})
	require.NoError(t, err)
	id := out.HostedZone.Id
	assert.True(t, out.HostedZone.Config.PrivateZone)
	_, err = w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{
		Name: aws.String("corp.test"), CallerReference: aws.String("2"), VPC: one,
	})
	assert.Equal(t, "ConflictingDomainExists", code(t, err))

	_, err = w.DisassociateVPCFromHostedZone(t.Context(), &sdk.DisassociateVPCFromHostedZoneInput{HostedZoneId: id, VPC: one})
	assert.Equal(t, "LastVPCAssociation", code(t, err))
	associated, err := w.AssociateVPCWithHostedZone(t.Context(), &sdk.AssociateVPCWithHostedZoneInput{HostedZoneId: id, VPC: two})
	require.NoError(t, err)
	assert.NotEmpty(t, *associated.ChangeInfo.Id)
	got, err := w.GetHostedZone(t.Context(), &sdk.GetHostedZoneInput{Id: id})
	require.NoError(t, err)
	assert.Len(t, got.VPCs, 2)
	assert.Nil(t, got.DelegationSet)
	byVPC, err := w.ListHostedZonesByVPC(t.Context(), &sdk.ListHostedZonesByVPCInput{VPCId: two.VPCId, VPCRegion: two.VPCRegion})
	require.NoError(t, err)
	require.Len(t, byVPC.HostedZoneSummaries, 1)
	_, err = w.DisassociateVPCFromHostedZone(t.Context(), &sdk.DisassociateVPCFromHostedZoneInput{HostedZoneId: id, VPC: one})
	require.NoError(t, err)
	_, err = w.DisassociateVPCFromHostedZone(t.Context(), &sdk.DisassociateVPCFromHostedZoneInput{HostedZoneId: id, VPC: one})
	assert.Equal(t, "VPCAssociationNotFound", code(t, err))
	auth, err := w.ListVPCAssociationAuthorizations(t.Context(), &sdk.ListVPCAssociationAuthorizationsInput{HostedZoneId: id})
	require.NoError(t, err)
	assert.Empty(t, auth.VPCs)

	public := w.zone("public.test")
	_, err = w.AssociateVPCWithHostedZone(t.Context(), &sdk.AssociateVPCWithHostedZoneInput{HostedZoneId: &public, VPC: two})
	assert.Equal(t, "PublicZoneVPCAssociation", code(t, err))
	_, err = w.GetDNSSEC(t.Context(), &sdk.GetDNSSECInput{HostedZoneId: id})
	assert.Equal(t, "InvalidArgument", code(t, err))
	dnssec, err := w.GetDNSSEC(t.Context(), &sdk.GetDNSSECInput{HostedZoneId: &public})
	require.NoError(t, err)
	assert.Equal(t, "NOT_SIGNING", *dnssec.Status.ServeSignature)
}

func TestZonesAreListedByIDAndByReversedName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for _, name := range []string{"b.test", "www.a.test", "a.test"} {
		w.zone(name)
	}
	count, err := w.GetHostedZoneCount(t.Context(), &sdk.GetHostedZoneCountInput{})
	require.NoError(t, err)
	assert.EqualValues(t, 3, *count.HostedZoneCount)

	pages := sdk.NewListHostedZonesPaginator(w, &sdk.ListHostedZonesInput{MaxItems: aws.Int32(2)})
	found := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		found += len(page.HostedZones)
	}
	assert.Equal(t, 3, found)

	first, err := w.ListHostedZonesByName(t.Context(), &sdk.ListHostedZonesByNameInput{MaxItems: aws.Int32(2)})
	require.NoError(t, err)
	assert.Equal(t, "a.test.", *first.HostedZones[0].Name)
	assert.Equal(t, "www.a.test.", *first.HostedZones[1].Name)
	assert.True(t, first.IsTruncated)
	second, err := w.ListHostedZonesByName(t.Context(), &sdk.ListHostedZonesByNameInput{
		DNSName: first.NextDNSName, HostedZoneId: first.NextHostedZoneId,
	})
	require.NoError(t, err)
	require.Len(t, second.HostedZones, 1)
	assert.Equal(t, "b.test.", *second.HostedZones[0].Name)
	sets, err := w.ListReusableDelegationSets(t.Context(), &sdk.ListReusableDelegationSetsInput{})
	require.NoError(t, err)
	assert.Empty(t, sets.DelegationSets)
}

func TestCommentAndTagsCanBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	updated, err := w.UpdateHostedZoneComment(t.Context(), &sdk.UpdateHostedZoneCommentInput{Id: &id, Comment: aws.String("new")})
	require.NoError(t, err)
	assert.Equal(t, "new", *updated.HostedZone.Config.Comment)

	tag := func(k, v string) types.Tag { return types.Tag{Key: &k, Value: &v} }
	for _, in := range []*sdk.ChangeTagsForResourceInput{
		{AddTags: []types.Tag{tag("a", "1"), tag("b", "2")}},
		{AddTags: []types.Tag{tag("a", "3")}, RemoveTagKeys: []string{"b"}},
	} {
		in.ResourceType, in.ResourceId = types.TagResourceTypeHostedzone, &id
		_, err := w.ChangeTagsForResource(t.Context(), in)
		require.NoError(t, err)
	}
	listed, err := w.ListTagsForResource(t.Context(), &sdk.ListTagsForResourceInput{
		ResourceType: types.TagResourceTypeHostedzone, ResourceId: &id,
	})
	require.NoError(t, err)
	assert.Equal(t, []types.Tag{tag("a", "3")}, listed.ResourceTagSet.Tags)
	several, err := w.ListTagsForResources(t.Context(), &sdk.ListTagsForResourcesInput{
		ResourceType: types.TagResourceTypeHostedzone, ResourceIds: []string{id},
	})
	require.NoError(t, err)
	assert.Len(t, several.ResourceTagSets, 1)
	_, err = w.ListTagsForResource(t.Context(), &sdk.ListTagsForResourceInput{
		ResourceType: types.TagResourceTypeHealthcheck, ResourceId: aws.String("h"),
	})
	assert.Equal(t, "NoSuchHealthCheck", code(t, err))
}

func TestOperationThatIsNotServedIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, err := w.CreateHealthCheck(t.Context(), &sdk.CreateHealthCheckInput{
		CallerReference: aws.String("x"), HealthCheckConfig: &types.HealthCheckConfig{Type: types.HealthCheckTypeHttp},
	})
	assert.Equal(t, "NotImplemented", code(t, err))
	assert.ErrorContains(t, err, "CreateHealthCheck")
}

func TestZonesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	id := w.zone("example.com")
	w.mustChange(id, create(set("*.example.com", types.RRTypeTxt, `"v=1" "<&>"`)))
	before := w.list(id)

	restarted := newWorld(t, dir)
	assert.Equal(t, before, restarted.list(id))
	assert.True(t, restarted.service.Answer("x.example.com.", 16).Exists, "changes still pending are kept")
	assert.Error(t, restarted.service.Restore([]byte("{")))
}
