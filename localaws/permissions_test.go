package localaws_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

const ownAccount = api.AccountID

// judged is a world in which permissions count.
func judged(t *testing.T) world {
	t.Helper()
	w := start(t, "")
	w.fill(home)
	w.Front().Lock()
	defer w.Front().Unlock()
	w.Limits().Permissions = true
	return w
}

func (w world) iam() *iam.Client { return iam.NewFromConfig(w.config(usEast1)) }

func (w world) sts() *sts.Client { return sts.NewFromConfig(w.config(usEast1)) }

// statements are those of an identity's policy.
func statements(s ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
}

func allow(actions, resource string) string {
	return `{"Effect":"Allow","Action":"` + actions + `","Resource":"` + resource + `"}`
}

func deny(actions, resource string) string {
	return strings.Replace(allow(actions, resource), "Allow", "Deny", 1)
}

// user is the world as a new user with a policy sees it; "" is no policy.
func (w world) user(name, policy string) world {
	w.t.Helper()
	ctx := w.t.Context()
	_, err := w.iam().CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
	require.NoError(w.t, err)
	if policy != "" {
		_, err = w.iam().PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy})
		require.NoError(w.t, err)
	}
	made, err := w.iam().CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name})
	require.NoError(w.t, err)
	w.credentials = credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	return w
}

// role makes a role and returns its ARN.
func (w world) role(name, trust, policy string) string {
	w.t.Helper()
	made, err := w.iam().CreateRole(w.t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust, Path: aws.String("/team/")})
	require.NoError(w.t, err)
	if policy != "" {
		_, err = w.iam().PutRolePolicy(w.t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy})
		require.NoError(w.t, err)
	}
	return *made.Role.Arn
}

// assume is the world as a role sees it, or why it cannot be assumed.
func (w world) assume(arn string, change func(*sts.AssumeRoleInput)) (world, error) {
	in := &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("test")}
	if change != nil {
		change(in)
	}
	out, err := w.sts().AssumeRole(w.t.Context(), in)
	if err != nil {
		return w, err
	}
	w.credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
	return w, nil
}

// calls are one of each service, with the action and the resource they need.
func (w world) calls() map[[2]string]func(world) error {
	ctx, zone := w.t.Context(), strings.TrimPrefix(*w.zoneID(), "/hostedzone/")
	return map[[2]string]func(world) error{
		{"acm:RequestCertificate", "*"}: func(w world) error {
			_, err := w.acm(usEast1).RequestCertificate(ctx, &acm.RequestCertificateInput{DomainName: aws.String(domain), ValidationMethod: acmtypes.ValidationMethodDns})
			return err
		},
		{"cloudfront:CreateOriginAccessControl", "arn:aws:cloudfront::" + ownAccount + ":origin-access-control/*"}: func(w world) error {
			_, err := w.cloudfront().CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
				OriginAccessControlConfig: &cloudfronttypes.OriginAccessControlConfig{
					Name: aws.String("images-" + rand.Text()), OriginAccessControlOriginType: "s3", SigningBehavior: "always", SigningProtocol: "sigv4",
				},
			})
			return err
		},
		{"cloudfront:GetDistribution", "arn:aws:cloudfront::" + ownAccount + ":distribution/E1"}: func(w world) error {
			_, err := w.cloudfront().GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String("E1")})
			return err
		},
		{"route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/" + zone}: func(w world) error {
			_, err := w.route53().ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
			return err
		},
		{"s3:GetBucketPolicy", "arn:aws:s3:::" + bucket}: func(w world) error {
			_, err := w.s3(home).GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
			return err
		},
		{"s3:ListAllMyBuckets", "*"}: func(w world) error {
			_, err := w.s3(home).ListBuckets(ctx, &s3.ListBucketsInput{})
			return err
		},
		{"wafv2:CreateWebACL", "arn:aws:wafv2:us-east-1:" + ownAccount + ":global/webacl/images/*"}: func(w world) error {
			_, err := w.waf().CreateWebACL(ctx, &wafv2.CreateWebACLInput{
				Name: aws.String("images"), Scope: waftypes.ScopeCloudfront, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
				VisibilityConfig: &waftypes.VisibilityConfig{MetricName: aws.String("images")},
			})
			return err
		},
		{"iam:GetUser", "arn:aws:iam::" + ownAccount + ":user/nobody"}: func(w world) error {
			_, err := w.iam().GetUser(ctx, &iam.GetUserInput{UserName: aws.String("nobody")})
			return err
		},
	}
}

