package cloudfront_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// encoded is a public key in PEM.
func encoded(t *testing.T, key any) *string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return aws.String(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
}

func onCurve(t *testing.T, curve elliptic.Curve) *string {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return encoded(t, &key.PublicKey)
}

func ofSize(t *testing.T, bits int) *string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return encoded(t, &key.PublicKey)
}

func (w *world) tryPublicKey(t *testing.T, name string, key *string) (*sdk.CreatePublicKeyOutput, error) {
	t.Helper()
	return w.CreatePublicKey(t.Context(), &sdk.CreatePublicKeyInput{PublicKeyConfig: &types.PublicKeyConfig{
		CallerReference: &name, Name: &name, EncodedKey: key,
	}})
}

func (w *world) publicKey(t *testing.T, name string) *types.PublicKey {
	t.Helper()
	made, err := w.tryPublicKey(t, name, onCurve(t, elliptic.P256()))
	require.NoError(t, err)
	return made.PublicKey
}

func (w *world) tryKeyGroup(t *testing.T, name string, keys ...string) (*sdk.CreateKeyGroupOutput, error) {
	t.Helper()
	return w.CreateKeyGroup(t.Context(), &sdk.CreateKeyGroupInput{KeyGroupConfig: &types.KeyGroupConfig{Name: &name, Items: keys}})
}

func TestAPublicKeyIsMadeAndOnlyItsCommentChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.tryPublicKey(t, "one", ofSize(t, 2048))
	require.NoError(t, err)
	key := made.PublicKey
	assert.Regexp(t, `^K[A-Z0-9]{13}$`, *key.Id)
	assert.Equal(t, w.time(), *key.CreatedTime)
	assert.Contains(t, *made.Location, "/public-key/"+*key.Id)

	changed := *key.PublicKeyConfig
	changed.Comment = aws.String("of the shop")
	updated, err := w.UpdatePublicKey(t.Context(), &sdk.UpdatePublicKeyInput{Id: key.Id, IfMatch: made.ETag, PublicKeyConfig: &changed})
	require.NoError(t, err)
	changed.EncodedKey = onCurve(t, elliptic.P256())
	_, err = w.UpdatePublicKey(t.Context(), &sdk.UpdatePublicKeyInput{Id: key.Id, IfMatch: updated.ETag, PublicKeyConfig: &changed})
	refused(t, err, http.StatusBadRequest, "CannotChangeImmutablePublicKeyFields")

	got, err := w.GetPublicKeyConfig(t.Context(), &sdk.GetPublicKeyConfigInput{Id: key.Id})
	require.NoError(t, err)
	assert.Equal(t, "of the shop", *got.PublicKeyConfig.Comment)
	list, err := w.ListPublicKeys(t.Context(), &sdk.ListPublicKeysInput{})
	require.NoError(t, err)
	require.Len(t, list.PublicKeyList.Items, 1)
	assert.Equal(t, key.PublicKeyConfig.EncodedKey, list.PublicKeyList.Items[0].EncodedKey)
}

func TestAPublicKeyThatCannotVerifyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for what, key := range map[string]*string{
		"no key": aws.String("ssh-rsa AAAA"), "RSA of another size": ofSize(t, 1024), "another curve": onCurve(t, elliptic.P384()),
		"no key inside": aws.String("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
	} {
		_, err := w.tryPublicKey(t, what, key)
		refused(t, err, http.StatusBadRequest, "InvalidArgument")
	}
	w.publicKey(t, "one")
	_, err := w.tryPublicKey(t, "one", onCurve(t, elliptic.P256()))
	refused(t, err, http.StatusConflict, "PublicKeyAlreadyExists")
}

