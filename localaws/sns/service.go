// Package sns is as much of SNS as alarms need: topics, with their attributes and tags, and
// what is published to them. There are no subscriptions: a test reads the messages at a
// control path.
package sns

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// namespace is of every document of the API.
const namespace = "http://sns.amazonaws.com/doc/2010-03-31/"

// Service is SNS.
type Service struct {
	state state
}

// state is everything that survives a restart.
type state struct {
	Topics map[string]*topic `json:"topics"` // by ARN
}

// topic is a topic, and what was published to it.
type topic struct {
	ARN        string            `json:"arn"`
	Account    string            `json:"account"`
	Region     string            `json:"region"`
	Attributes map[string]string `json:"attributes"`
	Tags       map[string]string `json:"tags,omitempty"`
	Messages   []Message         `json:"messages,omitempty"`
}

// Message is what was published to a topic.
type Message struct {
	// TopicARN is the topic.
	TopicARN string `json:"topicArn"`
	// Subject and Message are what it says.
	Subject string `json:"subject"`
	Message string `json:"message"`
}

// New returns an SNS without topics.
func New() *Service { return &Service{state: state{Topics: map[string]*topic{}}} }

// Name implements api.Service.
func (s *Service) Name() string { return "sns" }

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

func (s *Service) served() map[string]func(*api.Request, url.Values) (any, error) {
	return map[string]func(*api.Request, url.Values) (any, error){
		"CreateTopic":         s.createTopic,
		"DeleteTopic":         s.deleteTopic,
		"GetTopicAttributes":  s.getAttributes,
		"SetTopicAttributes":  s.setAttributes,
		"ListTopics":          s.listTopics,
		"ListTagsForResource": s.listTags,
		"TagResource":         s.tagResource,
		"UntagResource":       s.untagResource,
		"Publish":             s.publish,
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding topics: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := state{Topics: map[string]*topic{}}
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding topics: %w", err)
	}
	s.state = restored
	return nil
}

// Controls implements api.Controlled: GET messages lists what was published.
func (s *Service) Controls() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"GET messages": func(w http.ResponseWriter, _ *http.Request) {
		list := []Message{}
		for _, arn := range slices.Sorted(maps.Keys(s.state.Topics)) {
			list = append(list, s.state.Topics[arn].Messages...)
		}
		api.Reply(w, list)
	}}
}

// mostMessages bounds what is kept of a topic.
const mostMessages = 1000

// Notify publishes a message of another service's; a topic that is not there hears nothing.
// It is called with the world's lock held.
func (s *Service) Notify(topicARN, subject, message string) {
	if t := s.state.Topics[topicARN]; t != nil {
		t.Messages = append(t.Messages, Message{topicARN, subject, message})
		t.Messages = t.Messages[max(0, len(t.Messages)-mostMessages):]
	}
}

var topicName = regexp.MustCompile(`^[\w-]{1,256}$`)

type arnDocument struct {
	XMLName  struct{} `xml:"CreateTopicResult"`
	TopicArn string
}

// createTopic makes a topic, or finds the one of the name ("CreateTopic").
func (s *Service) createTopic(r *api.Request, form url.Values) (any, error) {
	name := form.Get("Name")
	if !topicName.MatchString(name) {
		return nil, invalid("Invalid parameter: Topic Name")
	}
	t := &topic{Account: r.Caller.Account, Region: r.Region, ARN: fmt.Sprintf("arn:aws:sns:%s:%s:%s", r.Region, r.Caller.Account, name)}
	r.Resource = t.ARN
	if s.state.Topics[t.ARN] != nil {
		return arnDocument{TopicArn: t.ARN}, nil
	}
	t.Attributes = map[string]string{
		"TopicArn": t.ARN, "Owner": t.Account, "DisplayName": "", "SubscriptionsConfirmed": "0", "SubscriptionsPending": "0", "SubscriptionsDeleted": "0",
		"Policy": `{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},` +
			`"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],` +
			`"Resource":"` + t.ARN + `","Condition":{"StringEquals":{"AWS:SourceOwner":"` + t.Account + `"}}}]}`,
	}
	for i := 1; form.Has("Attributes.entry." + strconv.Itoa(i) + ".key"); i++ {
		prefix := "Attributes.entry." + strconv.Itoa(i)
		t.Attributes[form.Get(prefix+".key")] = form.Get(prefix + ".value")
	}
	var err error
	if t.Tags, err = merged(nil, form); err != nil {
		return nil, err
	}
	s.state.Topics[t.ARN] = t
	return arnDocument{TopicArn: t.ARN}, nil
}

// at is the topic of an ARN that a call sees.
func (s *Service) at(r *api.Request, arn string) (*topic, error) {
	r.Resource = arn
	t := s.state.Topics[arn]
	if t == nil || t.Account != r.Caller.Account || t.Region != r.Region {
		return nil, api.RefuseStatus(http.StatusNotFound, "NotFound", "Topic does not exist")
	}
	return t, nil
}

// deleteTopic deletes a topic, and does nothing where there is none ("DeleteTopic").
func (s *Service) deleteTopic(r *api.Request, form url.Values) (any, error) {
	if t, err := s.at(r, form.Get("TopicArn")); err == nil {
		delete(s.state.Topics, t.ARN)
	}
	return nil, nil
}

