package logs

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// layout are the keys of log files ("Send logs to Amazon S3", CloudFront Developer Guide).
type layout struct {
	prefix       string
	account      string
	distribution string
	hour         time.Time
}

// variable is a part of a suffix path that depends on what is logged.
type variable struct {
	// hive is what it is called in a path that Hive can read.
	hive  string
	value func(layout) string
}

var variables = map[string]variable{
	"{DistributionId}": {"DistributionId", func(l layout) string { return l.distribution }},
	"{distributionid}": {"distributionid", func(l layout) string { return l.distribution }},
	"{account-id}":     {"aws-account-id", func(l layout) string { return l.account }},
	"{accountid}":      {"accountid", func(l layout) string { return l.account }},
	"{yyyy}":           {"year", func(l layout) string { return l.hour.Format("2006") }},
	"{MM}":             {"month", func(l layout) string { return l.hour.Format("01") }},
	"{dd}":             {"day", func(l layout) string { return l.hour.Format("02") }},
	"{HH}":             {"hour", func(l layout) string { return l.hour.Format("15") }},
}

const longestSuffix = 256

// segment is a part of a suffix path between slashes. Hive's names are AWS's to write.
var segment = regexp.MustCompile(`^[\w.!*'()-]*$`)

func validSuffix(path string) bool {
	if len(path) > longestSuffix {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if _, known := variables[part]; !known && !segment.MatchString(part) {
			return false
		}
	}
	return true
}

// folder is where a file goes, with a slash at its end, "" for the bucket itself.
func (l layout) folder(c *s3Configuration) string {
	parts := []string{l.prefix}
	for part := range strings.SplitSeq(c.SuffixPath, "/") {
		if v, known := variables[part]; known {
			part = v.value(l)
			if c.Hive {
				part = v.hive + "=" + part
			}
		}
		parts = append(parts, part)
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "/") + "/"
}

// start is as much of the folder as is the same for all files.
func (l layout) start(c *s3Configuration) string {
	fixed := *c
	for i, part := range strings.Split(c.SuffixPath, "/") {
		if _, varies := variables[part]; varies && part != "{account-id}" && part != "{accountid}" {
			fixed.SuffixPath = strings.Join(strings.Split(c.SuffixPath, "/")[:i], "/")
			break
		}
	}
	return l.folder(&fixed)
}

// file is the name of a file, without its folder.
func (l layout) file(unique string) string {
	return l.distribution + "." + l.hour.Format("2006-01-02-15") + "." + unique + ".gz"
}
