package main

import (
	"fmt"
	"strconv"
	"strings"
)

// version is a release: major, minor, patch.
type version [3]int

// parseVersion reads "v3.256.0", with or without the v, and without regard to what follows a hyphen or a plus.
func parseVersion(text string) (version, error) {
	release := strings.TrimPrefix(strings.TrimSpace(text), "v")
	if i := strings.IndexAny(release, "-+"); i >= 0 {
		release = release[:i]
	}
	parts := strings.Split(release, ".")
	var v version
	if len(parts) != len(v) {
		return version{}, fmt.Errorf("%q is not a version", text)
	}
	for i, part := range parts {
		number, err := strconv.Atoi(part)
		if err != nil || number < 0 {
			return version{}, fmt.Errorf("%q is not a version", text)
		}
		v[i] = number
	}

	return v, nil
}

// atLeast tells whether v is the other version or a later one.
func (v version) atLeast(other version) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] > other[i]
		}
	}

	return true
}
