package engine

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// imagecdn runs the command as a process, with the credentials and the endpoint of this world.
func (w *world) imagecdn(input []byte, args ...string) string {
	w.t.Helper()
	program := filepath.Join(w.t.TempDir(), "imagecdn")
	w.run(toolchain.root, "go", "build", "-o", program, "./cmd/imagecdn")
	cmd := exec.CommandContext(within(w.t), program, args...)
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+w.aws.APIURL(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.CombinedOutput()
	require.NoError(w.t, err, string(output))
	w.t.Logf("imagecdn %v\n%s", args, output)
	return string(output)
}

// prepare brings a stack up beside whatever serves its domain, and shows that it serves.
func (w *world) prepare(spec automation.Spec) automation.Result {
	w.t.Helper()
	spec.Config.Operation.Live = new(false)
	prepared, err := w.cdn(spec).Up(within(w.t))
	require.NoError(w.t, err)
	w.verify(prepared.Outputs)
	return prepared
}

// verify checks a CDN with the command, as people do after an up.
func (w *world) verify(outputs automation.Outputs, flags ...string) {
	w.t.Helper()
	text, err := json.Marshal(outputs)
	require.NoError(w.t, err)
	roots := filepath.Join(w.t.TempDir(), "ca.pem")
	require.NoError(w.t, os.WriteFile(roots, w.aws.RootCA(), 0o600))
	w.imagecdn(text, append([]string{
		"verify", "--outputs", "-", "--path", imagePath, "--dns", w.aws.DNSAddr(), "--https-address", w.aws.HTTPSAddr(),
		"--http-address", w.aws.HTTPAddr(), "--ca-file", roots, "--s3-endpoint", w.aws.APIURL(),
	}, flags...)...)
}

// assertSettled shows that a stack has taken over what the switch moved.
func (w *world) assertSettled(spec automation.Spec, prepared automation.Result) {
	w.t.Helper()
	live, err := w.cdn(spec).Up(within(w.t))
	require.NoError(w.t, err)
	assert.Equal(w.t, prepared.Outputs.DistributionId, live.Outputs.DistributionId)
	assert.Equal(w.t, "cdn."+zoneName, live.Outputs.CdnDomain)
	again, err := w.cdn(spec).Refresh(within(w.t))
	require.NoError(w.t, err)
	assert.NotContains(w.t, again.Changes, "update")
}

func TestALiveDomainMovesFromAnotherDistributionAndBackWithoutAFailedRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setDeploy(3 * time.Second)
	old := w.spec("old")
	_, err := w.cdn(old).Up(within(t))
	require.NoError(t, err)
	before := w.inventory()

	spec := w.spec("new")
	client := w.askAllTheTime("cdn."+zoneName, func(int) string { return imagePath })
	prepared := w.prepare(spec)
	outputs, err := json.Marshal(prepared.Outputs)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "back.json")

	plan := w.imagecdn(outputs, "switch", "--outputs", "-", "--file", file)
	assert.Contains(t, plan, "Nothing was changed")
	assert.NoFileExists(t, file)
	require.Equal(t, before.Records, w.records(), "a plan changes nothing")

	w.imagecdn(outputs, "switch", "--outputs", "-", "--file", file, "--yes")
	assert.Contains(t, w.pointsAt("cdn."+zoneName), prepared.Outputs.DistributionDomain)
	w.imagecdn(nil, "switch", "--back", file, "--yes")
	assert.Equal(t, before.Records, w.records(), "the way back leaves nothing")
	w.seesNoChange(old)
	w.imagecdn(outputs, "switch", "--outputs", "-", "--file", file+"2", "--yes")
	w.assertSettled(spec, prepared)
	w.forgetAliasRecords(spec)
	w.imagecdn(nil, "switch", "--back", file+"2", "--yes")
	w.prepare(spec)
	assert.Equal(t, before.Records, w.records())
	w.seesNoChange(old)
	assert.Equal(t, []int{http.StatusOK}, client.stop())
	assert.Subset(t, w.inventory().Distributions, before.Distributions, "the old one is there until somebody deletes it")
}