// lacks says whether a call was refused for want of a permission.
func lacks(err error) bool {
	var refusal smithy.APIError
	return errors.As(err, &refusal) && strings.HasPrefix(refusal.ErrorCode(), "AccessDenied")
}

func TestAUserMayDoWhatItsPoliciesAllowAndNothingElse(t *testing.T) {
	t.Parallel()
	w := judged(t)
	nobody := w.user("nobody", "")
	n := 0
	for need, call := range w.calls() {
		n++
		err := call(nobody)
		require.True(t, lacks(err), "%s: %v", need[0], err)
		require.ErrorContains(t, err, "arn:aws:iam::"+ownAccount+":user/nobody is not authorized to perform: "+need[0])
		require.ErrorContains(t, err, need[1], "the refusal names the resource")
		entries := w.Front().Journal().Entries()
		assert.Equal(t, need[0], entries[len(entries)-1].Denied)

		name := "n" + strings.ReplaceAll(strings.ReplaceAll(need[0], ":", "-"), " ", "")
		assert.False(t, lacks(call(w.user(name, statements(allow(need[0], need[1]))))), need)
		assert.True(t, lacks(call(w.user(name+"-other", statements(allow(need[0]+"s", need[1]))))), need)
		err = call(w.user(name+"-denied", statements(allow("*", "*"), deny(need[0], need[1]))))
		assert.True(t, lacks(err), need)
		assert.ErrorContains(t, err, "explicit deny")
		assert.False(t, lacks(call(w)), "credentials that IAM has not handed out are the account's root user")
	}
	assert.Equal(t, 8, n)
	_, err := nobody.sts().GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	require.NoError(t, err, "it needs no permission")
	_, err = nobody.acm(usEast1).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
	code, status := refusal(t, err)
	assert.Equal(t, "AccessDeniedException", code)
	assert.Equal(t, http.StatusBadRequest, status)
	_, err = nobody.cloudfront().ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{})
	code, status = refusal(t, err)
	assert.Equal(t, "AccessDenied", code)
	assert.Equal(t, http.StatusForbidden, status)
}

func TestPermissionsCountOnlyWhereTheyAreTurnedOn(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	nobody := w.user("nobody", "")
	for need, call := range w.calls() {
		assert.False(t, lacks(call(nobody)), need)
	}
	identity, err := nobody.sts().GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::"+ownAccount+":user/nobody", *identity.Arn)
}

func TestConditionsOfACallAreJudged(t *testing.T) {
	t.Parallel()
	w := judged(t)
	zone := w.zoneID()
	narrow := w.user("narrow", statements(
		`{"Effect":"Allow","Action":"acm:RequestCertificate","Resource":"*","Condition":{"ForAllValues:StringLike":{"acm:DomainNames":"*.example.com"}}}`,
		`{"Effect":"Allow","Action":"route53:ChangeResourceRecordSets","Resource":"*","Condition":{"ForAllValues:StringEquals":{
			"route53:ChangeResourceRecordSetsNormalizedRecordNames":["a.example.com"],"route53:ChangeResourceRecordSetsRecordTypes":["A"],
			"route53:ChangeResourceRecordSetsActions":["UPSERT"]}}}`))
	request := func(name string) error {
		_, err := narrow.acm(usEast1).RequestCertificate(t.Context(), &acm.RequestCertificateInput{DomainName: &name, ValidationMethod: acmtypes.ValidationMethodDns})
		return err
	}
	require.NoError(t, request("cdn.example.com"))
	assert.True(t, lacks(request("cdn.example.org")))
	change := func(action route53types.ChangeAction, name string) error {
		_, err := narrow.route53().ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: zone, ChangeBatch: &route53types.ChangeBatch{Changes: []route53types.Change{{
				Action: action, ResourceRecordSet: &route53types.ResourceRecordSet{
					Name: &name, Type: route53types.RRTypeA, TTL: aws.Int64(60), ResourceRecords: []route53types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
				},
			}}},
		})
		return err
	}
	require.NoError(t, change(route53types.ChangeActionUpsert, "A.example.com."))
	assert.True(t, lacks(change(route53types.ChangeActionUpsert, "b.example.com.")))
	assert.True(t, lacks(change(route53types.ChangeActionDelete, "a.example.com.")))
}

