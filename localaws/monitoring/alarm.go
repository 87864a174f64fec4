package monitoring

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// States of an alarm.
const (
	stateOK           = "OK"
	stateAlarm        = "ALARM"
	stateInsufficient = "INSUFFICIENT_DATA"
)

// alarm is an alarm on one metric.
type alarm struct {
	Account     string  `json:"account"`
	Region      string  `json:"region"`
	Name        string  `json:"name"`
	Description string  `json:"description,omitempty"`
	Metric      metric  `json:"metric"`
	Statistic   string  `json:"statistic"` // or an extended one, such as p90
	Period      int     `json:"period"`
	Periods     int     `json:"periods"`
	Datapoints  int     `json:"datapoints,omitempty"`
	Comparison  string  `json:"comparison"`
	Threshold   float64 `json:"threshold"`
	Missing     string  `json:"missing,omitempty"`
	Enabled     bool    `json:"enabled"`

	Actions map[string][]string `json:"actions,omitempty"` // by the state that they are for
	Tags    map[string]string   `json:"tags,omitempty"`

	State   string    `json:"state"`
	Reason  string    `json:"reason"`
	Changed time.Time `json:"changed"`
}

func (a *alarm) arn() string {
	return fmt.Sprintf("arn:aws:cloudwatch:%s:%s:alarm:%s", a.Region, a.Account, a.Name)
}

func (a *alarm) visibleTo(r *api.Request) bool {
	return a.Account == r.Caller.Account && a.Region == r.Region
}

// comparisons are the operators.
var comparisons = map[string]func(value, threshold float64) bool{
	"GreaterThanOrEqualToThreshold": func(v, t float64) bool { return v >= t },
	"GreaterThanThreshold":          func(v, t float64) bool { return v > t },
	"LessThanThreshold":             func(v, t float64) bool { return v < t },
	"LessThanOrEqualToThreshold":    func(v, t float64) bool { return v <= t },
}

var statistics = []string{"SampleCount", "Average", "Sum", "Minimum", "Maximum"}

// putAlarm makes an alarm or overwrites one ("PutMetricAlarm").
func (s *Service) putAlarm(r *api.Request, form url.Values) (any, error) {
	a, err := readAlarm(r, form)
	if err != nil {
		return nil, err
	}
	r.Resource = a.arn()
	a.State, a.Reason, a.Changed = stateInsufficient, "Unchecked: Initial alarm creation", s.env.Now()
	if before := s.state.Alarms[a.arn()]; before != nil {
		a.State, a.Reason, a.Changed, a.Tags = before.State, before.Reason, before.Changed, before.Tags
	} else if a.Tags, err = merged(nil, form); err != nil {
		return nil, err
	}
	s.state.Alarms[a.arn()] = a
	return nil, nil
}

func readAlarm(r *api.Request, form url.Values) (*alarm, error) {
	a := &alarm{
		Account: r.Caller.Account, Region: r.Region, Name: form.Get("AlarmName"), Description: form.Get("AlarmDescription"),
		Metric:    metric{Namespace: form.Get("Namespace"), Name: form.Get("MetricName"), Dimensions: dimensions(form)},
		Statistic: form.Get("Statistic"), Comparison: form.Get("ComparisonOperator"), Missing: form.Get("TreatMissingData"),
		Enabled: form.Get("ActionsEnabled") != "false",
		Actions: map[string][]string{
			stateAlarm: members(form, "AlarmActions"), stateOK: members(form, "OKActions"), stateInsufficient: members(form, "InsufficientDataActions"),
		},
	}
	if extended := form.Get("ExtendedStatistic"); extended != "" {
		a.Statistic = extended
	}
	a.Period, _ = strconv.Atoi(form.Get("Period"))             // refused below
	a.Periods, _ = strconv.Atoi(form.Get("EvaluationPeriods")) // as above
	a.Datapoints, _ = strconv.Atoi(form.Get("DatapointsToAlarm"))
	threshold, err := strconv.ParseFloat(form.Get("Threshold"), 64)
	if err != nil {
		return nil, invalid("The parameter Threshold is required.")
	}
	a.Threshold = threshold
	if len(structures(form, "Metrics")) > 0 {
		return nil, api.RefuseStatus(501, "NotImplemented", "Alarms on several metrics are not part of the embedded AWS")
	}
	return a, a.check(form.Get("Statistic") != "" && form.Get("ExtendedStatistic") != "")
}

