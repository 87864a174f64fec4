package monitoring

import (
	"imagecdn/localaws/api"
)

// Needs implements api.Guarded ("Actions, resources, and condition keys for Amazon
// CloudWatch").
func (s *Service) Needs(r *api.Request) []api.Need {
	form := api.Form(r)
	need := api.Need{Action: "cloudwatch:" + r.Operation, Resource: "*"}
	alarmARN := func(name string) string {
		return (&alarm{Account: r.Caller.Account, Region: r.Region, Name: name}).arn()
	}
	var needs []api.Need
	switch r.Operation {
	case "PutMetricAlarm":
		need.Resource = alarmARN(form.Get("AlarmName"))
		if form.Has("Tags.member.1.Key") {
			needs = append(needs, api.Need{Action: "cloudwatch:TagResource", Resource: need.Resource})
		}
	case "DeleteAlarms":
		need.Resource = alarmARN(form.Get("AlarmNames.member.1"))
	case "PutDashboard", "GetDashboard":
		need.Resource = dashboardARN(r.Caller.Account, form.Get("DashboardName"))
	case "DeleteDashboards":
		need.Resource = dashboardARN(r.Caller.Account, form.Get("DashboardNames.member.1"))
	case "ListTagsForResource", "TagResource", "UntagResource":
		need.Resource = form.Get("ResourceARN")
	}
	return append([]api.Need{need}, needs...)
}