func TestARoleIsAssumedByWhomItsTrustPolicyNames(t *testing.T) {
	t.Parallel()
	w := judged(t)
	trusting := func(principal, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":["sts:AssumeRole"]` + condition + `}]}`
	}
	aUser := `{"AWS":"arn:aws:iam::` + ownAccount + `:user/plain"}`
	account := `{"AWS":"` + ownAccount + `"}`
	roles := map[string]string{
		"names the user":       w.role("direct", trusting(aUser, ""), ""),
		"names the account":    w.role("account", trusting(account, ""), ""),
		"names somebody else":  w.role("other", trusting(`{"AWS":"arn:aws:iam::`+ownAccount+`:user/other"}`, ""), ""),
		"wants an external id": w.role("external", trusting(aUser, `,"Condition":{"StringEquals":{"sts:ExternalId":"secret"}}`), ""),
	}
	plain := w.user("plain", "")
	able := w.user("able", statements(allow("sts:AssumeRole", "arn:aws:iam::"+ownAccount+":role/team/*")))
	for _, c := range []struct {
		role    string
		by      world
		assumed bool
	}{
		{"names the user", plain, true},
		{"names the user", able, false},
		{"names the account", plain, false},
		{"names the account", able, true},
		{"names the account", w, true},
		{"names somebody else", plain, false},
		{"names somebody else", able, false},
		{"wants an external id", plain, false},
	} {
		_, err := c.by.assume(roles[c.role], nil)
		assert.Equal(t, c.assumed, !lacks(err), "%s: %v", c.role, err)
	}
	_, err := plain.assume(roles["wants an external id"], func(in *sts.AssumeRoleInput) { in.ExternalId = aws.String("secret") })
	require.NoError(t, err)
	_, err = w.assume("arn:aws:iam::"+ownAccount+":role/none", nil)
	assert.True(t, lacks(err), "a role that does not exist")
	_, err = w.assume(strings.Replace(roles["names the account"], "/team/", "/", 1), nil)
	assert.True(t, lacks(err), "a role of another path")
}

func TestARoleOfAnotherAccountTakesBothPolicies(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	other := w.in(otherAccount)
	arn := other.role("deploy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+ownAccount+`"},"Action":"sts:AssumeRole"}]}`, "")
	named := other.role("named", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+ownAccount+`:user/plain"},"Action":"sts:AssumeRole"}]}`, "")
	plain, able := w.user("plain", ""), w.user("able", statements(allow("sts:AssumeRole", "*")))
	w.Front().Lock()
	w.Limits().Permissions = true
	w.Front().Unlock()
	for _, c := range []struct {
		arn     string
		by      world
		assumed bool
	}{{arn, able, true}, {arn, plain, false}, {named, plain, false}, {named, able, false}} {
		_, err := c.by.assume(c.arn, nil)
		assert.Equal(t, c.assumed, !lacks(err), "%s: %v", c.arn, err)
	}
}

func TestASessionHasThePermissionsOfItsRoleForAsLongAsTheRoleLets(t *testing.T) {
	t.Parallel()
	w := judged(t)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + ownAccount + `"},"Action":"sts:AssumeRole"}]}`
	reader := w.role("reader", trust, statements(allow("acm:ListCertificates", "*"), allow("sts:AssumeRole", "*")))
	session, err := w.assume(reader, nil)
	require.NoError(t, err)
	_, err = session.acm(usEast1).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
	require.NoError(t, err)
	_, err = session.cloudfront().ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{})
	require.True(t, lacks(err))
	require.ErrorContains(t, err, "arn:aws:sts::"+ownAccount+":assumed-role/reader/test is not authorized to perform: cloudfront:ListDistributions")

	long := func(seconds int32) func(*sts.AssumeRoleInput) {
		return func(in *sts.AssumeRoleInput) { in.DurationSeconds = &seconds }
	}
	_, err = w.assume(reader, long(7200))
	require.ErrorContains(t, err, "MaxSessionDuration")
	_, err = w.assume(reader, func(in *sts.AssumeRoleInput) { in.Policy = aws.String(statements()) })
	require.ErrorContains(t, err, "session policies", "what is not evaluated is said")
	_, err = w.iam().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: aws.String("reader"), PolicyName: aws.String("own")})
	require.NoError(t, err)
	_, err = session.acm(usEast1).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
	assert.True(t, lacks(err), "a session loses what its role loses")
}

