package cloudfront

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// Stages of a function.
const (
	development = "DEVELOPMENT"
	live        = "LIVE"
)

// Quotas on CloudFront Functions.
const (
	longestFunction  = 10 << 10
	maximumFunctions = 100
)

// functionConfig is FunctionConfig.
type functionConfig struct {
	Comment                   string
	Runtime                   string
	KeyValueStoreAssociations *keyValueStoreAssociations
}

type keyValueStoreAssociations struct {
	Quantity int
	Items    []keyValueStoreAssociation `xml:"Items>KeyValueStoreAssociation,omitempty"`
}

type keyValueStoreAssociation struct {
	KeyValueStoreARN string
}

// function is a function of an account. What is published is a copy that stays as it is
// until the next publication.
type function struct {
	Account     string
	Name        string
	Created     time.Time
	Development version
	Live        *version `json:",omitempty"`
}

// version is a function in one of its stages.
type version struct {
	ETag     string
	Config   functionConfig
	Code     []byte
	Modified time.Time
}

func functionARN(account, name string) string {
	return "arn:aws:cloudfront::" + account + ":function/" + name
}

// stage is the version in a stage, the one under development where none is said.
func (f *function) stage(name string) (*version, error) {
	switch name {
	case "", development:
		return &f.Development, nil
	case live:
		if f.Live != nil {
			return f.Live, nil
		}
		return nil, noFunction()
	}
	return nil, api.Refuse("InvalidArgument", "The parameter Stage must be DEVELOPMENT or LIVE.")
}

func noFunction() error {
	return api.RefuseStatus(http.StatusNotFound, "NoSuchFunctionExists", "The specified function does not exist.")
}

// summary is FunctionSummary.
func (f *function) summary(v *version) element {
	stage, status := development, "UNPUBLISHED"
	if v == f.Live {
		stage, status = live, "DEPLOYED"
	} else if f.Live != nil && f.Live.ETag == v.ETag {
		status = "DEPLOYED"
	}
	return element{name: "FunctionSummary", children: []element{
		{name: "Name", content: f.Name},
		{name: "Status", content: status},
		{name: "FunctionConfig", content: v.Config},
		{name: "FunctionMetadata", children: []element{
			{name: "FunctionARN", content: functionARN(f.Account, f.Name)},
			{name: "Stage", content: stage},
			{name: "CreatedTime", content: f.Created},
			{name: "LastModifiedTime", content: v.Modified},
		}},
	}}
}

// functionName is what AWS takes for one.
var functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)

// functionCode decodes the code of a call, and checks it and its configuration.
func functionCode(config *functionConfig, encoded string) ([]byte, error) {
	code, err := base64.StdEncoding.DecodeString(encoded)
	switch {
	case config == nil || encoded == "" || err != nil:
		return nil, api.Refuse("InvalidArgument", "The parameters FunctionConfig and FunctionCode are required, the code in Base64.")
	case len(code) > longestFunction:
		return nil, api.RefuseStatus(http.StatusRequestEntityTooLarge, "FunctionSizeLimitExceeded", "The function is too large: at most %d bytes.", longestFunction)
	case config.KeyValueStoreAssociations != nil && len(config.KeyValueStoreAssociations.Items) > 0:
		return nil, api.RefuseStatus(http.StatusNotImplemented, "NotImplemented", "Key value stores are not served by the embedded AWS.")
	}
	if config.KeyValueStoreAssociations == nil {
		config.KeyValueStoreAssociations = &keyValueStoreAssociations{}
	}
	return code, oneOf("Runtime", config.Runtime, "cloudfront-js-1.0", "cloudfront-js-2.0")
}

func (s *Service) createFunction(r *api.Request) (*api.Response, error) {
	var in struct {
		Name           string
		FunctionConfig *functionConfig
		FunctionCode   string
		Tags           *tagSet
	}
	if err := decode(r, "CreateFunctionRequest", &in); err != nil {
		return nil, err
	}
	if !functionName.MatchString(in.Name) {
		return nil, api.Refuse("InvalidArgument", "The parameter Name must match %s.", functionName)
	}
	arn := functionARN(r.Caller.Account, in.Name)
	r.Resource = arn
	code, err := functionCode(in.FunctionConfig, in.FunctionCode)
	switch {
	case err != nil:
		return nil, err
	case s.functions[arn] != nil:
		return nil, api.RefuseStatus(http.StatusConflict, "FunctionAlreadyExists", "A function with the same name already exists.")
	case len(s.functionsOf(r.Caller.Account)) >= maximumFunctions:
		return nil, api.Refuse("TooManyFunctions", "You have reached the maximum number of CloudFront functions for this account.")
	}
	now := s.now()
	f := &function{Account: r.Caller.Account, Name: in.Name, Created: now, Development: version{ETag: newETag(), Config: *in.FunctionConfig, Code: code, Modified: now}}
	s.functions[arn] = f
	return answer(http.StatusCreated, f.summary(&f.Development), f.Development.ETag, location("/function/"+f.Name))
}

// functionsOf are the names of an account's functions.
func (s *Service) functionsOf(account string) []string {
	var names []string
	for _, f := range s.functions {
		if f.Account == account {
			names = append(names, f.Name)
		}
	}
	return names
}

