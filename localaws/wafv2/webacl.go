package wafv2

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/google/uuid"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

const (
	scopeCloudFront = "CLOUDFRONT"
	scopeRegional   = "REGIONAL"
	// cloudFrontRegion is where everything of scope CLOUDFRONT lives.
	cloudFrontRegion = "us-east-1"
	// maxCapacity is the most a web ACL can need, in web ACL capacity units.
	maxCapacity = 5000
)

// configured are the members of a web ACL that the caller sets and gets back
// unchanged, whatever is in them.
var configured = []string{
	"DefaultAction", "VisibilityConfig", "Rules", "CustomResponseBodies", "CaptchaConfig", "ChallengeConfig",
	"TokenDomains", "AssociationConfig", "DataProtectionConfig", "OnSourceDDoSProtectionConfig", "ApplicationConfig",
}

var entityName = regexp.MustCompile(`^[\w-]{1,128}$`)

// webACL is one web ACL.
type webACL struct {
	entity

	Capacity int
	Config   document
	// Logging is the configuration of its logs, nil for none.
	Logging document `json:",omitempty"`
}

// document is a JSON object whose members are kept as they came.
type document map[string]json.RawMessage

// identity are the members that say which web ACL a call is about.
type identity struct {
	Name, ID, ARN, Scope, LockToken, Description string
}

// read decodes some members of a document.
func (d document) read(into any) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("reading a request: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return api.Refuse("SerializationException", "the request cannot be read: %v", err)
	}
	return nil
}

// config are the members that make up the behaviour of a web ACL.
func (d document) config() document {
	config := document{}
	for _, member := range configured {
		if value, given := d[member]; given && string(value) != "null" {
			config[member] = value
		}
	}
	if config["Rules"] == nil {
		config["Rules"] = json.RawMessage("[]")
	}
	return config
}

func checkScope(r *api.Request, scope string) error {
	if scope != scopeCloudFront && scope != scopeRegional || scope == scopeCloudFront && r.Region != cloudFrontRegion {
		return invalid("SCOPE_VALUE", scope, "The scope is not valid.")
	}
	return nil
}

type summary struct {
	ARN, Description, LockToken, Name string
	ID                                string `json:"Id"`
}

type createOutput struct{ Summary summary }

func (s *Service) createWebACL(r *api.Request, in *document) (*createOutput, error) {
	var id struct {
		identity
		Tags []tags.Tag
	}
	if err := in.read(&id); err != nil {
		return nil, err
	}
	if err := checkScope(r, id.Scope); err != nil {
		return nil, err
	}
	if !entityName.MatchString(id.Name) {
		return nil, invalid("ENTITY_NAME", id.Name, "The name is not valid.")
	}
	tagged, err := merged(nil, id.Tags)
	if err != nil {
		return nil, err
	}
	capacity, err := check(in.config(), s.referTo(r))
	if err != nil {
		return nil, err
	}
	if named(r, s.state.WebACLs, id.Scope, id.Name) != nil {
		return nil, duplicate()
	}
	a := &webACL{entity: newEntity(r, "webacl", id.identity, tagged), Capacity: capacity, Config: in.config()}
	s.state.WebACLs[a.ARN] = a
	return &createOutput{Summary: a.summary()}, nil
}

// level is how a scope is called in ARNs.
func level(scope string) string {
	if scope == scopeCloudFront {
		return "global"
	}
	return "regional"
}

// find returns the web ACL that a call names by name, id and scope, or by ARN.
func (s *Service) find(r *api.Request, id identity) (*webACL, error) {
	if id.ARN != "" && id.Name == "" {
		return s.byARN(r, id.ARN)
	}
	return find(r, s.state.WebACLs, id)
}

func (s *Service) byARN(r *api.Request, arn string) (*webACL, error) {
	r.Resource = arn
	a, found := s.state.WebACLs[arn]
	if !found || !a.visibleTo(r) {
		return nil, nonexistent()
	}
	return a, nil
}

func (s *Service) getWebACL(r *api.Request, in *identity) (*document, error) {
	a, err := s.find(r, *in)
	if err != nil {
		return nil, err
	}
	acl := map[string]any{
		"ARN": a.ARN, "Id": a.ID, "Name": a.Name, "Description": a.Description, "Capacity": a.Capacity,
		"LabelNamespace":           fmt.Sprintf("awswaf:%s:webacl:%s:", a.Account, a.Name),
		"ManagedByFirewallManager": false, "RetrofittedByFirewallManager": false,
	}
	for member, value := range a.Config {
		acl[member] = value
	}
	encoded, err := json.Marshal(acl)
	if err != nil {
		return nil, fmt.Errorf("encoding web ACL %s: %w", a.ARN, err)
	}
	token, err := json.Marshal(a.LockToken)
	if err != nil {
		return nil, fmt.Errorf("encoding web ACL %s: %w", a.ARN, err)
	}
	return &document{"WebACL": encoded, "LockToken": token}, nil
}

type updateOutput struct{ NextLockToken string }

// updateWebACL replaces the whole configuration.
func (s *Service) updateWebACL(r *api.Request, in *document) (*updateOutput, error) {
	var id identity
	if err := in.read(&id); err != nil {
		return nil, err
	}
	a, err := s.find(r, id)
	if err != nil {
		return nil, err
	}
	capacity, err := check(in.config(), s.referTo(r))
	if err != nil {
		return nil, err
	}
	if id.LockToken != a.LockToken {
		return nil, stale()
	}
	a.Description, a.Capacity, a.Config, a.LockToken = id.Description, capacity, in.config(), uuid.NewString()
	return &updateOutput{NextLockToken: a.LockToken}, nil
}

type nothing struct{}

func (s *Service) deleteWebACL(r *api.Request, in *identity) (*nothing, error) {
	a, err := s.find(r, *in)
	if err != nil {
		return nil, err
	}
	if in.LockToken != a.LockToken {
		return nil, stale()
	}
	if s.opts.InUse(a.ARN) {
		return nil, associated()
	}
	delete(s.state.WebACLs, a.ARN)
	return &nothing{}, nil
}

type listInput struct {
	Scope      string
	NextMarker string
	Limit      int
}

type listOutput struct {
	WebACLs    []summary
	NextMarker string `json:",omitempty"`
}

// maxPage is the largest page of a list, and its default.
const maxPage = 100

func (s *Service) listWebACLs(r *api.Request, in *listInput) (*listOutput, error) {
	page, next, err := listed(r, s.state.WebACLs, in, every)
	if err != nil {
		return nil, err
	}
	return &listOutput{WebACLs: summaries(page), NextMarker: next}, nil
}