func TestAKeyGroupHoldsItsKeysAndADistributionItsGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.publicKey(t, "one"), w.publicKey(t, "two")
	group, err := w.tryKeyGroup(t, "shop", *one.Id)
	require.NoError(t, err)
	_, err = w.tryKeyGroup(t, "shop", *two.Id)
	refused(t, err, http.StatusConflict, "KeyGroupAlreadyExists")
	_, err = w.DeletePublicKey(t.Context(), &sdk.DeletePublicKeyInput{Id: one.Id, IfMatch: w.etagOfKey(t, *one.Id)})
	refused(t, err, http.StatusConflict, "PublicKeyInUse")

	config := named("a", "cdn.example.com")
	config.DefaultCacheBehavior.TrustedKeyGroups = &types.TrustedKeyGroups{
		Enabled: aws.Bool(true), Quantity: aws.Int32(1), Items: []string{*group.KeyGroup.Id},
	}
	distribution := w.create(t, config).Distribution
	active := distribution.ActiveTrustedKeyGroups
	assert.True(t, *active.Enabled)
	assert.Equal(t, []string{*one.Id}, active.Items[0].KeyPairIds.Items)
	_, err = w.DeleteKeyGroup(t.Context(), &sdk.DeleteKeyGroupInput{Id: group.KeyGroup.Id, IfMatch: group.ETag})
	refused(t, err, http.StatusConflict, "ResourceInUse")
	using, err := w.ListDistributionsByKeyGroup(t.Context(), &sdk.ListDistributionsByKeyGroupInput{KeyGroupId: group.KeyGroup.Id})
	require.NoError(t, err)
	assert.Equal(t, []string{*distribution.Id}, using.DistributionIdList.Items)

	view, found := w.service.ForHost("cdn.example.com")
	require.True(t, found)
	assert.Equal(t, map[string]string{*one.Id: *one.PublicKeyConfig.EncodedKey}, view.Behaviors[0].SigningKeys)
	_, err = w.UpdateKeyGroup(t.Context(), &sdk.UpdateKeyGroupInput{Id: group.KeyGroup.Id, IfMatch: group.ETag, KeyGroupConfig: &types.KeyGroupConfig{
		Name: aws.String("shop"), Items: []string{*one.Id, *two.Id},
	}})
	require.NoError(t, err)
	view, _ = w.service.ForHost("cdn.example.com")
	assert.Len(t, view.Behaviors[0].SigningKeys, 2, "a key is added without a change of the distribution")

	described, err := w.GetKeyGroupConfig(t.Context(), &sdk.GetKeyGroupConfigInput{Id: group.KeyGroup.Id})
	require.NoError(t, err)
	assert.Equal(t, "shop", *described.KeyGroupConfig.Name)
	list, err := w.ListKeyGroups(t.Context(), &sdk.ListKeyGroupsInput{})
	require.NoError(t, err)
	require.Len(t, list.KeyGroupList.Items, 1)
	assert.Equal(t, []string{*one.Id, *two.Id}, list.KeyGroupList.Items[0].KeyGroup.KeyGroupConfig.Items)
}

func (w *world) etagOfKey(t *testing.T, id string) *string {
	t.Helper()
	got, err := w.GetPublicKey(t.Context(), &sdk.GetPublicKeyInput{Id: &id})
	require.NoError(t, err)
	return got.ETag
}

func TestAKeyGroupThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.tryKeyGroup(t, "none", []string{}...)
	refused(t, err, http.StatusBadRequest, "InvalidArgument")
	_, err = w.tryKeyGroup(t, "unknown", "KNOBODYS")
	refused(t, err, http.StatusBadRequest, "InvalidArgument")
	var keys []string
	for n := range 6 {
		keys = append(keys, *w.publicKey(t, strconv.Itoa(n)).Id)
	}
	_, err = w.tryKeyGroup(t, "full", keys...)
	refused(t, err, http.StatusBadRequest, "TooManyPublicKeysInKeyGroup")
	_, err = w.GetKeyGroup(t.Context(), &sdk.GetKeyGroupInput{Id: aws.String("nobodys")})
	refused(t, err, http.StatusNotFound, "NoSuchResource")

	config := named("a", "cdn.example.com")
	config.DefaultCacheBehavior.TrustedKeyGroups = &types.TrustedKeyGroups{
		Enabled: aws.Bool(true), Quantity: aws.Int32(1), Items: []string{"nobodys"},
	}
	_, err = w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: config})
	refused(t, err, http.StatusBadRequest, "TrustedKeyGroupDoesNotExist")
}
