// Package report says what CloudFront's standard logs come to: how much is served from
// cache, what is not, and what it costs. It is pure: whoever calls it fetches the files.
package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Needed are the fields that a record must have.
var Needed = []string{"date", "time", "cs-uri-stem", "sc-status", "sc-bytes", "x-edge-result-type"}

// Prices are what viewers' traffic costs, in USD.
type Prices struct {
	// Gigabyte is for 10^9 bytes to viewers, TenThousand for as many requests by HTTPS.
	Gigabyte, TenThousand float64
}

// Report is what the logs of a time come to.
type Report struct {
	// From and To are the times of the first and the last record.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Count
	// HitRatio is the part of the answers that came from cache, of 0 to 1.
	HitRatio float64 `json:"hitRatio"`
	// Cost is what the traffic costs, in USD, at the prices that were given.
	Cost float64 `json:"cost"`
	// Hours are those with records, in their order.
	Hours []Hour `json:"hours"`
	// Statuses are the answers by their HTTP status.
	Statuses map[string]int `json:"statuses"`
	// Misses are the paths that S3 was asked for most often, Missing those that are not
	// there, or may not be read.
	Misses  []Path `json:"misses"`
	Missing []Path `json:"missing"`

	hours           map[time.Time]*Count
	misses, missing map[string]*Path
}

// Count is a number of answers and their bytes.
type Count struct {
	// Requests are all, Hits those from cache, Errors those of 400 and more.
	Requests int `json:"requests"`
	Hits     int `json:"hits"`
	Errors   int `json:"errors"`
	// Bytes are those to viewers, OriginBytes what of them had to be fetched from S3.
	Bytes       int64 `json:"bytes"`
	OriginBytes int64 `json:"originBytes"`
}

// Hour is what an hour comes to.
type Hour struct {
	Start time.Time `json:"start"`
	Count
}

// Path is how often a path was asked for, and what it took.
type Path struct {
	Path     string `json:"path"`
	Requests int    `json:"requests"`
	Bytes    int64  `json:"bytes"`
}

// New is a report of nothing yet.
func New() *Report {
	return &Report{
		Statuses: map[string]int{}, Hours: []Hour{}, Misses: []Path{}, Missing: []Path{},
		hours: map[time.Time]*Count{}, misses: map[string]*Path{}, missing: map[string]*Path{},
	}
}

// ErrFormat is the error of a file that is no log in a format that can be read.
var ErrFormat = errors.New("not a log in JSON or W3C format")

// longestLine bounds a record: a URL has up to 8,192 bytes.
const longestLine = 1 << 20

// Add reads a log file that is unpacked, JSON or W3C. Records before a time are left out.
func (r *Report) Add(log io.Reader, since time.Time) error {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, longestLine)
	var columns []string
	for lines.Scan() {
		line := lines.Text()
		fields, isFields := strings.CutPrefix(line, "#Fields: ")
		switch {
		case isFields:
			columns = strings.Fields(fields)
		case strings.HasPrefix(line, "#"), line == "":
		default:
			record, err := parse(line, columns)
			if err != nil {
				return err
			}
			if err := r.count(record, since); err != nil {
				return err
			}
		}
	}
	return lines.Err() //nolint:wrapcheck // the caller names the file
}

// parse reads one record: a JSON object, or values for the columns of W3C.
func parse(line string, columns []string) (map[string]string, error) {
	record := map[string]string{}
	if strings.HasPrefix(line, "{") {
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		return record, nil
	}
	values := strings.Split(line, "\t")
	if len(columns) == 0 || len(values) != len(columns) {
		return nil, ErrFormat
	}
	for i, name := range columns {
		record[name] = values[i]
	}
	return record, nil
}

func (r *Report) count(record map[string]string, since time.Time) error {
	for _, field := range Needed {
		if record[field] == "" {
			return fmt.Errorf("the records have no field %s: the report needs %s (logging.fields)", field, strings.Join(Needed, ", ")) //nolint:err113 // for people
		}
	}
	at, err := time.Parse(time.DateTime, record["date"]+" "+record["time"])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if at.Before(since) {
		return nil
	}
	bytes, err := strconv.ParseInt(record["sc-bytes"], 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	hour := at.Truncate(time.Hour)
	if r.hours[hour] == nil {
		r.hours[hour] = &Count{}
	}
	status, path := record["sc-status"], record["cs-uri-stem"]
	hit := record["x-edge-result-type"] == "Hit" || record["x-edge-result-type"] == "RefreshHit"
	failed := status >= "400"
	for _, c := range []*Count{&r.Count, r.hours[hour]} {
		c.add(bytes, hit, failed, record["x-edge-result-type"] == "Miss")
	}
	r.Statuses[status]++
	switch {
	case status == "403" || status == "404":
		add(r.missing, path, bytes)
	case !hit && !failed && record["x-edge-result-type"] == "Miss":
		add(r.misses, path, bytes)
	}
	if r.From.IsZero() || at.Before(r.From) {
		r.From = at
	}
	if at.After(r.To) {
		r.To = at
	}
	return nil
}

func (c *Count) add(bytes int64, hit, failed, miss bool) {
	c.Requests++
	c.Bytes += bytes
	if hit {
		c.Hits++
	}
	if failed {
		c.Errors++
	}
	if miss {
		c.OriginBytes += bytes
	}
}

func add(paths map[string]*Path, path string, bytes int64) {
	if paths[path] == nil {
		paths[path] = &Path{Path: path}
	}
	paths[path].Requests++
	paths[path].Bytes += bytes
}

// listed is how many paths a report names.
const listed = 20

// Finish works out what the records come to.
func (r *Report) Finish(prices Prices) {
	for _, start := range slices.SortedFunc(maps.Keys(r.hours), time.Time.Compare) {
		r.Hours = append(r.Hours, Hour{Start: start, Count: *r.hours[start]})
	}
	r.Misses, r.Missing = most(r.misses), most(r.missing)
	r.HitRatio = r.ratio()
	r.Cost = float64(r.Bytes)/1e9*prices.Gigabyte + float64(r.Requests)/1e4*prices.TenThousand
}

// ratio is the part of the answers that came from cache.
func (c Count) ratio() float64 {
	if c.Requests == 0 {
		return 0
	}
	return float64(c.Hits) / float64(c.Requests)
}

// most are the paths with the most requests.
func most(paths map[string]*Path) []Path {
	list := []Path{}
	for _, p := range paths {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Path) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Path, b.Path))
	})
	return list[:min(len(list), listed)]
}
