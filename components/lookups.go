package components

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Functions of the plugin. They ask AWS what the AWS provider could tell only after a
// process of 300 MB has been started for it, and in one region only.
const (
	getBucketToken  = "imagecdn:index:getBucket"  //nolint:gosec // a function token
	getCdnToken     = "imagecdn:index:getCdn"     //nolint:gosec // a function token
	getDomainsToken = "imagecdn:index:getDomains" //nolint:gosec // a function token
	getEdgeToken    = "imagecdn:index:getEdge"    //nolint:gosec // a function token
	getKeyToken     = "imagecdn:index:getKey"     //nolint:gosec // a function token
)

// foundBucket is what the plugin says of a bucket, in whatever region it is.
type foundBucket struct {
	Status             string            `pulumi:"status"` // found, missing, forbidden
	Name               string            `pulumi:"name"`
	Arn                string            `pulumi:"arn"`
	Region             string            `pulumi:"region"`
	RegionalDomainName string            `pulumi:"regionalDomainName"`
	ObjectOwnership    string            `pulumi:"objectOwnership"`
	Encryption         string            `pulumi:"encryption"`
	KmsKeyID           string            `pulumi:"kmsKeyId"`
	Tags               map[string]string `pulumi:"tags"`
	RefusedBy          []string          `pulumi:"refusedBy"`
	Message            string            `pulumi:"message"`
}

const (
	bucketFound   = "found"
	bucketMissing = "missing"
)

// cdnsOwn is the plugin's identity that the CDN is of.
const cdnsOwn = "aws"

// getBucket looks a bucket up with the identity that owns it, "" for that of the images.
func (p *pluginProvider) getBucket(ctx *pulumi.Context, name, owner string) (foundBucket, error) {
	found := foundBucket{}
	err := ctx.Invoke(getBucketToken, &struct {
		Bucket string  `pulumi:"bucket"`
		Owner  *string `pulumi:"owner"`
	}{name, unlessEmptyText(owner)}, &found, pulumi.Provider(p))
	return found, plainError(err)
}

// foundKey is what the plugin says of a KMS key.
type foundKey struct {
	Status     string `pulumi:"status"`
	Arn        string `pulumi:"arn"`
	Manager    string `pulumi:"manager"`
	State      string `pulumi:"state"`
	Permission string `pulumi:"permission"` // that the caller lacks
	Caller     string `pulumi:"caller"`     // the caller's account, where the key is another one's
	Message    string `pulumi:"message"`
}

// What a key can be; besides those, forbidden.
const (
	keyFound     = "found"
	keyMissing   = "missing"
	keyElsewhere = "elsewhere" // of another account, and these credentials may not look at it

	keyOfCustomer = "CUSTOMER"
	keyEnabled    = "Enabled"
)

// getKey looks a key up by its ARN, its id or an alias; the region is that of an id or an
// alias.
func (p *pluginProvider) getKey(ctx *pulumi.Context, key, region string) (foundKey, error) {
	found := foundKey{}
	err := ctx.Invoke(getKeyToken, &struct {
		Key    string  `pulumi:"key"`
		Region *string `pulumi:"region"`
	}{key, unlessEmptyText(region)}, &found, pulumi.Provider(p))
	return found, plainError(err)
}

// foundDomain is what the plugin says of a domain: the public hosted zones that can hold
// its records, and the records that are at its name now.
type foundDomain struct {
	Name    string        `pulumi:"name"`
	Zones   []foundZone   `pulumi:"zones"`
	Records []foundRecord `pulumi:"records"`
	Caa     *foundRecord  `pulumi:"caa"`
	Message string        `pulumi:"message"`
}

type foundZone struct {
	ID        string `pulumi:"id"`
	Name      string `pulumi:"name"`
	Private   bool   `pulumi:"private"`
	Delegated bool   `pulumi:"delegated"`
	Parent    *struct {
		ID   string `pulumi:"id"`
		Name string `pulumi:"name"`
	} `pulumi:"parent"`
}

type foundRecord struct {
	Name        string   `pulumi:"name"`
	Type        string   `pulumi:"type"`
	Ttl         int      `pulumi:"ttl"`
	Values      []string `pulumi:"values"`
	AliasTarget string   `pulumi:"aliasTarget"`
}

func (p *pluginProvider) getDomains(ctx *pulumi.Context, domains []string, zoneIDs map[string]string) ([]foundDomain, error) {
	found := struct {
		Domains []foundDomain `pulumi:"domains"`
	}{}
	err := ctx.Invoke(getDomainsToken, &struct {
		Domains []string          `pulumi:"domains"`
		ZoneIDs map[string]string `pulumi:"zoneIds"`
	}{domains, zoneIDs}, &found, pulumi.Provider(p))
	return found.Domains, plainError(err)
}

// edgeQuery names what a distribution is to use and does not make, the names that no
// other distribution may have, and a distribution whose mark is wanted.
type edgeQuery struct {
	CachePolicyID   string   `pulumi:"cachePolicyId"`
	HeadersPolicyID string   `pulumi:"responseHeadersPolicyId"`
	KeyGroupID      string   `pulumi:"keyGroupId"`
	PublicKeyID     string   `pulumi:"publicKeyId"`
	Function        string   `pulumi:"functionName"`
	WebAclArn       string   `pulumi:"webAclArn"`
	CertificateArn  string   `pulumi:"certificateArn"`
	Names           []string `pulumi:"names"`
	MarkOf          string   `pulumi:"markOf"`

	DistributionID string `pulumi:"distributionId"`
	AccessControl  string `pulumi:"originAccessControlId"`
	Account        string `pulumi:"account"`
}

