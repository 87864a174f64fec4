package cloudfront

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"

	"imagecdn/localaws/api"
)

// publicKeyConfig is PublicKeyConfig. Only its comment can be changed.
type publicKeyConfig struct {
	CallerReference string
	Name            string
	EncodedKey      string
	Comment         string `xml:",omitempty"`
}

func (s *Service) newPublicKeys() *catalogue[publicKeyConfig] {
	return &catalogue[publicKeyConfig]{
		kind: kind{
			name: "PublicKey", plural: "PublicKeys", words: "public key",
			path: "/public-key", newID: newKeyID, quota: 10, tooMany: "TooManyPublicKeys",
		},
		now:    s.now,
		items:  map[string]*item[publicKeyConfig]{},
		nameOf: func(c *publicKeyConfig) string { return c.Name },
		check:  checkPublicKey,
		keeps:  keepsPublicKey,
		inUse: func(id string) bool {
			for _, group := range s.keyGroups.items {
				if slices.Contains(group.Config.Items, id) {
					return true
				}
			}
			return false
		},
		element: publicKeyElement,
		list:    publicKeyList,
	}
}

// newKeyID is an id as public keys have it.
func newKeyID() string { return "K" + randomText(upperAlphanumeric, 13) }

// checkPublicKey admits RSA with 2048 bits and ECDSA on P-256 ("Specify signers that can
// create signed URLs and signed cookies").
func checkPublicKey(c *publicKeyConfig) error {
	if c.CallerReference == "" {
		return api.Refuse("InvalidArgument", "The parameter CallerReference is required.")
	}
	block, _ := pem.Decode([]byte(c.EncodedKey))
	if block == nil || block.Type != "PUBLIC KEY" {
		return api.Refuse("InvalidArgument", "The parameter EncodedKey is not a public key in PEM format.")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return api.Refuse("InvalidArgument", "The parameter EncodedKey cannot be read as a public key.")
	}
	if !signs(key) {
		return api.Refuse("InvalidArgument", "The parameter EncodedKey is not a 2048-bit RSA key or an ECDSA P-256 key.")
	}
	return nil
}

func signs(key any) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() == 2048
	case *ecdsa.PublicKey:
		return key.Curve == elliptic.P256()
	default:
		return false
	}
}

func keepsPublicKey(before, after *publicKeyConfig) error {
	if before.CallerReference != after.CallerReference || before.Name != after.Name || before.EncodedKey != after.EncodedKey {
		return api.Refuse("CannotChangeImmutablePublicKeyFields", "You can't change the value of a public key.")
	}
	return nil
}

func publicKeyElement(c *catalogue[publicKeyConfig], it *item[publicKeyConfig]) element {
	return element{name: c.name, children: []element{
		{name: "Id", content: it.ID},
		{name: "CreatedTime", content: it.Created},
		{name: "PublicKeyConfig", content: it.Config},
	}}
}

func publicKeyList(c *catalogue[publicKeyConfig], _ string, p page) element {
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		it := c.items[id]
		items = append(items, element{name: "PublicKeySummary", children: []element{
			{name: "Id", content: id},
			{name: "Name", content: it.Config.Name},
			{name: "CreatedTime", content: it.Created},
			{name: "EncodedKey", content: it.Config.EncodedKey},
			{name: "Comment", content: it.Config.Comment},
		}})
	}
	return element{name: "PublicKeyList", children: p.plainList(items)}
}
