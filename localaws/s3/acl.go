package s3

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// The groups that can be granted something ("Access control list (ACL) overview").
const (
	groups           = "http://acs.amazonaws.com/groups/"
	logDeliveryGroup = groups + "s3/LogDelivery"
	allUsers         = groups + "global/AllUsers"
	anyAccount       = groups + "global/AuthenticatedUsers"
)

// logsDelivery is the canonical user that writes CloudFront's standard logs.
const logsDelivery = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

const (
	aclPrivate     = "private"
	aclLogDelivery = "log-delivery-write"
	fullControl    = "FULL_CONTROL"
)

// cannedACLs are what a canned ACL grants beside full control for the owner.
var cannedACLs = map[string][]grant{
	aclPrivate: nil,
	// These are about objects, and ignored for a bucket.
	"bucket-owner-read": nil, "bucket-owner-full-control": nil,
	"public-read":        {{group(allUsers), "READ"}},
	"public-read-write":  {{group(allUsers), "READ"}, {group(allUsers), "WRITE"}},
	"authenticated-read": {{group(anyAccount), "READ"}},
	aclLogDelivery:       {{group(logDeliveryGroup), "WRITE"}, {group(logDeliveryGroup), "READ_ACP"}},
}

const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"

type grantee struct {
	Schema string `xml:"xmlns:xsi,attr,omitempty" json:"-"`
	Type   string `xml:"xsi:type,attr,omitempty" json:"-"`
	ID     string `xml:",omitempty" json:"id,omitempty"`
	URI    string `xml:",omitempty" json:"uri,omitempty"`
	Email  string `xml:"EmailAddress,omitempty" json:"-"`
}

type grant struct {
	Grantee    grantee `json:"grantee"`
	Permission string  `json:"permission"`
}

func user(id string) grantee { return grantee{ID: id} }

func group(uri string) grantee { return grantee{URI: uri} }

// public says whether a grant is to everyone, or to every AWS account.
func (g grant) public() bool { return g.Grantee.URI == allUsers || g.Grantee.URI == anyAccount }

type accessControlPolicy struct {
	XMLName xml.Name `xml:"AccessControlPolicy"`
	Space   string   `xml:"xmlns,attr,omitempty"`
	Owner   owner
	Grants  []grant `xml:"AccessControlList>Grant"`
}

// ownersGrants are the grants of everything that was not given others.
func (b *bucket) ownersGrants() []grant { return []grant{{user(ownerOf(b.Account).ID), fullControl}} }

// grants are those of the bucket, in which ACLs may be switched off.
func (b *bucket) grants() []grant {
	if len(b.Grants) == 0 || b.Ownership == bucketOwnerEnforced {
		return b.ownersGrants()
	}
	return b.Grants
}

// aclDocument is an ACL as it is given back.
func (b *bucket) aclDocument(grants []grant) accessControlPolicy {
	out := accessControlPolicy{Space: namespace, Owner: ownerOf(b.Account)}
	for _, g := range grants {
		g.Grantee.Schema, g.Grantee.Type = schemaInstance, "CanonicalUser"
		if g.Grantee.URI != "" {
			g.Grantee.Type = "Group"
		}
		out.Grants = append(out.Grants, g)
	}
	return out
}

func (s *Service) getBucketACL(c *call) (*api.Response, error) {
	return api.XML(http.StatusOK, c.bucket.aclDocument(c.bucket.grants()), nil)
}

func (s *Service) putBucketACL(c *call) (*api.Response, error) {
	grants, err := s.readACL(c)
	if err != nil {
		return nil, err
	}
	c.bucket.Grants = grants
	return &api.Response{}, nil
}

// readACL reads the grants of a call: of a canned ACL, of headers or of the payload.
func (s *Service) readACL(c *call) ([]grant, error) {
	if c.bucket.Ownership == bucketOwnerEnforced {
		return nil, aclsNotSupported()
	}
	named, err := c.headerGrants()
	canned := c.header("X-Amz-Acl")
	switch {
	case err != nil:
		return nil, err
	case canned != "" && len(named) > 0:
		return nil, api.Refuse("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")
	case canned != "":
		if named, err = c.bucket.canned(canned); err != nil {
			return nil, err
		}
	case len(named) == 0 && len(c.body) == 0:
		return nil, api.Refuse("MissingSecurityHeader", "Your request was missing a required header.")
	case len(named) == 0:
		var in accessControlPolicy
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		named = in.Grants
	}
	return named, s.checkGrants(c, named)
}

// canned are the grants of a canned ACL.
func (b *bucket) canned(name string) ([]grant, error) {
	more, known := cannedACLs[name]
	if name == "aws-exec-read" {
		return nil, notImplemented("the ACL " + name)
	}
	if !known {
		return nil, invalidArgument("", "x-amz-acl", name)
	}
	return append(b.ownersGrants(), more...), nil
}

// grantHeaders are the headers that grant a permission each, in order.
var grantHeaders = []struct{ name, permission string }{
	{"X-Amz-Grant-Full-Control", fullControl}, {"X-Amz-Grant-Read", "READ"}, {"X-Amz-Grant-Read-Acp", "READ_ACP"},
	{"X-Amz-Grant-Write", "WRITE"}, {"X-Amz-Grant-Write-Acp", "WRITE_ACP"},
}

