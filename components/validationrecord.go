package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ValidationRecordToken is the type token of [ValidationRecord].
const ValidationRecordToken = "imagecdn:index:ValidationRecord" //nolint:gosec // a type token

// ValidationRecord is a DNS record by which ACM validates a name. ACM asks for the same
// record for every certificate of an account with that name, so it may be there already,
// and others may renew by it: it is taken as it is, and it is deleted only when ACM says
// that no other certificate needs it. No record of the AWS provider can do that.
type ValidationRecord struct {
	pulumi.CustomResourceState

	// Fqdn is the record's name, without a trailing dot.
	Fqdn pulumi.StringOutput `pulumi:"fqdn"`
}

// validationRecordArgs are what a validation record says, and for whom.
type validationRecordArgs struct {
	zoneID, name, value, certificateARN pulumi.StringInput
	domain                              string // for messages
}

func newValidationRecord(
	ctx *pulumi.Context, name string, args validationRecordArgs, plugin *pluginProvider, opts ...pulumi.ResourceOption,
) (*ValidationRecord, error) {
	record := &ValidationRecord{}
	err := ctx.RegisterResource(ValidationRecordToken, name, pulumi.Map{
		"zoneId": args.zoneID, "name": args.name, "value": args.value, "certificateArn": args.certificateARN,
		"domain": pulumi.String(args.domain),
	}, record, pluginOptions(plugin, opts)...)
	if err != nil {
		return nil, fmt.Errorf("making validation record %q: %w", name, err)
	}
	return record, nil
}
