package components

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
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
	theMark            = "imagecdn-0123456789abcdef"
	foreignACL         = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shared/7"
	sourceARN          = "arn:aws:logs:us-east-1:123456789012:delivery-source:" + theMark
	destinationARN     = "arn:aws:logs:us-east-1:123456789012:delivery-destination:" + theMark
	madeTopic          = "arn:aws:sns:us-east-1:123456789012:" + theMark + "-alarms"
	sharedPolicy       = "658327ea-f89d-4fab-a63d-7e88639e58f6"
)

const getDistribution = "aws:cloudfront/getDistribution:getDistribution"

// TestMain lets no test wait for a distribution as long as people do.
func TestMain(m *testing.M) {
	firstPoll = time.Millisecond
	os.Exit(m.Run())
}

// cloud stands in for engine, providers and AWS: it answers what a program looks up,
// gives resources the outputs AWS would give them, and records everything. What it
// does not know fails the test.
type cloud struct {
	t *testing.T

	preview      bool // computed outputs are left out, as in a preview
	unconfigured bool // the plugin's settings are not known yet: the engine does not call it
	zones        []zoneAt
	records      map[string][]recordAt // by zone id
	buckets      map[string]bucketAt
	keys         map[string]map[string]any // what getKey finds besides keys that can be used, by what it is asked for
	made         string                    // name of a bucket the stack made before, whatever the program says now
	policies     []string
	versions     map[string]string // of policies, by id
	acls         []string
	controls     []string // ids of origin access controls
	others       bool     // the credentials are another account's
	certificates map[string]certificateAt
	claims       []distributionAt
	handmade     map[string]any    // what getCdn finds, nil for nothing
	elsewhere    []any             // names that other accounts have, told to whoever names the certificate
	unlisted     string            // why the account's distributions may not be listed
	state        []any             // what the stack has made before, as the engine tells it; nil if nothing ever
	unreadable   bool              // the state cannot be read
	caa          map[string]string // the CAA record that decides, "name value", by domain
	statuses     []string          // what getDistribution answers, one after the other; the last one stays
	broken       map[string]error  // what single look-ups answer instead, by token
	config       map[string]string // stack configuration
	secrets      []string          // its secret keys

	mu         sync.Mutex
	registered []registration
	calls      []pulumi.MockCallArgs
}

// zoneAt is a hosted zone of the cloud.
type zoneAt struct {
	id, name    string
	private     bool
	undelegated bool
}

// recordAt is a record set.
type recordAt struct {
	name, kind string
	ttl        int
	value      string
	alias      string
}

// bucketAt is a bucket; its status is found unless said otherwise.
type bucketAt struct {
	region, status, message    string
	ownership, encryption, key string
	refusedBy                  []any
	tags                       map[string]any
}

// distributionAt is another distribution of the account, or the stack's own of an earlier up.
type distributionAt struct {
	id, comment string
	names       []string
	disabled    bool
	mark        string
}

func (d distributionAt) arn() string { return "arn:aws:cloudfront::123456789012:distribution/" + d.id }

func (d distributionAt) domainName() string { return strings.ToLower(d.id) + ".cloudfront.net" }

// certificateAt is a certificate in us-east-1.
type certificateAt struct {
	status  string
	domains []string
}

// failedRead marks a status that getDistribution fails with.
const failedRead = "! "

// registration is one resource as the program registered it, unknown inputs included.
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
		t:            t,
		zones:        []zoneAt{{id: "Z1", name: "example.com"}, {id: "Z2", name: "example.net"}},
		records:      map[string][]recordAt{},
		buckets:      map[string]bucketAt{"images": {region: "eu-central-1"}, "team-logs": {region: "eu-west-1"}},
		policies:     []string{sharedPolicy},
		acls:         []string{foreignACL},
		certificates: map[string]certificateAt{},
		statuses:     []string{"Deployed"},
		config:       map[string]string{"aws:region": "eu-central-1"},
	}
}

// run runs a program to its end, applies included.
func (c *cloud) run(program pulumi.RunFunc) error {
	return pulumi.RunErr(program, pulumi.WithMocksWithOrganization(testOrganization, testProject, testStack, c),
		func(info *pulumi.RunInfo) {
			info.DryRun, info.Config, info.ConfigSecretKeys = c.preview, c.config, c.secrets
		})
}

