package provider

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeSTS hands out a role's credentials, named after the role, and remembers who asked for what.
type fakeSTS struct {
	*httptest.Server

	mu    sync.Mutex
	calls []string
}

func newFakeSTS(t *testing.T) *fakeSTS {
	t.Helper()
	f := &fakeSTS{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		f.mu.Lock()
		f.calls = append(f.calls, signer(r)+" "+r.Form.Encode())
		f.mu.Unlock()
		role := r.Form.Get("RoleArn")
		if strings.HasSuffix(role, "/forbidden") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>`)
			return
		}
		action := r.Form.Get("Action")
		_, _ = fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult><Credentials><AccessKeyId>KEYOF%[2]s</AccessKeyId>`+
			`<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%[3]s</Expiration>`+
			`</Credentials></%[1]sResult></%[1]sResponse>`,
			action, role[strings.LastIndex(role, "/")+1:], time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(f.Close)
	return f
}

// signer is the access key of a signed request.
func signer(r *http.Request) string {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(credential, "/")
	return key
}

// signedRegion is the region that a request was signed for.
func signedRegion(r *http.Request) string {
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	if len(scope) < 3 {
		return ""
	}
	return scope[2]
}

// signerOf creates a statement and returns the access key that S3 saw.
func signerOf(t *testing.T, sts *fakeSTS, extra ...string) string {
	t.Helper()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	var key string
	s3.requests = func(r *http.Request) { key = signer(r) }
	endpoints := fmt.Sprintf(`[{"s3":%q},{"sts":%q}]`, s3.URL, sts.URL)
	start(t).configure(s3, append([]string{"endpoints", endpoints}, extra...)...).mustCreate("my-images", distA)
	return key
}

func TestRolesAreAssumedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	sts := newFakeSTS(t)
	assert.Equal(t, "AKIATEST", signerOf(t, sts))
	assert.Equal(t, "KEYOFone", signerOf(t, sts,
		"assumeRole", `{"roleArn":"arn:aws:iam::1:role/one","sessionName":"me","externalId":"x","durationSeconds":"900",`+
			`"policyArns":["arn:p"],"tags":{"k":"v"}}`))
	require.NotEmpty(t, sts.calls)
	for _, part := range []string{
		"AKIATEST ", "RoleSessionName=me", "ExternalId=x", "DurationSeconds=900",
		"PolicyArns.member.1.arn=arn%3Ap", "Tags.member.1.Key=k",
	} {
		assert.Contains(t, sts.calls[0], part)
	}
	assert.Equal(t, "KEYOFtwo", signerOf(t, sts,
		"assumeRole", `{"roleArn":"arn:aws:iam::1:role/ignored"}`,
		"assumeRoles", `[{"roleArn":"arn:aws:iam::1:role/one","duration":"1h"},{"roleArn":"arn:aws:iam::1:role/two"}]`))
	assert.Contains(t, sts.calls[len(sts.calls)-1], "KEYOFone ")
}

func TestAWebIdentityIsExchanged(t *testing.T) {
	t.Parallel()
	sts := newFakeSTS(t)
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("from-a-file"), 0o600))
	assert.Equal(t, "KEYOFweb", signerOf(t, sts, "accessKey", "", "secretKey", "", "token", "",
		"assumeRoleWithWebIdentity", fmt.Sprintf(`{"roleArn":"arn:aws:iam::1:role/web","webIdentityTokenFile":%q}`, file)))
	assert.Contains(t, sts.calls[0], "WebIdentityToken=from-a-file")
	assert.Equal(t, "KEYOFweb", signerOf(t, sts, "accessKey", "", "secretKey", "", "token", "",
		"assumeRoleWithWebIdentity", `{"roleArn":"arn:aws:iam::1:role/web","webIdentityToken":"as-it-is"}`))
	assert.Contains(t, sts.calls[len(sts.calls)-1], "WebIdentityToken=as-it-is")
}

func TestARoleThatIsRefusedIsNotTakenForTheBucket(t *testing.T) {
	t.Parallel()
	s3, sts := newFakeS3(t, map[string]string{"my-images": ""}), newFakeSTS(t)
	c := start(t).configure(s3, "endpoints", fmt.Sprintf(`[{"s3":%q,"sts":%q}]`, s3.URL, sts.URL),
		"assumeRole", `{"roleArn":"arn:aws:iam::1:role/forbidden"}`)
	_, err := c.create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "No usable credentials from STS")
	require.ErrorContains(t, err, "AccessDenied: not you")
	assert.NotContains(t, err.Error(), "s3:PutBucketPolicy")
	assert.NotContains(t, err.Error(), "very-secret")
}

func TestAProfileInAFileOfItsOwnIsUsed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "credentials")
	content := "[team]\naws_access_key_id = KEYOFteam\naws_secret_access_key = s\n"
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	assert.Equal(t, "KEYOFteam", signerOf(t, newFakeSTS(t),
		"accessKey", "", "secretKey", "", "token", "", "profile", "team", "sharedCredentialsFiles", fmt.Sprintf(`[%q]`, file),
		"sharedConfigFiles", fmt.Sprintf(`[%q]`, file), "retryMode", "adaptive"))
}

func TestTheProxyOfTheConfigurationIsUsed(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	// Loopback addresses are never proxied; the proxy answers for a host that does not exist.
	c := start(t).configure(s3,
		"endpoints", `[{"s3":"http://s3.example.test"}]`, "httpProxy", s3.URL, "noProxy", "other.test")
	c.mustCreate("my-images", distA)
	s3.requireWrites(t, 1)
}