// findFunction is the function that a call names in its path.
func (s *Service) findFunction(r *api.Request) (*function, error) {
	arn := functionARN(r.Caller.Account, r.HTTP.PathValue("Name"))
	r.Resource = arn
	if f := s.functions[arn]; f != nil {
		return f, nil
	}
	return nil, noFunction()
}

func (s *Service) describeFunction(r *api.Request) (*api.Response, error) {
	f, err := s.findFunction(r)
	if err != nil {
		return nil, err
	}
	v, err := f.stage(r.HTTP.URL.Query().Get("Stage"))
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, f.summary(v), v.ETag, "")
}

// getFunction answers the code as it is.
func (s *Service) getFunction(r *api.Request) (*api.Response, error) {
	f, err := s.findFunction(r)
	if err != nil {
		return nil, err
	}
	v, err := f.stage(r.HTTP.URL.Query().Get("Stage"))
	if err != nil {
		return nil, err
	}
	return &api.Response{Header: http.Header{"Content-Type": {"application/octet-stream"}, "Etag": {v.ETag}}, Body: slices.Clone(v.Code)}, nil
}

func (s *Service) updateFunction(r *api.Request) (*api.Response, error) {
	f, err := s.findFunction(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		FunctionConfig *functionConfig
		FunctionCode   string
	}
	if err := decode(r, "UpdateFunctionRequest", &in); err != nil {
		return nil, err
	}
	if err := checkVersion(r, f.Development.ETag); err != nil {
		return nil, err
	}
	code, err := functionCode(in.FunctionConfig, in.FunctionCode)
	if err != nil {
		return nil, err
	}
	f.Development = version{ETag: newETag(), Config: *in.FunctionConfig, Code: code, Modified: s.now()}
	response, err := answer(http.StatusOK, f.summary(&f.Development), "", "")
	if err != nil {
		return nil, err
	}
	response.Header.Set("Ettag", f.Development.ETag) // AWS's own spelling
	return response, nil
}

// publishFunction copies what is under development to where viewers meet it.
func (s *Service) publishFunction(r *api.Request) (*api.Response, error) {
	f, err := s.findFunction(r)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(r, f.Development.ETag); err != nil {
		return nil, err
	}
	published := f.Development
	published.Modified = s.now()
	f.Live = &published
	return answer(http.StatusOK, f.summary(f.Live), "", "")
}

func (s *Service) deleteFunction(r *api.Request) (*api.Response, error) {
	f, err := s.findFunction(r)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(r, f.Development.ETag); err != nil {
		return nil, err
	}
	if s.anyDistribution(func(c *distributionConfig) bool { return runs(c, functionARN(f.Account, f.Name)) }) {
		return nil, api.RefuseStatus(http.StatusConflict, "FunctionInUse", "Cannot delete the function because it's attached to one or more cache behaviors.")
	}
	delete(s.functions, functionARN(f.Account, f.Name))
	return noContent(), nil
}

func (s *Service) listFunctions(r *api.Request) (*api.Response, error) {
	p, err := paginate(r.HTTP, s.functionsOf(r.Caller.Account))
	if err != nil {
		return nil, err
	}
	items := []element{}
	for _, name := range p.ids {
		f := s.functions[functionARN(r.Caller.Account, name)]
		if v, err := f.stage(r.HTTP.URL.Query().Get("Stage")); err == nil {
			items = append(items, f.summary(v))
		}
	}
	return answer(http.StatusOK, element{name: "FunctionList", children: p.plainList(items)}, "", "")
}

// runs says whether a behaviour of a distribution runs a function.
func runs(c *distributionConfig, arn string) bool {
	return slices.ContainsFunc(c.behaviors(), func(b *cacheBehavior) bool {
		return slices.ContainsFunc(b.FunctionAssociations.Items, func(a functionAssociation) bool { return a.FunctionARN == arn })
	})
}

// checkFunctions refuses functions that are not published, and two at one event
// ("Restrictions on all edge functions").
func (s *Service) checkFunctions(account string, b *cacheBehavior) error {
	events := map[string]bool{}
	for _, a := range b.FunctionAssociations.Items {
		f := s.functions[a.FunctionARN]
		switch {
		case a.EventType != "viewer-request" && a.EventType != "viewer-response":
			return api.Refuse("InvalidFunctionAssociation", "The event type %q is not one of a CloudFront function.", a.EventType)
		case f == nil || f.Account != account:
			return api.Refuse("InvalidFunctionAssociation", "The function %s does not exist.", a.FunctionARN)
		case f.Live == nil:
			return api.Refuse("InvalidFunctionAssociation", "The function %s is not published.", a.FunctionARN)
		case events[a.EventType]:
			return api.Refuse("InvalidFunctionAssociation", "There is more than one function for the event type %s.", a.EventType)
		}
		events[a.EventType] = true
	}
	return nil
}

// published is the code that runs at an event of a behaviour, "" for none.
func (s *Service) published(b *cacheBehavior, event string) string {
	for _, a := range b.FunctionAssociations.Items {
		if f := s.functions[a.FunctionARN]; a.EventType == event && f != nil && f.Live != nil {
			return string(f.Live.Code)
		}
	}
	return ""
}
