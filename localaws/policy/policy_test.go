package policy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/policy"
)

const (
	distribution = "arn:aws:cloudfront::123456789012:distribution/E1"
	object       = "arn:aws:s3:::pictures/cat.jpg"
)

// statement is a policy of one statement: the grant to a distribution, with the
// given members replaced; an empty value takes one away.
func statement(t testing.TB, changes map[string]string) string {
	t.Helper()
	members := map[string]string{
		"Effect":    `"Allow"`,
		"Principal": `{"Service":"cloudfront.amazonaws.com"}`,
		"Action":    `"s3:GetObject"`,
		"Resource":  `"arn:aws:s3:::pictures/*"`,
		"Condition": `{"StringEquals":{"AWS:SourceArn":"` + distribution + `"}}`,
	}
	maps.Copy(members, changes)
	var parts []string
	for name, value := range members {
		if value != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, value))
		}
	}
	return `{"Version":"2012-10-17","Statement":[{` + strings.Join(parts, ",") + `}]}`
}

func parse(t testing.TB, text string) *policy.Document {
	t.Helper()
	d, err := policy.Parse([]byte(text))
	require.NoError(t, err, text)
	return d
}

func cloudFront() policy.Request {
	return policy.Request{
		Caller: policy.Caller{Kind: "Service", Value: "cloudfront.amazonaws.com"},
		Action: "s3:GetObject", Resource: object,
		Context: map[string][]string{
			"aws:sourcearn": {distribution}, "aws:sourceaccount": {"123456789012"}, "aws:securetransport": {"true"},
			"aws:sourceip": {"192.0.2.7"}, "s3:signatureage": {"600000"}, "aws:currenttime": {"2026-11-01T00:00:00Z"},
			"aws:epochtime": {"1793491200"}, "s3:prefix": {"aGVsbG8="},
		},
	}
}

func TestPoliciesThatS3WouldNotTakeAreRefusedWithItsWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, message string }{
		"text that is no object":          {`hello`, "Policies must be valid JSON and the first byte must be '{'"},
		"broken JSON":                     {`{"Version":`, "This policy contains invalid Json"},
		"text after the end":              {statement(t, nil) + "x", "This policy contains invalid Json"},
		"a member that comes twice":       {`{"Id":"a","Id":"b"}`, "This policy contains invalid Json"},
		"no statements":                   {`{"Version":"2012-10-17"}`, "Missing required field Statement"},
		"an unknown version":              {`{"Version":"2020-01-01","Statement":[]}`, "The policy must contain a valid version string"},
		"an unknown member":               {`{"Statements":[]}`, "Unknown field Statements"},
		"an unknown member of statements": {statement(t, map[string]string{"Actions": `"s3:*"`}), "Unknown field Actions"},
		"no effect":                       {statement(t, map[string]string{"Effect": ""}), "Missing required field Effect"},
		"no principal":                    {statement(t, map[string]string{"Principal": ""}), "Missing required field Principal"},
		"no action":                       {statement(t, map[string]string{"Action": ""}), "Missing required field Action"},
		"no resource":                     {statement(t, map[string]string{"Resource": ""}), "Missing required field Resource"},
		"a misspelt effect":               {statement(t, map[string]string{"Effect": `"allow"`}), "Invalid effect: allow"},
		"a principal that is a bare ARN":  {statement(t, map[string]string{"Principal": `"arn:aws:iam::123456789012:root"`}), "Invalid principal in policy"},
		"a service of nobody":             {statement(t, map[string]string{"Principal": `{"Service":"cloudfront"}`}), "Invalid principal in policy"},
		"an unknown kind of principal":    {statement(t, map[string]string{"Principal": `{"Robot":"*"}`}), "Invalid principal in policy"},
		"an unknown operator":             {statement(t, map[string]string{"Condition": `{"StringIs":{"aws:SourceArn":"x"}}`}), "Invalid Condition type : StringIs"},
		"an unknown condition key":        {statement(t, map[string]string{"Condition": `{"StringEquals":{"SourceArn":"x"}}`}), "Policy has an invalid condition key"},
		"a resource of another bucket":    {statement(t, map[string]string{"Resource": `"arn:aws:s3:::other/*"`}), "Policy has invalid resource"},
		"a bucket that begins alike":      {statement(t, map[string]string{"Resource": `"arn:aws:s3:::pictures2/*"`}), "Policy has invalid resource"},
		"everything as a resource":        {statement(t, map[string]string{"Resource": `"*"`}), "Policy has invalid resource"},
		"an action that does not exist":   {statement(t, map[string]string{"Action": `"s3:GetObjects"`}), "Policy has invalid action"},
		"another service's action":        {statement(t, map[string]string{"Action": `"ec2:RunInstances"`}), "Policy has invalid action"},
		"an object action on the bucket": {
			statement(t, map[string]string{"Resource": `"arn:aws:s3:::pictures"`}), "Action does not apply to any resource(s) in statement",
		},
		"a bucket action on objects": {
			statement(t, map[string]string{"Action": `"s3:ListBucket"`}), "Action does not apply to any resource(s) in statement",
		},
		"two statements of one Sid": {
			`{"Statement":[` +
				`{"Sid":"a","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::pictures"},` +
				`{"Sid":"a","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::pictures"}]}`,
			"Statement IDs (SID) in a single policy must be unique: a",
		},
		"more than 20 KB": {
			statement(t, map[string]string{"Sid": `"` + strings.Repeat("a", policy.MaxSize) + `"`}),
			"Policy exceeds the maximum allowed document size.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := policy.Parse([]byte(c.text))
			if err == nil {
				err = d.Validate("pictures")
			}
			require.EqualError(t, err, c.message)
		})
	}
}

