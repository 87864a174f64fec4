package clients

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
)

// change is a change of one record, as change-resource-record-sets takes it.
func change(t *testing.T, action string, record object) string {
	t.Helper()
	return document(t, object{"Changes": []object{{"Action": action, "ResourceRecordSet": record}}})
}

// plainRecord is a record with one value.
func plainRecord(name, kind, value string) object {
	return object{"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": []object{{"Value": value}}}
}

// changeRecord makes a change and waits until it is everywhere.
func (c awsCLI) changeRecord(ctx context.Context, t *testing.T, zone, batch string) {
	t.Helper()
	id := c.value(ctx, t, "ChangeInfo.Id", "route53", "change-resource-record-sets", "--hosted-zone-id", zone, "--change-batch", batch)
	c.succeed(ctx, t, "route53", "wait", "resource-record-sets-changed", "--id", id)
}

// zoneID is the id of the seeded zone.
func (c awsCLI) zoneID(ctx context.Context, t *testing.T) string {
	t.Helper()
	return c.value(ctx, t, "HostedZones[0].Id", "route53", "list-hosted-zones-by-name", "--dns-name", seededZone)
}

func TestAWSCLIManagesRoute53(t *testing.T) {
	t.Parallel()
	ctx := within(t, cliLimit)
	w := newWorld(ctx, t)
	cli := newAWSCLI(t, w, homeRegion)
	var zone string
	www := plainRecord("www.cli.example", "A", "192.0.2.1")
	changing := func(batch string) []string {
		return []string{"route53", "change-resource-record-sets", "--hosted-zone-id", zone, "--change-batch", batch}
	}

	tell(t, []step{
		{"a hosted zone is made with its own NS and SOA records", func(t *testing.T) {
			zone = cli.value(ctx, t, "HostedZone.Id", "route53", "create-hosted-zone", "--name", "cli.example", "--caller-reference", "first")
			assert.Regexp(t, `^/hostedzone/Z[A-Z0-9]+$`, zone)
			assert.Equal(t, "NS\tSOA", cli.value(ctx, t, "ResourceRecordSets[].Type", "route53", "list-resource-record-sets", "--hosted-zone-id", zone))
			// Zones are ordered by their labels from the right: com before example.
			assert.Equal(t, "example.com.\tcli.example.", cli.value(ctx, t, "HostedZones[].Name", "route53", "list-hosted-zones-by-name"))
		}},
		{"a caller reference makes one zone only", func(t *testing.T) {
			cli.refused(ctx, t, "HostedZoneAlreadyExists", "CreateHostedZone",
				"route53", "create-hosted-zone", "--name", "cli.example", "--caller-reference", "first")
		}},
		{"a record is made, listed and answered", func(t *testing.T) {
			cli.changeRecord(ctx, t, zone, change(t, "CREATE", www))
			assert.Equal(t, "192.0.2.1", cli.value(ctx, t, "ResourceRecordSets[?Type=='A'].ResourceRecords[0].Value",
				"route53", "list-resource-record-sets", "--hosted-zone-id", zone))
			addresses, err := w.resolver().LookupHost(ctx, "www.cli.example")
			assert.NoError(t, err)
			assert.Equal(t, []string{"192.0.2.1"}, addresses)
		}},
		{"a record that is there cannot be created, nor a CNAME beside it", func(t *testing.T) {
			cli.refused(ctx, t, "InvalidChangeBatch", "ChangeResourceRecordSets", changing(change(t, "CREATE", www))...)
			cli.refused(ctx, t, "InvalidChangeBatch", "ChangeResourceRecordSets",
				changing(change(t, "CREATE", plainRecord("www.cli.example", "CNAME", "elsewhere.example")))...)
		}},
		{"a zone with records cannot be deleted", func(t *testing.T) {
			cli.refused(ctx, t, "HostedZoneNotEmpty", "DeleteHostedZone", "route53", "delete-hosted-zone", "--id", zone)
		}},
		{"an emptied zone can", func(t *testing.T) {
			cli.changeRecord(ctx, t, zone, change(t, "DELETE", www))
			cli.succeed(ctx, t, "route53", "delete-hosted-zone", "--id", zone)
			cli.refused(ctx, t, "NoSuchHostedZone", "GetHostedZone", "route53", "get-hosted-zone", "--id", zone)
		}},
	})
}
