package monitoring

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/edge"
)

// counter is what an edge has counted in a second.
type counter struct {
	requests, hits, misses, client, server int
	downloaded, uploaded                   int64
	latencies                              []time.Duration
}

// kept is for how long counters are kept: CloudWatch keeps periods of a minute for 15 days.
const kept = 15 * 24 * time.Hour

// Record counts a request that an edge has answered. It is called with the world's lock
// held.
func (s *Service) Record(r edge.Record) {
	seconds := s.counters[r.DistributionID]
	if seconds == nil {
		seconds = map[int64]*counter{}
		s.counters[r.DistributionID] = seconds
	}
	c := seconds[r.Time.Unix()]
	if c == nil {
		c = &counter{}
		seconds[r.Time.Unix()] = c
	}
	c.requests++
	c.downloaded += r.BytesSent
	c.uploaded += r.BytesReceived
	switch {
	case r.Status >= 500:
		c.server++
	case r.Status >= 400:
		c.client++
	}
	switch r.Result {
	case "Hit", "RefreshHit":
		c.hits++
	case "Miss", "Error":
		c.misses++
	}
	if r.OriginTook > 0 {
		c.latencies = append(c.latencies, r.OriginTook)
	}
}

// forget drops counters that are too old.
func (s *Service) forget(now time.Time) {
	for _, seconds := range s.counters {
		for second := range seconds {
			if time.Unix(second, 0).Before(now.Add(-kept)) {
				delete(seconds, second)
			}
		}
	}
}

// metric is what is measured, of what.
type metric struct {
	Namespace  string            `json:"namespace"`
	Name       string            `json:"name"`
	Dimensions map[string]string `json:"dimensions"`
}

const (
	ofCloudFront   = "AWS/CloudFront"
	ofCertificates = "AWS/CertificateManager"
)

// additional are the metrics that a monitoring subscription adds ("Monitor CloudFront
// metrics with Amazon CloudWatch").
var additional = []string{"CacheHitRate", "OriginLatency"}

// value is the statistic of a metric between two times; known is false where nothing was
// measured.
func (s *Service) value(region string, m metric, statistic string, from, to time.Time) (value float64, known bool) {
	switch {
	case region != homeRegion:
		return 0, false
	case m.Namespace == ofCertificates && m.Name == "DaysToExpiry" && len(m.Dimensions) == 1:
		at, issued := s.opts.Expires(m.Dimensions["CertificateArn"])
		return math.Floor(at.Sub(to).Hours() / 24), issued
	case m.Namespace != ofCloudFront || len(m.Dimensions) != 2 || m.Dimensions["Region"] != "Global":
		return 0, false
	}
	id := m.Dimensions["DistributionId"]
	if slices.Contains(additional, m.Name) && !s.opts.Monitored(id) {
		return 0, false
	}
	sum := counter{}
	for second, c := range s.counters[id] {
		if at := time.Unix(second, 0); !at.Before(from.Truncate(time.Second)) && at.Before(to) {
			sum.add(c)
		}
	}
	if sum.requests == 0 {
		return 0, false
	}
	return sum.statistic(m.Name, statistic)
}

func (c *counter) add(other *counter) {
	c.requests += other.requests
	c.hits += other.hits
	c.misses += other.misses
	c.client += other.client
	c.server += other.server
	c.downloaded += other.downloaded
	c.uploaded += other.uploaded
	c.latencies = append(c.latencies, other.latencies...)
}

func (c *counter) statistic(name, statistic string) (float64, bool) {
	part := func(n int) (float64, bool) { return 100 * float64(n) / float64(c.requests), true }
	switch name {
	case "Requests":
		return c.counted(float64(c.requests), statistic)
	case "BytesDownloaded":
		return c.counted(float64(c.downloaded), statistic)
	case "BytesUploaded":
		return c.counted(float64(c.uploaded), statistic)
	case "4xxErrorRate":
		return part(c.client)
	case "5xxErrorRate":
		return part(c.server)
	case "TotalErrorRate":
		return part(c.client + c.server)
	case "CacheHitRate":
		if c.hits+c.misses == 0 {
			return 0, false
		}
		return 100 * float64(c.hits) / float64(c.hits+c.misses), true
	case "OriginLatency":
		return c.latency(statistic)
	}
	return 0, false
}

// counted is a statistic of what is added up: an average is one of the requests.
func (c *counter) counted(sum float64, statistic string) (float64, bool) {
	if statistic == "Average" {
		return sum / float64(c.requests), true
	}
	return sum, true
}

// latency is a statistic in milliseconds: an average, an extreme, or a percentile such as p90.
func (c *counter) latency(statistic string) (float64, bool) {
	if len(c.latencies) == 0 {
		return 0, false
	}
	sorted := slices.Clone(c.latencies)
	slices.SortFunc(sorted, cmp.Compare[time.Duration])
	milliseconds := func(d time.Duration) (float64, bool) { return float64(d) / float64(time.Millisecond), true }
	switch statistic {
	case "Minimum":
		return milliseconds(sorted[0])
	case "Maximum":
		return milliseconds(sorted[len(sorted)-1])
	}
	if percent, err := strconv.ParseFloat(strings.TrimPrefix(statistic, "p"), 64); err == nil && strings.HasPrefix(statistic, "p") {
		return milliseconds(sorted[min(len(sorted)-1, int(percent/100*float64(len(sorted))))])
	}
	var sum time.Duration
	for _, d := range sorted {
		sum += d
	}
	return milliseconds(sum / time.Duration(len(sorted)))
}