// up runs a program that makes one ImageCdn.
func (c *cloud) up(args ImageCdnArgs, opts ...pulumi.ResourceOption) error {
	return c.run(func(ctx *pulumi.Context) error {
		_, err := NewImageCdn(ctx, "cdn", &args, opts...)
		return err
	})
}

// mustUp is up for arguments that are right.
func (c *cloud) mustUp(args ImageCdnArgs, opts ...pulumi.ResourceOption) {
	c.t.Helper()
	require.NoError(c.t, c.up(args, opts...))
}

// warnings are what an up that goes through warns of.
func (c *cloud) warnings(args ImageCdnArgs) []string {
	c.t.Helper()
	heard := &journal{}
	require.NoError(c.t, c.run(func(ctx *pulumi.Context) error {
		ctx.Log = heard
		_, err := NewImageCdn(ctx, "cdn", &args)
		return err
	}))
	return heard.warns
}

// output is the value of one output of a CDN, nil where it stays unknown.
func (c *cloud) output(args ImageCdnArgs, of func(*ImageCdn) pulumi.Output) any {
	c.t.Helper()
	value, err := c.valueOf(func(ctx *pulumi.Context) (pulumi.Output, error) {
		cdn, err := NewImageCdn(ctx, "cdn", &args)
		if err != nil {
			return nil, err
		}
		return of(cdn), nil
	})
	require.NoError(c.t, err)
	return value
}

// valueOf runs a program and is what an output of it comes to, nil where it stays unknown.
func (c *cloud) valueOf(program func(ctx *pulumi.Context) (pulumi.Output, error)) (value any, err error) {
	err = c.run(func(ctx *pulumi.Context) error {
		output, err := program(ctx)
		if err != nil {
			return err
		}
		ctx.Export("value", output) // or nobody would hear of its failure
		awaited, err := internals.UnsafeAwaitOutput(ctx.Context(), output)
		if awaited.Known {
			value = awaited.Value
		}
		return err
	})
	return value, err
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

// oneFault is faults where there is one.
func (c *cloud) oneFault(args ImageCdnArgs) Fault {
	c.t.Helper()
	faults := c.faults(args)
	require.Len(c.t, faults, 1)
	assert.NotEmpty(c.t, faults[0].Cure)
	return faults[0]
}

// NewResource implements pulumi.MockResourceMonitor.
func (c *cloud) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	c.record(args)
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
		if isProvider && c.state != nil {
			return args.Name + "-id", state, nil
		}
		return "", state, nil
	}
	maps.Copy(state, resource.NewPropertyMapFromMap(computed))
	if id, ok := computed["id"].(string); ok {
		return id, state, nil
	}
	return args.Name + "-id", state, nil
}

