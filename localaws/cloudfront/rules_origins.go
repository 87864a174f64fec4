package cloudfront

import (
	"regexp"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// bucketDomain is the name S3 gives a bucket, regional or global. Website
// endpoints (s3-website-...) are web servers to CloudFront, not buckets.
var bucketDomain = regexp.MustCompile(`^([a-z0-9][a-z0-9.\-]+)\.s3(?:[.\-]([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$`)

// bucketOf reads the bucket, and the region if it is in the name.
func bucketOf(domain string) (bucket, region string, ok bool) {
	m := bucketDomain.FindStringSubmatch(strings.ToLower(domain))
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// shieldRegions are the regions that have an Origin Shield ("Choosing the AWS
// Region for Origin Shield").
var shieldRegions = []string{
	"us-east-1", "us-east-2", "us-west-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1",
	"ap-southeast-2", "eu-central-1", "eu-west-1", "eu-west-2", "sa-east-1", "me-central-1",
}

func (s *Service) checkOrigins(account string, c *distributionConfig) error {
	if len(c.Origins.Items) > maximumOrigins {
		return api.Refuse("TooManyOrigins", "You cannot create more origins for the distribution.")
	}
	ids := map[string]bool{}
	for _, o := range c.Origins.Items {
		if o.Id == "" || ids[o.Id] {
			return api.Refuse("InvalidArgument", "The parameter Origin Id is missing or not unique: %q.", o.Id)
		}
		ids[o.Id] = true
		if err := s.checkOrigin(account, o); err != nil {
			return err
		}
	}
	return checkOriginGroups(c.OriginGroups, ids)
}

func (s *Service) checkOrigin(account string, o *origin) error {
	kinds := 0
	for _, given := range []bool{o.S3OriginConfig != nil, o.CustomOriginConfig != nil, o.VpcOriginConfig != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return api.Refuse("InvalidOrigin", "The origin %q must have exactly one of S3OriginConfig, CustomOriginConfig and VpcOriginConfig.", o.Id)
	}
	if o.DomainName == "" || strings.ContainsAny(o.DomainName, "/: ") {
		return api.Refuse("InvalidArgument", "The parameter Origin DomainName is invalid: %q.", o.DomainName)
	}
	if o.OriginPath != "" && (!strings.HasPrefix(o.OriginPath, "/") || strings.HasSuffix(o.OriginPath, "/")) {
		return api.Refuse("InvalidArgument", "The parameter OriginPath must begin with a slash and not end with one: %q.", o.OriginPath)
	}
	if err := checkOriginShape(o); err != nil {
		return err
	}
	return s.checkOriginAccess(account, o)
}

func checkOriginShape(o *origin) error {
	if n := *o.ConnectionAttempts; n < 1 || n > 3 {
		return api.Refuse("InvalidArgument", "The parameter ConnectionAttempts is invalid: 1 to 3.")
	}
	if n := *o.ConnectionTimeout; n < 1 || n > 10 {
		return api.Refuse("InvalidArgument", "The parameter ConnectionTimeout is invalid: 1 to 10.")
	}
	read := o.readTimeout()
	if read < 1 || read > 120 {
		return api.Refuse("InvalidArgument", "The parameter OriginReadTimeout is invalid: 1 to 120.")
	}
	if n := o.ResponseCompletionTimeout; n != nil && *n < read {
		return api.Refuse("InvalidArgument", "The parameter ResponseCompletionTimeout is invalid: at least OriginReadTimeout.")
	}
	if o.OriginShield.Enabled {
		if err := oneOf("OriginShieldRegion", o.OriginShield.OriginShieldRegion, shieldRegions...); err != nil {
			return err
		}
	}
	if err := checkOriginHeaders(o.CustomHeaders); err != nil {
		return err
	}
	if _, _, isBucket := bucketOf(o.DomainName); o.S3OriginConfig != nil && !isBucket {
		return api.Refuse("InvalidArgument", "The parameter Origin DomainName does not refer to a valid S3 bucket.")
	}
	if c := o.CustomOriginConfig; c != nil {
		return oneOf("OriginProtocolPolicy", c.OriginProtocolPolicy, "http-only", "match-viewer", "https-only")
	}
	return nil
}

// readTimeout is how many seconds an answer of the origin is waited for.
func (o *origin) readTimeout() int {
	switch {
	case o.CustomOriginConfig != nil:
		return *o.CustomOriginConfig.OriginReadTimeout
	case o.VpcOriginConfig != nil:
		return *o.VpcOriginConfig.OriginReadTimeout
	}
	return *o.S3OriginConfig.OriginReadTimeout
}

// checkOriginAccess refuses an origin access control that is unknown, or for
// another kind of origin: a website endpoint is not an S3 origin to CloudFront.
func (s *Service) checkOriginAccess(account string, o *origin) error {
	if o.OriginAccessControlId == "" {
		return s.checkAccessIdentity(account, o)
	}
	control := s.accessControls.config(account, o.OriginAccessControlId)
	if control == nil {
		return api.Refuse("InvalidOriginAccessControl", "The origin access control %s does not exist.", o.OriginAccessControlId)
	}
	if o.S3OriginConfig != nil && o.S3OriginConfig.OriginAccessIdentity != "" {
		return api.Refuse("InvalidArgument", "Illegal configuration: an origin cannot have both an origin access identity and an origin access control.")
	}
	_, _, isBucket := bucketOf(o.DomainName)
	if control.OriginAccessControlOriginType == "s3" && !isBucket {
		return api.Refuse("InvalidOriginAccessControl", "Illegal configuration: The origin type and OAC origin type differ.")
	}
	if control.OriginAccessControlOriginType != "s3" && o.S3OriginConfig != nil {
		return api.Refuse("InvalidOriginAccessControl", "Illegal configuration: The origin type and OAC origin type differ.")
	}
	return nil
}

// failoverCodes are the statuses that may lead to the second origin of a group
// ("Optimize high availability with CloudFront origin failover").
var failoverCodes = []int{400, 403, 404, 416, 429, 500, 502, 503, 504}

func checkOriginGroups(groups *originGroups, ids map[string]bool) error {
	seen := map[string]bool{}
	for _, g := range groups.Items {
		if g.Id == "" || ids[g.Id] || seen[g.Id] {
			return api.Refuse("InvalidArgument", "The parameter OriginGroup Id is missing or not unique: %q.", g.Id)
		}
		if g.Members == nil || len(g.Members.Items) != 2 || g.FailoverCriteria == nil || g.FailoverCriteria.StatusCodes == nil {
			return api.Refuse("InvalidArgument", "The origin group %q must have two members and failover criteria.", g.Id)
		}
		seen[g.Id] = true
		for _, member := range g.Members.Items {
			if !ids[member.OriginId] {
				return noSuchOrigin()
			}
		}
		if g.Members.Items[0].OriginId == g.Members.Items[1].OriginId {
			return api.Refuse("InvalidArgument", "The origin group %q has the same origin twice.", g.Id)
		}
		if err := checkFailoverCodes(g); err != nil {
			return err
		}
	}
	return nil
}

func checkFailoverCodes(g *originGroup) error {
	codes := g.FailoverCriteria.StatusCodes.Items
	if len(codes) == 0 {
		return api.Refuse("InvalidArgument", "The origin group %q must have at least one status code.", g.Id)
	}
	for _, code := range codes {
		if !slices.Contains(failoverCodes, code) {
			return api.Refuse("InvalidArgument", "The parameter StatusCode of the origin group %q is invalid: %d.", g.Id, code)
		}
	}
	return nil
}

func noSuchOrigin() error {
	return notFound("NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
}