func TestPoliciesThatS3TakesAreTaken(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"the grant to a distribution": statement(t, nil),
		"a single statement without a list": `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*",` +
			`"Resource":["arn:aws:s3:::pictures","arn:aws:s3:::pictures/*"],"Condition":{"Bool":{"aws:SecureTransport":false}}}}`,
		"wildcards in actions":      statement(t, map[string]string{"Action": `["s3:Get*","s3:PutObject"]`}),
		"an account by number":      statement(t, map[string]string{"Principal": `{"AWS":["123456789012","arn:aws:iam::123456789012:role/deploy/er"]}`}),
		"an origin access identity": statement(t, map[string]string{"Principal": `{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABC"}`}),
		"bucket and objects at once": statement(t, map[string]string{
			"Action": `["s3:ListBucket","s3:GetObject"]`, "Resource": `["arn:aws:s3:::pictures","arn:aws:s3:::pictures/*"]`,
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, parse(t, text).Validate("pictures"))
		})
	}
}

func TestEvaluation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		changes map[string]string
		request func(*policy.Request)
		want    policy.Decision
	}{
		"the distribution that is named may read": {want: policy.Allow},
		"another distribution may not":            {request: func(r *policy.Request) { r.Context["aws:sourcearn"] = []string{distribution + "2"} }},
		"an anonymous caller may not":             {request: func(r *policy.Request) { r.Caller = policy.Caller{} }},
		"another action is not granted":           {request: func(r *policy.Request) { r.Action = "s3:PutObject" }},
		"another object is not granted":           {request: func(r *policy.Request) { r.Resource = "arn:aws:s3:::other/cat.jpg" }},
		"actions match without regard to case":    {changes: map[string]string{"Action": `"S3:getobject"`}, want: policy.Allow},
		"resources match with regard to case":     {changes: map[string]string{"Resource": `"arn:aws:s3:::pictures/CAT*"`}},
		"everyone includes services":              {changes: map[string]string{"Principal": `"*"`}, want: policy.Allow},
		"NotPrincipal is everyone else":           {changes: map[string]string{"Principal": "", "NotPrincipal": `{"AWS":"123456789012"}`}, want: policy.Allow},
		"NotAction is every other action":         {changes: map[string]string{"Action": "", "NotAction": `"s3:PutObject"`}, want: policy.Allow},
		"NotResource is every other resource":     {changes: map[string]string{"Resource": "", "NotResource": `"arn:aws:s3:::pictures/dog*"`}, want: policy.Allow},
		"a deny of the same wins":                 {changes: map[string]string{"Effect": `"Deny"`}, want: policy.Deny},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := cloudFront()
			if c.request != nil {
				c.request(&r)
			}
			assert.Equal(t, c.want, parse(t, statement(t, c.changes)).Evaluate(r))
		})
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]bool{
		`{"StringEquals":{"aws:sourceARN":"` + distribution + `"}}`:                         true,
		`{"StringEquals":{"aws:SourceArn":["x","` + distribution + `"]}}`:                   true,
		`{"StringEquals":{"aws:SourceArn":"arn:*"}}`:                                        false,
		`{"StringEqualsIgnoreCase":{"aws:SecureTransport":"TRUE"}}`:                         true,
		`{"StringNotEquals":{"aws:SourceAccount":"123456789012"}}`:                          false,
		`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`:                                   true,
		`{"StringLike":{"aws:SourceArn":"arn:aws:cloudfront::*"}}`:                          true,
		`{"StringNotLike":{"aws:SourceArn":"*:distribution/?1"}}`:                           false,
		`{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::123456789012:distribution/*"}}`:   true,
		`{"ArnEquals":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/E?"}}`:           true,
		`{"ArnLike":{"aws:SourceArn":"arn:aws:*"}}`:                                         false,
		`{"ArnNotLike":{"aws:SourceArn":"arn:aws:s3:*:*:*"}}`:                               true,
		`{"Bool":{"aws:SecureTransport":true}}`:                                             true,
		`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`:                                    false,
		`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`:                            true,
		`{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`:                                     true,
		`{"NotIpAddress":{"aws:SourceIp":["198.51.100.0/24","192.0.2.7"]}}`:                 false,
		`{"Null":{"aws:SourceVpc":"true"}}`:                                                 true,
		`{"Null":{"aws:SourceArn":true}}`:                                                   false,
		`{"ForAnyValue:StringLike":{"aws:SourceArn":"arn:*"}}`:                              true,
		`{"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgPaths":"x"}}`:                     false,
		`{"ForAllValues:StringEquals":{"aws:TagKeys":"x"}}`:                                 true,
		`{"NumericLessThan":{"s3:max-keys":"10"}}`:                                          false,
		`{"NumericLessThanIfExists":{"s3:max-keys":10}}`:                                    true,
		`{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`:                    true,
		`{"StringEquals":{"aws:SourceArn":"` + distribution + `","aws:SourceAccount":"1"}}`: false,
		`{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:SourceAccount":"0"}}`:  false,
		`{"StringEquals":{"aws:SourceArn":[]}}`:                                             false,
		`{"NumericEquals":{"s3:signatureAge":600000}}`:                                      true,
		`{"NumericNotEquals":{"s3:signatureAge":"600000"}}`:                                 false,
		`{"NumericLessThan":{"s3:signatureAge":600000}}`:                                    false,
		`{"NumericLessThanEquals":{"s3:signatureAge":"6e5"}}`:                               true,
		`{"NumericGreaterThan":{"s3:signatureAge":"599999.5"}}`:                             true,
		`{"NumericGreaterThanEquals":{"s3:signatureAge":"soon"}}`:                           false,
		`{"DateEquals":{"aws:CurrentTime":"2026-11-01"}}`:                                   true,
		`{"DateNotEquals":{"aws:CurrentTime":"2026-11-01T00:00Z"}}`:                         false,
		`{"DateLessThan":{"aws:CurrentTime":"2026-11-01T00:00:01Z"}}`:                       true,
		`{"DateLessThanEquals":{"aws:EpochTime":"1"}}`:                                      false,
		`{"DateGreaterThan":{"aws:EpochTime":1}}`:                                           true,
		`{"DateGreaterThanEquals":{"aws:CurrentTime":"tomorrow"}}`:                          false,
		`{"BinaryEquals":{"s3:prefix":"aGVsbG8="}}`:                                         true,
		`{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}`:                                    false,
		`{"IpAddress":{"aws:SourceAccount":"192.0.2.0/24"}}`:                                false,
		`{"ForAllValues:StringEquals":{"aws:SourceAccount":"1"}}`:                           false,
		`{"BinaryEquals":{"aws:SourceAccount":"!"}}`:                                        false,
	} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			got := parse(t, statement(t, map[string]string{"Condition": condition})).Evaluate(cloudFront())
			assert.Equal(t, want, got == policy.Allow)
		})
	}
}

