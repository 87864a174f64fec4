package monitoring

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"imagecdn/localaws/api"
)

// question asks for a metric over a time.
type question struct {
	from, to time.Time
	period   time.Duration
}

// mostDatapoints is how many an answer has ("GetMetricStatistics").
const mostDatapoints = 1440

func readTimes(form url.Values, period string) (question, error) {
	from, errFrom := time.Parse(time.RFC3339, form.Get("StartTime"))
	to, errTo := time.Parse(time.RFC3339, form.Get("EndTime"))
	seconds, errPeriod := strconv.Atoi(period)
	switch {
	case errFrom != nil, errTo != nil, !from.Before(to):
		return question{}, invalidValue("The parameter StartTime must be less than the parameter EndTime.")
	case errPeriod != nil, seconds < 1, seconds > 30 && seconds%60 != 0:
		return question{}, invalidValue("The parameter Period must be a multiple of 60")
	}
	q := question{from: from, to: to, period: time.Duration(seconds) * time.Second}
	if q.to.Sub(q.from)/q.period > mostDatapoints {
		return q, api.Refuse("InvalidParameterCombination", "You have requested up to %d datapoints, which exceeds the limit of %d.",
			q.to.Sub(q.from)/q.period, mostDatapoints)
	}
	return q, nil
}

// each calls for every period that has data, from the first to the last.
func (s *Service) each(region string, m metric, statistic string, q question, found func(at time.Time, value float64)) {
	for at := q.from.Truncate(q.period); at.Before(q.to); at = at.Add(q.period) {
		if value, known := s.value(region, m, statistic, at, at.Add(q.period)); known {
			found(at, value)
		}
	}
}

type datapoint struct {
	Timestamp string
	Sum       *float64 `xml:",omitempty"`
	Average   *float64 `xml:",omitempty"`
	Minimum   *float64 `xml:",omitempty"`
	Maximum   *float64 `xml:",omitempty"`
	Unit      string
}

type statisticsDocument struct {
	XMLName    struct{} `xml:"GetMetricStatisticsResult"`
	Label      string
	Datapoints list[datapoint]
}

// getStatistics answers "GetMetricStatistics", without extended statistics.
func (s *Service) getStatistics(r *api.Request, form url.Values) (any, error) {
	q, err := readTimes(form, form.Get("Period"))
	if err != nil {
		return nil, err
	}
	m := metric{Namespace: form.Get("Namespace"), Name: form.Get("MetricName"), Dimensions: dimensions(form)}
	out, points := statisticsDocument{Label: m.Name}, map[time.Time]*datapoint{}
	for _, statistic := range members(form, "Statistics") {
		s.each(r.Region, m, statistic, q, func(at time.Time, value float64) {
			p := points[at]
			if p == nil {
				p = &datapoint{Timestamp: timestamp(at), Unit: "None"}
				points[at] = p
			}
			switch statistic {
			case "Sum":
				p.Sum = &value
			case "Average":
				p.Average = &value
			case "Minimum":
				p.Minimum = &value
			case "Maximum":
				p.Maximum = &value
			}
		})
	}
	for _, p := range points {
		out.Datapoints.Members = append(out.Datapoints.Members, *p)
	}
	return out, nil
}

type resultDocument struct {
	ID         string `xml:"Id"`
	Label      string
	StatusCode string
	Timestamps list[string]
	Values     list[float64]
}

type dataDocument struct {
	XMLName           struct{} `xml:"GetMetricDataResult"`
	MetricDataResults list[resultDocument]
}

// getData answers "GetMetricData" for plain metrics: expressions are not calculated.
func (s *Service) getData(r *api.Request, form url.Values) (any, error) {
	out := dataDocument{}
	for _, query := range structures(form, "MetricDataQueries") {
		if query.Get("Expression") != "" {
			return nil, api.RefuseStatus(http.StatusNotImplemented, "NotImplemented", "Expressions are not part of the embedded AWS")
		}
		q, err := readTimes(form, query.Get("MetricStat.Period"))
		if err != nil {
			return nil, err
		}
		m := metric{Namespace: query.Get("MetricStat.Metric.Namespace"), Name: query.Get("MetricStat.Metric.MetricName"), Dimensions: map[string]string{}}
		for _, d := range structures(query, "MetricStat.Metric.Dimensions") {
			m.Dimensions[d.Get("Name")] = d.Get("Value")
		}
		result := resultDocument{ID: query.Get("Id"), Label: m.Name, StatusCode: "Complete"}
		s.each(r.Region, m, query.Get("MetricStat.Stat"), q, func(at time.Time, value float64) {
			result.Timestamps.Members = append(result.Timestamps.Members, timestamp(at))
			result.Values.Members = append(result.Values.Members, value)
		})
		if form.Get("ScanBy") != "TimestampAscending" {
			slices.Reverse(result.Timestamps.Members)
			slices.Reverse(result.Values.Members)
		}
		out.MetricDataResults.Members = append(out.MetricDataResults.Members, result)
	}
	return out, nil
}