// forgetAliasRecords takes the records out of a stack's state, as docs/switch.md has it.
func (w *world) forgetAliasRecords(spec automation.Spec) {
	w.t.Helper()
	for _, kind := range []string{"a", "aaaa", "https"} {
		w.inDirectory(w.project(), "pulumi", "state", "delete", w.urn(spec.Stack, "cdn-alias-cdn."+zoneName+"-"+kind),
			"--stack", "organization/imagecdn/"+spec.Stack, "--yes")
	}
}

// seesNoChange shows that a stack has all that it made as it made it.
func (w *world) seesNoChange(spec automation.Spec) {
	w.t.Helper()
	refreshed, err := w.cdn(spec).Refresh(within(w.t))
	require.NoError(w.t, err)
	assert.NotContains(w.t, refreshed.Changes, "update")
	assert.NotContains(w.t, refreshed.Changes, "delete")
}

// pointsAt is where the A record of a domain leads.
func (w *world) pointsAt(domain string) string {
	w.t.Helper()
	sets, err := w.route53().ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{
		HostedZoneId: w.zoneID(), StartRecordName: aws.String(domain),
	})
	require.NoError(w.t, err)
	at := slices.IndexFunc(sets.ResourceRecordSets, func(s types.ResourceRecordSet) bool {
		return *s.Name == domain+"." && s.Type == types.RRTypeA
	})
	require.GreaterOrEqual(w.t, at, 0)
	return *sets.ResourceRecordSets[at].AliasTarget.DNSName
}

func TestALiveDomainMovesFromAnotherCdnAndBackWithoutAFailedRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setDeploy(3 * time.Second)
	asked := w.otherCDN("127.0.0.2")
	w.addRecord("other-cdn."+zoneName, types.RRTypeA, "127.0.0.2")
	w.addRecord("cdn."+zoneName, types.RRTypeCname, "other-cdn."+zoneName)
	before := w.inventory()

	spec := w.spec("new")
	client := w.askAllTheTime("cdn."+zoneName, func(int) string { return imagePath })
	prepared := w.prepare(spec)
	outputs, err := json.Marshal(prepared.Outputs)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "back.json")
	w.imagecdn(outputs, "switch", "--outputs", "-", "--file", file, "--yes")
	answer, _ := w.get("https://cdn." + zoneName + imagePath)
	assert.NotEmpty(t, answer.Header.Get("X-Cache"), "it is CloudFront that serves")
	served := asked()

	w.imagecdn(nil, "switch", "--back", file, "--yes")
	_, _ = w.get("https://cdn." + zoneName + imagePath)
	assert.Greater(t, asked(), served, "the other one serves again")
	w.imagecdn(outputs, "switch", "--outputs", "-", "--file", file+"2", "--yes")
	w.assertSettled(spec, prepared)
	assert.Equal(t, []int{http.StatusOK}, client.stop())

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	after := w.inventory()
	assert.Contains(t, before.Records, "cdn."+zoneName+". CNAME")
	before.Records = slices.DeleteFunc(before.Records, func(r string) bool { return r == "cdn."+zoneName+". CNAME" })
	assert.Equal(t, before, after)
}

// otherCDN serves cdn.example.com at an address; it returns a count of what it was asked.
func (w *world) otherCDN(address string) (asked func() int) {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(w.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"cdn." + zoneName}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(w.t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(w.t, err)
	w.roots = x509.NewCertPool()
	w.roots.AddCert(certificate)
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	require.NoError(w.t, err)
	requests := make(chan int, 1)
	requests <- 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		requests <- <-requests + 1
		answer.Header().Set("Content-Type", "image/jpeg")
	}))
	server.Listener = listener
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	w.t.Cleanup(server.Close)
	w.others = map[string]string{address: listener.Addr().String()}
	return func() int {
		count := <-requests
		requests <- count
		return count
	}
}