func TestABucketPolicyAndACallersOwnMeetAsOnAWS(t *testing.T) {
	t.Parallel()
	w := judged(t)
	objects := "arn:aws:s3:::" + bucket + "/*"
	users := map[string]world{
		"none": w.user("none", ""), "allowed": w.user("allowed", statements(allow("s3:GetObject", objects))),
		"denied": w.user("denied", statements(deny("s3:*", "*"))),
	}
	bucketPolicy := func(effect, principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Principal":{"AWS":"` + principal + `"},"Action":"s3:GetObject","Resource":"` + objects + `"}]}`
	}
	user := func(name string) string { return "arn:aws:iam::" + ownAccount + ":user/" + name }
	for _, c := range []struct {
		sentence, policy, by string
		read                 bool
	}{
		{"the user's own policy is enough", "", "allowed", true},
		{"without any there is nothing", "", "none", false},
		{"the bucket names the user", bucketPolicy("Allow", user("none")), "none", true},
		{"the bucket names the account, which leaves it to the user's policies", bucketPolicy("Allow", ownAccount), "none", false},
		{"the bucket names everybody", bucketPolicy("Allow", "*"), "none", true},
		{"a Deny of the bucket wins", bucketPolicy("Deny", user("allowed")), "allowed", false},
		{"a Deny of the user wins", bucketPolicy("Allow", user("denied")), "denied", false},
	} {
		w.openBucket(c.policy)
		_, err := users[c.by].s3(home).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("myimage.jpg")})
		assert.Equal(t, c.read, err == nil, "%s: %v", c.sentence, err)
	}
}

func TestABucketOfAnotherAccountTakesBothPolicies(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	other := w.in(otherAccount)
	objects := "arn:aws:s3:::" + bucket + "/*"
	none, allowed := other.user("none", ""), other.user("allowed", statements(allow("s3:GetObject", objects)))
	w.Front().Lock()
	w.Limits().Permissions = true
	w.Front().Unlock()
	read := func(by world) bool {
		_, err := by.s3(home).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("myimage.jpg")})
		return err == nil
	}
	assert.False(t, read(allowed), "the bucket does not let the account in")
	for _, principal := range []string{otherAccount, "arn:aws:iam::" + otherAccount + ":user/allowed"} {
		w.openBucket(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"s3:GetObject","Resource":"` + objects + `"}]}`)
		assert.True(t, read(allowed), principal)
		assert.False(t, read(none), principal)
	}
}

// openBucket puts a policy that may be public; "" is none.
func (w world) openBucket(policy string) {
	w.t.Helper()
	ctx := w.t.Context()
	_, err := w.s3(home).DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: aws.String(bucket)})
	require.NoError(w.t, err)
	if policy != "" {
		w.setPolicy(policy)
		return
	}
	_, err = w.s3(home).DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String(bucket)})
	require.NoError(w.t, err)
}

func TestAWebIdentityIsTrustedByItsProviderAndSubject(t *testing.T) {
	t.Parallel()
	w := judged(t)
	const provider = "token.actions.example.com"
	arn := w.role("ci", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::`+ownAccount+`:oidc-provider/`+provider+`"},
		"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"`+provider+`:sub":"repo:images"}}}]}`, "")
	assume := func(issuer, subject string) error {
		return w.withToken(t.Context(), arn, `{"iss":"`+issuer+`","sub":"`+subject+`","aud":"sts.amazonaws.com"}`)
	}
	require.NoError(t, assume("https://"+provider, "repo:images"))
	assert.True(t, lacks(assume("https://"+provider, "repo:other")))
	assert.True(t, lacks(assume("https://another.example.com", "repo:images")))
}

func (w world) withToken(ctx context.Context, arn, claims string) error {
	config := w.config(usEast1)
	config.Credentials = aws.AnonymousCredentials{}
	_, err := sts.NewFromConfig(config).AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: &arn, RoleSessionName: aws.String("test"), WebIdentityToken: aws.String("a." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".b"),
	})
	return err
}

