// Package monitoring is as much of CloudWatch as watches a CDN: the metrics of
// distributions, from the counters of the edge, and of certificates; alarms on them, which
// are evaluated; and dashboards, which are kept.
package monitoring

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// namespace is of every document of the API.
const namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/"

// homeRegion is where CloudFront's metrics are ("Monitor CloudFront metrics with Amazon
// CloudWatch", CloudFront Developer Guide).
const homeRegion = "us-east-1"

// Options are what CloudWatch asks of other services.
type Options struct {
	// Monitored says whether a distribution has additional metrics. Nil: none has.
	Monitored func(distributionID string) bool
	// Expires is when an issued certificate of us-east-1 expires. Nil: there is none.
	Expires func(certificateARN string) (at time.Time, issued bool)
	// Notify publishes a message to a topic, as an alarm does. Nil: nobody hears it.
	Notify func(topicARN, subject, message string)
}

// Service is CloudWatch.
type Service struct {
	env       api.Environment
	opts      Options
	state     state
	counters  map[string]map[int64]*counter // by distribution, by second
	evaluated time.Time
}

// state is everything that survives a restart. Counters do not.
type state struct {
	Alarms     map[string]*alarm     `json:"alarms"`
	Dashboards map[string]*dashboard `json:"dashboards"`
}

// New returns a CloudWatch without alarms and dashboards.
func New(env api.Environment, opts Options) *Service {
	if opts.Monitored == nil {
		opts.Monitored = func(string) bool { return false }
	}
	if opts.Expires == nil {
		opts.Expires = func(string) (time.Time, bool) { return time.Time{}, false }
	}
	if opts.Notify == nil {
		opts.Notify = func(string, string, string) {}
	}
	return &Service{env: env, opts: opts, state: emptyState(), counters: map[string]map[int64]*counter{}}
}

func emptyState() state {
	return state{Alarms: map[string]*alarm{}, Dashboards: map[string]*dashboard{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "monitoring" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.Query }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	name := api.Form(r).Get("Action")
	handle, served := s.served()[name]
	if !served {
		return name, nil
	}
	return name, api.QueryOperation(namespace, handle)
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.served())) }

type operation = func(*api.Request, url.Values) (any, error)

func (s *Service) served() map[string]operation {
	return map[string]operation{
		"PutMetricAlarm":      s.putAlarm,
		"DescribeAlarms":      s.describeAlarms,
		"DeleteAlarms":        s.deleteAlarms,
		"PutDashboard":        s.putDashboard,
		"GetDashboard":        s.getDashboard,
		"ListDashboards":      s.listDashboards,
		"DeleteDashboards":    s.deleteDashboards,
		"GetMetricStatistics": s.getStatistics,
		"GetMetricData":       s.getData,
		"ListTagsForResource": s.listTags,
		"TagResource":         s.tagResource,
		"UntagResource":       s.untagResource,
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding alarms: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := emptyState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding alarms: %w", err)
	}
	s.state = restored
	return nil
}

// members is a list of a form: Name.member.1 and so on.
func members(form url.Values, name string) (list []string) {
	for i := 1; form.Has(name + ".member." + strconv.Itoa(i)); i++ {
		list = append(list, form.Get(name+".member."+strconv.Itoa(i)))
	}
	return list
}

// structures is a list of structures of a form, each with its members by name.
func structures(form url.Values, name string) (list []url.Values) {
	for i := 1; ; i++ {
		prefix := name + ".member." + strconv.Itoa(i) + "."
		one := url.Values{}
		for key, values := range form {
			if rest, found := strings.CutPrefix(key, prefix); found {
				one[rest] = values
			}
		}
		if len(one) == 0 {
			return list
		}
		list = append(list, one)
	}
}

// list is a list in an answer.
type list[T any] struct {
	Members []T `xml:"member"`
}

func invalid(format string, args ...any) error {
	return api.Refuse("ValidationError", format, args...)
}

func invalidValue(format string, args ...any) error {
	return api.Refuse("InvalidParameterValue", format, args...)
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
