package infra

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
)

// cloud is an AWS with one hosted zone and one bucket, and records what the program registers. Package components has
// a richer one: here only the program itself is of interest.
type cloud struct {
	t       *testing.T
	preview bool

	mu         sync.Mutex
	registered map[string]pulumi.MockResourceArgs
	outputs    map[string]any
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	return &cloud{t: t, registered: map[string]pulumi.MockResourceArgs{}, outputs: map[string]any{}}
}

// up runs the program with a stack configuration. Keys without a namespace are the project's. Unless it is said how,
// the distribution is not waited for, which takes seconds.
func (c *cloud) up(values map[string]string, secrets ...string) error {
	exported := make(chan []any, 1)
	names := []string{}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		if err := Program(ctx); err != nil {
			return err
		}
		outputs, values := ctx.GetCurrentExportMap(), []any{}
		names = slices.Sorted(maps.Keys(outputs))
		for _, name := range names {
			values = append(values, outputs[name])
		}
		pulumi.All(values...).ApplyT(func(known []any) error {
			exported <- known
			return nil
		})
		return nil
	}, pulumi.WithMocks(Project, "test", c), func(info *pulumi.RunInfo) {
		config := map[string]string{"aws:region": "eu-central-1", Project + ":operation": `{"waitForDeployment":false}`}
		maps.Copy(config, namespaced(values))
		info.DryRun, info.Config, info.ConfigSecretKeys = c.preview, config, secrets
	})
	known := make([]any, len(names)) // in a preview they stay unknown
	select {
	case known = <-exported:
	default:
	}
	for i, name := range names {
		c.outputs[name] = known[i]
	}
	return err
}

func namespaced(values map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range values {
		if !strings.Contains(key, ":") {
			key = Project + ":" + key
		}
		out[key] = value
	}
	return out
}

// fields runs an up that must be refused, and returns the fields it complained about.
func (c *cloud) fields(values map[string]string) []string {
	c.t.Helper()
	var fields []string
	for _, fault := range c.faults(values) {
		fields = append(fields, fault.Field)
	}
	return fields
}

func (c *cloud) faults(values map[string]string) []components.Fault {
	c.t.Helper()
	var invalid *components.InvalidArgsError
	require.ErrorAs(c.t, c.up(values), &invalid)
	for name, r := range c.registered {
		assert.True(c.t, strings.HasPrefix(r.TypeToken, "pulumi:providers:"), "%s was registered", name)
	}
	return invalid.Faults
}

// providers are the providers that were registered, as "type name".
func (c *cloud) providers() []string {
	var found []string
	for name, r := range c.registered {
		if strings.HasPrefix(r.TypeToken, "pulumi:providers:") {
			found = append(found, r.TypeToken+" "+name)
		}
	}
	return slices.Sorted(slices.Values(found))
}

// NewResource implements pulumi.MockResourceMonitor.
func (c *cloud) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	c.mu.Lock()
	c.registered[args.Name] = args
	c.mu.Unlock()
	state := args.Inputs.Copy()
	if c.preview && !strings.HasPrefix(args.TypeToken, "pulumi:providers:") {
		return "", state, nil
	}
	maps.Copy(state, resource.NewPropertyMapFromMap(computed(args)))
	return args.Name + "-id", state, nil
}

// computed are the outputs that AWS decides.
func computed(args pulumi.MockResourceArgs) map[string]any {
	switch args.TypeToken {
	case "aws:acm/certificate:Certificate":
		return map[string]any{"arn": "arn:requested", "domainValidationOptions": []any{map[string]any{
			"domainName": args.Inputs["domainName"].StringValue(), "resourceRecordType": "CNAME",
			"resourceRecordName": "_a.example.com.", "resourceRecordValue": "_b.acm-validations.aws.",
		}}}
	case "aws:acm/certificateValidation:CertificateValidation":
		return map[string]any{"certificateArn": "arn:issued"}
	case "aws:cloudfront/distribution:Distribution":
		return map[string]any{"arn": "arn:distribution", "domainName": "d111.cloudfront.net", "hostedZoneId": "Z2FDTNDATAQYW2"}
	case "aws:wafv2/webAcl:WebAcl":
		return map[string]any{"arn": "arn:acl"}
	case components.ValidationRecordToken:
		return map[string]any{"fqdn": "fqdn"}
	case components.LeftoversToken:
		return map[string]any{"mark": "imagecdn-0123456789abcdef"}
	case components.BucketPolicyStatementToken:
		return map[string]any{"sid": "sid"}
	case "aws:s3/bucketV2:BucketV2":
		return map[string]any{"arn": "arn:bucket", "region": "eu-central-1", "bucketRegionalDomainName": "images.s3.eu-central-1.amazonaws.com"}
	}
	return nil
}

// Call implements pulumi.MockResourceMonitor.
func (c *cloud) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	found := map[string]any{}
	switch args.Token {
	case "imagecdn:index:getDomains":
		found["domains"] = domainsOf(args.Args)
	case "imagecdn:index:getBucket":
		name := args.Args["bucket"].StringValue()
		found = map[string]any{"status": "missing", "name": name}
		if name == "images" {
			found = map[string]any{
				"status": "found", "name": name, "arn": "arn:aws:s3:::images", "region": "eu-central-1",
				"regionalDomainName": "images.s3.eu-central-1.amazonaws.com", "tags": map[string]any{"imagecdn": "made by imagecdn"},
			}
		}
	case "imagecdn:index:getEdge":
		found["distributions"] = map[string]any{"found": []any{}, "message": ""}
	case "aws:cloudfront/getDistribution:getDistribution":
		found["status"] = "Deployed"
	case "pulumi:pulumi:readStackResourceOutputs":
		found["outputs"] = map[string]any{}
	default:
		assert.Fail(c.t, "unknown call", args.Token)
	}
	return resource.NewPropertyMapFromMap(found), nil
}

// domainsOf are the domains of the one zone, and those of none.
func domainsOf(args resource.PropertyMap) []any {
	var domains []any
	for _, domain := range args["domains"].ArrayValue() {
		zones := []any{}
		if strings.HasSuffix(domain.StringValue(), ".example.com") {
			zones = append(zones, map[string]any{"id": "Z1", "name": "example.com", "delegated": true})
		}
		domains = append(domains, map[string]any{"name": domain.StringValue(), "zones": zones, "records": []any{}})
	}
	return domains
}
