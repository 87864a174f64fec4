package kms

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
	"imagecdn/localaws/internal/tags"
)

// States of a key.
const (
	enabled         = "Enabled"
	disabled        = "Disabled"
	pendingDeletion = "PendingDeletion"
)

// Managers of a key.
const (
	customer = "CUSTOMER"
	awsOwn   = "AWS"
)

// key is a KMS key.
type key struct {
	ID          string
	Account     string
	Region      string
	Description string
	Manager     string
	State       string
	Created     time.Time
	Deletion    time.Time `json:",omitzero"`
	Rotation    bool
	Tags        map[string]string `json:",omitempty"`
	Policy      string
	// PrincipalIDs are the unique ids of the users and roles that the policy names.
	PrincipalIDs map[string]string `json:",omitempty"`

	policyLag api.Lag[string]
}

func (k *key) arn() string { return arn(k.Region, k.Account, "key/"+k.ID) }

func arn(region, account, resource string) string {
	return "arn:aws:kms:" + region + ":" + account + ":" + resource
}

// newKey keeps a key of an account.
func (s *Service) newKey(account, region, manager, policy string) *key {
	k := &key{
		ID: uuid.NewString(), Account: account, Region: region, Manager: manager, State: enabled, Created: s.env.Now(), Policy: policy,
	}
	s.state.Keys[k.arn()] = k
	return k
}

// there is the key of an ARN, nil once its waiting period is over.
func (s *Service) there(arn string) *key {
	k := s.state.Keys[arn]
	if k == nil || k.State == pendingDeletion && !s.env.Now().Before(k.Deletion) {
		return nil
	}
	return k
}

// metadata describes a key.
type metadata struct {
	AWSAccountID          string `json:"AWSAccountId"`
	ARN                   string `json:"Arn"`
	KeyID                 string `json:"KeyId"`
	CreationDate          float64
	DeletionDate          *float64 `json:",omitempty"`
	CustomerMasterKeySpec string
	KeySpec               string
	KeyUsage              string
	KeyManager            string
	KeyState              string
	Description           string
	Enabled               bool
	MultiRegion           bool
	Origin                string
	EncryptionAlgorithms  []string
}

func (k *key) metadata() metadata {
	m := metadata{
		AWSAccountID: k.Account, ARN: k.arn(), KeyID: k.ID, CreationDate: seconds(k.Created), CustomerMasterKeySpec: symmetric, KeySpec: symmetric,
		KeyUsage: encrypts, KeyManager: k.Manager, KeyState: k.State, Description: k.Description, Enabled: k.State == enabled,
		Origin: "AWS_KMS", EncryptionAlgorithms: []string{symmetric},
	}
	if !k.Deletion.IsZero() {
		at := seconds(k.Deletion)
		m.DeletionDate = &at
	}
	return m
}

func seconds(t time.Time) float64 {
	return float64(t.UnixMilli()) / float64(time.Second/time.Millisecond)
}

// What a key is, of all that AWS has: the kind that S3 takes.
const (
	symmetric = "SYMMETRIC_DEFAULT"
	encrypts  = "ENCRYPT_DECRYPT"
)

type createInput struct {
	Policy                         string
	Description                    string
	KeyUsage                       string
	KeySpec                        string
	CustomerMasterKeySpec          string
	Origin                         string
	MultiRegion                    bool
	BypassPolicyLockoutSafetyCheck bool
	Tags                           []tag
}

type metadataOutput struct{ KeyMetadata metadata }

