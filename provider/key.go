package provider

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"imagecdn/internal/bucketpolicy"
)

// KMS's codes for a key that is gone, and for one that waits for its deletion.
const (
	noSuchKey  = "NotFoundException"
	keyIsGoing = "KMSInvalidStateException"
)

// keyCures are for calls about a key's policy.
var keyCures = cures{
	"AccessDeniedException": "The caller needs kms:GetKeyPolicy and kms:PutKeyPolicy on the key, from the key's own policy, or from IAM where " +
		"that policy leaves it to the account. Only credentials of the account that owns the key can have them (identities.key)",
	"MalformedPolicyDocumentException": "KMS refuses the merged policy: if a principal in another statement was deleted since, remove it. " +
		"KMS refuses a policy, too, that does not let the caller change it again",
	noSuchKey:  "Check the ARN of the key and its region",
	keyIsGoing: "The key waits for its deletion: cancel that with `aws kms cancel-key-deletion`, or take the key out of origin.keyArns",
}

// newKeyEditor makes an editor of the policy of a key, with the credentials of the key's owner.
func newKeyEditor(
	ctx context.Context, p *Provider, arn string, _, _ resource.PropertyMap,
) (*editor[bucketpolicy.Document], error) {
	ids, err := p.configured()
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", arn, err)
	}
	client, err := ids.key.kms(ctx, regionOfARN(arn))
	if err != nil {
		return nil, explain(ctx, "changing the policy of key "+arn, err, keyCures)
	}
	return &editor[bucketpolicy.Document]{
		store: keyPolicy{client: client, arn: aws.String(arn)},
		what:  "policy", owner: "key " + arn, event: "PutKeyPolicy", cures: keyCures, locks: &p.locks, pace: p.pace,
	}, nil
}

// keyPolicy is the policy of one key.
type keyPolicy struct {
	client *kms.Client
	arn    *string
}

func (k keyPolicy) get(ctx context.Context) (bucketpolicy.Document, error) {
	out, err := k.client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: k.arn})
	if err != nil {
		return bucketpolicy.Document{}, err //nolint:wrapcheck // the editor does
	}
	return bucketpolicy.Parse(aws.ToString(out.Policy)) //nolint:wrapcheck // the editor does
}

// errNoPolicy is for what cannot be stored: a key always has a policy.
var errNoPolicy = errors.New("no other statement is in it, and a key cannot be without a policy: add one that lets its owner manage it")

func (k keyPolicy) put(ctx context.Context, wanted bucketpolicy.Document) error {
	text, err := wanted.Text(bucketpolicy.MaxKeySize)
	switch {
	case err != nil:
	case text == "":
		return errNoPolicy
	default:
		_, err = k.client.PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{KeyId: k.arn, Policy: aws.String(text)})
	}
	return err //nolint:wrapcheck // the editor does
}

// Values of a key's status.
const (
	keyFound     = "found"
	keyMissing   = "missing"
	keyForbidden = "forbidden"
	keyElsewhere = "elsewhere" // it is of another account than the credentials
)

// oneKeyKey is the input of getKey that says which.
const oneKeyKey resource.PropertyKey = "key"

var keyShapes = []shape{
	{key: oneKeyKey, required: true, pattern: anything, want: "a key: its id, its ARN, or an alias"},
	{key: regionKey, pattern: regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`), want: "a region such as eu-central-1"},
}

// foundKey is the answer of getKey. What is not known is "".
type foundKey struct {
	Status     string `pulumi:"status"`
	ARN        string `pulumi:"arn"`
	Manager    string `pulumi:"manager"`
	State      string `pulumi:"state"`
	Permission string `pulumi:"permission"` // that the caller lacks
	Caller     string `pulumi:"caller"`     // the caller's account, where the key is another one's
	Message    string `pulumi:"message"`
}

// getKey describes a key, and finds out whether its policy may be read.
func (p *Provider) getKey(ctx context.Context, args resource.PropertyMap) (any, []plugin.CheckFailure, error) {
	if faults := checkAgainst(args, keyShapes); len(faults) > 0 {
		return nil, faults, nil
	}
	ids, err := p.configured()
	if err != nil {
		return nil, nil, err
	}
	name := text(args, oneKeyKey)
	found, err := ids.key.findKey(ctx, name, text(args, regionKey))
	if err != nil {
		return nil, nil, explain(ctx, "looking up key "+name, err, nil)
	}
	return found, nil, nil
}

func (i *identity) findKey(ctx context.Context, name, region string) (*foundKey, error) {
	client, err := i.kms(ctx, either(regionOfARN(name), region))
	if err != nil {
		return nil, err
	}
	found := &foundKey{Status: keyFound}
	if strings.Contains(name, ":key/") {
		found.ARN = name
	}
	out, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(name)})
	if err != nil {
		return found, i.notFound(ctx, found, "kms:DescribeKey", err)
	}
	key := out.KeyMetadata
	found.ARN, found.Manager, found.State = aws.ToString(key.Arn), string(key.KeyManager), string(key.KeyState)
	if key.KeyManager == types.KeyManagerTypeAws {
		return found, nil // whatever its policy says, nobody can change it
	}
	if _, err := client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key.Arn}); err != nil {
		return found, i.notFound(ctx, found, "kms:GetKeyPolicy", err)
	}
	return found, nil
}

// notFound says in an answer why a call with this permission failed. Other reasons than those of the answer are returned.
func (i *identity) notFound(ctx context.Context, found *foundKey, permission string, err error) error {
	found.Message = said(ctx, err).Error()
	switch {
	case hasCode(err, noSuchKey, "InvalidArnException"):
		found.Status = keyMissing
		return nil
	case !denied(err):
		return err
	}
	found.Status, found.Permission = keyForbidden, permission
	// Whoever may not ask for the own account is taken to be of the key's.
	if own, err := i.account(ctx); err == nil && found.ARN != "" && own != accountOfARN(found.ARN) {
		found.Status, found.Caller = keyElsewhere, own
	}
	return nil
}

// accountOfARN is the account in an ARN, "" if there is none.
func accountOfARN(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4]
	}
	return ""
}
