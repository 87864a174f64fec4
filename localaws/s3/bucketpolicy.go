package s3

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

func (s *Service) getBucketPolicy(c *call) (*api.Response, error) {
	text := c.bucket.policy()
	if text == "" {
		return nil, noSuchBucketPolicy(c.name)
	}
	body, err := policy.Normalise([]byte(text), func(p policy.Principal) policy.Principal { return s.nameOf(c.bucket.resolved(p)) })
	if err != nil {
		return nil, fmt.Errorf("writing the policy of %s: %w", c.name, err)
	}
	return &api.Response{Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, nil
}

// nameOf is how S3 names a principal in a policy it gives back: an origin access
// identity by its ARN, however it was put, or, once it is deleted, by a unique
// id, as whoever is recreated under the same name is somebody else.
func (s *Service) nameOf(p policy.Principal) policy.Principal {
	identities := s.identities()
	if p.Kind == "CanonicalUser" {
		for id, canonical := range identities {
			if canonical == p.Value {
				return policy.Principal{Kind: "AWS", Value: identityARN(id)}
			}
		}
		return p
	}
	if id, found := strings.CutPrefix(p.Value, identityARN("")); found && identities[id] == "" {
		const length = 17
		p.Value = "AIDA" + strings.ToUpper(fmt.Sprintf("%x", sha256.Sum256([]byte(id))))[:length]
	}
	return p
}

// exists says whether a principal can be named in a policy: an identity that
// there is, and a canonical user of one of them or of an account that is known.
func (s *Service) exists(p policy.Principal, caller string) bool {
	identities := s.identities()
	if id, found := strings.CutPrefix(p.Value, identityARN("")); found {
		return identities[id] != ""
	}
	if _, known := s.principalID(p.Value); s.env.Quotas().Permissions && ofIAM.MatchString(p.Value) {
		return known
	}
	if p.Kind != "CanonicalUser" || p.Value == ownerOf(caller).ID {
		return true
	}
	for _, canonical := range identities {
		if canonical == p.Value {
			return true
		}
	}
	for _, b := range s.buckets {
		if p.Value == ownerOf(b.Account).ID {
			return true
		}
	}
	return false
}

// ofIAM are the ARNs of users and roles.
var ofIAM = regexp.MustCompile(`^arn:aws:iam::\d{12}:(user|role)/`)

// resolve notes the unique ids of the users and roles that a policy names, who
// exist when it is put.
func (b *bucket) resolve(d *policy.Document) {
	b.PrincipalIDs = nil
	for _, statement := range d.Statements {
		for _, p := range statement.Principals {
			if id, known := b.principalID(p.Value); known {
				if b.PrincipalIDs == nil {
					b.PrincipalIDs = map[string]string{}
				}
				b.PrincipalIDs[p.Value] = id
			}
		}
	}
}

// resolved is a principal as it is now: a user or role that is gone has its unique
// id, by which nobody is let in any more.
func (b *bucket) resolved(p policy.Principal) policy.Principal {
	id, was := b.PrincipalIDs[p.Value]
	if now, _ := b.principalID(p.Value); was && now != id {
		p.Value = id
	}
	return p
}

func noSuchBucketPolicy(bucket string) error {
	return refuse(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist", "BucketName", bucket)
}

func (s *Service) putBucketPolicy(c *call) (*api.Response, error) {
	d, err := policy.Parse(c.body)
	if err == nil {
		err = d.Validate(c.name)
	}
	if err != nil {
		return nil, api.Refuse("MalformedPolicy", "%v", err)
	}
	for _, statement := range d.Statements {
		for _, p := range statement.Principals {
			if !s.exists(p, c.Caller.Account) {
				return nil, api.Refuse("MalformedPolicy", "%v", policy.ErrPrincipal)
			}
		}
	}
	if d.Public() && c.bucket.PublicAccess != nil && c.bucket.PublicAccess.BlockPublicPolicy {
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: s3:PutBucketPolicy on resource: %q because public policies are blocked"+
				" by the BlockPublicPolicy block public access setting.", c.Caller.ARN, c.bucket.arn())
	}
	c.bucket.setPolicy(string(c.body))
	c.bucket.resolve(d)
	return noContent(), nil
}

func (s *Service) deleteBucketPolicy(c *call) (*api.Response, error) {
	c.bucket.setPolicy("")
	return noContent(), nil
}

func (s *Service) getBucketPolicyStatus(c *call) (*api.Response, error) {
	d := c.bucket.document()
	if d == nil {
		return nil, noSuchBucketPolicy(c.name)
	}
	return api.XML(http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ PolicyStatus"`
		IsPublic string
	}{IsPublic: map[bool]string{true: "TRUE", false: "FALSE"}[d.Public()]}, nil)
}
