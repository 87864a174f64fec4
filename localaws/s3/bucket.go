package s3

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
	"imagecdn/localaws/policy"
)

// namespace is the XML namespace of S3's documents.
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// homeRegion is the region in which S3 is global and older than the others.
const homeRegion = "us-east-1"

// The ownership settings of a bucket. Without ownership controls a bucket
// behaves as ObjectWriter.
const (
	bucketOwnerEnforced  = "BucketOwnerEnforced"
	bucketOwnerPreferred = "BucketOwnerPreferred"
	objectWriter         = "ObjectWriter"
)

// bucket is a bucket with its settings and objects, as it is written down.
type bucket struct {
	Name    string    `json:"name"`
	Region  string    `json:"region"`
	Account string    `json:"account,omitempty"`
	Created time.Time `json:"created"`
	Policy  string    `json:"policy,omitempty"`
	// PrincipalIDs are the unique ids of the users and roles that the policy names.
	PrincipalIDs map[string]string `json:"principalIds,omitempty"`
	PublicAccess *publicAccess     `json:"publicAccess,omitempty"`
	Ownership    string            `json:"ownership,omitempty"`
	Grants       []grant           `json:"grants,omitempty"`
	// LegacyACL is the canned ACL in a state from before there were grants.
	LegacyACL     string                `json:"acl,omitempty"`
	Versioning    string                `json:"versioning,omitempty"`
	MFADelete     string                `json:"mfaDelete,omitempty"`
	Encryption    encryption            `json:"encryption"`
	Tags          []tag                 `json:"tags,omitempty"`
	CORS          *corsConfiguration    `json:"cors,omitempty"`
	Lifecycle     *lifecycle            `json:"lifecycle,omitempty"`
	Logging       *loggingEnabled       `json:"logging,omitempty"`
	Notifications *notifications        `json:"notifications,omitempty"`
	Objects       map[string][]*version `json:"-"`
	// Earlier are the objects in a state from before they were kept one by one.
	Earlier map[string][]*version `json:"objects,omitempty"`
	Uploads map[string]*upload    `json:"uploads,omitempty"`

	env         api.Environment
	policyLag   api.Lag[string]
	principalID func(arn string) (id string, known bool)
}

func (b *bucket) arn() string { return "arn:aws:s3:::" + b.Name }

// setPolicy changes the bucket's policy; "" is none.
func (b *bucket) setPolicy(text string) {
	b.policyLag.Change(b.env, b.Policy)
	b.Policy = text
}

// policy is the bucket's policy as readers, and those who apply it, have heard of it.
func (b *bucket) policy() string { return b.policyLag.Read(b.env, b.Policy) }

// document is the bucket's policy parsed, nil without one. What is stored was
// valid when it was put.
func (b *bucket) document() *policy.Document {
	d, err := policy.Parse([]byte(b.policy()))
	if err != nil {
		return nil
	}
	for _, statement := range d.Statements {
		for i, p := range statement.Principals {
			statement.Principals[i] = b.resolved(p)
		}
	}
	return d
}

type createBucketConfiguration struct {
	LocationConstraint string
	Tags               []tag `xml:"Tags>Tag"`
}

func (s *Service) createBucket(c *call) (*api.Response, error) {
	if err := validBucketName(c.name); err != nil {
		return nil, err
	}
	var in createBucketConfiguration
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	}
	region, err := placement(c.Region, in.LocationConstraint)
	if err != nil {
		return nil, err
	}
	if existing := s.buckets[c.name]; existing != nil {
		if existing.Account != c.Caller.Account {
			return nil, refuse(http.StatusConflict, "BucketAlreadyExists",
				"The requested bucket name is not available. The bucket namespace is shared by all users of the system. "+
					"Please select a different name and try again.", "BucketName", c.name)
		}
		// "CreateBucket": for legacy compatibility, in us-east-1 the owner who
		// creates the bucket again is answered 200.
		if existing.Region == homeRegion && region == homeRegion {
			return created(c.name), nil
		}
		return nil, refuse(http.StatusConflict, "BucketAlreadyOwnedByYou",
			"Your previous request to create the named bucket succeeded and you already own it.", "BucketName", c.name)
	}
	b, err := newBucket(c, region, s.env)
	if err != nil {
		return nil, err
	}
	if b.Tags, err = validTags(in.Tags, maxBucketTags); err != nil {
		return nil, err
	}
	b.principalID = s.principalID
	s.replace(c.name, b)
	return created(c.name), nil
}

func created(name string) *api.Response {
	return &api.Response{Header: http.Header{
		"Location":         {"/" + name},
		"X-Amz-Bucket-Arn": {"arn:aws:s3:::" + name},
	}}
}

