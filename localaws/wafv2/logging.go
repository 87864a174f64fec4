package wafv2

import (
	"regexp"

	"imagecdn/localaws/api"
)

// logDestination is what logs can go to: a log group, a delivery stream or a
// bucket, whose name begins with aws-waf-logs-. They are not looked for, and get no
// logs.
var logDestination = regexp.MustCompile(`^arn:aws:(?:(?:logs|firehose):([a-z0-9-]+):\d{12}:(?:log-group:|deliverystream/)|s3:::)aws-waf-logs-[\w./#-]+(?::\*)?$`)

type loggingInput struct{ LoggingConfiguration document }

type loggingOutput struct{ LoggingConfiguration document }

type loggedResource struct{ ResourceArn string }

// putLogging replaces a web ACL's logging as a whole.
func (s *Service) putLogging(r *api.Request, in *loggingInput) (*loggingOutput, error) {
	var about struct {
		ResourceArn           string
		LogDestinationConfigs []string
	}
	if err := in.LoggingConfiguration.read(&about); err != nil {
		return nil, err
	}
	a, err := s.byARN(r, about.ResourceArn)
	if err != nil {
		return nil, err
	}
	if len(about.LogDestinationConfigs) > 1 {
		return nil, limitExceeded()
	}
	if len(about.LogDestinationConfigs) == 0 {
		return nil, invalid("LOG_DESTINATION", "", "A logging configuration needs a destination.")
	}
	destination := about.LogDestinationConfigs[0]
	parts := logDestination.FindStringSubmatch(destination)
	if parts == nil || parts[1] != "" && parts[1] != a.Region {
		return nil, invalid("LOG_DESTINATION", destination, "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.")
	}
	a.Logging = in.LoggingConfiguration
	return &loggingOutput{LoggingConfiguration: a.Logging}, nil
}

// logged is the web ACL of a call, which has logging.
func (s *Service) logged(r *api.Request, in *loggedResource) (*webACL, error) {
	a, err := s.byARN(r, in.ResourceArn)
	if err == nil && a.Logging == nil {
		err = nonexistent()
	}
	return a, err
}

func (s *Service) getLogging(r *api.Request, in *loggedResource) (*loggingOutput, error) {
	a, err := s.logged(r, in)
	if err != nil {
		return nil, err
	}
	return &loggingOutput{LoggingConfiguration: a.Logging}, nil
}

func (s *Service) deleteLogging(r *api.Request, in *loggedResource) (*nothing, error) {
	a, err := s.logged(r, in)
	if err != nil {
		return nil, err
	}
	a.Logging = nil
	return &nothing{}, nil
}

type loggingsOutput struct {
	LoggingConfigurations []document
	NextMarker            string `json:",omitempty"`
}

func (s *Service) listLoggings(r *api.Request, in *listInput) (*loggingsOutput, error) {
	page, next, err := listed(r, s.state.WebACLs, in, func(a *webACL) bool { return a.Logging != nil })
	if err != nil {
		return nil, err
	}
	out := &loggingsOutput{LoggingConfigurations: []document{}, NextMarker: next}
	for _, a := range page {
		out.LoggingConfigurations = append(out.LoggingConfigurations, a.Logging)
	}
	return out, nil
}
