package components

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/dnsname"
)

const (
	testOrganization = "acme"
	testProject      = "shop"
	testStack        = "prod"

	distributionID     = "E2EXAMPLE"
	distributionARN    = "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE"
	distributionDomain = "d111.cloudfront.net"
	certificateARN     = "arn:aws:acm:us-east-1:123456789012:certificate/requested"
	issuedARN          = "arn:aws:acm:us-east-1:123456789012:certificate/issued"
	ownedACL           = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/made/1"
	foreignACL         = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shared/7"
)

// cloud stands in for engine, provider and AWS: it answers what a program looks up, gives resources the outputs AWS
// would give them, and records everything. What it does not know fails the test.
type cloud struct {
	t *testing.T

	preview  bool     // computed outputs are left out, as in a preview
	region   string   // of the default AWS provider
	zones    []zoneAt // public and private hosted zones
	records  map[string][]recordAt
	buckets  map[string]string // region by name
	statuses []string          // what getDistribution answers, one after the other; the last one stays
	broken   map[string]error  // what single look-ups answer instead, by token
	config   map[string]string // stack configuration
	secrets  []string          // its secret keys

	mu         sync.Mutex
	registered []registration
	calls      []pulumi.MockCallArgs
}

// zoneAt is a hosted zone of the cloud.
type zoneAt struct {
	id, name string
	private  bool
}

// recordAt is a record set, its name as Route 53 lists it.
type recordAt struct {
	name, kind string
	ttl        int
	value      string
	alias      string
}

// registration is one resource as the program registered it.
type registration struct {
	kind, name, provider string
	inputs               resource.PropertyMap
	request              *pulumirpc.RegisterResourceRequest
	polls                int // how often the distribution had been asked for before
}

// newCloud has two public zones, one bucket in eu-central-1 and a home region that is not us-east-1.
func newCloud(t *testing.T) *cloud {
	t.Helper()
	return &cloud{
		t: t, region: "eu-central-1",
		zones:    []zoneAt{{id: "Z1", name: "example.com"}, {id: "Z2", name: "example.net"}},
		records:  map[string][]recordAt{},
		buckets:  map[string]string{"images": "eu-central-1"},
		statuses: []string{"Deployed"},
	}
}

// run runs a program to its end, applies included.
func (c *cloud) run(program pulumi.RunFunc) error {
	return pulumi.RunErr(program, pulumi.WithMocksWithOrganization(testOrganization, testProject, testStack, c),
		func(info *pulumi.RunInfo) {
			info.DryRun, info.Config, info.ConfigSecretKeys = c.preview, c.config, c.secrets
		})
}

// up runs a program that makes one ImageCdn with the providers it needs.
func (c *cloud) up(args ImageCdnArgs, opts ...pulumi.ResourceOption) error {
	return c.run(func(ctx *pulumi.Context) error {
		if err := c.addProviders(ctx, &args); err != nil {
			return err
		}
		_, err := NewImageCdn(ctx, "cdn", &args, opts...)
		return err
	})
}

func (c *cloud) addProviders(ctx *pulumi.Context, args *ImageCdnArgs) (err error) {
	if args.UsEast1Provider, err = NewUsEast1Provider(ctx, "us-east-1"); err == nil && !args.CreateBucket {
		args.StatementProvider, err = NewStatementProvider(ctx, "bucket-policy")
	}
	return err
}

// mustUp is up for arguments that are right.
func (c *cloud) mustUp(args ImageCdnArgs, opts ...pulumi.ResourceOption) {
	c.t.Helper()
	require.NoError(c.t, c.up(args, opts...))
}

// faults runs up and returns everything it complained about, after checking that nothing of the CDN was registered.
func (c *cloud) faults(args ImageCdnArgs) []Fault {
	c.t.Helper()
	return c.faultsOf(c.up(args))
}

func (c *cloud) faultsOf(err error) []Fault {
	c.t.Helper()
	var invalid *InvalidArgsError
	require.ErrorAs(c.t, err, &invalid)
	assert.Empty(c.t, c.names(), "nothing may be registered")
	return invalid.Faults
}