// Some calls need several permissions. Each is tried without one of them.
func TestEveryPermissionThatACallNeedsIsAskedFor(t *testing.T) {
	t.Parallel()
	w, ctx := judged(t), t.Context()
	root, n := w, 0
	unique := func() string { n++; return "n" + strconv.Itoa(n) }
	const acl = "arn:aws:wafv2:us-east-1:" + ownAccount + ":global/"
	for _, c := range []struct {
		needs [][2]string
		call  func(world) error
	}{
		{[][2]string{{"acm:RequestCertificate", "*"}, {"acm:AddTagsToCertificate", "arn:aws:acm:us-east-1:" + ownAccount + ":certificate/*"}}, func(w world) error {
			_, err := w.acm(usEast1).RequestCertificate(ctx, &acm.RequestCertificateInput{
				DomainName: aws.String(domain), ValidationMethod: acmtypes.ValidationMethodDns, Tags: []acmtypes.Tag{{Key: aws.String("k")}},
			})
			return err
		}},
		{[][2]string{
			{"cloudfront:CreateDistribution", "arn:aws:cloudfront::" + ownAccount + ":distribution/*"},
			{"cloudfront:TagResource", "arn:aws:cloudfront::" + ownAccount + ":distribution/*"},
		}, func(w world) error {
			_, err := w.cloudfront().CreateDistributionWithTags(ctx, &cloudfront.CreateDistributionWithTagsInput{
				DistributionConfigWithTags: &cloudfronttypes.DistributionConfigWithTags{
					DistributionConfig: root.plain(unique()), Tags: &cloudfronttypes.Tags{Items: []cloudfronttypes.Tag{{Key: aws.String("k")}}},
				},
			})
			return err
		}},
		{[][2]string{
			{"wafv2:CreateWebACL", acl + "webacl/*/*"}, {"wafv2:CreateWebACL", acl + "managedruleset/*/*"}, {"wafv2:TagResource", acl + "webacl/*/*"},
		}, func(w world) error {
			_, err := w.waf().CreateWebACL(ctx, &wafv2.CreateWebACLInput{
				Name: aws.String(unique()), Scope: waftypes.ScopeCloudfront, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
				VisibilityConfig: &waftypes.VisibilityConfig{MetricName: aws.String("m")}, Tags: []waftypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
				Rules: []waftypes.Rule{{
					Name: aws.String("r"), OverrideAction: &waftypes.OverrideAction{None: &waftypes.NoneAction{}},
					VisibilityConfig: &waftypes.VisibilityConfig{MetricName: aws.String("m")},
					Statement: &waftypes.Statement{ManagedRuleGroupStatement: &waftypes.ManagedRuleGroupStatement{
						VendorName: aws.String("AWS"), Name: aws.String("AWSManagedRulesCommonRuleSet"),
					}},
				}},
			})
			return err
		}},
		{[][2]string{{"s3:PutObject", "arn:aws:s3:::" + bucket + "/*"}, {"s3:PutObjectTagging", "arn:aws:s3:::" + bucket + "/*"}}, func(w world) error {
			_, err := w.s3(home).PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("new.jpg"), Tagging: aws.String("k=v")})
			return err
		}},
	} {
		var all []string
		for _, need := range c.needs {
			all = append(all, allow(need[0], need[1]))
		}
		require.NoError(t, c.call(w.user(unique(), statements(all...))), c.needs[0])
		for i, need := range c.needs {
			err := c.call(w.user(unique(), statements(slices.Delete(slices.Clone(all), i, i+1)...)))
			require.True(t, lacks(err), "without %s: %v", need, err)
			assert.ErrorContains(t, err, need[0])
		}
	}
}

