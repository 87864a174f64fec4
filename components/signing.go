package components

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SigningArgs say which images only viewers with a signed URL or signed cookies may see.
type SigningArgs struct {
	// PublicKeys are the public keys of those who sign, each by a name such as "2026-11",
	// in PEM: RSA with 2048 bits, or ECDSA on P-256. At most 5; with two, one can be
	// exchanged while the other's signatures count. A key that comes or goes makes another
	// key group and updates the distribution in place; another key by the same name is
	// another key. Default: none.
	PublicKeys map[string]pulumi.StringInput `pulumi:"publicKeys"`
	// KeyGroupId is an existing key group to use instead of making one. Default: none.
	KeyGroupId pulumi.StringInput `pulumi:"keyGroupId"`
	// Everywhere says whether all images need a signature, but for those of paths that say
	// otherwise. With false, none but those of paths that say so do. Default: true.
	Everywhere *bool `pulumi:"everywhere"`
}

// maxSigningKeys is CloudFront's quota of public keys in a key group.
const maxSigningKeys = 5

// signers says whether there is anybody who can sign.
func (args SigningArgs) signers() bool { return len(args.PublicKeys) > 0 || args.KeyGroupId != nil }

// everywhere says whether images need a signature where no path says so.
func (args SigningArgs) everywhere() bool { return args.signers() && valueOr(args.Everywhere, true) }

// checkSigning reports keys that CloudFront does not take, and signatures that nobody
// could make or nobody would ask for.
func checkSigning(ctx *pulumi.Context, plugin *pluginProvider, args ImageCdnArgs, fs *faults) {
	signing := args.Signing
	checkSigningKeys(signing.PublicKeys, fs)
	asked := signing.everywhere()
	for i, path := range args.Paths {
		wanted := valueOr(path.Signed, false)
		asked = asked || wanted
		if path.Signed != nil && !signing.signers() {
			fs.add(fmt.Sprintf("paths[%d].signed", i), strconv.FormatBool(wanted), "nobody could sign",
				"Give the public keys of who may, as signing.publicKeys or signing.keyGroupId; or leave it out")
		}
	}
	switch {
	case signing.Everywhere != nil && !signing.signers():
		fs.add("signing.everywhere", strconv.FormatBool(*signing.Everywhere), "nobody could sign",
			"Give the public keys of who may, as signing.publicKeys or signing.keyGroupId; or leave it out")
	case signing.signers() && !asked:
		fs.add("signing.everywhere", "false", "no image would need a signature", "Set signed of a path to true, or leave signing out")
	}
	if signing.KeyGroupId == nil {
		return
	}
	if len(signing.PublicKeys) > 0 {
		fs.add("signing.publicKeys", strings.Join(signing.keyNames(), ", "), "they would have no effect beside signing.keyGroupId: the group has keys of its own",
			"Leave out one of the two")
	}
	checkPolicy(ctx, plugin, policyQuestion{
		field: "signing.keyGroupId", id: signing.KeyGroupId, what: "key group", list: "list-key-groups", permission: "cloudfront:GetKeyGroup",
		query: func(id string) edgeQuery { return edgeQuery{KeyGroupID: id} },
		found: func(e foundEdge) *foundPart { return e.KeyGroup },
	}, fs)
}

// keyNames are the names of the public keys, in order.
func (args SigningArgs) keyNames() []string { return slices.Sorted(maps.Keys(args.PublicKeys)) }

// keyName is a part of names in AWS.
var keyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

func checkSigningKeys(keys map[string]pulumi.StringInput, fs *faults) {
	if len(keys) > maxSigningKeys {
		fs.add("signing.publicKeys", strconv.Itoa(len(keys)), fmt.Sprintf("CloudFront takes at most %d in a key group", maxSigningKeys), "Leave out those that sign no longer")
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		field := "signing.publicKeys." + name
		if !keyName.MatchString(name) {
			fs.add(field, name, "it cannot be the name of a key", "Give 1 to 32 letters, digits, _ and -, such as 2026-11")
		}
		if text, plain := plainString(keys[name]); plain {
			if problem := publicKeyProblem(text); problem != "" {
				fs.add(field, "[key]", problem, "Make one: openssl genrsa -out private.pem 2048 && openssl rsa -in private.pem -pubout; give what the second command prints")
			}
		}
	}
}