func (c *cloud) record(args pulumi.MockResourceArgs) {
	inputs, err := plugin.UnmarshalProperties(args.RegisterRPC.GetObject(), plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	assert.NoError(c.t, err)
	polls := len(c.callsOf(getDistribution))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.registered = append(c.registered, registration{args.TypeToken, args.Name, args.Provider, inputs, args.RegisterRPC, polls})
}

// computed are the outputs AWS decides.
func (c *cloud) computed(args pulumi.MockResourceArgs) (outputs map[string]any, known bool) {
	switch args.TypeToken {
	case "aws:acm/certificate:Certificate":
		return map[string]any{"arn": certificateARN, "domainValidationOptions": validationOptions(args.Inputs)}, true
	case "aws:acm/certificateValidation:CertificateValidation":
		return map[string]any{"certificateArn": issuedARN}, true
	case ValidationRecordToken:
		return map[string]any{"fqdn": strings.TrimSuffix(text(args.Inputs["name"]), ".")}, true
	case LeftoversToken:
		return map[string]any{"mark": theMark}, true
	case BucketCorsRuleToken:
		return map[string]any{"ruleId": "ImageCdnRule1"}, true
	case KeyPolicyStatementToken:
		return map[string]any{"sid": "ImageCdnDecrypt1"}, true
	case BucketPolicyStatementToken:
		return map[string]any{"sid": "ImageCdnRead1"}, true
	case "aws:cloudfront/distribution:Distribution":
		return map[string]any{
			"id": distributionID, "arn": distributionARN, "domainName": distributionDomain, "hostedZoneId": "Z2FDTNDATAQYW2",
		}, true
	case "aws:cloudfront/function:Function":
		return map[string]any{"arn": "arn:" + args.Name}, true
	case "aws:wafv2/webAcl:WebAcl":
		return map[string]any{"arn": ownedACL}, true
	case "aws:cloudwatch/logDeliverySource:LogDeliverySource":
		return map[string]any{"arn": sourceARN}, true
	case "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination":
		return map[string]any{"arn": destinationARN}, true
	case "aws:sns/topic:Topic":
		return map[string]any{"arn": madeTopic}, true
	case "aws:s3/bucketV2:BucketV2":
		return c.makeBucket(args), true
	case "aws:cloudfront/originAccessControl:OriginAccessControl", "aws:cloudfront/cachePolicy:CachePolicy",
		"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "aws:cloudfront/publicKey:PublicKey", "aws:cloudfront/keyGroup:KeyGroup", "aws:route53/record:Record",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "aws:cloudwatch/logDelivery:LogDelivery",
		"aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard", "aws:cloudfront/monitoringSubscription:MonitoringSubscription":
		return map[string]any{}, true
	}
	return nil, false
}

func (c *cloud) makeBucket(args pulumi.MockResourceArgs) map[string]any {
	name, region := text(args.Inputs["bucket"]), c.regionOf(args.Provider)
	if c.made != "" {
		name = c.made
	}
	if !c.preview {
		c.mu.Lock()
		c.buckets[name] = bucketAt{region: region}
		c.mu.Unlock()
	}
	return map[string]any{
		"id": name, "bucket": name, "arn": "arn:aws:s3:::" + name, "region": region,
		"bucketRegionalDomainName": name + ".s3." + region + ".amazonaws.com",
	}
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
	var answer map[string]any
	switch args.Token {
	case getBucketToken:
		answer = c.findBucket(text(args.Args["bucket"]))
	case getDomainsToken:
		answer = c.findDomains(args.Args)
	case getCdnToken:
		answer = map[string]any{"found": false, "message": "none of the account's 0 distributions has this id, or answers to this name"}
		if c.handmade != nil {
			answer = c.handmade
		}
	case getEdgeToken:
		answer = c.findEdge(args.Args)
	case getKeyToken:
		answer = c.findKey(text(args.Args["key"]))
	case getDistribution:
		return c.distributionStatus(text(args.Args["id"]))
	case readState:
		return c.lastState(text(args.Args["stackName"]))
	default:
		assert.Fail(c.t, "unknown call", args.Token)
		return nil, fmt.Errorf("unknown call %s", args.Token)
	}
	assert.Contains(c.t, args.Provider, "::pulumi:providers:imagecdn::", "%s is the plugin's", args.Token)
	if c.unconfigured {
		answer = map[string]any{}
	}
	return resource.NewPropertyMapFromMap(answer), nil
}

// MethodCall implements pulumi.MockResourceMonitorWithMethodCall.
func (c *cloud) MethodCall(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	c.mu.Lock()
	c.calls = append(c.calls, args)
	c.mu.Unlock()
	if err := c.broken[args.Token]; err != nil {
		return nil, err
	}
	if args.Token != terraformConfig {
		assert.Fail(c.t, "unknown method", args.Token)
		return nil, fmt.Errorf("unknown method %s", args.Token)
	}
	self := args.Args["__self__"].ResourceReferenceValue().URN
	return resource.PropertyMap{"result": resource.NewProperty(terraformSettings(c.resource(self.Name()).inputs))}, nil
}

// regionOf is the region that the provider of a call was registered with.
func (c *cloud) regionOf(provider string) string {
	return text(c.resource(providerName(provider)).inputs["region"])
}

// providerName is the name in a reference to a provider, "" for the default provider.
func providerName(reference string) string {
	parts := strings.Split(reference, "::")
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}

func (c *cloud) findBucket(name string) map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	bucket, found := c.buckets[name]
	switch {
	case !found:
		return map[string]any{"status": "missing", "name": name, "message": "NoSuchBucket"}
	case bucket.status != "":
		return map[string]any{"status": bucket.status, "name": name, "region": bucket.region, "message": bucket.message}
	}
	return map[string]any{
		"status": "found", "name": name, "arn": "arn:aws:s3:::" + name, "region": bucket.region, "tags": bucket.tags,
		"objectOwnership": bucket.ownership, "encryption": bucket.encryption, "kmsKeyId": bucket.key, "refusedBy": bucket.refusedBy,
		"regionalDomainName": name + ".s3." + bucket.region + ".amazonaws.com",
	}
}