func TestWhoMayReadAnObjectMayNotListItsBucket(t *testing.T) {
	t.Parallel()
	w := judged(t)
	reader := w.user("reader", statements(allow("s3:GetObject", "arn:aws:s3:::"+bucket+"/*")))
	_, err := reader.s3(home).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("none.jpg")})
	code, status := refusal(t, err)
	assert.Equal(t, "AccessDenied", code, "who may not list does not learn that there is none")
	assert.Equal(t, http.StatusForbidden, status)
	_, err = reader.s3(home).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(bucket)})
	_, status = refusal(t, err)
	assert.Equal(t, http.StatusForbidden, status)
	_, err = reader.s3(home).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("another-bucket"), CreateBucketConfiguration: createIn(home)})
	assert.True(t, lacks(err))
	owner := w.user("owner", statements(allow("s3:*", "*")))
	w.setPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::` + bucket + `"}]}`)
	_, err = owner.s3(home).PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(statements())})
	assert.True(t, lacks(err), "only the root user gets at a policy that denies it to everybody")
	_, err = w.s3(home).DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(bucket)})
	require.NoError(t, err)
}

func TestAUserWhoIsGoneIsAUniqueIDInABucketsPolicy(t *testing.T) {
	t.Parallel()
	w := judged(t)
	ctx, name := t.Context(), aws.String("reader")
	naming := func(user string) error {
		_, err := w.s3(home).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + ownAccount + `:user/` + user + `"},
			"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`)})
		return err
	}
	code, _ := refusal(t, naming("reader"))
	assert.Equal(t, "MalformedPolicy", code, "a principal must exist")
	read := func(by world) bool {
		_, err := by.s3(home).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("myimage.jpg")})
		return err == nil
	}
	policy := func() string {
		got, err := w.s3(home).GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
		require.NoError(t, err)
		return *got.Policy
	}
	first := w.user("reader", "")
	require.NoError(t, naming("reader"))
	assert.True(t, read(first))
	assert.Contains(t, policy(), ":user/reader")

	keys, err := w.iam().ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: name})
	require.NoError(t, err)
	_, err = w.iam().DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: keys.AccessKeyMetadata[0].AccessKeyId})
	require.NoError(t, err)
	_, err = w.iam().DeleteUser(ctx, &iam.DeleteUserInput{UserName: name})
	require.NoError(t, err)
	assert.Regexp(t, `"Principal":\{"AWS":"AIDA[A-Z2-7]{17}"\}`, policy())
	assert.False(t, read(w.user("reader", "")), "another one of the same name")
	assert.Regexp(t, `"AIDA[A-Z2-7]{17}"`, policy())
	require.NoError(t, naming("reader"), "put again, it is about the new one")
	assert.Contains(t, policy(), ":user/reader")
}

func TestTagsOfARequestAreJudgedAndThoseOfAResourceAreNot(t *testing.T) {
	t.Parallel()
	w, ctx := judged(t), t.Context()
	conditional := func(condition string) string {
		return `{"Effect":"Allow","Action":["acm:*","cloudfront:*","wafv2:*"],"Resource":"*","Condition":` + condition + `}`
	}
	tagged := w.user("tagged", statements(conditional(`{"StringEquals":{"aws:RequestTag/team":"images"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}`)))
	request := func(by world, tags ...acmtypes.Tag) error {
		_, err := by.acm(usEast1).RequestCertificate(ctx, &acm.RequestCertificateInput{
			DomainName: aws.String(domain), ValidationMethod: acmtypes.ValidationMethodDns, Tags: tags,
		})
		return err
	}
	team := acmtypes.Tag{Key: aws.String("team"), Value: aws.String("images")}
	require.NoError(t, request(tagged, team))
	assert.True(t, lacks(request(tagged)))
	assert.True(t, lacks(request(tagged, team, acmtypes.Tag{Key: aws.String("other"), Value: aws.String("x")})))
	distribute := func(reference, value string) error {
		_, err := tagged.cloudfront().CreateDistributionWithTags(ctx, &cloudfront.CreateDistributionWithTagsInput{
			DistributionConfigWithTags: &cloudfronttypes.DistributionConfigWithTags{
				DistributionConfig: w.plain(reference), Tags: &cloudfronttypes.Tags{Items: []cloudfronttypes.Tag{{Key: aws.String("team"), Value: &value}}},
			},
		})
		return err
	}
	require.NoError(t, distribute("one", "images"))
	assert.True(t, lacks(distribute("two", "others")))

	owner := w.user("owner", statements(conditional(`{"StringEquals":{"aws:ResourceTag/team":"images"}}`)))
	_, err := owner.cloudfront().GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String("E1")})
	assert.True(t, lacks(err))
	assert.ErrorContains(t, err, "cannot judge the condition key aws:ResourceTag/team")
}
