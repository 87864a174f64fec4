package logs

import (
	"crypto/rand"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// delivery is a source whose records go to a destination.
type delivery struct {
	entity
	ID          string `json:"id"`
	Source      string `json:"source"`      // its ARN
	Destination string `json:"destination"` // its ARN
	settings
}

// settings are what of a delivery can be changed.
type settings struct {
	Fields    []string         `json:"recordFields,omitempty"`
	Delimiter string           `json:"fieldDelimiter,omitempty"`
	S3        *s3Configuration `json:"s3DeliveryConfiguration,omitempty"`
}

type s3Configuration struct {
	SuffixPath string `json:"suffixPath,omitempty"`
	Hive       bool   `json:"enableHiveCompatiblePath"`
}

type deliveryDocument struct {
	ID              string            `json:"id"`
	ARN             string            `json:"arn"`
	SourceName      string            `json:"deliverySourceName"`
	DestinationARN  string            `json:"deliveryDestinationArn"`
	DestinationType string            `json:"deliveryDestinationType"`
	Tags            map[string]string `json:"tags,omitempty"`
	settings
}

func (s *Service) document(d *delivery) deliveryDocument {
	return deliveryDocument{
		ID: d.ID, ARN: d.ARN, SourceName: s.state.Sources[d.Source].Name, DestinationARN: d.Destination, DestinationType: "S3",
		Tags: d.Tags, settings: d.settings,
	}
}

// firstPath is what AWS puts before the suffix path of a new delivery, unless the
// destination has a prefix of its own. A later change of the path does not get it.
const firstPath = "AWSLogs/{account-id}/CloudFront/"

type createDeliveryInput struct {
	SourceName     string            `json:"deliverySourceName"`
	DestinationARN string            `json:"deliveryDestinationArn"`
	Tags           map[string]string `json:"tags"`
	settings
}

type deliveryOutput struct {
	Delivery deliveryDocument `json:"delivery"`
}

// createDelivery pairs a source with a destination ("CreateDelivery").
func (s *Service) createDelivery(r *api.Request, in *createDeliveryInput) (*deliveryOutput, error) {
	from, err := named(r, s.state.Sources, sourceKind, in.SourceName)
	if err != nil {
		return nil, err
	}
	to, err := at(r, s.state.Destinations, in.DestinationARN)
	if err != nil {
		return nil, err
	}
	if err := in.check(to.Format); err != nil {
		return nil, err
	}
	for _, other := range s.state.Deliveries {
		if other.Source == from.ARN {
			return nil, conflict("Delivery already exists: delivery source %s delivers to S3 by delivery %s.", from.Name, other.ID)
		}
	}
	id := strings.ToLower(rand.Text()[:16])
	made := &delivery{entity: newEntity(r, "delivery", id), ID: id, Source: from.ARN, Destination: to.ARN, settings: in.withDefaults()}
	r.Resource = made.ARN
	bucket, prefix := to.place()
	if prefix == "" {
		made.S3.SuffixPath = firstPath + strings.TrimPrefix(made.S3.SuffixPath, "/")
	}
	if err := made.tag(in.Tags); err != nil {
		return nil, err
	}
	start := layout{prefix: prefix, account: from.Account}.start(made.S3)
	if err := s.opts.Admit(r.Caller, Object{Bucket: bucket, Key: start, SourceARN: from.ARN}); err != nil {
		return nil, err
	}
	s.state.Deliveries[made.ARN] = made
	return &deliveryOutput{s.document(made)}, nil
}

// withDefaults has what AWS fills in.
func (in settings) withDefaults() settings {
	if len(in.Fields) == 0 {
		in.Fields = slices.Clone(defaultFields)
	}
	if in.S3 == nil {
		in.S3 = &s3Configuration{}
	}
	return in
}

const (
	maxFields    = 128
	maxDelimiter = 5
)

func (in settings) check(format string) error {
	switch {
	case len(in.Fields) > maxFields:
		return invalid("Provided recordFields has more than %d fields", maxFields)
	case len(in.Delimiter) > maxDelimiter:
		return invalid("Provided fieldDelimiter is longer than %d characters", maxDelimiter)
	case in.Delimiter != "" && format != formatW3C && format != formatPlain:
		return invalid("fieldDelimiter is supported for the output formats plain, w3c and raw only")
	}
	for i, field := range in.Fields {
		if values[field] == nil || slices.Contains(in.Fields[:i], field) {
			return invalid("Provided recordFields is invalid: %s", field)
		}
	}
	if in.S3 != nil && !validSuffix(in.S3.SuffixPath) {
		return invalid("Provided suffixPath is invalid")
	}
	return nil
}

type idInput struct {
	ID string `json:"id"`
}

func (s *Service) delivery(r *api.Request, id string) (*delivery, error) {
	return named(r, s.state.Deliveries, "delivery", id)
}

func (s *Service) getDelivery(r *api.Request, in *idInput) (*deliveryOutput, error) {
	found, err := s.delivery(r, in.ID)
	if err != nil {
		return nil, err
	}
	return &deliveryOutput{s.document(found)}, nil
}

type deliveriesOutput struct {
	Deliveries []deliveryDocument `json:"deliveries"`
}

func (s *Service) describeDeliveries(r *api.Request, in *pageInput) (*deliveriesOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := &deliveriesOutput{Deliveries: []deliveryDocument{}}
	for _, e := range seen(r, s.state.Deliveries) {
		out.Deliveries = append(out.Deliveries, s.document(e))
	}
	return out, nil
}

type updateDeliveryInput struct {
	ID string `json:"id"`
	settings
}

// updateDelivery changes what is given ("UpdateDeliveryConfiguration").
func (s *Service) updateDelivery(r *api.Request, in *updateDeliveryInput) (*nothing, error) {
	found, err := s.delivery(r, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.check(s.state.Destinations[found.Destination].Format); err != nil {
		return nil, err
	}
	if len(in.Fields) > 0 {
		found.Fields = in.Fields
	}
	if in.Delimiter != "" {
		found.Delimiter = in.Delimiter
	}
	if in.S3 != nil {
		found.S3 = in.S3
	}
	return &nothing{}, nil
}

func (s *Service) deleteDelivery(r *api.Request, in *idInput) (*nothing, error) {
	found, err := s.delivery(r, in.ID)
	if err != nil {
		return nil, err
	}
	delete(s.state.Deliveries, found.ARN)
	delete(s.waiting, found.ARN)
	return &nothing{}, nil
}
