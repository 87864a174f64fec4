package route53

import (
	"fmt"
	"net/http"

	"imagecdn/localaws/api"
)

// maxTTL is the largest time to live of DNS (RFC 2181).
const maxTTL = 1<<31 - 1

// check is what Route 53 refuses before it looks at the zone: InvalidInput. It
// leaves the names in canonical form.
func (c *changeRequest) check() error {
	r := &c.Set
	switch c.Action {
	case "CREATE", "DELETE", "UPSERT":
	default:
		return api.Refuse("InvalidInput", "Invalid request: Action %q is none of CREATE, DELETE and UPSERT", c.Action)
	}
	if !types[r.Type] {
		return api.Refuse("InvalidInput", "Invalid request: %q is not a record type", r.Type)
	}
	if err := c.checkContent(); err != nil {
		return err
	}
	if err := c.checkPolicy(); err != nil {
		return err
	}
	if err := c.checkOthers(); err != nil {
		return err
	}
	return c.canonicalise()
}

// where is how Route 53 points at a change.
func (c *changeRequest) where() string {
	identifier := "null"
	if c.Set.routed() {
		identifier = c.Set.SetIdentifier
	}
	return fmt.Sprintf("Change with [Action=%s, Name=%s, Type=%s, SetIdentifier=%s]",
		c.Action, c.Set.Name, c.Set.Type, identifier)
}

// checkContent wants exactly one kind of content.
func (c *changeRequest) checkContent() error {
	const expected = "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], " +
		"or TrafficPolicyInstanceId], but found %s in %s"
	r := c.Set
	alias, some := r.AliasTarget != nil, r.TTL != nil || len(r.Records) > 0
	if alias && some {
		return api.Refuse("InvalidInput", expected, "more than one", c.where())
	}
	if !alias && r.TrafficPolicyID == "" && (r.TTL == nil || len(r.Records) == 0) {
		return api.Refuse("InvalidInput", expected, "none", c.where())
	}
	if r.TTL != nil && *r.TTL > maxTTL {
		return api.Refuse("InvalidInput", "Invalid request: the TTL %d is larger than %d in %s", *r.TTL, maxTTL, c.where())
	}
	return nil
}

// checkPolicy wants a set identifier exactly with a routing policy, and one policy only.
func (c *changeRequest) checkPolicy() error {
	r := c.Set
	policies := 0
	for _, given := range []bool{
		r.Weight != nil, r.Region != "", r.GeoLocation != nil, r.Failover != "", r.MultiValueAnswer != nil,
		r.GeoProximityLocation != nil, r.CidrRoutingConfig != nil,
	} {
		if given {
			policies++
		}
	}
	switch {
	case policies > 1:
		return api.Refuse("InvalidInput", "Invalid request: Expected at most one routing policy, but found more in %s", c.where())
	case policies == 1 && !r.routed():
		return api.Refuse("InvalidInput", "Invalid request: Missing field 'SetIdentifier' in %s", c.where())
	case policies == 0 && r.routed():
		return api.Refuse("InvalidInput", "Invalid request: Expected exactly one of [Weight, Region, Failover, "+
			"GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found none in %s", c.where())
	case r.Weight != nil && (*r.Weight < 0 || *r.Weight > 255):
		return api.Refuse("InvalidInput", "Invalid request: the Weight %d is not between 0 and 255 in %s", *r.Weight, c.where())
	case r.Failover != "" && r.Failover != "PRIMARY" && r.Failover != "SECONDARY":
		return api.Refuse("InvalidInput", "Invalid request: Failover is PRIMARY or SECONDARY in %s", c.where())
	}
	return nil
}

// checkOthers refuses references to what this Route 53 does not have.
func (c *changeRequest) checkOthers() error {
	r := c.Set
	switch {
	case r.HealthCheckID != "":
		return api.RefuseStatus(http.StatusNotFound, "NoSuchHealthCheck",
			"The specified health check %s does not exist.", r.HealthCheckID)
	case r.TrafficPolicyID != "":
		return api.RefuseStatus(http.StatusNotFound, "NoSuchTrafficPolicyInstance",
			"The specified traffic policy instance %s does not exist.", r.TrafficPolicyID)
	case r.CidrRoutingConfig != nil:
		return api.RefuseStatus(http.StatusNotFound, "NoSuchCidrCollectionException",
			"The specified CIDR collection %s does not exist.", r.CidrRoutingConfig.CollectionID)
	}
	return nil
}

func (c *changeRequest) canonicalise() error {
	name, err := canonicalName(c.Set.Name)
	if err != nil {
		return api.Refuse("InvalidChangeBatch", "[%v]", err)
	}
	c.Set.Name = name
	if target := c.Set.AliasTarget; target != nil {
		if target.DNSName, err = canonicalName(target.DNSName); err != nil {
			return api.Refuse("InvalidChangeBatch", "[%v]", err)
		}
	}
	return nil
}