func (c *cloud) findKey(name string) map[string]any {
	answer := map[string]any{"status": "found", "arn": name, "manager": "CUSTOMER", "state": "Enabled", "message": ""}
	maps.Copy(answer, c.keys[name])
	return answer
}

func (c *cloud) findDomains(args resource.PropertyMap) map[string]any {
	given := args["zoneIds"].Mappable().(map[string]any)
	domains := []any{}
	for _, name := range texts(args["domains"]) {
		id, _ := given[name].(string)
		zones := c.findZones(name, id)
		found := map[string]any{"name": name, "records": []any{}, "zones": []any{}}
		for _, z := range zones {
			found["zones"] = append(found["zones"].([]any), c.describeZone(z))
		}
		switch {
		case len(zones) == 1 && !zones[0].private:
			found["records"] = c.findRecords(zones[0].id, name)
		case id != "" && len(zones) == 0:
			found["message"] = "hosted zone " + id[strings.LastIndex(id, "/")+1:] + " does not exist in the account that owns the zones"
		}
		if at, value, restricted := strings.Cut(c.caa[name], " "); restricted {
			found["caa"] = map[string]any{"name": at, "type": "CAA", "ttl": 300, "aliasTarget": "", "values": []any{value}}
		}
		domains = append(domains, found)
	}
	return map[string]any{"domains": domains}
}

