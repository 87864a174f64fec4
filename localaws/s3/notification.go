package s3

import (
	"crypto/rand"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// notifications are a bucket's event notifications. They are kept; nobody is notified.
type notifications struct {
	XMLName     xml.Name       `xml:"NotificationConfiguration" json:"-"`
	Space       string         `xml:"xmlns,attr,omitempty" json:"-"`
	Topics      []notification `xml:"TopicConfiguration" json:"topics,omitempty"`
	Queues      []notification `xml:"QueueConfiguration" json:"queues,omitempty"`
	Functions   []notification `xml:"CloudFunctionConfiguration" json:"functions,omitempty"`
	EventBridge *struct{}      `xml:"EventBridgeConfiguration" json:"eventBridge,omitempty"`
}

// notification is one of them; of the destinations it has the one of its kind.
type notification struct {
	ID       string              `xml:"Id" json:"id"`
	Topic    string              `xml:"Topic,omitempty" json:"topic,omitempty"`
	Queue    string              `xml:"Queue,omitempty" json:"queue,omitempty"`
	Function string              `xml:"CloudFunction,omitempty" json:"function,omitempty"`
	Events   []string            `xml:"Event" json:"events"`
	Filter   *notificationFilter `xml:"Filter" json:"filter,omitempty"`
}

type notificationFilter struct {
	Rules []filterRule `xml:"S3Key>FilterRule" json:"rules"`
}

type filterRule struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (s *Service) getNotifications(c *call) (*api.Response, error) {
	out := notifications{}
	if c.bucket.Notifications != nil {
		out = *c.bucket.Notifications
	}
	out.Space = namespace
	return api.XML(http.StatusOK, out, nil)
}

// putNotifications replaces all notifications. There are no topics, queues and
// functions here, so that a destination is never found; whoever knows that, on
// AWS too, skips the validation.
func (s *Service) putNotifications(c *call) (*api.Response, error) {
	in := &notifications{}
	if err := c.decode(in); err != nil {
		return nil, err
	}
	in.XMLName, in.Space = xml.Name{}, ""
	var all []*notification
	for _, list := range [][]notification{in.Topics, in.Queues, in.Functions} {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	for i, n := range all {
		if n.ID == "" {
			n.ID = rand.Text()
		}
		if err := n.check(all[:i]); err != nil {
			return nil, err
		}
	}
	if len(all) > 0 && !strings.EqualFold(c.header("X-Amz-Skip-Destination-Validation"), "true") {
		return nil, invalidArgument("Unable to validate the following destination configurations", all[0].destination(),
			"The destination does not exist: topics, queues and functions are not part of the embedded AWS")
	}
	c.bucket.Notifications = in
	return &api.Response{}, nil
}

func (n *notification) destination() string { return n.Topic + n.Queue + n.Function }

// eventTypes are those of "Event notification types and destinations".
var eventTypes = strings.Fields(`s3:TestEvent s3:ObjectCreated:* s3:ObjectCreated:Put s3:ObjectCreated:Post s3:ObjectCreated:Copy
	s3:ObjectCreated:CompleteMultipartUpload s3:ObjectRemoved:* s3:ObjectRemoved:Delete s3:ObjectRemoved:DeleteMarkerCreated
	s3:ObjectRestore:* s3:ObjectRestore:Post s3:ObjectRestore:Completed s3:ObjectRestore:Delete s3:ReducedRedundancyLostObject
	s3:Replication:* s3:Replication:OperationFailedReplication s3:Replication:OperationMissedThreshold
	s3:Replication:OperationReplicatedAfterThreshold s3:Replication:OperationNotTracked s3:LifecycleExpiration:*
	s3:LifecycleExpiration:Delete s3:LifecycleExpiration:DeleteMarkerCreated s3:LifecycleTransition s3:IntelligentTiering
	s3:ObjectTagging:* s3:ObjectTagging:Put s3:ObjectTagging:Delete s3:ObjectAcl:Put`)

// check applies the rules of "Configuring event notifications using object key
// name filtering", against those that stand before.
func (n *notification) check(others []*notification) error {
	if len(n.Events) == 0 || n.destination() == "" {
		return malformedXML()
	}
	for _, e := range n.Events {
		if !slices.Contains(eventTypes, e) {
			return invalidArgument("The event '"+e+"' is not supported for notifications", "Event", e)
		}
	}
	if slices.ContainsFunc(others, n.overlaps) {
		return invalidArgument("Configurations overlap. Configurations on the same bucket cannot share a common event type.", "Id", n.ID)
	}
	return nil
}

// overlaps says whether an object could cause the same event for both.
func (n *notification) overlaps(o *notification) bool {
	shared := slices.ContainsFunc(n.Events, func(x string) bool {
		return slices.ContainsFunc(o.Events, func(y string) bool { return within(x, y) || within(y, x) })
	})
	prefix, other := n.filter("prefix"), o.filter("prefix")
	suffix, another := n.filter("suffix"), o.filter("suffix")
	return shared && (strings.HasPrefix(prefix, other) || strings.HasPrefix(other, prefix)) &&
		(strings.HasSuffix(suffix, another) || strings.HasSuffix(another, suffix))
}

// within says whether an event is one of those that a pattern such as
// s3:ObjectCreated:* stands for.
func within(event, pattern string) bool {
	prefix, wild := strings.CutSuffix(pattern, "*")
	return event == pattern || wild && strings.HasPrefix(event, prefix)
}

func (n *notification) filter(name string) string {
	if n.Filter == nil {
		return ""
	}
	for _, r := range n.Filter.Rules {
		if strings.EqualFold(r.Name, name) {
			return r.Value
		}
	}
	return ""
}
