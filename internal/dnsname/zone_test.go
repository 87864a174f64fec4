package dnsname

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAWildcardAndItsBaseShareAValidationRecord(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "example.com", ValidationKey("*.example.com"))
	assert.Equal(t, ValidationKey("example.com"), ValidationKey("*.example.com"))
	assert.NotEqual(t, ValidationKey("example.com"), ValidationKey("www.example.com"))
}

func TestParentsAreTheZonesThatMayHoldARecord(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"img.cdn.example.co.uk", "cdn.example.co.uk", "example.co.uk", "co.uk"},
		Parents("img.cdn.example.co.uk"))
	assert.Equal(t, []string{"example.com"}, Parents("*.example.com"))
	assert.Empty(t, Parents("com"))
	assert.Empty(t, Parents(""))
}

func TestADomainIsInAZoneAtALabelBoundary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		domain, zone string
		want         bool
	}{
		{"example.com", "example.com", true},
		{"cdn.example.com", "example.com", true},
		{"*.example.com", "example.com", true},
		{"a.b.example.com", "example.com", true},
		{"badexample.com", "example.com", false},
		{"example.com", "cdn.example.com", false},
		{"example.org", "example.com", false},
		{"example.com", "", false},
	} {
		assert.Equal(t, c.want, InZone(c.domain, c.zone), "%s in %s", c.domain, c.zone)
	}
}

func TestAWildcardCoversExactlyOneLabel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cert, host string
		want       bool
	}{
		{"cdn.example.com", "cdn.example.com", true},
		{"*.example.com", "cdn.example.com", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", "a.b.example.com", false},
		{"*.example.com", "*.example.com", true},
		{"*.example.com", ".example.com", false},
		{"*.cdn.example.com", "*.example.com", false},
		{"cdn.example.com", "*.example.com", false},
		{"example.com", "cdn.example.com", false},
		{"", "", false},
	} {
		assert.Equal(t, c.want, Covers(c.cert, c.host), "%s for %s", c.cert, c.host)
	}
}