func TestAnOperatorThatCannotBeJudgedLetsNobodyIn(t *testing.T) {
	t.Parallel()
	odd := []policy.Condition{{Operator: "StringIs", Key: "aws:SourceArn", Values: []string{distribution}}}
	for deny, want := range map[bool]policy.Decision{false: policy.NoMatch, true: policy.Deny} {
		d := parse(t, statement(t, nil))
		d.Statements[0].Deny, d.Statements[0].Conditions = deny, odd
		assert.Equal(t, want, d.Evaluate(cloudFront()))
	}
}

func TestAnExplicitDenyWinsOverAnAllow(t *testing.T) {
	t.Parallel()
	d := parse(t, statement(t, nil))
	deny := parse(t, statement(t, map[string]string{
		"Effect": `"Deny"`, "Principal": `"*"`, "Condition": `{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`,
	}))
	d.Statements = append(d.Statements, deny.Statements...)
	assert.Equal(t, policy.Deny, d.Evaluate(cloudFront()))
}

func TestOnlyWhatEveryoneGetsIsPublic(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		changes map[string]string
		want    bool
	}{
		"the grant to a distribution":           {want: false},
		"a grant to everyone":                   {map[string]string{"Principal": `"*"`, "Condition": ""}, true},
		"a grant to every AWS account":          {map[string]string{"Principal": `{"AWS":"*"}`, "Condition": ""}, true},
		"a grant to all but one":                {map[string]string{"Principal": "", "NotPrincipal": `{"AWS":"123456789012"}`, "Condition": ""}, true},
		"a denial to everyone":                  {map[string]string{"Effect": `"Deny"`, "Principal": `"*"`, "Condition": ""}, false},
		"everyone from one distribution":        {map[string]string{"Principal": `"*"`}, false},
		"everyone from any distribution":        {map[string]string{"Principal": `"*"`, "Condition": `{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/*"}}`}, true},
		"everyone with the key absent":          {map[string]string{"Principal": `"*"`, "Condition": `{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}`}, true},
		"everyone over TLS":                     {map[string]string{"Principal": `"*"`, "Condition": `{"Bool":{"aws:SecureTransport":"true"}}`}, true},
		"everyone of a network":                 {map[string]string{"Principal": `"*"`, "Condition": `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`}, false},
		"everyone of half the Internet":         {map[string]string{"Principal": `"*"`, "Condition": `{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`}, true},
		"everyone of an access point's account": {map[string]string{"Principal": `"*"`, "Condition": `{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-east-1:123456789012:accesspoint/*"}}`}, false},
		"a service without a condition":         {map[string]string{"Condition": ""}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, parse(t, statement(t, c.changes)).Public())
		})
	}
}