type entry struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

type attributesDocument struct {
	XMLName    struct{} `xml:"GetTopicAttributesResult"`
	Attributes struct {
		Entries []entry `xml:"entry"`
	}
}

func (s *Service) getAttributes(r *api.Request, form url.Values) (any, error) {
	t, err := s.at(r, form.Get("TopicArn"))
	if err != nil {
		return nil, err
	}
	out := attributesDocument{}
	for _, key := range slices.Sorted(maps.Keys(t.Attributes)) {
		out.Attributes.Entries = append(out.Attributes.Entries, entry{key, t.Attributes[key]})
	}
	return out, nil
}

func (s *Service) setAttributes(r *api.Request, form url.Values) (any, error) {
	t, err := s.at(r, form.Get("TopicArn"))
	if err != nil {
		return nil, err
	}
	if form.Get("AttributeName") == "" {
		return nil, invalid("Invalid parameter: AttributeName")
	}
	t.Attributes[form.Get("AttributeName")] = form.Get("AttributeValue")
	return nil, nil
}

type topicsDocument struct {
	XMLName struct{} `xml:"ListTopicsResult"`
	Topics  struct {
		Members []struct{ TopicArn string } `xml:"member"`
	}
}

func (s *Service) listTopics(r *api.Request, _ url.Values) (any, error) {
	out := topicsDocument{}
	for _, arn := range slices.Sorted(maps.Keys(s.state.Topics)) {
		if _, err := s.at(r, arn); err == nil {
			out.Topics.Members = append(out.Topics.Members, struct{ TopicArn string }{arn})
		}
	}
	return out, nil
}

type publishDocument struct {
	XMLName   struct{} `xml:"PublishResult"`
	MessageID string   `xml:"MessageId"`
}

func (s *Service) publish(r *api.Request, form url.Values) (any, error) {
	t, err := s.at(r, form.Get("TopicArn"))
	if err != nil {
		return nil, err
	}
	if form.Get("Message") == "" {
		return nil, invalid("Invalid parameter: Empty message")
	}
	s.Notify(t.ARN, form.Get("Subject"), form.Get("Message"))
	return publishDocument{MessageID: r.ID}, nil
}

type tagsDocument struct {
	XMLName struct{} `xml:"ListTagsForResourceResult"`
	Tags    struct {
		Members []tags.Tag `xml:"member"`
	}
}

func (s *Service) listTags(r *api.Request, form url.Values) (any, error) {
	t, err := s.at(r, form.Get("ResourceArn"))
	if err != nil {
		return nil, err
	}
	out := tagsDocument{}
	out.Tags.Members = tags.List(t.Tags)
	return out, nil
}

func (s *Service) tagResource(r *api.Request, form url.Values) (any, error) {
	t, err := s.at(r, form.Get("ResourceArn"))
	if err != nil {
		return nil, err
	}
	t.Tags, err = merged(t.Tags, form)
	return tagDocument{}, err
}

func (s *Service) untagResource(r *api.Request, form url.Values) (any, error) {
	t, err := s.at(r, form.Get("ResourceArn"))
	if err != nil {
		return nil, err
	}
	rest := maps.Clone(t.Tags)
	for i := 1; form.Has("TagKeys.member." + strconv.Itoa(i)); i++ {
		delete(rest, form.Get("TagKeys.member."+strconv.Itoa(i)))
	}
	t.Tags = rest
	return untagDocument{}, nil
}

type tagDocument struct {
	XMLName struct{} `xml:"TagResourceResult"`
}

type untagDocument struct {
	XMLName struct{} `xml:"UntagResourceResult"`
}

// maxTags is how many tags a topic can have.
const maxTags = 50

func merged(existing map[string]string, form url.Values) (map[string]string, error) {
	var added []tags.Tag
	for i := 1; form.Has("Tags.member." + strconv.Itoa(i) + ".Key"); i++ {
		prefix := "Tags.member." + strconv.Itoa(i)
		added = append(added, tags.Tag{Key: form.Get(prefix + ".Key"), Value: form.Get(prefix + ".Value")})
	}
	all, fault := tags.Merge(existing, added, maxTags)
	if fault != nil {
		return nil, invalid("Invalid parameter: Tags: %s", fault.Key)
	}
	return all, nil
}

func invalid(format string, args ...any) error {
	return api.Refuse("InvalidParameter", format, args...)
}

// Needs implements api.Guarded ("Actions, resources, and condition keys for Amazon SNS").
func (s *Service) Needs(r *api.Request) []api.Need {
	form := api.Form(r)
	need := api.Need{Action: "sns:" + r.Operation, Resource: "*"}
	switch arn := form.Get("TopicArn") + form.Get("ResourceArn"); {
	case r.Operation == "CreateTopic":
		need.Resource = fmt.Sprintf("arn:aws:sns:%s:%s:%s", r.Region, r.Caller.Account, form.Get("Name"))
		if form.Has("Tags.member.1.Key") {
			return []api.Need{need, {Action: "sns:TagResource", Resource: need.Resource}}
		}
	case strings.HasPrefix(arn, "arn:"):
		need.Resource = arn
	}
	return []api.Need{need}
}