// findZones is the zone of that id, or the public zones with the longest name.
func (c *cloud) findZones(domain, id string) []zoneAt {
	var found []zoneAt
	if id != "" {
		for _, z := range c.zones {
			if z.id == id[strings.LastIndex(id, "/")+1:] {
				found = append(found, z)
			}
		}
		return found
	}
	for _, parent := range dnsname.Parents(dnsname.ValidationKey(domain)) {
		for _, z := range c.zones {
			if z.name == parent && !z.private {
				found = append(found, z)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found
}

func (c *cloud) describeZone(z zoneAt) map[string]any {
	described := map[string]any{"id": z.id, "name": z.name, "private": z.private, "delegated": !z.undelegated}
	_, parent, _ := strings.Cut(z.name, ".")
	for _, p := range c.findZones(parent, "") {
		described["parent"] = map[string]any{"id": p.id, "name": p.name}
	}
	return described
}

func (c *cloud) findRecords(zone, name string) []any {
	sets := []any{}
	for _, r := range c.records[zone] {
		if r.name != name {
			continue
		}
		set := map[string]any{"name": r.name, "type": r.kind, "ttl": r.ttl, "aliasTarget": r.alias, "values": []any{}}
		if r.value != "" {
			set["values"] = []any{r.value}
		}
		sets = append(sets, set)
	}
	return sets
}

func (c *cloud) findEdge(args resource.PropertyMap) map[string]any {
	answer := map[string]any{}
	if id := text(args["cachePolicyId"]); id != "" {
		answer["cachePolicy"] = map[string]any{"found": slices.Contains(c.policies, id), "version": c.versions[id]}
	}
	if id := text(args["responseHeadersPolicyId"]); id != "" {
		answer["responseHeadersPolicy"] = map[string]any{"found": slices.Contains(c.policies, id), "version": c.versions[id]}
	}
	if id := text(args["keyGroupId"]); id != "" {
		answer["keyGroup"] = map[string]any{"found": slices.Contains(c.policies, id)}
	}
	if arn := text(args["webAclArn"]); arn != "" {
		answer["webAcl"] = map[string]any{"found": slices.Contains(c.acls, arn)}
	}
	if arn := text(args["certificateArn"]); arn != "" {
		certificate, found := c.certificates[arn]
		described := map[string]any{"found": found, "status": certificate.status, "domains": certificate.domains}
		if !found {
			described["message"] = "ResourceNotFoundException"
		}
		answer["certificate"] = described
	}
	if id := text(args["distributionId"]); id != "" {
		at := slices.IndexFunc(c.claims, func(d distributionAt) bool { return d.id == id })
		answer["distribution"] = map[string]any{"found": at >= 0, "enabled": at >= 0 && !c.claims[at].disabled, "message": ""}
	}
	if id := text(args["originAccessControlId"]); id != "" {
		answer["originAccessControl"] = map[string]any{"found": slices.Contains(c.controls, id), "message": ""}
	}
	if account := text(args["account"]); account != "" {
		answer["ownAccount"] = account == "123456789012" && !c.others
	}
	for _, d := range c.claims {
		if d.arn() == text(args["markOf"]) {
			answer["mark"] = d.mark
		}
	}
	if names := texts(args["names"]); len(names) > 0 {
		claims := c.findClaims(names)
		if text(args["certificateArn"]) != "" {
			claims["elsewhere"] = c.elsewhere
		}
		answer["distributions"] = claims
	}
	return answer
}

func (c *cloud) findClaims(names []string) map[string]any {
	found := []any{}
	for _, d := range c.claims {
		own := append(slices.Clone(d.names), d.domainName())
		asked := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(own, name) })
		if len(asked) > 0 {
			found = append(found, map[string]any{
				"id": d.id, "arn": d.arn(), "domainName": d.domainName(), "comment": d.comment, "enabled": !d.disabled, "names": asked,
			})
		}
	}
	return map[string]any{"found": found, "message": c.unlisted}
}

// lastState is what the engine says of the stack. Asked for a state that was never written, it crashes.
func (c *cloud) lastState(stack string) (resource.PropertyMap, error) {
	assert.Equal(c.t, testOrganization+"/"+testProject+"/"+testStack, stack)
	if c.unreadable {
		return nil, errors.New("the state cannot be read")
	}
	if c.preview && c.state == nil {
		assert.Fail(c.t, "the engine crashes here")
	}
	resources := map[string]any{"urn:provider": map[string]any{"type": "pulumi:providers:imagecdn", "outputs": map[string]any{"aliases": true}}}
	for i, made := range c.state {
		name, named := made.(map[string]any)["name"]
		if !named {
			name = fmt.Sprint("r", i)
		}
		resources[fmt.Sprintf("urn:pulumi:%s::%s::%s::%s", testStack, testProject, made.(map[string]any)["type"], name)] = made
	}
	answer := resource.NewPropertyMapFromMap(map[string]any{"name": stack, "outputs": resources})
	answer["outputs"].ObjectValue()["urn:secret"] = resource.MakeSecret(resource.NewProperty(resource.PropertyMap{
		"type": resource.NewProperty("a:b:C"), "outputs": resource.NewProperty(resource.PropertyMap{"arn": resource.NewProperty(true)}),
	}))
	return answer, nil
}

func (c *cloud) distributionStatus(id string) (resource.PropertyMap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := c.statuses[0]
	if len(c.statuses) > 1 {
		c.statuses = c.statuses[1:]
	}
	if problem, failed := strings.CutPrefix(status, failedRead); failed {
		return nil, errors.New(problem)
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
	return c.namesWhere(func(kind string) bool { return !strings.HasPrefix(kind, "pulumi:providers:") })
}

// providers are "type name" of the providers that were registered, sorted.
func (c *cloud) providers() []string {
	return c.namesWhere(func(kind string) bool { return strings.HasPrefix(kind, "pulumi:providers:") })
}

func (c *cloud) namesWhere(counts func(kind string) bool) []string {
	var names []string
	for _, r := range c.all() {
		if counts(r.kind) {
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
	if !assert.Len(c.t, found, 1, "registrations named %q", name) {
		return registration{}
	}
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

// asked are the values that getEdge was asked about under one name.
func (c *cloud) asked(key resource.PropertyKey) []string {
	var values []string
	for _, call := range c.callsOf(getEdgeToken) {
		if value := text(call.Args[key]); value != "" {
			values = append(values, value)
		}
	}
	return values
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
