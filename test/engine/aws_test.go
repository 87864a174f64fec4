package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// place is an AWS on which a small life is lived: the embedded one, or AWS itself.
type place struct {
	t              *testing.T
	config         aws.Config
	pathStyle      bool
	zone, bucket   string
	domain, object string
	spec           automation.Spec
	viewer         *http.Client
	patience       time.Duration // until DNS and the edge know what was deployed
}

// The life that `make test-aws` lives on AWS itself is lived on the embedded one in every run
// of the tests. On AWS, what both say of the same CDN is compared, and the differences are
// written down.
func TestASmallLifeOnAWSOrTheEmbeddedOne(t *testing.T) {
	t.Parallel()
	var itself *place
	if os.Getenv("TEST_AWS") != "" {
		itself = realPlace(t)
	}
	w := newWorld(t)
	spec := w.spec("small-life")
	spec.Config.Protection.WebAcl = "none"
	here := place{
		t: t, config: w.config(homeRegion), pathStyle: true, zone: w.plainZoneID(), bucket: bucketName, domain: "cdn." + zoneName,
		object: "small-life.svg", spec: spec, viewer: w.viewer(), patience: time.Minute,
	}.live()
	if itself == nil {
		return
	}
	differences := differencesOf(itself.live(), here)
	file := filepath.Join(toolchain.root, ".local", "aws-differences.md")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, []byte("# Where AWS and the embedded one differ\n\n"+strings.Join(differences, "\n")+"\n"), 0o600))
	t.Logf("%d differences between AWS and the embedded one are in %s", len(differences), file)
}

// cost is what a life costs on AWS at most, in USD: some requests and lookups.
const cost = 0.10

// realPlace is AWS itself, with what the environment says. All that is missing is said at once.
func realPlace(t *testing.T) *place {
	t.Helper()
	var faults []error
	given := func(name, what string) string {
		value := os.Getenv(name)
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is not set: %s", name, what))
		}
		return value
	}
	p := &place{
		t: t, domain: given("TEST_AWS_DOMAIN", "a domain of the zone that nobody uses, such as cdn-test.example.com"),
		zone:   given("TEST_AWS_ZONE_ID", "the id of its public hosted zone"),
		bucket: given("TEST_AWS_BUCKET", "an existing bucket, whose policy gets a statement for as long as the test runs"),
		object: "imagecdn-test-aws.svg", viewer: &http.Client{Timeout: 20 * time.Second}, patience: 15 * time.Minute,
	}
	budget := given("TEST_AWS_BUDGET", "what the test may cost, in USD")
	if usd, err := strconv.ParseFloat(budget, 64); budget != "" && (err != nil || usd < cost) {
		faults = append(faults, fmt.Errorf("TEST_AWS_BUDGET must be a number of USD, at least %.2f: so much the test may cost", cost))
	}
	loaded, err := config.LoadDefaultConfig(t.Context())
	if err == nil && loaded.Region == "" {
		err = errors.New("no region: set AWS_REGION to the bucket's")
	}
	if err == nil {
		p.config = loaded
		var found aws.Credentials
		found, err = loaded.Credentials.Retrieve(t.Context())
		p.spec.AWS = automation.AWS{Region: loaded.Region, AccessKey: found.AccessKeyID, SecretKey: found.SecretAccessKey, Token: found.SessionToken}
	}
	require.NoError(t, errors.Join(append(faults, err)...), "make test-aws calls AWS itself, see CONTRIBUTING.md")
	p.belongings()                                               // who cannot be reached, or may not be asked, is known at once
	state := filepath.Join(toolchain.root, ".local", "test-aws") // it stays if the destroy fails
	require.NoError(t, os.MkdirAll(state, 0o750))
	p.spec.Stack = "test-aws"
	p.spec.Config = automation.Config{Domain: p.domain, Bucket: pulumi.String(p.bucket)}
	p.spec.Config.Protection.WebAcl = "none"
	p.spec.Engine = automation.Engine{Backend: "file://" + state, Passphrase: "test-aws", Home: toolchain.home, Plugin: toolchain.plugin}
	return p
}

// live lives a small life and returns what AWS says of the CDN in its prime. What was there
// before must be there after it.
func (p place) live() map[string]string {
	p.t.Helper()
	t := p.t
	before := p.belongings()
	p.upload()
	cdn, err := automation.New(p.spec)
	require.NoError(t, err)
	destroyed := false
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), operationTimeout)
		defer cancel()
		if !destroyed {
			_, err := cdn.Destroy(ctx)
			assert.NoError(t, err, "the stack %s could not be destroyed: its state is in %s", p.spec.Stack, p.spec.Engine.Backend)
		}
	})
	planned, err := cdn.Preview(within(t))
	require.NoError(t, err)
	made, err := cdn.Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+p.domain+"/"+p.object, nil)
		require.NoError(c, err)
		answer, err := p.viewer.Do(request)
		if assert.NoError(c, err) {
			assert.NoError(c, answer.Body.Close())
			assert.Equal(c, http.StatusOK, answer.StatusCode)
		}
	}, p.patience, time.Second, "the image is served")
	again, err := cdn.Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := cdn.Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)
	said := p.answers(made.Outputs)
	_, err = cdn.Destroy(within(t))
	require.NoError(t, err)
	destroyed = true
	assert.Equal(t, before, p.belongings(), "nothing of the stack is left, and nothing else is gone")
	return said
}