func TestAnEndpointWithACertificateOfItsOwnNeedsLeave(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	secure := httptest.NewTLSServer(s3.Config.Handler)
	t.Cleanup(secure.Close)
	endpoints := fmt.Sprintf(`[{"s3":%q}]`, secure.URL)
	_, err := start(t).configure(s3, "endpoints", endpoints, "maxRetries", "1").create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "certificate")

	start(t).configure(s3, "endpoints", endpoints, "insecure", "true").mustCreate("my-images", distA)
	_, err = start(t).configure(s3, "customCaBundle", "/does/not/exist").create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "custom CA bundle")
}

func TestTheResourcesRegionWinsOverTheProviders(t *testing.T) {
	t.Parallel()
	ids, faults := readIdentities(resource.NewPropertyMapFromMap(map[string]any{"aws": map[string]any{
		"region": "eu-central-1", "accessKey": "a", "secretKey": "b", "useFipsEndpoint": true, "useDualstackEndpoint": "true",
		"stsRegion": "us-east-1", "ec2MetadataServiceEndpoint": "http://127.0.0.1:1",
	}}))
	require.Empty(t, faults)
	for given, want := range map[string]string{"": "eu-central-1", "ap-south-1": "ap-south-1"} {
		client, err := ids.bucket.s3(t.Context(), given)
		require.NoError(t, err)
		assert.Equal(t, want, client.Options().Region)
	}
}

// Pulumi and Terraform spell the same settings differently, and some languages send text for everything.
func TestAnIdentityIsReadInEverySpelling(t *testing.T) {
	t.Parallel()
	want := awsbase.AssumeRole{
		RoleARN: "arn:aws:iam::1:role/one", SessionName: "me", ExternalID: "x", Duration: time.Hour,
		PolicyARNs: []string{"arn:p"}, TransitiveTagKeys: []string{"my_key"}, Tags: map[string]string{"my_key": "v"},
	}
	role := map[string]any{
		"role_arn": want.RoleARN, "session_name": "me", "external_id": "x", "duration": "1h", "policy": nil,
		"policy_arns": []any{"arn:p"}, "transitive_tag_keys": []any{"my_key"}, "tags": map[string]any{"my_key": "v"},
	}
	terraform := map[string]any{
		"access_key": "a", "secret_key": "b", "s3_use_path_style": true, "max_retries": 7.0, "profile": nil,
		"assume_role": []any{role}, "assume_role_with_web_identity": []any{}, "shared_config_files": []any{"f"},
		"endpoints": []any{map[string]any{"s3": "http://s3", "acm": nil, "sts": "http://sts"}},
	}
	text, err := json.Marshal(terraform)
	require.NoError(t, err)
	for name, given := range map[string]any{
		"Terraform's names": terraform,
		"JSON text":         string(text),
		"a secret":          &resource.Secret{Element: resource.NewProperty(string(text))},
		"Pulumi's names": map[string]any{
			"accessKey": "a", "secretKey": &resource.Secret{Element: resource.NewProperty("b")}, "s3UsePathStyle": "true",
			"maxRetries": "7", "sharedConfigFiles": `["f"]`, "endpoints": `[{"s3":"http://s3"},{"sts":"http://sts"}]`,
			"assumeRoles": `[{"roleArn":"arn:aws:iam::1:role/one","sessionName":"me","externalId":"x","durationSeconds":"3600",` +
				`"policyArns":["arn:p"],"transitiveTagKeys":["my_key"],"tags":{"my_key":"v"}}]`,
		},
		"one role, no list": map[string]any{
			"accessKey": "a", "secretKey": "b", "s3UsePathStyle": true, "maxRetries": 7.0, "assumeRole": role,
			"sharedConfigFiles": []any{"f"}, "endpoints": []any{map[string]any{"s3": "http://s3", "sts": "http://sts"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, faults := readSettings(resource.NewPropertyMapFromMap(map[string]any{"aws": given})["aws"])
			require.Empty(t, faults)
			assert.Equal(t, []awsbase.AssumeRole{want}, s.AssumeRole)
			assert.Nil(t, s.AssumeRoleWithWebIdentity)
			assert.Equal(t, "b", s.SecretKey)
			assert.Equal(t, 7, s.MaxRetries)
			assert.True(t, s.pathStyle)
			assert.Equal(t, []string{"f"}, s.SharedConfigFiles)
			assert.Equal(t, map[string]string{"s3": "http://s3", "sts": "http://sts"}, s.endpoints)
			assert.Equal(t, "http://sts", s.StsEndpoint)
		})
	}
}

func TestTheBucketsOwnerChangesItsPolicy(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	var signers []string
	s3.requests = func(r *http.Request) { signers = append(signers, signer(r)) }
	start(t).configureWith(map[string]any{
		"aws":    map[string]any{"accessKey": "CDN", "secretKey": "s", "region": "us-east-1"},
		"bucket": settingsFor(s3.URL, "accessKey", "OWNER"),
	}).mustCreate("my-images", distA)
	assert.Equal(t, "OWNER", signers[0])
	start(t).configureWith(map[string]any{"aws": settingsFor(s3.URL, "accessKey", "CDN")}).mustCreate("my-images", distA)
	assert.Equal(t, "CDN", signers[len(signers)-1], "who else")
}