// check applies the rules of "PutMetricAlarm".
func (a *alarm) check(twoStatistics bool) error {
	percentile, extended := strings.CutPrefix(a.Statistic, "p")
	_, notANumber := strconv.ParseFloat(percentile, 64)
	const day, week = 86_400, 604_800
	switch {
	case a.Name == "" || len(a.Name) > 255:
		return invalid("1 validation error detected: Value '%s' at 'alarmName' failed to satisfy constraint: Member must have length between 1 and 255", a.Name)
	case a.Metric.Name == "" || a.Metric.Namespace == "":
		return invalid("Metric Name and Namespace are required parameters")
	case comparisons[a.Comparison] == nil:
		return invalid("1 validation error detected: Value '%s' at 'comparisonOperator' failed to satisfy constraint", a.Comparison)
	case a.Periods < 1:
		return invalid("1 validation error detected: Value '%d' at 'evaluationPeriods' failed to satisfy constraint: Member must have value greater than or equal to 1", a.Periods)
	case a.Period != 10 && a.Period != 20 && a.Period != 30 && (a.Period < 60 || a.Period%60 != 0):
		return invalid("Period must be 10, 20, 30 or a multiple of 60")
	case a.Period*a.Periods > week || a.Period < 3600 && a.Period*a.Periods > day:
		return invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400), or a week for periods of an hour and more.")
	case a.Datapoints > a.Periods:
		return invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
	case twoStatistics, !slices.Contains(statistics, a.Statistic) && (!extended || notANumber != nil):
		return invalid("Exactly one of Statistic and ExtendedStatistic must be given, and be one that there is")
	case !slices.Contains([]string{"", "breaching", "notBreaching", "ignore", "missing"}, a.Missing):
		return invalid("TreatMissingData %q is not one of breaching, notBreaching, ignore, missing", a.Missing)
	}
	for _, actions := range a.Actions {
		for _, action := range actions {
			if !strings.HasPrefix(action, "arn:aws:") {
				return invalid("Invalid arn syntax: %s", action)
			}
		}
	}
	return nil
}

func dimensions(form url.Values) map[string]string {
	found := map[string]string{}
	for _, d := range structures(form, "Dimensions") {
		found[d.Get("Name")] = d.Get("Value")
	}
	return found
}

// evaluateEvery is the pause between two looks at the metrics. CloudWatch takes a minute.
const evaluateEvery = time.Second

// Tick implements api.Ticker: alarms change their state.
func (s *Service) Tick(now time.Time) (changed bool) {
	if now.Before(s.evaluated.Add(evaluateEvery)) {
		return false
	}
	s.evaluated = now
	s.forget(now)
	for _, a := range s.state.Alarms {
		if s.evaluate(a, now) {
			changed = true
		}
	}
	return changed
}

// evaluate looks at the last periods of an alarm, up to now ("Evaluating an alarm",
// CloudWatch User Guide).
func (s *Service) evaluate(a *alarm, now time.Time) (changed bool) {
	breaching, missing := 0, 0
	var values []string
	period := time.Duration(a.Period) * time.Second
	for i := range a.Periods {
		to := now.Add(-time.Duration(i) * period)
		value, known := s.value(a.Region, a.Metric, a.Statistic, to.Add(-period), to)
		switch {
		case !known:
			missing++
		case comparisons[a.Comparison](value, a.Threshold):
			breaching++
			fallthrough
		default:
			values = append(values, strconv.FormatFloat(value, 'f', -1, 64))
		}
	}
	if a.Missing == "breaching" {
		breaching += missing
	}
	needed := a.Datapoints
	if needed == 0 {
		needed = a.Periods
	}
	to, reason := stateOK, fmt.Sprintf("%d datapoints [%s] were compared with the threshold (%v).", len(values), strings.Join(values, ", "), a.Threshold)
	switch {
	case breaching >= needed:
		to = stateAlarm
	case missing == a.Periods && a.Missing == "ignore":
		to = a.State
	case missing == a.Periods && (a.Missing == "missing" || a.Missing == ""):
		to = stateInsufficient
	}
	if to == a.State {
		return false
	}
	s.change(a, to, reason, now)
	return true
}

// change tells who is to hear of a new state.
func (s *Service) change(a *alarm, to, reason string, now time.Time) {
	from := a.State
	a.State, a.Reason, a.Changed = to, reason, now
	if !a.Enabled {
		return
	}
	message, err := json.Marshal(map[string]string{
		"AlarmName": a.Name, "AlarmDescription": a.Description, "AWSAccountId": a.Account, "AlarmArn": a.arn(),
		"NewStateValue": to, "OldStateValue": from, "NewStateReason": reason, "StateChangeTime": timestamp(now),
	})
	if err != nil {
		return // cannot happen with a map of strings
	}
	for _, action := range a.Actions[to] {
		s.opts.Notify(action, to+`: "`+a.Name+`"`, string(message))
	}
}

