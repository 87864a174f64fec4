package logs

import (
	"regexp"

	"imagecdn/localaws/api"
)

// accessLogs is the type of a distribution's standard logs.
const accessLogs = "ACCESS_LOGS"

// source is a delivery source: a distribution whose requests are logged.
type source struct {
	entity
	Name        string `json:"name"`
	ResourceARN string `json:"resourceArn"`
	LogType     string `json:"logType"`
}

// sourceKind is the kind of a source, in ARNs.
const sourceKind = "delivery-source"

type sourceDocument struct {
	Name         string            `json:"name"`
	ARN          string            `json:"arn"`
	ResourceARNs []string          `json:"resourceArns"`
	Service      string            `json:"service"`
	LogType      string            `json:"logType"`
	Tags         map[string]string `json:"tags,omitempty"`
}

func (s *source) document() sourceDocument {
	return sourceDocument{
		Name: s.Name, ARN: s.ARN, ResourceARNs: []string{s.ResourceARN}, Service: "cloudfront", LogType: s.LogType, Tags: s.Tags,
	}
}

type putSourceInput struct {
	Name        string            `json:"name"`
	ResourceARN string            `json:"resourceArn"`
	LogType     string            `json:"logType"`
	Tags        map[string]string `json:"tags"`
}

type sourceOutput struct {
	DeliverySource sourceDocument `json:"deliverySource"`
}

var distributionARN = regexp.MustCompile(`^arn:aws:cloudfront::(\d{12}):distribution/([A-Z0-9]+)$`)

// putSource makes a source or overwrites one ("PutDeliverySource").
func (s *Service) putSource(r *api.Request, in *putSourceInput) (*sourceOutput, error) {
	if err := s.checkSource(r, in); err != nil {
		return nil, err
	}
	made := &source{entity: newEntity(r, sourceKind, in.Name), Name: in.Name, ResourceARN: in.ResourceARN, LogType: in.LogType}
	r.Resource = made.ARN
	for _, other := range s.state.Sources {
		if other.ARN != made.ARN && other.ResourceARN == made.ResourceARN && other.LogType == made.LogType {
			return nil, conflict("This ResourceId has already been used in another Delivery Source in this account: %s", other.Name)
		}
	}
	if before := s.state.Sources[made.ARN]; before != nil {
		made.Tags = before.Tags
	}
	if err := made.tag(in.Tags); err != nil {
		return nil, err
	}
	s.state.Sources[made.ARN] = made
	return &sourceOutput{made.document()}, nil
}

func (s *Service) checkSource(r *api.Request, in *putSourceInput) error {
	if err := checkName(in.Name); err != nil {
		return err
	}
	parts := distributionARN.FindStringSubmatch(in.ResourceARN)
	switch {
	case parts == nil:
		return invalid("Provided resourceArn is invalid: %s", in.ResourceARN)
	case r.Region != homeRegion:
		return invalid("Log delivery of CloudFront distributions is set up in %s, not in %s", homeRegion, r.Region)
	case in.LogType != accessLogs:
		return invalid("Provided logType %q is not one of: [%s]", in.LogType, accessLogs)
	case parts[1] != r.Caller.Account || !s.opts.Distribution(in.ResourceARN):
		return api.Refuse("ResourceNotFoundException", "The resource %s does not exist.", in.ResourceARN)
	}
	return nil
}

type nameInput struct {
	Name string `json:"name"`
}

func (s *Service) getSource(r *api.Request, in *nameInput) (*sourceOutput, error) {
	found, err := named(r, s.state.Sources, sourceKind, in.Name)
	if err != nil {
		return nil, err
	}
	return &sourceOutput{found.document()}, nil
}

type sourcesOutput struct {
	DeliverySources []sourceDocument `json:"deliverySources"`
}

func (s *Service) describeSources(r *api.Request, in *pageInput) (*sourcesOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := &sourcesOutput{DeliverySources: []sourceDocument{}}
	for _, e := range seen(r, s.state.Sources) {
		out.DeliverySources = append(out.DeliverySources, e.document())
	}
	return out, nil
}

// deleteSource deletes a source that no delivery has ("DeleteDeliverySource").
func (s *Service) deleteSource(r *api.Request, in *nameInput) (*nothing, error) {
	found, err := named(r, s.state.Sources, sourceKind, in.Name)
	if err != nil {
		return nil, err
	}
	for _, d := range s.state.Deliveries {
		if d.Source == found.ARN {
			return nil, conflict("This DeliverySource has associated Deliveries: delete delivery %s first.", d.ID)
		}
	}
	delete(s.state.Sources, found.ARN)
	return &nothing{}, nil
}
