package logs

import (
	"net/http"
	"regexp"
	"strings"

	"imagecdn/localaws/api"
)

// Output formats that are written here.
const (
	formatJSON  = "json"
	formatW3C   = "w3c"
	formatPlain = "plain"
)

// destination is a delivery destination: a bucket, and a prefix in it.
type destination struct {
	entity
	Name        string `json:"name"`
	Format      string `json:"format"`
	ResourceARN string `json:"resourceArn"`
}

// destinationKind is the kind of a destination, in ARNs.
const destinationKind = "delivery-destination"

// place are the bucket and the prefix that the ARN of a destination names.
func (d *destination) place() (bucket, prefix string) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(d.ResourceARN, "arn:aws:s3:::"), "/")
	return bucket, strings.Trim(prefix, "/")
}

type resourceDocument struct {
	DestinationResourceARN string `json:"destinationResourceArn"`
}

type destinationDocument struct {
	Name          string            `json:"name"`
	ARN           string            `json:"arn"`
	Type          string            `json:"deliveryDestinationType"`
	Format        string            `json:"outputFormat,omitempty"`
	Configuration resourceDocument  `json:"deliveryDestinationConfiguration"`
	Tags          map[string]string `json:"tags,omitempty"`
}

func (d *destination) document() destinationDocument {
	return destinationDocument{
		Name: d.Name, ARN: d.ARN, Type: "S3", Format: d.Format, Configuration: resourceDocument{d.ResourceARN}, Tags: d.Tags,
	}
}

type putDestinationInput struct {
	Name          string            `json:"name"`
	Format        string            `json:"outputFormat"`
	Configuration resourceDocument  `json:"deliveryDestinationConfiguration"`
	Tags          map[string]string `json:"tags"`
}

type destinationOutput struct {
	DeliveryDestination destinationDocument `json:"deliveryDestination"`
}

var bucketARN = regexp.MustCompile(`^arn:aws:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$`)

// putDestination makes a destination or overwrites one ("PutDeliveryDestination").
func (s *Service) putDestination(r *api.Request, in *putDestinationInput) (*destinationOutput, error) {
	if err := checkDestination(in); err != nil {
		return nil, err
	}
	made := &destination{entity: newEntity(r, destinationKind, in.Name), Name: in.Name, Format: in.Format, ResourceARN: in.Configuration.DestinationResourceARN}
	r.Resource = made.ARN
	if before := s.state.Destinations[made.ARN]; before != nil {
		made.Tags = before.Tags
	}
	if err := made.tag(in.Tags); err != nil {
		return nil, err
	}
	s.state.Destinations[made.ARN] = made
	return &destinationOutput{made.document()}, nil
}

func checkDestination(in *putDestinationInput) error {
	if err := checkName(in.Name); err != nil {
		return err
	}
	arn := in.Configuration.DestinationResourceARN
	switch {
	case strings.HasPrefix(arn, "arn:aws:logs:"), strings.HasPrefix(arn, "arn:aws:firehose:"):
		return notEmbedded("Delivery to CloudWatch Logs and Firehose is")
	case !bucketARN.MatchString(arn):
		return invalid("Provided destinationResourceArn is invalid: %s", arn)
	}
	switch in.Format {
	case "", formatJSON, formatW3C, formatPlain:
		return nil
	case "parquet", "raw":
		return notEmbedded("The output format " + in.Format + " is")
	}
	return invalid("Provided outputFormat %q is not one of: [json, plain, w3c, raw, parquet]", in.Format)
}

// notEmbedded refuses what AWS has and the embedded AWS does not write.
func notEmbedded(what string) error {
	return api.RefuseStatus(http.StatusNotImplemented, "NotImplemented",
		"%s not part of the embedded AWS: it writes logs to S3 as %s, %s or %s", what, formatJSON, formatW3C, formatPlain)
}

func (s *Service) getDestination(r *api.Request, in *nameInput) (*destinationOutput, error) {
	found, err := named(r, s.state.Destinations, destinationKind, in.Name)
	if err != nil {
		return nil, err
	}
	return &destinationOutput{found.document()}, nil
}

type destinationsOutput struct {
	DeliveryDestinations []destinationDocument `json:"deliveryDestinations"`
}

func (s *Service) describeDestinations(r *api.Request, in *pageInput) (*destinationsOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := &destinationsOutput{DeliveryDestinations: []destinationDocument{}}
	for _, e := range seen(r, s.state.Destinations) {
		out.DeliveryDestinations = append(out.DeliveryDestinations, e.document())
	}
	return out, nil
}

// deleteDestination deletes a destination that no delivery has
// ("DeleteDeliveryDestination").
func (s *Service) deleteDestination(r *api.Request, in *nameInput) (*nothing, error) {
	found, err := named(r, s.state.Destinations, destinationKind, in.Name)
	if err != nil {
		return nil, err
	}
	for _, d := range s.state.Deliveries {
		if d.Destination == found.ARN {
			return nil, conflict("This DeliveryDestination has associated Deliveries: delete delivery %s first.", d.ID)
		}
	}
	delete(s.state.Destinations, found.ARN)
	return &nothing{}, nil
}