// headerGrants reads headers such as x-amz-grant-read: id="...", uri="...".
func (c *call) headerGrants() (grants []grant, err error) {
	for _, h := range grantHeaders {
		if c.header(h.name) == "" {
			continue
		}
		for item := range strings.SplitSeq(c.header(h.name), ",") {
			kind, value, _ := strings.Cut(strings.TrimSpace(item), "=")
			value = strings.Trim(value, `"`)
			g := grant{Permission: h.permission}
			switch kind {
			case "id":
				g.Grantee.ID = value
			case "uri":
				g.Grantee.URI = value
			case "emailAddress":
				g.Grantee.Email = value
			default:
				return nil, invalidArgument("Argument format not recognized", strings.ToLower(h.name), c.header(h.name))
			}
			grants = append(grants, g)
		}
	}
	return grants, nil
}

// maxGrants is the most an ACL has.
const maxGrants = 100

func (s *Service) checkGrants(c *call, grants []grant) error {
	if len(grants) > maxGrants {
		return api.Refuse("MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	for i := range grants {
		g := &grants[i]
		known := slices.ContainsFunc(grantHeaders, func(h struct{ name, permission string }) bool { return h.permission == g.Permission })
		switch {
		case !known:
			return api.Refuse("MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema")
		case g.Grantee.Email != "":
			// "Access control list (ACL) overview": no longer since October 2025.
			return invalidArgument("Grants to email addresses are not supported", "EmailAddress", g.Grantee.Email)
		case g.Grantee.URI != "" && !slices.Contains([]string{allUsers, anyAccount, logDeliveryGroup}, g.Grantee.URI):
			return invalidArgument("Invalid group uri", "uri", g.Grantee.URI)
		case g.Grantee.URI == "" && g.Grantee.ID != logsDelivery &&
			!s.exists(policy.Principal{Kind: "CanonicalUser", Value: g.Grantee.ID}, c.Caller.Account):
			return invalidArgument("Invalid id", "CanonicalUser/ID", g.Grantee.ID)
		case g.public() && c.bucket.PublicAccess != nil && c.bucket.PublicAccess.BlockPublicAcls:
			return accessDenied()
		}
		g.Grantee.Schema, g.Grantee.Type = "", ""
	}
	return nil
}

// granted says whether the bucket's ACL gives a permission to a caller.
func (b *bucket) granted(r policy.Request) bool {
	if r.Resource != b.arn() && !strings.HasPrefix(r.Action, "s3:PutObject") && !strings.HasPrefix(r.Action, "s3:DeleteObject") {
		return false // of objects, a bucket's ACL lets one only write them
	}
	ignored := b.PublicAccess != nil && b.PublicAccess.IgnorePublicAcls
	return slices.ContainsFunc(b.grants(), func(g grant) bool {
		to := g.Grantee.URI == allUsers || g.Grantee.URI == anyAccount && r.Caller.Account != "" ||
			g.Grantee.ID != "" && g.Grantee.ID == r.Caller.CanonicalUser
		return to && (!ignored || !g.public()) && g.covers(r.Action)
	})
}

// covers says whether a grant has an action ("Mapping of ACL permissions and
// access policy permissions").
func (g grant) covers(action string) bool {
	actions := map[string][]string{
		"READ":      {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
		"WRITE":     {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"},
		"READ_ACP":  {"s3:GetBucketAcl"},
		"WRITE_ACP": {"s3:PutBucketAcl"},
	}
	if g.Permission != fullControl {
		return slices.Contains(actions[g.Permission], action)
	}
	for _, of := range actions {
		if slices.Contains(of, action) {
			return true
		}
	}
	return false
}

func aclsNotSupported() error {
	return api.Refuse("AccessControlListNotSupported", "The bucket does not allow ACLs")
}

// objectACL checks the ACL that a new object is to have. All objects belong to
// the account, so what only says that is accepted and nothing else.
func (c *call) objectACL() error {
	canned := c.header("X-Amz-Acl")
	switch {
	case canned == "bucket-owner-full-control" || canned == "":
		return nil
	case c.bucket.Ownership == bucketOwnerEnforced:
		return aclsNotSupported()
	case canned == aclPrivate || canned == "bucket-owner-read":
		return nil
	}
	public := slices.ContainsFunc(cannedACLs[canned], grant.public)
	if public && c.bucket.PublicAccess != nil && c.bucket.PublicAccess.BlockPublicAcls {
		return accessDenied()
	}
	return notImplemented("the ACL " + canned)
}

func (s *Service) getObjectACL(c *call) (*api.Response, error) {
	if _, err := c.readable(); err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, c.bucket.aclDocument(c.bucket.ownersGrants()), nil)
}

func (s *Service) putObjectACL(c *call) (*api.Response, error) {
	if _, err := c.readable(); err != nil {
		return nil, err
	}
	if canned := c.header("X-Amz-Acl"); canned == "bucket-owner-full-control" || canned == "bucket-owner-read" {
		return &api.Response{}, c.objectACL()
	}
	grants, err := s.readACL(c)
	if err != nil {
		return nil, err
	}
	if len(grants) != 1 || grants[0] != c.bucket.ownersGrants()[0] {
		return nil, notImplemented(c.route.name + " with grants to others")
	}
	return &api.Response{}, nil
}