func (s *Service) createKey(r *api.Request, in *createInput) (*metadataOutput, error) {
	if err := s.mayAny(r); err != nil {
		return nil, err
	}
	for _, is := range [][2]string{{in.KeyUsage, encrypts}, {in.KeySpec, symmetric}, {in.CustomerMasterKeySpec, symmetric}, {in.Origin, "AWS_KMS"}} {
		if is[0] != "" && is[0] != is[1] || in.MultiRegion {
			return nil, api.RefuseStatus(http.StatusNotImplemented, "NotImplemented", "The embedded AWS has symmetric keys of one region only.")
		}
	}
	all, err := merged(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	text := in.Policy
	if text == "" {
		text = defaultPolicy(r.Caller.Account)
	}
	ids, err := s.checkPolicy(r, nil, text, in.BypassPolicyLockoutSafetyCheck)
	if err != nil {
		return nil, err
	}
	k := s.newKey(r.Caller.Account, r.Region, customer, text)
	k.Description, k.Tags, k.PrincipalIDs = in.Description, all, ids
	r.Resource = k.arn()
	return &metadataOutput{k.metadata()}, nil
}

type keyInput struct {
	KeyID string `json:"KeyId"`
}

func (s *Service) describeKey(r *api.Request, in *keyInput) (*metadataOutput, error) {
	k, err := s.find(r, in.KeyID, true)
	if err != nil {
		return nil, err
	}
	return &metadataOutput{k.metadata()}, nil
}

// page is what a list is asked for.
type page struct {
	Limit  int
	Marker string
}

// size is how many items a page has: 100 unless it is said.
func (p page) size(most int) int {
	const usual = 100
	if p.Limit <= 0 {
		return min(usual, most)
	}
	return min(p.Limit, most)
}

type keyEntry struct {
	KeyID  string `json:"KeyId"`
	KeyARN string `json:"KeyArn"`
}

type keysOutput struct {
	Keys       []keyEntry
	NextMarker string `json:",omitempty"`
	Truncated  bool
}

func (s *Service) listKeys(r *api.Request, in *page) (*keysOutput, error) {
	if err := s.mayAny(r); err != nil {
		return nil, err
	}
	out := &keysOutput{Keys: []keyEntry{}}
	for _, k := range s.state.Keys {
		if k.Account == r.Caller.Account && k.Region == r.Region && s.there(k.arn()) != nil {
			out.Keys = append(out.Keys, keyEntry{KeyID: k.ID, KeyARN: k.arn()})
		}
	}
	id := func(e keyEntry) string { return e.KeyID }
	const most = 1000
	var rest []keyEntry
	out.Keys, rest = paging.Cut(paging.After(paging.Sort(out.Keys, id), id, in.Marker), in.size(most))
	if len(rest) > 0 {
		out.NextMarker, out.Truncated = id(out.Keys[len(out.Keys)-1]), true
	}
	return out, nil
}

type descriptionInput struct {
	KeyID       string `json:"KeyId"`
	Description string
}

func (s *Service) updateKeyDescription(r *api.Request, in *descriptionInput) (*nothing, error) {
	k, err := s.findLiving(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	k.Description = in.Description
	return &nothing{}, nil
}

func (s *Service) enableKey(r *api.Request, in *keyInput) (*nothing, error) {
	return s.setState(r, in.KeyID, enabled)
}

func (s *Service) disableKey(r *api.Request, in *keyInput) (*nothing, error) {
	return s.setState(r, in.KeyID, disabled)
}

func (s *Service) setState(r *api.Request, id, state string) (*nothing, error) {
	k, err := s.findLiving(r, id)
	if err != nil {
		return nil, err
	}
	k.State = state
	return &nothing{}, nil
}

type deletionInput struct {
	KeyID               string `json:"KeyId"`
	PendingWindowInDays *int
}

type deletionOutput struct {
	KeyID               string `json:"KeyId"`
	DeletionDate        float64
	KeyState            string
	PendingWindowInDays int
}

// Bounds of the time between the request to delete a key and its deletion, in days.
const (
	shortestWait = 7
	longestWait  = 30
)

func (s *Service) scheduleKeyDeletion(r *api.Request, in *deletionInput) (*deletionOutput, error) {
	k, err := s.findLiving(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	days := longestWait
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	if days < shortestWait || days > longestWait {
		return nil, api.Refuse("ValidationException", "PendingWindowInDays must be between %d and %d", shortestWait, longestWait)
	}
	k.State, k.Deletion = pendingDeletion, s.env.Now().AddDate(0, 0, days)
	return &deletionOutput{KeyID: k.arn(), DeletionDate: seconds(k.Deletion), KeyState: k.State, PendingWindowInDays: days}, nil
}

type keyOutput struct {
	KeyID string `json:"KeyId"`
}

func (s *Service) cancelKeyDeletion(r *api.Request, in *keyInput) (*keyOutput, error) {
	k, err := s.find(r, in.KeyID, false)
	if err != nil {
		return nil, err
	}
	if k.State != pendingDeletion {
		return nil, invalidState("%s is not pending deletion.", k.arn())
	}
	k.State, k.Deletion = disabled, time.Time{}
	return &keyOutput{KeyID: k.arn()}, nil
}

func (s *Service) enableKeyRotation(r *api.Request, in *keyInput) (*nothing, error) {
	return s.setRotation(r, in.KeyID, true)
}

func (s *Service) disableKeyRotation(r *api.Request, in *keyInput) (*nothing, error) {
	return s.setRotation(r, in.KeyID, false)
}

func (s *Service) setRotation(r *api.Request, id string, on bool) (*nothing, error) {
	k, err := s.findLiving(r, id)
	if err != nil {
		return nil, err
	}
	if k.State == disabled {
		return nil, disabledKey(k)
	}
	k.Rotation = on
	return &nothing{}, nil
}

type rotationOutput struct {
	KeyID              string `json:"KeyId"`
	KeyRotationEnabled bool
}

func (s *Service) getKeyRotationStatus(r *api.Request, in *keyInput) (*rotationOutput, error) {
	k, err := s.find(r, in.KeyID, false)
	if err != nil {
		return nil, err
	}
	return &rotationOutput{KeyID: k.arn(), KeyRotationEnabled: k.Rotation}, nil
}

// find is the key that a call names: by id or ARN, and by an alias where the
// operation takes one. The caller must have the permission for the operation.
func (s *Service) find(r *api.Request, name string, aliases bool) (*key, error) {
	k, err := s.named(r.Caller.Account, r.Region, name, aliases)
	if err != nil {
		return nil, err
	}
	r.Resource = k.arn()
	return k, s.may(r, k)
}

// findLiving is find for what cannot be done to a key that is being deleted.
func (s *Service) findLiving(r *api.Request, name string) (*key, error) {
	k, err := s.find(r, name, false)
	if err == nil && k.State == pendingDeletion {
		err = invalidState("%s is pending deletion.", k.arn())
	}
	return k, err
}

// named is the key that an account calls by a name in a region.
func (s *Service) named(account, region, name string, aliases bool) (*key, error) {
	whole := name
	switch {
	case strings.HasPrefix(name, "arn:"):
		if _, rest, _ := strings.Cut(name, ":kms:"); !strings.HasPrefix(rest, region+":") {
			other, _, _ := strings.Cut(rest, ":")
			return nil, notFound("Invalid arn %s", other)
		}
	case strings.HasPrefix(name, "alias/"):
		whole = arn(region, account, name)
	default:
		whole = arn(region, account, "key/"+name)
	}
	if _, resource, _ := strings.Cut(whole, ":"+api.AccountOf(whole)+":"); strings.HasPrefix(resource, "alias/") {
		if !aliases {
			return nil, notFound("Invalid keyId '%s'", name)
		}
		return s.behind(whole)
	}
	if k := s.there(whole); k != nil {
		return k, nil
	}
	return nil, notFound("Key '%s' does not exist", whole)
}

func notFound(format string, args ...any) error {
	return api.Refuse("NotFoundException", format, args...)
}

func invalidState(format string, args ...any) error {
	return api.Refuse("KMSInvalidStateException", format, args...)
}

func disabledKey(k *key) error { return api.Refuse("DisabledException", "%s is disabled.", k.arn()) }

// tag is a tag as KMS writes it.
type tag struct {
	Key   string `json:"TagKey"`
	Value string `json:"TagValue"`
}

// maxTags is how many tags a key can have.
const maxTags = 50

func merged(existing map[string]string, added []tag) (map[string]string, error) {
	list := make([]tags.Tag, 0, len(added))
	for _, t := range added {
		list = append(list, tags.Tag{Key: t.Key, Value: t.Value})
	}
	all, fault := tags.Merge(existing, list, maxTags)
	switch {
	case fault == nil:
		return all, nil
	case fault.Kind == tags.TooMany:
		return nil, api.Refuse("LimitExceededException", "Too many tags")
	}
	return nil, api.Refuse("TagException", "The tag %q is not valid", fault.Key)
}
