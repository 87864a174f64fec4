package cloudfront

import (
	"net/http"

	"imagecdn/localaws/api"
)

type monitoringSubscription struct {
	RealtimeMetricsSubscriptionConfig *realtimeMetrics
}

type realtimeMetrics struct {
	RealtimeMetricsSubscriptionStatus string
}

func (d *distribution) monitoringElement() element {
	return element{name: "MonitoringSubscription", content: monitoringSubscription{
		&realtimeMetrics{RealtimeMetricsSubscriptionStatus: d.Monitoring},
	}}
}

func (s *Service) createMonitoring(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "DistributionId")
	if err != nil {
		return nil, err
	}
	in := new(monitoringSubscription)
	if err := decode(r, "MonitoringSubscription", in); err != nil {
		return nil, err
	}
	if in.RealtimeMetricsSubscriptionConfig == nil {
		return nil, api.Refuse("InvalidArgument", "The parameter RealtimeMetricsSubscriptionConfig is required.")
	}
	status := in.RealtimeMetricsSubscriptionConfig.RealtimeMetricsSubscriptionStatus
	if err := oneOf("RealtimeMetricsSubscriptionStatus", status, "Enabled", "Disabled"); err != nil {
		return nil, err
	}
	if d.Monitoring != "" {
		return nil, api.RefuseStatus(http.StatusConflict, "MonitoringSubscriptionAlreadyExists",
			"A monitoring subscription already exists for the specified distribution.")
	}
	d.Monitoring = status
	return answer(http.StatusOK, d.monitoringElement(), "", "")
}

// monitored is the distribution of a call about the subscription it has.
func (s *Service) monitored(r *api.Request) (*distribution, error) {
	d, err := s.find(r, "DistributionId")
	if err != nil {
		return nil, err
	}
	if d.Monitoring == "" {
		return nil, notFound("NoSuchMonitoringSubscription", "A monitoring subscription does not exist for the specified distribution.")
	}
	return d, nil
}

func (s *Service) getMonitoring(r *api.Request) (*api.Response, error) {
	d, err := s.monitored(r)
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, d.monitoringElement(), "", "")
}

func (s *Service) deleteMonitoring(r *api.Request) (*api.Response, error) {
	d, err := s.monitored(r)
	if err != nil {
		return nil, err
	}
	d.Monitoring = ""
	return &api.Response{Status: http.StatusOK}, nil
}