// newBucket makes a bucket with the defaults of every bucket since April 2023:
// no ACLs, no public access, and encryption with SSE-S3.
func newBucket(c *call, region string, env api.Environment) (*bucket, error) {
	if strings.EqualFold(c.header("X-Amz-Bucket-Object-Lock-Enabled"), "true") {
		return nil, notImplemented("CreateBucket with object lock")
	}
	b := &bucket{
		Name: c.name, Region: region, Account: c.Caller.Account, Created: env.Now().UTC(), env: env, Objects: map[string][]*version{},
		Ownership: bucketOwnerEnforced, PublicAccess: blockAll(), Encryption: defaultEncryption(),
	}
	if o := c.header("X-Amz-Object-Ownership"); o != "" {
		if err := validOwnership(o); err != nil {
			return nil, err
		}
		b.Ownership = o
	}
	acl := c.header("X-Amz-Acl")
	if acl != "" && acl != aclPrivate && b.Ownership == bucketOwnerEnforced {
		return nil, api.Refuse("InvalidBucketAclWithObjectOwnership",
			"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
	}
	if acl == "" {
		return b, nil
	}
	var err error
	b.Grants, err = b.canned(acl)
	if public := slices.ContainsFunc(b.Grants, grant.public); public && err == nil {
		// A new bucket blocks public ACLs, so AWS refuses to make it with one.
		err = api.Refuse("InvalidBucketAclWithBlockPublicAccessError", "Bucket cannot have public ACLs set with BlockPublicAccess enabled")
	}
	return b, err
}

// placement is the region of a new bucket, from the region the call is signed
// for and the location constraint in it.
func placement(signed, constraint string) (string, error) {
	switch constraint {
	case "EU":
		constraint = "eu-west-1"
	case homeRegion:
		return "", api.Refuse("InvalidLocationConstraint", "The specified location-constraint is not valid")
	}
	switch {
	case constraint == "" && signed == homeRegion:
		return homeRegion, nil
	case constraint == "":
		return "", api.Refuse("IllegalLocationConstraintException",
			"The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.")
	case signed != homeRegion && signed != constraint:
		return "", api.Refuse("IllegalLocationConstraintException",
			"The %s location constraint is incompatible for the region specific endpoint this request was sent to.", constraint)
	}
	return constraint, nil
}

func (s *Service) headBucket(c *call) (*api.Response, error) {
	return &api.Response{Header: http.Header{
		"X-Amz-Bucket-Region":      {c.bucket.Region},
		"X-Amz-Bucket-Arn":         {c.bucket.arn()},
		"X-Amz-Access-Point-Alias": {"false"},
		"Content-Type":             {"application/xml"},
	}}, nil
}

func (s *Service) deleteBucket(c *call) (*api.Response, error) {
	if len(c.bucket.Objects) > 0 {
		message := "The bucket you tried to delete is not empty"
		if c.bucket.Versioning != "" {
			message += ". You must delete all versions in the bucket."
		}
		return nil, refuse(http.StatusConflict, "BucketNotEmpty", message, "BucketName", c.name)
	}
	for _, u := range c.bucket.Uploads {
		s.forget(c.bucket, u)
	}
	s.replace(c.name, nil)
	return noContent(), nil
}

type owner struct {
	ID          string
	DisplayName string `xml:",omitempty"`
}

// ownerOf is the canonical user of an account.
func ownerOf(account string) owner {
	return owner{ID: fmt.Sprintf("%x", sha256.Sum256([]byte("canonical user of "+account)))}
}

type bucketEntry struct {
	Name         string
	CreationDate string
	BucketRegion string
	BucketArn    string
}

type listBucketsResult struct {
	XMLName           xml.Name      `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
	Owner             owner         `xml:"Owner"`
	Buckets           []bucketEntry `xml:"Buckets>Bucket"`
	Prefix            string        `xml:"Prefix,omitempty"`
	ContinuationToken string        `xml:"ContinuationToken,omitempty"`
}

func (s *Service) listBuckets(c *call) (*api.Response, error) {
	limit, err := c.limit("max-buckets", 10000)
	if err != nil {
		return nil, err
	}
	after, err := decodeToken(c.query.Get("continuation-token"))
	if err != nil {
		return nil, err
	}
	out := listBucketsResult{Owner: ownerOf(c.Caller.Account), Prefix: c.query.Get("prefix")}
	region := c.query.Get("bucket-region")
	wanted := slices.DeleteFunc(s.sortedBuckets(), func(b *bucket) bool {
		return b.Account != c.Caller.Account || !strings.HasPrefix(b.Name, out.Prefix) || region != "" && region != b.Region
	})
	fit, rest := paging.Cut(paging.After(wanted, func(b *bucket) string { return b.Name }, after), limit)
	for _, b := range fit {
		out.Buckets = append(out.Buckets, bucketEntry{b.Name, timestamp(b.Created), b.Region, b.arn()})
	}
	if len(rest) > 0 && len(fit) > 0 {
		out.ContinuationToken = encodeToken(fit[len(fit)-1].Name)
	}
	return api.XML(http.StatusOK, out, nil)
}

// sortedBuckets are all buckets that a reader finds, by name.
func (s *Service) sortedBuckets() []*bucket {
	names := maps.Clone(s.buckets)
	for name := range s.existence {
		names[name] = nil
	}
	var all []*bucket
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if b := s.seen(name); b != nil {
			all = append(all, b)
		}
	}
	return all
}

func (s *Service) getBucketLocation(c *call) (*api.Response, error) {
	region := c.bucket.Region
	if region == homeRegion {
		region = "" // the oldest region has no constraint
	}
	return api.XML(http.StatusOK, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: region}, nil)
}
