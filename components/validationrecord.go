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

// ValidationRecordArgs are the arguments of [NewValidationRecord].
type ValidationRecordArgs struct {
	// ZoneId is the id of the hosted zone. Required. A change replaces.
	ZoneId pulumi.StringInput
	// Name is the record's name, as ACM says it. Required. A change replaces.
	Name pulumi.StringInput
	// Value is the record's value, as ACM says it. Required.
	Value pulumi.StringInput
	// CertificateArn is the certificate that the record is for. Required.
	CertificateArn pulumi.StringInput
	// Domain is the name that the record validates, for messages.
	Domain pulumi.StringInput
}

// NewValidationRecord registers a [ValidationRecord]. The provider in the options is one
// of package imagecdn: its dns identity owns the zone, its aws identity the certificates.
func NewValidationRecord(
	ctx *pulumi.Context, name string, args *ValidationRecordArgs, opts ...pulumi.ResourceOption,
) (*ValidationRecord, error) {
	inputs := pulumi.Map{
		"zoneId": args.ZoneId, "name": args.Name, "value": args.Value, "certificateArn": args.CertificateArn,
	}
	if args.Domain != nil {
		inputs["domain"] = args.Domain
	}
	record := &ValidationRecord{}
	if err := ctx.RegisterResource(ValidationRecordToken, name, inputs, record, append(opts, pluginOptions()...)...); err != nil {
		return nil, fmt.Errorf("making validation record %q: %w", name, err)
	}
	return record, nil
}