// publicKeyProblem says why CloudFront does not take a public key, "" if it does.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html
func publicKeyProblem(text string) string {
	block, _ := pem.Decode([]byte(text))
	switch {
	case block == nil:
		return "it is not in PEM form"
	case strings.Contains(block.Type, "PRIVATE KEY"):
		return "it is a private key, which stays with who signs"
	case block.Type != "PUBLIC KEY":
		return "it is a " + strings.ToLower(block.Type) + " and no public key as CloudFront takes it (BEGIN PUBLIC KEY)"
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return "it cannot be read: " + err.Error()
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits != 2048 {
			return fmt.Sprintf("CloudFront takes RSA keys with 2048 bits, and this one has %d", bits)
		}
		return ""
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return "CloudFront takes ECDSA keys on the curve P-256, and this one is on " + key.Curve.Params().Name
		}
		return ""
	}
	return "CloudFront takes RSA and ECDSA keys, and this is neither"
}

// letSignersIn makes the key group of the public keys, or takes the one that was given.
func (c *ImageCdn) letSignersIn(ctx *pulumi.Context, plan imagePlan) (pulumi.StringArrayInput, error) {
	c.SigningKeyIds = pulumi.StringMap{}.ToStringMapOutput()
	switch {
	case plan.Signing.KeyGroupId != nil:
		return pulumi.StringArray{plan.Signing.KeyGroupId}, nil
	case len(plan.Signing.PublicKeys) == 0:
		return nil, nil
	}
	ids, names, keys := pulumi.StringArray{}, pulumi.StringMap{}, []pulumi.Resource(nil)
	for _, name := range plan.Signing.keyNames() {
		key, err := newSigningKey(ctx, c, plan, name)
		if err != nil {
			return nil, err
		}
		c.SigningKeys, keys = append(c.SigningKeys, key), append(keys, key)
		ids, names[name] = append(ids, key.ID().ToStringOutput()), key.ID().ToStringOutput()
	}
	c.SigningKeyIds = names.ToStringMapOutput()
	// AWS does not delete a key before the groups that have it: one that an interrupted up
	// left goes before the keys do.
	left, err := newLeftovers(ctx, plan.name+"-unfinished-signers", leftoversArgs{mark: plan.mark.text, kinds: []string{leftKeyGroup}}, plan.made.plugin,
		pulumi.Parent(c), pulumi.DependsOn(keys))
	if err != nil {
		return nil, err
	}
	group, err := cloudfront.NewKeyGroup(ctx, plan.name+"-signers", &cloudfront.KeyGroupArgs{
		Comment: describe(plan.name+" signers", plan.mark.text), Items: ids,
	}, slices.Concat(c.inUsEast1(plan), replacedPolicy(plan.mark, plan.name+"-signers"), []pulumi.ResourceOption{pulumi.DependsOn([]pulumi.Resource{left})})...)
	if err != nil {
		return nil, fmt.Errorf("making the key group of %q: %w", plan.name, err)
	}
	c.KeyGroup = group
	return pulumi.StringArray{group.ID().ToStringOutput()}, nil
}

func newSigningKey(ctx *pulumi.Context, c *ImageCdn, plan imagePlan, name string) (*cloudfront.PublicKey, error) {
	resource := plan.name + "-signer-" + name
	key, err := cloudfront.NewPublicKey(ctx, resource, &cloudfront.PublicKeyArgs{
		// Nothing that changes is in it: another key would have another id, by which it signs.
		Comment: describe(plan.name+" signer "+name, plan.mark.text),
		// A line end more or less makes no other key.
		EncodedKey: plan.Signing.PublicKeys[name].ToStringOutput().ApplyT(func(text string) string {
			return strings.TrimSpace(text) + "\n"
		}).(pulumi.StringOutput),
	}, append(c.inUsEast1(plan), plan.mark.renewals.of(resource))...)
	if err != nil {
		return nil, fmt.Errorf("making the public key %q of %q: %w", name, plan.name, err)
	}
	return key, nil
}