func FuzzParseNeverAcceptsWhatIsNotJSON(f *testing.F) {
	f.Add(statement(f, nil))
	f.Add(`{"Statement":[{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["s3:*"],"Resource":"arn:aws:s3:::b*","Condition":{"Null":{"aws:x":[true,1]}}}]}`)
	f.Add(`{"Statement":{}}`)
	f.Add(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:s3:::${aws:username}/*"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func([]byte) (*policy.Document, error){policy.ParseIdentity, policy.ParseTrust} {
			if d, err := read([]byte(text)); err == nil {
				_ = d.Evaluate(cloudFront())
				_ = d.Unjudged(cloudFront())
			}
		}
		d, err := policy.Parse([]byte(text))
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("accepted, but no JSON: %q", text)
		}
		_ = d.Validate("pictures")
		_ = d.Public()
		_ = d.Evaluate(cloudFront())
	})
}

func TestWhiteSpaceDoesNotCountForTheSize(t *testing.T) {
	t.Parallel()
	indented, err := os.ReadFile("testdata/f08-indented-over-20k.json")
	require.NoError(t, err)
	require.Greater(t, len(indented), policy.MaxSize)
	d, err := policy.Parse(indented)
	require.NoError(t, err)
	assert.Len(t, d.Statements, 110)
}
