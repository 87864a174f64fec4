package monitoring

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// dashboard is a dashboard, whose body is kept as it came.
type dashboard struct {
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Body    string    `json:"body"`
	Changed time.Time `json:"changed"`
}

// A dashboard is global: its ARN has no region.
func dashboardARN(account, name string) string {
	return "arn:aws:cloudwatch::" + account + ":dashboard/" + name
}

var dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

type putDashboardDocument struct {
	XMLName                     struct{} `xml:"PutDashboardResult"`
	DashboardValidationMessages list[string]
}

// putDashboard makes a dashboard or overwrites one ("PutDashboard").
func (s *Service) putDashboard(r *api.Request, form url.Values) (any, error) {
	d := &dashboard{Account: r.Caller.Account, Name: form.Get("DashboardName"), Body: form.Get("DashboardBody"), Changed: s.env.Now()}
	var body struct {
		Widgets []struct {
			Type       string         `json:"type"`
			Properties map[string]any `json:"properties"`
		} `json:"widgets"`
	}
	switch {
	case !dashboardName.MatchString(d.Name):
		return nil, invalidValue("The value %s for field DashboardName is invalid", d.Name)
	case json.Unmarshal([]byte(d.Body), &body) != nil:
		return nil, api.Refuse("InvalidParameterInput", "The field DashboardBody must be a valid JSON object")
	}
	for i, w := range body.Widgets {
		if w.Type == "metric" && w.Properties["region"] == nil {
			return nil, api.Refuse("InvalidParameterInput", "The dashboard body is invalid, there are 1 validation errors: /widgets/%d/properties should have required property 'region'", i)
		}
	}
	r.Resource = dashboardARN(d.Account, d.Name)
	s.state.Dashboards[r.Resource] = d
	return putDashboardDocument{}, nil
}

type dashboardDocument struct {
	XMLName                                    struct{} `xml:"GetDashboardResult"`
	DashboardArn, DashboardBody, DashboardName string
}

func (s *Service) getDashboard(r *api.Request, form url.Values) (any, error) {
	r.Resource = dashboardARN(r.Caller.Account, form.Get("DashboardName"))
	d := s.state.Dashboards[r.Resource]
	if d == nil {
		return nil, noDashboard(form.Get("DashboardName"))
	}
	return dashboardDocument{DashboardArn: r.Resource, DashboardBody: d.Body, DashboardName: d.Name}, nil
}

func noDashboard(name string) error {
	return api.RefuseStatus(404, "ResourceNotFound", "Dashboard %s does not exist", name)
}

type dashboardEntry struct {
	DashboardName, DashboardArn, LastModified string
	Size                                      int
}

type dashboardsDocument struct {
	XMLName          struct{} `xml:"ListDashboardsResult"`
	DashboardEntries list[dashboardEntry]
}

func (s *Service) listDashboards(r *api.Request, form url.Values) (any, error) {
	out := dashboardsDocument{}
	for _, arn := range sortedKeys(s.state.Dashboards) {
		d := s.state.Dashboards[arn]
		if d.Account == r.Caller.Account && strings.HasPrefix(d.Name, form.Get("DashboardNamePrefix")) {
			out.DashboardEntries.Members = append(out.DashboardEntries.Members, dashboardEntry{d.Name, arn, timestamp(d.Changed), len(d.Body)})
		}
	}
	return out, nil
}

type deleteDashboardsDocument struct {
	XMLName struct{} `xml:"DeleteDashboardsResult"`
}

// deleteDashboards deletes all of them, or none if one is not there ("DeleteDashboards").
func (s *Service) deleteDashboards(r *api.Request, form url.Values) (any, error) {
	names := members(form, "DashboardNames")
	for _, name := range names {
		if s.state.Dashboards[dashboardARN(r.Caller.Account, name)] == nil {
			return nil, noDashboard(name)
		}
	}
	for _, name := range names {
		r.Resource = dashboardARN(r.Caller.Account, name)
		delete(s.state.Dashboards, r.Resource)
	}
	return deleteDashboardsDocument{}, nil
}