type dimensionDocument struct{ Name, Value string }

type alarmDocument struct {
	AlarmName, AlarmArn, AlarmDescription            string
	ActionsEnabled                                   bool
	OKActions, AlarmActions, InsufficientDataActions list[string]
	StateValue, StateReason, StateUpdatedTimestamp   string
	AlarmConfigurationUpdatedTimestamp               string
	MetricName, Namespace                            string
	Statistic                                        string `xml:",omitempty"`
	ExtendedStatistic                                string `xml:",omitempty"`
	Dimensions                                       list[dimensionDocument]
	Period, EvaluationPeriods                        int
	DatapointsToAlarm                                int `xml:",omitempty"`
	Threshold                                        float64
	ComparisonOperator                               string
	TreatMissingData                                 string `xml:",omitempty"`
}

func (a *alarm) document() alarmDocument {
	d := alarmDocument{
		AlarmName: a.Name, AlarmArn: a.arn(), AlarmDescription: a.Description, ActionsEnabled: a.Enabled,
		OKActions: list[string]{a.Actions[stateOK]}, AlarmActions: list[string]{a.Actions[stateAlarm]},
		InsufficientDataActions: list[string]{a.Actions[stateInsufficient]},
		StateValue:              a.State, StateReason: a.Reason, StateUpdatedTimestamp: timestamp(a.Changed),
		AlarmConfigurationUpdatedTimestamp: timestamp(a.Changed),
		MetricName:                         a.Metric.Name, Namespace: a.Metric.Namespace, Period: a.Period, EvaluationPeriods: a.Periods,
		DatapointsToAlarm: a.Datapoints, Threshold: a.Threshold, ComparisonOperator: a.Comparison, TreatMissingData: a.Missing,
	}
	if slices.Contains(statistics, a.Statistic) {
		d.Statistic = a.Statistic
	} else {
		d.ExtendedStatistic = a.Statistic
	}
	for _, name := range sortedKeys(a.Metric.Dimensions) {
		d.Dimensions.Members = append(d.Dimensions.Members, dimensionDocument{name, a.Metric.Dimensions[name]})
	}
	return d
}

type alarmsDocument struct {
	XMLName      struct{} `xml:"DescribeAlarmsResult"`
	MetricAlarms list[alarmDocument]
}

func (s *Service) describeAlarms(r *api.Request, form url.Values) (any, error) {
	wanted, prefix, state := members(form, "AlarmNames"), form.Get("AlarmNamePrefix"), form.Get("StateValue")
	out := alarmsDocument{}
	for _, arn := range sortedKeys(s.state.Alarms) {
		a := s.state.Alarms[arn]
		if a.visibleTo(r) && (len(wanted) == 0 || slices.Contains(wanted, a.Name)) && strings.HasPrefix(a.Name, prefix) && (state == "" || state == a.State) {
			out.MetricAlarms.Members = append(out.MetricAlarms.Members, a.document())
		}
	}
	return out, nil
}

// deleteAlarms deletes all of them, or none if one is not there ("DeleteAlarms").
func (s *Service) deleteAlarms(r *api.Request, form url.Values) (any, error) {
	var arns []string
	for _, name := range members(form, "AlarmNames") {
		a := alarm{Account: r.Caller.Account, Region: r.Region, Name: name}
		if s.state.Alarms[a.arn()] == nil {
			return nil, api.RefuseStatus(404, "ResourceNotFound", "Alarm %s does not exist", name)
		}
		arns = append(arns, a.arn())
	}
	for _, arn := range arns {
		r.Resource = arn
		delete(s.state.Alarms, arn)
	}
	return nil, nil
}

// maxTags is how many tags an alarm can have.
const maxTags = 50

func merged(existing map[string]string, form url.Values) (map[string]string, error) {
	var added []tags.Tag
	for _, t := range structures(form, "Tags") {
		added = append(added, tags.Tag{Key: t.Get("Key"), Value: t.Get("Value")})
	}
	all, fault := tags.Merge(existing, added, maxTags)
	if fault != nil {
		return nil, invalidValue("The tag %q is not valid", fault.Key)
	}
	return all, nil
}