// NewResource implements pulumi.MockResourceMonitor.
func (c *cloud) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	polls := len(c.callsOf(getDistribution))
	c.mu.Lock()
	c.registered = append(c.registered, registration{args.TypeToken, args.Name, args.Provider, args.Inputs, args.RegisterRPC, polls})
	c.mu.Unlock()
	if !args.Custom {
		return "", args.Inputs, nil
	}
	isProvider := strings.HasPrefix(args.TypeToken, "pulumi:providers:")
	computed, known := c.computed(args)
	if !known && !isProvider {
		assert.Fail(c.t, "unknown resource", "%s %s", args.TypeToken, args.Name)
		return "", nil, fmt.Errorf("unknown resource type %s", args.TypeToken)
	}
	state := args.Inputs.Copy()
	if c.preview {
		if isProvider {
			return args.Name + "-id", state, nil
		}
		return "", state, nil
	}
	for key, value := range resource.NewPropertyMapFromMap(computed) {
		if _, given := state[key]; !given || key == "certificateArn" {
			state[key] = value
		}
	}
	if id, ok := computed["id"].(string); ok {
		return id, state, nil
	}
	return args.Name + "-id", state, nil
}

// computed are the outputs AWS decides.
func (c *cloud) computed(args pulumi.MockResourceArgs) (outputs map[string]any, known bool) {
	switch args.TypeToken {
	case "aws:acm/certificate:Certificate":
		return map[string]any{"arn": certificateARN, "domainValidationOptions": validationOptions(args.Inputs)}, true
	case "aws:acm/certificateValidation:CertificateValidation":
		return map[string]any{"certificateArn": issuedARN}, true
	case "aws:route53/record:Record":
		return map[string]any{"fqdn": text(args.Inputs["name"])}, true
	case "aws:cloudfront/distribution:Distribution":
		return map[string]any{
			"id": distributionID, "arn": distributionARN, "domainName": distributionDomain, "hostedZoneId": "Z2FDTNDATAQYW2",
		}, true
	case "aws:wafv2/webAcl:WebAcl":
		return map[string]any{"arn": ownedACL}, true
	case "aws:s3/bucketV2:BucketV2":
		name := text(args.Inputs["bucket"])
		return map[string]any{
			"id": name, "arn": "arn:aws:s3:::" + name, "bucketRegionalDomainName": name + ".s3." + c.region + ".amazonaws.com",
		}, true
	case "aws:cloudfront/originAccessControl:OriginAccessControl", "aws:cloudfront/cachePolicy:CachePolicy",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
		"aws:s3/bucketPolicy:BucketPolicy", BucketPolicyStatementToken:
		return map[string]any{}, true
	}
	return nil, false
}

// validationOptions are what ACM asks for: an option for each name, in no order that means anything, and the same
// record for a wildcard and its base.
func validationOptions(certificate resource.PropertyMap) []any {
	names := append(texts(certificate["subjectAlternativeNames"]), text(certificate["domainName"]))
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	options := make([]any, len(names))
	for i, name := range names {
		options[i] = map[string]any{
			"domainName": name, "resourceRecordType": "CNAME",
			"resourceRecordName": validationName(name) + ".", "resourceRecordValue": validationValue(name) + ".",
		}
	}
	return options
}

func validationName(domain string) string {
	return "_token." + dnsname.ValidationKey(domain)
}

func validationValue(domain string) string {
	return "_for-" + strings.ReplaceAll(dnsname.ValidationKey(domain), ".", "-") + ".acm-validations.aws"
}

// Call implements pulumi.MockResourceMonitor.
func (c *cloud) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	c.mu.Lock()
	c.calls = append(c.calls, args)
	c.mu.Unlock()
	if err := c.broken[args.Token]; err != nil {
		return nil, err
	}
	switch args.Token {
	case "aws:index/getRegion:getRegion":
		region := c.regionOf(args.Provider)
		return resource.NewPropertyMapFromMap(map[string]any{"id": region, "name": region, "description": region, "endpoint": region}), nil
	case "aws:route53/getZone:getZone":
		return c.findZone(args.Args)
	case "aws:route53/getRecords:getRecords":
		return c.findRecords(args.Args)
	case "aws:s3/getBucket:getBucket":
		return c.findBucket(text(args.Args["bucket"]))
	case getDistribution:
		return c.distributionStatus(text(args.Args["id"]))
	}
	assert.Fail(c.t, "unknown call", args.Token)
	return nil, fmt.Errorf("unknown call %s", args.Token)
}

// regionOf is the region that the provider of a call was registered with.
func (c *cloud) regionOf(provider string) string {
	for _, r := range c.all() {
		if strings.Contains(provider, "pulumi:providers:aws::"+r.name+"::") && r.kind == "pulumi:providers:aws" {
			return text(r.inputs["region"])
		}
	}
	return c.region
}

