package cloudfront

import (
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// accessControlConfig is OriginAccessControlConfig.
type accessControlConfig struct {
	Name                          string
	Description                   string
	SigningProtocol               string
	SigningBehavior               string
	OriginAccessControlOriginType string
}

type accessControlSummary struct {
	Id string
	accessControlConfig
}

func (s *Service) newAccessControls() *catalogue[accessControlConfig] {
	return &catalogue[accessControlConfig]{
		kind: kind{
			name: "OriginAccessControl", plural: "OriginAccessControls", words: "origin access control",
			path: "/origin-access-control", newID: newID, quota: 100, tooMany: "TooManyOriginAccessControls",
		},
		now:     s.now,
		items:   map[string]*item[accessControlConfig]{},
		nameOf:  func(c *accessControlConfig) string { return c.Name },
		check:   checkAccessControl,
		inUse:   s.accessControlInUse,
		element: accessControlElement,
		list:    accessControlList,
	}
}

func checkAccessControl(c *accessControlConfig) error {
	if len(c.Name) > 64 {
		return api.Refuse("InvalidArgument", "The parameter Name is too long: at most 64 characters.")
	}
	if err := oneOf("SigningProtocol", c.SigningProtocol, "sigv4"); err != nil {
		return err
	}
	if err := oneOf("SigningBehavior", c.SigningBehavior, "always", "never", "no-override"); err != nil {
		return err
	}
	return oneOf("OriginAccessControlOriginType", c.OriginAccessControlOriginType,
		"s3", "mediastore", "mediapackagev2", "lambda")
}

func accessControlElement(c *catalogue[accessControlConfig], it *item[accessControlConfig]) element {
	return element{name: c.name, children: []element{
		{name: "Id", content: it.ID},
		{name: c.name + "Config", content: it.Config},
	}}
}

func accessControlList(c *catalogue[accessControlConfig], _ string, p page) element {
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		items = append(items, element{
			name: c.name + "Summary", content: accessControlSummary{id, *c.items[id].Config},
		})
	}
	return element{name: c.name + "List", children: p.markedList(items)}
}

// markedList is what the lists with markers in both directions consist of.
func (p page) markedList(items []element) []element {
	children := []element{
		{name: "Marker", content: p.marker},
		{name: "MaxItems", content: p.maxItems},
		{name: "IsTruncated", content: p.nextMarker != ""},
		{name: "Quantity", content: len(items)},
		{name: "Items", children: items},
	}
	if p.nextMarker != "" {
		children = append(children, element{name: "NextMarker", content: p.nextMarker})
	}
	return children
}

// oneOf refuses a value that is not one of those the API knows.
func oneOf(parameter, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return api.Refuse("InvalidArgument", "The parameter %s is invalid: %q is none of %s.",
		parameter, value, strings.Join(known, ", "))
}
