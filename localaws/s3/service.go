// Package s3 is the S3 of the embedded AWS. Buckets, their settings and objects
// are real: what is put can be fetched, by whom the policy lets, until it is
// deleted. Versioning keeps versions and delete markers as S3 does. Of the settings
// that start machinery of their own, lifecycle, logging and notifications are
// checked and kept, without effect; replication and website cannot be put.
package s3

import (
	"cmp"
	"encoding/json"
	"fmt"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// Options are how a Service is set up.
type Options struct {
	// Dir keeps the bodies of objects, one file each; "" keeps them in memory,
	// where they do not survive the process.
	Dir string
	// Identities returns the S3 canonical user ids of CloudFront's origin access
	// identities, by the identities' ids. Nil means that there are none.
	Identities func() map[string]string
	// PrincipalID is the unique id of the user or role of an ARN. Nil: none is known.
	PrincipalID func(arn string) (id string, known bool)
	// Decide is what IAM's policies of a caller say about a request. Nil: every
	// caller may do everything in the own account.
	Decide func(api.Caller, policy.Request) policy.Decision
	// Keys are the keys of KMS. Nil: there are none.
	Keys Keys
}

// Keys is what S3 asks of KMS. The errors are KMS's.
type Keys interface {
	// KeyOf is the ARN of the key that an account calls by a name in a region.
	KeyOf(account, region, name string) (arn string, err error)
	// Use says whether somebody may use a key, where own is what the caller's own
	// policies say.
	Use(keyARN string, r policy.Request, own policy.Decision) error
}

// Service is S3.
type Service struct {
	env     api.Environment
	buckets map[string]*bucket
	// existence is what readers still take for the bucket of a name; a nil
	// bucket is none.
	existence map[string]*api.Lag[*bucket]
	blobs     blobs
	// touched are the names of the objects that have changed, for TakeItems.
	touched map[string]bool
	// unsaved says whether something changed by no call of S3's.
	unsaved bool

	identities func() map[string]string
	decide     func(api.Caller, policy.Request) policy.Decision
	keys       Keys
	// principalID is that of Options.
	principalID func(arn string) (id string, known bool)
}

// New returns an S3 without buckets.
func New(env api.Environment, o Options) *Service {
	if o.Identities == nil {
		o.Identities = func() map[string]string { return nil }
	}
	if o.PrincipalID == nil {
		o.PrincipalID = func(string) (string, bool) { return "", false }
	}
	if o.Keys == nil {
		o.Keys = noKeys{}
	}
	return &Service{
		env: env, principalID: o.PrincipalID, buckets: map[string]*bucket{}, existence: map[string]*api.Lag[*bucket]{}, blobs: newBlobs(o.Dir),
		identities: o.Identities, decide: o.Decide, keys: o.Keys, touched: map[string]bool{},
	}
}

// Name implements api.Service.
func (s *Service) Name() string { return "s3" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.S3XML }

// Snapshot implements api.Service. Objects are not part of it: they are kept one
// by one, and their bodies are on disk already.
func (s *Service) Snapshot() (json.RawMessage, error) {
	text, err := json.Marshal(s.buckets)
	if err != nil {
		return nil, fmt.Errorf("writing down the buckets: %w", err)
	}
	s.blobs.collect()
	return text, nil
}

// Restore implements api.Service.
func (s *Service) Restore(text json.RawMessage) error {
	buckets := map[string]*bucket{}
	if err := json.Unmarshal(text, &buckets); err != nil {
		return fmt.Errorf("reading the buckets: %w", err)
	}
	for _, b := range buckets { // earlier snapshots have one account only
		b.Account = cmp.Or(b.Account, api.AccountID)
	}
	for _, b := range buckets {
		b.env, b.principalID = s.env, s.principalID
		if b.LegacyACL != "" {
			b.Grants = append(b.ownersGrants(), cannedACLs[b.LegacyACL]...)
			b.LegacyACL = ""
		}
	}
	s.buckets = buckets
	for _, b := range buckets {
		b.Objects = map[string][]*version{}
		for key, versions := range b.Earlier {
			b.Objects[key] = versions
			s.touch(b, key)
		}
		b.Earlier = nil
	}
	return nil
}

// bodies are the names of all blobs that an object refers to.
func (s *Service) bodies() map[string]bool {
	names := map[string]bool{}
	for _, b := range s.buckets {
		for _, versions := range b.Objects {
			for _, v := range versions {
				names[v.Blob] = true
			}
		}
		for _, u := range b.Uploads {
			for _, p := range u.Parts {
				names[p.Blob] = true
			}
		}
	}
	return names
}

// replace makes b the bucket of a name; nil ends it.
func (s *Service) replace(name string, b *bucket) {
	if s.existence[name] == nil {
		s.existence[name] = &api.Lag[*bucket]{}
	}
	s.existence[name].Change(s.env, s.buckets[name])
	if b == nil {
		delete(s.buckets, name)
		return
	}
	s.buckets[name] = b
}

// seen is the bucket that a reader finds under a name, nil for none.
func (s *Service) seen(name string) *bucket {
	if l := s.existence[name]; l != nil {
		return l.Read(s.env, s.buckets[name])
	}
	return s.buckets[name]
}

// TakesACLs says whether a bucket exists, and whether its objects can be given
// ACLs. Call it with the world's lock held.
func (s *Service) TakesACLs(name string) (exists, takesACLs bool) {
	b, found := s.buckets[name]
	return found, found && b.Ownership != bucketOwnerEnforced
}