func (c *cloud) findZone(args resource.PropertyMap) (resource.PropertyMap, error) {
	var found []zoneAt
	for _, z := range c.zones {
		switch {
		case args["zoneId"].IsString():
			if z.id == text(args["zoneId"]) {
				found = append(found, z)
			}
		case z.name+"." == text(args["name"]) && z.private == args["privateZone"].BoolValue():
			found = append(found, z)
		}
	}
	switch {
	case args["zoneId"].IsString() && len(found) == 0:
		return nil, errors.New("1 error occurred:\n\t* reading Route 53 Hosted Zone: NoSuchHostedZone")
	case len(found) == 0:
		return nil, errors.New("no matching Route 53 Hosted Zone found")
	case len(found) > 1:
		return nil, errors.New("multiple Route 53 Hosted Zones matched; use additional constraints")
	}
	return resource.NewPropertyMapFromMap(map[string]any{
		"id": found[0].id, "zoneId": found[0].id, "name": found[0].name, "privateZone": found[0].private,
	}), nil
}

// findRecords matches the expression against names as Route 53 writes them, as the provider does.
func (c *cloud) findRecords(args resource.PropertyMap) (resource.PropertyMap, error) {
	pattern, err := regexp.Compile(text(args["nameRegex"]))
	if err != nil {
		return nil, err
	}
	sets := []any{}
	for _, r := range c.records[text(args["zoneId"])] {
		if !pattern.MatchString(r.name) {
			continue
		}
		set := map[string]any{"name": r.name, "type": r.kind, "ttl": r.ttl, "aliasTarget": map[string]any{"dnsName": r.alias}}
		if r.value != "" {
			set["resourceRecords"] = []any{map[string]any{"value": r.value}}
		}
		sets = append(sets, set)
	}
	return resource.NewPropertyMapFromMap(map[string]any{
		"id": "records", "zoneId": text(args["zoneId"]), "resourceRecordSets": sets,
	}), nil
}

func (c *cloud) findBucket(name string) (resource.PropertyMap, error) {
	region, found := c.buckets[name]
	if !found {
		return nil, fmt.Errorf("1 error occurred:\n\t* reading S3 Bucket (%s): couldn't find resource", name)
	}
	return resource.NewPropertyMapFromMap(map[string]any{
		"id": name, "bucket": name, "arn": "arn:aws:s3:::" + name, "region": region,
		"bucketDomainName": name + ".s3.amazonaws.com", "bucketRegionalDomainName": name + ".s3." + region + ".amazonaws.com",
	}), nil
}

func (c *cloud) distributionStatus(id string) (resource.PropertyMap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := c.statuses[0]
	if len(c.statuses) > 1 {
		c.statuses = c.statuses[1:]
	}
	return resource.NewPropertyMapFromMap(map[string]any{"id": id, "status": status}), nil
}

// all are the registrations so far, in their order.
func (c *cloud) all() []registration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.registered)
}

// names are "type name" of everything that was registered but providers, sorted.
func (c *cloud) names() []string {
	var names []string
	for _, r := range c.all() {
		if !strings.HasPrefix(r.kind, "pulumi:providers:") {
			names = append(names, r.kind+" "+r.name)
		}
	}
	slices.Sort(names)
	return names
}

// resource is the one registration of that name.
func (c *cloud) resource(name string) registration {
	c.t.Helper()
	var found []registration
	for _, r := range c.all() {
		if r.name == name {
			found = append(found, r)
		}
	}
	require.Len(c.t, found, 1, "registrations named %q", name)
	return found[0]
}

// input is a value inside the inputs of a registration, nil where there is none.
func (r registration) input(path string) any {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		return err
	}
	value, ok := parsed.Get(resource.NewObjectProperty(r.inputs))
	if !ok {
		return nil
	}
	return value.Mappable()
}

// callsOf are the calls of one function.
func (c *cloud) callsOf(token string) []pulumi.MockCallArgs {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []pulumi.MockCallArgs
	for _, call := range c.calls {
		if call.Token == token {
			found = append(found, call)
		}
	}
	return found
}

func text(v resource.PropertyValue) string {
	if v.IsSecret() {
		v = v.SecretValue().Element
	}
	if v.IsString() {
		return v.StringValue()
	}
	return ""
}

func texts(v resource.PropertyValue) []string {
	var out []string
	if v.IsArray() {
		for _, element := range v.ArrayValue() {
			out = append(out, text(element))
		}
	}
	return out
}
