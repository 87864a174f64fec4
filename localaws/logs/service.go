// Package logs is as much of CloudWatch Logs as delivers CloudFront's standard logs
// (v2) to S3: delivery sources, delivery destinations and deliveries, and the log files
// themselves. There are no log groups here.
package logs

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"imagecdn/localaws/api"
)

// homeRegion is where CloudFront's logs are delivered from ("Configure standard logging
// (v2)", CloudFront Developer Guide).
const homeRegion = "us-east-1"

// Options are what log delivery asks of other services.
type Options struct {
	// Distribution says whether there is a distribution of this ARN. Nil: there is none.
	Distribution func(arn string) bool
	// Admit says whether an object may be delivered. Where the bucket does not let it yet,
	// it lets the caller, if he may, add what is missing to the bucket's policy, as AWS does.
	Admit func(c api.Caller, o Object) error
	// Deliver puts an object into its bucket.
	Deliver func(o Object) error
}

// Object is a log file for a bucket.
type Object struct {
	// Bucket and Key are where it goes; while it is only asked for, Key is a prefix.
	Bucket, Key string
	// SourceARN is the delivery source that it comes from.
	SourceARN string
	// Body is its content.
	Body []byte
}

// Service is CloudWatch Logs.
type Service struct {
	env     api.Environment
	opts    Options
	state   state
	waiting map[string]*batch // by the id of the delivery
}

// state is everything that survives a restart. Records that wait for their delivery do
// not: AWS delivers logs by best effort, too.
type state struct {
	Sources      map[string]*source      `json:"sources"`
	Destinations map[string]*destination `json:"destinations"`
	Deliveries   map[string]*delivery    `json:"deliveries"`
}

// New returns a CloudWatch Logs without deliveries.
func New(env api.Environment, opts Options) *Service {
	if opts.Distribution == nil {
		opts.Distribution = func(string) bool { return false }
	}
	if opts.Admit == nil {
		opts.Admit = func(api.Caller, Object) error { return nil }
	}
	if opts.Deliver == nil {
		opts.Deliver = func(Object) error { return nil }
	}
	return &Service{env: env, opts: opts, state: emptyState(), waiting: map[string]*batch{}}
}

func emptyState() state {
	return state{Sources: map[string]*source{}, Destinations: map[string]*destination{}, Deliveries: map[string]*delivery{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "logs" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.JSON }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	name := api.Target(r)
	return name, s.served()[name]
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.served())) }

func (s *Service) served() map[string]api.Operation {
	return map[string]api.Operation{
		"PutDeliverySource":            api.JSONOperation(s.putSource),
		"GetDeliverySource":            api.JSONOperation(s.getSource),
		"DescribeDeliverySources":      api.JSONOperation(s.describeSources),
		"DeleteDeliverySource":         api.JSONOperation(s.deleteSource),
		"PutDeliveryDestination":       api.JSONOperation(s.putDestination),
		"GetDeliveryDestination":       api.JSONOperation(s.getDestination),
		"DescribeDeliveryDestinations": api.JSONOperation(s.describeDestinations),
		"DeleteDeliveryDestination":    api.JSONOperation(s.deleteDestination),
		"CreateDelivery":               api.JSONOperation(s.createDelivery),
		"GetDelivery":                  api.JSONOperation(s.getDelivery),
		"DescribeDeliveries":           api.JSONOperation(s.describeDeliveries),
		"UpdateDeliveryConfiguration":  api.JSONOperation(s.updateDelivery),
		"DeleteDelivery":               api.JSONOperation(s.deleteDelivery),
		"TagResource":                  api.JSONOperation(s.tagResource),
		"UntagResource":                api.JSONOperation(s.untagResource),
		"ListTagsForResource":          api.JSONOperation(s.listTags),
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding deliveries: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := emptyState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding deliveries: %w", err)
	}
	s.state = restored
	return nil
}

// nothing is an empty answer.
type nothing struct{}

// namePattern is what sources and destinations can be called ("PutDeliverySource",
// CloudWatch Logs API reference).
var namePattern = regexp.MustCompile(`^[\w-]{1,60}$`)

func checkName(name string) error {
	if !namePattern.MatchString(name) {
		return invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			`Member must satisfy regular expression pattern: [\w-]* and have length less than or equal to 60`, name)
	}
	return nil
}

// entity is what all kinds of things here have in common.
type entity struct {
	ARN     string            `json:"arn"`
	Account string            `json:"account"`
	Region  string            `json:"region"`
	Tags    map[string]string `json:"tags,omitempty"`
}

func newEntity(r *api.Request, kind, name string) entity {
	e := entity{Account: r.Caller.Account, Region: r.Region}
	e.ARN = fmt.Sprintf("arn:aws:logs:%s:%s:%s:%s", e.Region, e.Account, kind, name)
	return e
}

func (e *entity) base() *entity { return e }

// based is a kind of thing.
type based interface {
	comparable
	base() *entity
}

// at is what a call sees under an ARN; an error where it sees nothing there.
func at[E based](r *api.Request, all map[string]E, arn string) (none E, err error) {
	r.Resource = arn
	e, found := all[arn]
	if !found || e.base().Account != r.Caller.Account || e.base().Region != r.Region {
		return none, notFound()
	}
	return e, nil
}

// named is what a call sees under a name.
func named[E based](r *api.Request, all map[string]E, kind, name string) (E, error) {
	e := newEntity(r, kind, name)
	return at(r, all, e.ARN)
}

// seen is everything of a kind that a call sees, by ARN.
func seen[E based](r *api.Request, all map[string]E) []E {
	var list []E
	for _, arn := range slices.Sorted(maps.Keys(all)) {
		if e, err := at(r, all, arn); err == nil {
			list = append(list, e)
		}
	}
	r.Resource = "*"
	return list
}

// pageInput is of the calls that list. Their pages are long enough for everything here.
type pageInput struct {
	NextToken string `json:"nextToken"`
	Limit     *int   `json:"limit"`
}

func (in *pageInput) check() error {
	const most = 50
	if in.Limit != nil && (*in.Limit < 1 || *in.Limit > most) {
		return invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
			"Member must have value between 1 and %d", *in.Limit, most)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return api.Refuse("ValidationException", format, args...)
}

func conflict(format string, args ...any) error {
	return api.Refuse("ConflictException", format, args...)
}

func notFound() error {
	return api.Refuse("ResourceNotFoundException", "Requested resource was not found in this account.")
}
