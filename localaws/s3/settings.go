package s3

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"slices"

	"imagecdn/localaws/api"
)

// publicAccess is the public access block of a bucket.
type publicAccess struct {
	XMLName               xml.Name `xml:"PublicAccessBlockConfiguration" json:"-"`
	BlockPublicAcls       bool     `json:"blockPublicAcls"`
	IgnorePublicAcls      bool     `json:"ignorePublicAcls"`
	BlockPublicPolicy     bool     `json:"blockPublicPolicy"`
	RestrictPublicBuckets bool     `json:"restrictPublicBuckets"`
}

func blockAll() *publicAccess {
	return &publicAccess{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
}

func (s *Service) getPublicAccessBlock(c *call) (*api.Response, error) {
	if c.bucket.PublicAccess == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration",
			"The public access block configuration was not found", "BucketName", c.name)
	}
	return api.XML(http.StatusOK, c.bucket.PublicAccess, nil)
}

func (s *Service) putPublicAccessBlock(c *call) (*api.Response, error) {
	in := &publicAccess{}
	if err := c.decode(in); err != nil {
		return nil, err
	}
	in.XMLName = xml.Name{}
	c.bucket.PublicAccess = in
	return &api.Response{}, nil
}

func (s *Service) deletePublicAccessBlock(c *call) (*api.Response, error) {
	c.bucket.PublicAccess = nil
	return noContent(), nil
}

type ownershipRule struct {
	ObjectOwnership string
}

type ownershipControls struct {
	XMLName xml.Name        `xml:"OwnershipControls"`
	Rules   []ownershipRule `xml:"Rule"`
}

func validOwnership(o string) error {
	if slices.Contains([]string{bucketOwnerEnforced, bucketOwnerPreferred, objectWriter}, o) {
		return nil
	}
	return malformedXML()
}

func (s *Service) getOwnershipControls(c *call) (*api.Response, error) {
	if c.bucket.Ownership == "" {
		return nil, refuse(http.StatusNotFound, "OwnershipControlsNotFoundError",
			"The bucket ownership controls were not found", "BucketName", c.name)
	}
	return api.XML(http.StatusOK, ownershipControls{Rules: []ownershipRule{{c.bucket.Ownership}}}, nil)
}

func (s *Service) putOwnershipControls(c *call) (*api.Response, error) {
	var in ownershipControls
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Rules) != 1 {
		return nil, malformedXML()
	}
	ownership := in.Rules[0].ObjectOwnership
	if err := validOwnership(ownership); err != nil {
		return nil, err
	}
	if ownership == bucketOwnerEnforced && slices.ContainsFunc(c.bucket.grants(), func(g grant) bool { return g.Grantee.ID != ownerOf(c.bucket.Account).ID }) {
		return nil, api.Refuse("InvalidBucketAclWithObjectOwnership",
			"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
	}
	c.bucket.Ownership = ownership
	return &api.Response{}, nil
}

func (s *Service) deleteOwnershipControls(c *call) (*api.Response, error) {
	c.bucket.Ownership = ""
	return noContent(), nil
}

type versioningConfiguration struct {
	XMLName   xml.Name `xml:"VersioningConfiguration"`
	Status    string   `xml:",omitempty"`
	MFADelete string   `xml:"MfaDelete,omitempty"`
}

// The states of versioning; "" is a bucket that never had it.
const (
	versioningEnabled   = "Enabled"
	versioningSuspended = "Suspended"
)

const mfaEnabled = "Enabled"

// device demands the header that names an MFA device and a code of it
// ("Configuring MFA delete"). Which, is not checked: there is no IAM here.
func (c *call) device() error {
	if c.header("X-Amz-Mfa") == "" {
		return api.RefuseStatus(http.StatusForbidden, "AccessDenied", "Mfa Authentication must be used for this request")
	}
	return nil
}

// mayRemove demands an MFA device where a version would go for good.
func (c *call) mayRemove(versionID string) error {
	if versionID == "" || c.bucket.MFADelete != mfaEnabled {
		return nil
	}
	return c.device()
}

func (s *Service) getVersioning(c *call) (*api.Response, error) {
	return api.XML(http.StatusOK, versioningConfiguration{Status: c.bucket.Versioning, MFADelete: c.bucket.MFADelete}, nil)
}

func (s *Service) putVersioning(c *call) (*api.Response, error) {
	var in versioningConfiguration
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Status != versioningEnabled && in.Status != versioningSuspended {
		return nil, api.Refuse("IllegalVersioningConfigurationException",
			"The Versioning element must be specified")
	}
	switch in.MFADelete {
	case "", mfaEnabled, "Disabled":
	default:
		return nil, malformedXML()
	}
	if in.MFADelete == mfaEnabled || c.bucket.MFADelete == mfaEnabled {
		if err := c.device(); err != nil {
			return nil, err
		}
	}
	c.bucket.Versioning, c.bucket.MFADelete = in.Status, cmp.Or(in.MFADelete, c.bucket.MFADelete)
	return &api.Response{}, nil
}

// encryption is the default encryption of a bucket.
type encryption struct {
	XMLName xml.Name         `xml:"ServerSideEncryptionConfiguration" json:"-"`
	Rules   []encryptionRule `xml:"Rule" json:"rules"`
}

type encryptionRule struct {
	Default   encryptionDefault `xml:"ApplyServerSideEncryptionByDefault" json:"default"`
	BucketKey bool              `xml:"BucketKeyEnabled" json:"bucketKey,omitempty"`
	Blocked   *blockedTypes     `xml:"BlockedEncryptionTypes" json:"blocked,omitempty"`
}

type encryptionDefault struct {
	Algorithm string `xml:"SSEAlgorithm" json:"algorithm"`
	KMSKey    string `xml:"KMSMasterKeyID,omitempty" json:"kmsKey,omitempty"`
}

type blockedTypes struct {
	Types []string `xml:"EncryptionType" json:"types"`
}

// The ways to encrypt; all but the first need keys of KMS.
const (
	sseS3  = "AES256"
	sseKMS = "aws:kms"
	dsse   = "aws:kms:dsse"
)

func defaultEncryption() encryption {
	return encryption{Rules: []encryptionRule{{Default: encryptionDefault{Algorithm: sseS3}}}}
}

// usesKMS says whether reading what is so encrypted needs a KMS key.
func usesKMS(algorithm string) bool { return algorithm == sseKMS || algorithm == dsse }

func (s *Service) getEncryption(c *call) (*api.Response, error) {
	return api.XML(http.StatusOK, c.bucket.Encryption, nil)
}

func (s *Service) putEncryption(c *call) (*api.Response, error) {
	var in encryption
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Rules) != 1 {
		return nil, malformedXML()
	}
	rule := &in.Rules[0]
	switch {
	case rule.Default.Algorithm == "":
		rule.Default = defaultEncryption().Rules[0].Default // only the bucket key or blocked types were given
	case rule.Default.Algorithm != sseS3 && !usesKMS(rule.Default.Algorithm):
		return nil, malformedXML()
	case rule.Default.Algorithm == sseS3 && rule.Default.KMSKey != "":
		return nil, invalidArgument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
			"ApplyServerSideEncryptionByDefault", "")
	}
	in.XMLName = xml.Name{}
	c.bucket.Encryption = in
	return &api.Response{}, nil
}

// deleteEncryption resets: since January 2023 no bucket is without encryption.
func (s *Service) deleteEncryption(c *call) (*api.Response, error) {
	c.bucket.Encryption = defaultEncryption()
	return noContent(), nil
}
