package cloudfront

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"imagecdn/localaws/api"
)

// accessIdentityConfig is CloudFrontOriginAccessIdentityConfig: what there was
// before origin access controls.
type accessIdentityConfig struct {
	CallerReference string
	Comment         string
}

type accessIdentitySummary struct {
	Id                string
	S3CanonicalUserId string
	Comment           string
}

func (s *Service) newAccessIdentities() *catalogue[accessIdentityConfig] {
	return &catalogue[accessIdentityConfig]{
		kind: kind{
			name: "CloudFrontOriginAccessIdentity", plural: "CloudFrontOriginAccessIdentities", words: "origin access identity",
			path: "/origin-access-identity/cloudfront", newID: newID, quota: 100, tooMany: "TooManyCloudFrontOriginAccessIdentities",
			byReference: true,
		},
		now:    s.now,
		items:  map[string]*item[accessIdentityConfig]{},
		nameOf: func(c *accessIdentityConfig) string { return c.CallerReference },
		check:  func(*accessIdentityConfig) error { return nil },
		inUse: func(id string) bool {
			return s.anyDistribution(func(c *distributionConfig) bool {
				for _, o := range c.Origins.Items {
					if o.accessIdentity() == id {
						return true
					}
				}
				return false
			})
		},
		element: accessIdentityElement,
		list:    accessIdentityList,
	}
}

// accessIdentity is the id of the identity an S3 origin is read with, "" for none.
func (o *origin) accessIdentity() string {
	if o.S3OriginConfig == nil {
		return ""
	}
	return strings.TrimPrefix(o.S3OriginConfig.OriginAccessIdentity, accessIdentityPrefix)
}

// accessIdentityPrefix is how a distribution's configuration names an identity.
const accessIdentityPrefix = "origin-access-identity/cloudfront/"

// CanonicalUser is the S3 canonical user of an origin access identity, by which
// ACLs and policies may name it too.
func CanonicalUser(accessIdentity string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte("canonical user of "+accessIdentity)))
}

func accessIdentityElement(c *catalogue[accessIdentityConfig], it *item[accessIdentityConfig]) element {
	return element{name: c.name, children: []element{
		{name: "Id", content: it.ID},
		{name: "S3CanonicalUserId", content: CanonicalUser(it.ID)},
		{name: c.name + "Config", content: it.Config},
	}}
}

func accessIdentityList(c *catalogue[accessIdentityConfig], _ string, p page) element {
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		items = append(items, element{
			name: c.name + "Summary", content: accessIdentitySummary{id, CanonicalUser(id), c.items[id].Config.Comment},
		})
	}
	return element{name: c.name + "List", children: p.markedList(items)}
}

// checkAccessIdentity refuses an origin access identity that the account does not have.
func (s *Service) checkAccessIdentity(account string, o *origin) error {
	if o.accessIdentity() == "" {
		return nil
	}
	if !strings.HasPrefix(o.S3OriginConfig.OriginAccessIdentity, accessIdentityPrefix) ||
		s.accessIdentities.config(account, o.accessIdentity()) == nil {
		return api.Refuse("InvalidOriginAccessIdentity",
			"The specified origin access identity does not exist or is not valid: %s.", o.S3OriginConfig.OriginAccessIdentity)
	}
	return nil
}
