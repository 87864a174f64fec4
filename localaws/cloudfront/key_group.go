package cloudfront

import (
	"net/http"
	"slices"

	"imagecdn/localaws/api"
)

// keyGroupConfig is KeyGroupConfig: the public keys of those who may sign.
type keyGroupConfig struct {
	Name    string
	Items   []string `xml:"Items>PublicKey"`
	Comment string   `xml:",omitempty"`
}

// Quotas on key groups ("Quotas on key groups").
const (
	keysOfAGroup      = 5
	groupsOfABehavior = 4
)

func (s *Service) newKeyGroups() *catalogue[keyGroupConfig] {
	return &catalogue[keyGroupConfig]{
		kind: kind{
			name: "KeyGroup", plural: "KeyGroups", words: "key group",
			path: "/key-group", newID: newUUID, quota: 10, tooMany: "TooManyKeyGroups",
			missing: "NoSuchResource", used: "ResourceInUse",
		},
		now:        s.now,
		items:      map[string]*item[keyGroupConfig]{},
		nameOf:     func(c *keyGroupConfig) string { return c.Name },
		check:      checkKeyGroup,
		references: s.checkKeysOf,
		inUse: func(id string) bool {
			return s.anyDistribution(func(c *distributionConfig) bool { return trusts(c, id) })
		},
		element: policyElement[keyGroupConfig],
		list:    keyGroupList,
	}
}

// trusts says whether a behaviour of a distribution refers to a key group.
func trusts(c *distributionConfig, group string) bool {
	return slices.ContainsFunc(c.behaviors(), func(b *cacheBehavior) bool { return slices.Contains(b.TrustedKeyGroups.Items, group) })
}

func checkKeyGroup(c *keyGroupConfig) error {
	switch {
	case len(c.Items) == 0:
		return api.Refuse("InvalidArgument", "The parameter Items is required: a key group has at least one public key.")
	case len(c.Items) > keysOfAGroup:
		return api.Refuse("TooManyPublicKeysInKeyGroup", "The number of public keys in this key group is more than the maximum allowed.")
	}
	return nil
}

// checkKeysOf refuses public keys that the account does not have.
func (s *Service) checkKeysOf(account string, c *keyGroupConfig) error {
	for _, id := range c.Items {
		if s.publicKeys.config(account, id) == nil {
			return api.Refuse("InvalidArgument", "The public key %s does not exist.", id)
		}
	}
	return nil
}

func keyGroupList(c *catalogue[keyGroupConfig], _ string, p page) element {
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		items = append(items, element{name: "KeyGroupSummary", children: []element{policyElement(c, c.items[id])}})
	}
	return element{name: "KeyGroupList", children: p.plainList(items)}
}

// checkTrusted refuses key groups that the account does not have, and too many of them.
func (s *Service) checkTrusted(account string, b *cacheBehavior) error {
	if len(b.TrustedKeyGroups.Items) > groupsOfABehavior {
		return api.Refuse("TooManyKeyGroupsAssociatedToDistribution",
			"The number of key groups referenced by this distribution is more than the maximum allowed.")
	}
	for _, id := range b.TrustedKeyGroups.Items {
		if s.keyGroups.config(account, id) == nil {
			return api.RefuseStatus(http.StatusBadRequest, "TrustedKeyGroupDoesNotExist", "The specified key group does not exist: %s.", id)
		}
	}
	return nil
}

// keysOf are the ids of the public keys of a key group.
func (s *Service) keysOf(account, group string) []string {
	if c := s.keyGroups.config(account, group); c != nil {
		return c.Items
	}
	return nil
}

// signingKeys are the public keys, in PEM, of those whose signatures a behaviour asks
// for, by id.
func (s *Service) signingKeys(account string, b *cacheBehavior) map[string]string {
	keys := map[string]string{}
	for _, group := range b.TrustedKeyGroups.Items {
		for _, id := range s.keysOf(account, group) {
			keys[id] = s.publicKeys.config(account, id).EncodedKey
		}
	}
	return keys
}