func (p place) s3() *s3.Client {
	return s3.NewFromConfig(p.config, func(o *s3.Options) { o.UsePathStyle = p.pathStyle })
}

// upload puts an image into the bucket for as long as the test runs.
func (p place) upload() {
	p.t.Helper()
	_, err := p.s3().PutObject(p.t.Context(), &s3.PutObjectInput{
		Bucket: &p.bucket, Key: &p.object, ContentType: aws.String("image/svg+xml"),
		Body: strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`),
	})
	require.NoError(p.t, err)
	p.t.Cleanup(func() {
		_, err := p.s3().DeleteObject(context.Background(), &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &p.object})
		assert.NoError(p.t, err)
	})
}

// belongings are what the stack changes while it lives, and nobody else meanwhile: the bucket's
// policy, and the names and types of the zone's records.
func (p place) belongings() map[string]any {
	p.t.Helper()
	all := map[string]any{"policy": p.policy()}
	pages := route53.NewListResourceRecordSetsPaginator(route53.NewFromConfig(p.config), &route53.ListResourceRecordSetsInput{HostedZoneId: &p.zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		require.NoError(p.t, err)
		for _, set := range page.ResourceRecordSets {
			all["record "+*set.Name+" "+string(set.Type)] = true
		}
	}
	return all
}

func (p place) policy() any {
	p.t.Helper()
	out, err := p.s3().GetBucketPolicy(p.t.Context(), &s3.GetBucketPolicyInput{Bucket: &p.bucket})
	if err != nil && strings.Contains(err.Error(), "NoSuchBucketPolicy") {
		return nil
	}
	require.NoError(p.t, err)
	var document any
	require.NoError(p.t, json.Unmarshal([]byte(*out.Policy), &document))
	return document
}

// answers are what AWS says of the CDN, as lines of path and value.
func (p place) answers(outputs automation.Outputs) map[string]string {
	p.t.Helper()
	ctx, global := p.t.Context(), p.config.Copy()
	global.Region = "us-east-1"
	distribution, err := cloudfront.NewFromConfig(global).GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &outputs.DistributionId})
	require.NoError(p.t, err)
	certificate, err := acm.NewFromConfig(global).DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &outputs.CertificateArn})
	require.NoError(p.t, err)
	said := map[string]string{}
	for name, answer := range map[string]any{
		"GetDistribution": distribution.Distribution, "DescribeCertificate": certificate.Certificate,
	} {
		encoded, err := json.Marshal(answer)
		require.NoError(p.t, err)
		var plain any
		require.NoError(p.t, json.Unmarshal(encoded, &plain))
		flatten(name, plain, said)
	}
	return said
}

// word is a value that does not differ from one life to the next: no id, ARN, time or name.
var word = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,40}$`)

// flatten says what is in a document, by its place there. What differs from life to life is
// only said to be there.
func flatten(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			flatten(path+"."+key, member, into)
		}
	case []any:
		for i, element := range v {
			flatten(fmt.Sprintf("%s[%d]", path, i), element, into)
		}
	case string:
		into[path] = "a text"
		if v == "" || word.MatchString(v) {
			into[path] = strconv.Quote(v)
		}
	case nil:
	default:
		into[path] = fmt.Sprint(v)
	}
}

// differencesOf are lines about what two AWS's say differently of the same CDN.
func differencesOf(real, embedded map[string]string) []string {
	all := maps.Clone(real)
	maps.Copy(all, embedded)
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		there, isThere := real[path]
		here, isHere := embedded[path]
		switch {
		case !isHere:
			lines = append(lines, fmt.Sprintf("- `%s`: AWS says %s, the embedded one nothing", path, there))
		case !isThere:
			lines = append(lines, fmt.Sprintf("- `%s`: the embedded one says %s, AWS nothing", path, here))
		case there != here:
			lines = append(lines, fmt.Sprintf("- `%s`: AWS says %s, the embedded one %s", path, there, here))
		}
	}
	return lines
}

func TestWhatTwoAWSsSayIsCompared(t *testing.T) {
	t.Parallel()
	said := func(document string) map[string]string {
		var plain any
		require.NoError(t, json.Unmarshal([]byte(document), &plain))
		flat := map[string]string{}
		flatten("D", plain, flat)
		return flat
	}
	assert.Equal(t, []string{
		"- `D.Items[1]`: the embedded one says \"b\", AWS nothing",
		"- `D.Status`: AWS says \"Deployed\", the embedded one \"InProgress\"",
		"- `D.Ttl`: AWS says 60, the embedded one nothing",
	}, differencesOf(
		said(`{"Id": "E2", "Status": "Deployed", "Items": ["a"], "Ttl": 60, "Gone": null}`),
		said(`{"Id": "E1", "Status": "InProgress", "Items": ["a", "b"]}`),
	))
}
