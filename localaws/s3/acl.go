package s3

import (
	"encoding/xml"
	"net/http"

	"imagecdn/localaws/api"
)

// The canned ACLs that are served.
const (
	aclPrivate     = "private"
	aclLogDelivery = "log-delivery-write"
)

const logDeliveryGroup = "http://acs.amazonaws.com/groups/s3/LogDelivery"

type grantee struct {
	Schema string `xml:"xmlns:xsi,attr,omitempty"`
	Type   string `xml:"xsi:type,attr,omitempty"`
	ID     string `xml:",omitempty"`
	URI    string `xml:",omitempty"`
}

type grant struct {
	Grantee    grantee
	Permission string
}

type accessControlPolicy struct {
	XMLName xml.Name `xml:"AccessControlPolicy"`
	Space   string   `xml:"xmlns,attr,omitempty"`
	Owner   owner
	Grants  []grant `xml:"AccessControlList>Grant"`
}

// ownersACL is the ACL of everything that was not given another one.
func (b *bucket) ownersACL() accessControlPolicy {
	owner := ownerOf(b.Account)
	g := grantee{Schema: "http://www.w3.org/2001/XMLSchema-instance", Type: "CanonicalUser", ID: owner.ID}
	return accessControlPolicy{Space: namespace, Owner: owner, Grants: []grant{{g, "FULL_CONTROL"}}}
}

// setACL gives the bucket a canned ACL. Grants to other accounts and to the
// public are not served: policies are how access is granted here.
func (b *bucket) setACL(canned string) error {
	switch canned {
	case "", aclPrivate:
		b.ACL = ""
	case aclLogDelivery:
		b.ACL = aclLogDelivery
	default:
		return notImplemented("the ACL " + canned)
	}
	return nil
}

func (s *Service) getBucketACL(c *call) (*api.Response, error) {
	acl := c.bucket.ownersACL()
	if c.bucket.ACL == aclLogDelivery {
		g := grantee{Schema: acl.Grants[0].Grantee.Schema, Type: "Group", URI: logDeliveryGroup}
		acl.Grants = append(acl.Grants, grant{g, "WRITE"}, grant{g, "READ_ACP"})
	}
	return api.XML(http.StatusOK, acl, nil)
}

func (s *Service) putBucketACL(c *call) (*api.Response, error) {
	canned, err := c.cannedACL()
	if err != nil {
		return nil, err
	}
	if err := c.bucket.setACL(canned); err != nil {
		return nil, err
	}
	return &api.Response{}, nil
}

// cannedACL reads the ACL of a PutBucketAcl or PutObjectAcl as a canned one.
func (c *call) cannedACL() (string, error) {
	if c.bucket.Ownership == bucketOwnerEnforced {
		return "", aclsNotSupported()
	}
	canned := c.header("X-Amz-Acl")
	if canned != "" {
		return canned, c.bucket.refusePublic(canned)
	}
	var in accessControlPolicy
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return "", err
		}
	}
	if len(in.Grants) != 1 || in.Grants[0].Grantee.ID != ownerOf(c.bucket.Account).ID || in.Grants[0].Permission != "FULL_CONTROL" {
		return "", notImplemented(c.route.name + " with grants to others")
	}
	return aclPrivate, nil
}

func (b *bucket) refusePublic(canned string) error {
	public := canned == "public-read" || canned == "public-read-write" || canned == "authenticated-read"
	if public && b.PublicAccess != nil && b.PublicAccess.BlockPublicAcls {
		return accessDenied()
	}
	return nil
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
	if err := c.bucket.refusePublic(canned); err != nil {
		return err
	}
	return notImplemented("the ACL " + canned)
}

func (s *Service) getObjectACL(c *call) (*api.Response, error) {
	if _, err := c.readable(); err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, c.bucket.ownersACL(), nil)
}

func (s *Service) putObjectACL(c *call) (*api.Response, error) {
	if _, err := c.readable(); err != nil {
		return nil, err
	}
	canned, err := c.cannedACL()
	if err != nil {
		return nil, err
	}
	if canned != aclPrivate && canned != "bucket-owner-full-control" && canned != "bucket-owner-read" {
		return nil, notImplemented("the ACL " + canned)
	}
	return &api.Response{}, nil
}