// foundEdge says of each of them whether it is there; nil for what was not asked.
type foundEdge struct {
	CachePolicy   *foundPart        `pulumi:"cachePolicy"`
	HeadersPolicy *foundPart        `pulumi:"responseHeadersPolicy"`
	KeyGroup      *foundPart        `pulumi:"keyGroup"`
	PublicKey     *foundPart        `pulumi:"publicKey"`
	Function      *foundPart        `pulumi:"function"`
	WebAcl        *foundPart        `pulumi:"webAcl"`
	Certificate   *foundCertificate `pulumi:"certificate"`
	Mark          string            `pulumi:"mark"`

	Distribution *struct {
		Found   bool `pulumi:"found"`
		Enabled bool `pulumi:"enabled"`
	} `pulumi:"distribution"`
	AccessControl *foundPart `pulumi:"originAccessControl"`
	OwnAccount    bool       `pulumi:"ownAccount"`

	Distributions *struct {
		Found     []foundDistribution `pulumi:"found"`
		Elsewhere []foundConflict     `pulumi:"elsewhere"`
		Message   string              `pulumi:"message"`
	} `pulumi:"distributions"`
}

type foundPart struct {
	Found   bool   `pulumi:"found"`
	Message string `pulumi:"message"`
	Version string `pulumi:"version"` // of what a change replaces: its ETag
}

type foundCertificate struct {
	Found        bool     `pulumi:"found"`
	Status       string   `pulumi:"status"`
	Domains      []string `pulumi:"domains"`
	KeyAlgorithm string   `pulumi:"keyAlgorithm"`
	Message      string   `pulumi:"message"`
}

// foundDistribution is a distribution of the account, with those of its names that were
// asked for.
type foundDistribution struct {
	ID         string   `pulumi:"id"`
	Arn        string   `pulumi:"arn"`
	DomainName string   `pulumi:"domainName"`
	Comment    string   `pulumi:"comment"`
	Enabled    bool     `pulumi:"enabled"`
	Names      []string `pulumi:"names"`
}

// foundConflict is a domain that a distribution of another account has. AWS hides a part of
// both ids.
type foundConflict struct {
	Name           string `pulumi:"name"`
	DistributionID string `pulumi:"distributionId"`
	AccountID      string `pulumi:"accountId"`
}

func (p *pluginProvider) getEdge(ctx *pulumi.Context, query edgeQuery) (foundEdge, error) {
	found := foundEdge{}
	err := ctx.Invoke(getEdgeToken, &query, &found, pulumi.Provider(p))
	return found, plainError(err)
}

// cdnQuery names a distribution, by its id or by a domain, and where its bucket and its
// records may be.
type cdnQuery struct {
	Distribution string   `pulumi:"distribution"`
	Bucket       string   `pulumi:"bucket"`
	ZoneIDs      []string `pulumi:"zoneIds"`
}

// foundCdn is a distribution that somebody made, and what it uses.
type foundCdn struct {
	Found      bool              `pulumi:"found"`
	ID         string            `pulumi:"id"`
	Arn        string            `pulumi:"arn"`
	DomainName string            `pulumi:"domainName"`
	Aliases    []string          `pulumi:"aliases"`
	Tags       map[string]string `pulumi:"tags"`
	Origin     struct {
		DomainName          string `pulumi:"domainName"`
		Path                string `pulumi:"path"`
		Custom              bool   `pulumi:"custom"`
		AccessControlID     string `pulumi:"accessControlId"`
		AccessControlShared bool   `pulumi:"accessControlShared"`
		AccessIdentity      string `pulumi:"accessIdentity"`
	} `pulumi:"origin"`
	PrivateBy     []string `pulumi:"privateBy"`
	CachePolicyID string   `pulumi:"cachePolicyId"`
	Others        []string `pulumi:"others"`
	Certificate   struct {
		Arn     string            `pulumi:"arn"`
		Domains []string          `pulumi:"domains"`
		Kind    string            `pulumi:"kind"`
		Shared  bool              `pulumi:"shared"`
		Records map[string]string `pulumi:"records"`
	} `pulumi:"certificate"`
	WebAcl struct {
		Arn    string   `pulumi:"arn"`
		Shared bool     `pulumi:"shared"`
		Groups []string `pulumi:"groups"`
		Rules  []string `pulumi:"rules"`
	} `pulumi:"webAcl"`
	Grants      []string `pulumi:"grants"`
	OtherGrants []string `pulumi:"otherGrants"`
	Message     string   `pulumi:"message"`
}

func (p *pluginProvider) getCdn(ctx *pulumi.Context, query cdnQuery) (foundCdn, error) {
	found := foundCdn{}
	err := ctx.Invoke(getCdnToken, &query, &found, pulumi.Provider(p))
	return found, plainError(err)
}

// plainError takes the engine's words off what the plugin said.
func plainError(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, wrapping := range []string{"rpc error: code = Unknown desc = ", "invocation of "} {
		if _, after, found := strings.Cut(text, wrapping); found {
			text = after
		}
	}
	if _, after, found := strings.Cut(text, "returned an error: "); found {
		text = after
	}
	return fmt.Errorf("%s", strings.TrimSpace(text)) //nolint:err113 // the text is all that crosses the process
}
