package policy_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/policy"
)

func same(p policy.Principal) policy.Principal { return p }

func TestAPolicyIsGivenBackAsS3WritesIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ put, back string }{
		"members in their order, without white space": {
			`{ "Statement": [ { "Resource": "arn:aws:s3:::pictures/*", "Action": "s3:GetObject", "Principal": "*", "Effect": "Allow", "Sid": "a" } ],
			   "Id": "x", "Version": "2012-10-17" }`,
			`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*"}]}`,
		},
		"a list of one": {
			`{"Statement":[{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["s3:*"],"Resource":["arn:aws:s3:::pictures"],"Condition":{"Bool":{"aws:SecureTransport":[false]}}}]}`,
			`{"Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"arn:aws:s3:::pictures","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`,
		},
		"a single statement": {
			`{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":["123456789012","arn:aws:iam::123456789012:root"]},"NotAction":["s3:GetObject","s3:PutObject"],"NotResource":"arn:aws:s3:::pictures/<&>"}}`,
			`{"Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:root"},"NotAction":["s3:GetObject","s3:PutObject"],"NotResource":"arn:aws:s3:::pictures/<&>"}]}`,
		},
		"several kinds and several values": {
			`{"Statement":[{"Effect":"Allow","Principal":{"Service":["cloudfront.amazonaws.com"],"AWS":["210987654321","arn:aws:iam::123456789012:role/r"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*","Condition":{"NumericLessThan":{"s3:max-keys":[10,"20"]},"StringLike":{"aws:UserAgent":["a","b"],"aws:Referer":"c"}}}]}`,
			`{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com","AWS":["arn:aws:iam::210987654321:root","arn:aws:iam::123456789012:role/r"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*","Condition":{"NumericLessThan":{"s3:max-keys":["10","20"]},"StringLike":{"aws:UserAgent":["a","b"],"aws:Referer":"c"}}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := policy.Normalise([]byte(c.put), same)
			require.NoError(t, err)
			assert.Equal(t, c.back, string(got)) //nolint:testifylint // the order is what is tested
			again, err := policy.Normalise(got, same)
			require.NoError(t, err)
			assert.Equal(t, string(got), string(again))
		})
	}
}

func TestTheReportedPolicyGrowsWhenItIsGivenBack(t *testing.T) {
	t.Parallel()
	put, err := os.ReadFile("testdata/f01-put-to-s3.json")
	require.NoError(t, err)
	back, err := os.ReadFile("testdata/f01-as-s3-returns-it.json")
	require.NoError(t, err)
	got, err := policy.Normalise(put, same)
	require.NoError(t, err)
	assert.JSONEq(t, string(back), string(got))
	assert.Greater(t, len(got), policy.MaxSize)
	_, err = policy.Parse(got)
	require.EqualError(t, err, "Policy exceeds the maximum allowed document size.")
}

func TestAPrincipalMayBeRenamed(t *testing.T) {
	t.Parallel()
	text := statement(t, map[string]string{"Principal": `{"CanonicalUser":["a","b"],"AWS":"c"}`, "Condition": ""})
	got, err := policy.Normalise([]byte(text), func(p policy.Principal) policy.Principal {
		if p.Value == "a" {
			return policy.Principal{Kind: "AWS", Value: "AIDA"}
		}
		return p
	})
	require.NoError(t, err)
	assert.Contains(t, string(got), `"Principal":{"AWS":["AIDA","c"],"CanonicalUser":"b"}`)
}
