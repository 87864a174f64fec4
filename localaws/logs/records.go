package logs

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"imagecdn/localaws/edge"
)

// batch are records that wait for their delivery.
type batch struct {
	records []edge.Record
	due     time.Time
}

// mostWaiting bounds a batch that its bucket does not take. The oldest records go first.
const mostWaiting = 10_000

// retryAfter is the pause after a delivery that failed.
const retryAfter = 5 * time.Second

// Record takes a request down that an edge has answered, for all deliveries of its
// distribution. It is called with the world's lock held.
func (s *Service) Record(r edge.Record) {
	for arn, d := range s.state.Deliveries {
		if s.state.Sources[d.Source].ResourceARN != r.DistributionARN {
			continue
		}
		b := s.waiting[arn]
		if b == nil {
			b = &batch{due: s.env.Now().Add(s.env.Delays.LogDelivery)}
			s.waiting[arn] = b
		}
		b.records = append(b.records, r)
		b.records = b.records[max(0, len(b.records)-mostWaiting):]
	}
}

// Tick implements api.Ticker: it delivers what is due.
func (s *Service) Tick(now time.Time) (changed bool) {
	for arn, b := range s.waiting {
		if now.Before(b.due) {
			continue
		}
		if left := s.deliver(s.state.Deliveries[arn], b.records); len(left) > 0 {
			s.waiting[arn] = &batch{records: left, due: now.Add(max(s.env.Delays.LogDelivery, retryAfter))}
			continue
		}
		delete(s.waiting, arn)
	}
	return false // the files are the bucket's
}

// deliver writes records, one file for each hour, and returns those that the bucket does
// not take now.
func (s *Service) deliver(d *delivery, records []edge.Record) (left []edge.Record) {
	to := s.state.Destinations[d.Destination]
	bucket, prefix := to.place()
	hours := map[time.Time][]edge.Record{}
	for _, r := range records {
		hour := r.Time.UTC().Truncate(time.Hour)
		hours[hour] = append(hours[hour], r)
	}
	for _, hour := range slices.SortedFunc(maps.Keys(hours), time.Time.Compare) {
		l := layout{prefix: prefix, account: d.Account, distribution: hours[hour][0].DistributionID, hour: hour}
		body, err := d.write(to.Format, hours[hour])
		if err == nil {
			err = s.opts.Deliver(Object{Bucket: bucket, Key: l.folder(d.S3) + l.file(unique()), SourceARN: d.Source, Body: body})
		}
		if err != nil {
			left = append(left, hours[hour]...)
		}
	}
	return left
}

// unique is what tells the files of an hour apart.
func unique() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // crypto/rand does not fail
	return hex.EncodeToString(b[:])
}

// write is a log file. A destination that says no format gets AWS's, which is plain.
func (d *delivery) write(format string, records []edge.Record) ([]byte, error) {
	var text bytes.Buffer
	delimiter := cmp.Or(d.Delimiter, "\t")
	switch format {
	case formatW3C:
		text.WriteString("#Version: 1.0\n#Fields: " + strings.Join(d.Fields, " ") + "\n")
	case formatPlain, "":
		text.WriteString(strings.Join(d.Fields, delimiter) + "\n")
	}
	for _, r := range records {
		line, err := d.line(format, delimiter, r)
		if err != nil {
			return nil, err
		}
		text.WriteString(line + "\n")
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(text.Bytes()); err != nil {
		return nil, fmt.Errorf("packing a log file: %w", err)
	}
	if err := zip.Close(); err != nil {
		return nil, fmt.Errorf("packing a log file: %w", err)
	}
	return packed.Bytes(), nil
}

// line is one record. JSON has its members in the order of the fields.
func (d *delivery) line(format, delimiter string, r edge.Record) (string, error) {
	parts := make([]string, 0, len(d.Fields))
	for _, field := range d.Fields {
		value := values[field](r)
		if format != formatJSON {
			parts = append(parts, value)
			continue
		}
		name, err := json.Marshal(field)
		if err != nil {
			return "", fmt.Errorf("writing a record: %w", err)
		}
		text, err := json.Marshal(value)
		if err != nil {
			return "", fmt.Errorf("writing a record: %w", err)
		}
		parts = append(parts, string(name)+":"+string(text))
	}
	if format == formatJSON {
		return "{" + strings.Join(parts, ",") + "}", nil
	}
	return strings.Join(parts, delimiter), nil
}
