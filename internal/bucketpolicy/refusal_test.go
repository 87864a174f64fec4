package bucketpolicy

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestADenyThatCloudFrontMeetsForSureIsNamed(t *testing.T) {
	t.Parallel()
	const deny = `"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::my-images/*"`
	for sentence, test := range map[string]struct {
		statement string
		want      bool
	}{
		"without a condition":                 {deny, true},
		"of CloudFront alone":                 {`"Sid":"No","Effect":"Deny","Principal":{"Service":["ec2.amazonaws.com","cloudfront.amazonaws.com"]},"Action":"s3:*","Resource":["arn:aws:s3:::my-images","arn:aws:s3:::my-images/*"]`, true},
		"of everybody but a role":             {`"Sid":"No","Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"S3:get*","Resource":"*"`, true},
		"of everything but listing":           {`"Sid":"No","Effect":"Deny","Principal":{"AWS":"*"},"NotAction":"s3:ListBucket","Resource":"arn:aws:s3:::*"`, true},
		"unless it comes from an endpoint":    {deny + `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`, true},
		"unless it comes from a network":      {deny + `,"Condition":{"StringNotEqualsIfExists":{"aws:sourceVpc":["vpc-1","vpc-2"]}}`, true},
		"unless it comes from the company":    {deny + `,"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, true},
		"unless it comes from an account":     {deny + `,"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}`, true},
		"unless it comes from a role":         {deny + `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}`, true},
		"unless it comes from a user":         {deny + `,"Condition":{"StringNotLike":{"aws:userId":["AROAEXAMPLE:*","111122223333"]}}`, true},
		"where no network is said":            {deny + `,"Condition":{"Null":{"aws:SourceVpc":true}}`, true},
		"under two conditions that both hold": {deny + `,"Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"},"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`, true},

		"that allows":                            {`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"`, false},
		"of writing":                             {`"Effect":"Deny","Principal":"*","Action":["s3:PutObject","s3:Delete*"],"Resource":"*"`, false},
		"of everything but reading":              {`"Effect":"Deny","Principal":"*","NotAction":["s3:Get*"],"Resource":"*"`, false},
		"of somebody else":                       {`"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:*","Resource":"*"`, false},
		"of everybody but CloudFront":            {`"Effect":"Deny","NotPrincipal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:*","Resource":"*"`, false},
		"of some of the objects":                 {`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::my-images/private/*"`, false},
		"of the bucket, not its objects":         {`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::my-images"`, false},
		"of another bucket":                      {`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::my-images-2/*"`, false},
		"of all but some objects":                {`"Effect":"Deny","Principal":"*","Action":"s3:*","NotResource":"arn:aws:s3:::my-images/public/*"`, false},
		"of plain HTTP":                          {deny + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`, false},
		"that leaves AWS's services out":         {deny + `,"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`, false},
		"that leaves CloudFront out":             {deny + `,"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"},"StringNotEqualsIfExists":{"aws:PrincipalServiceName":["cloudfront.amazonaws.com"]}}`, false},
		"of one network":                         {deny + `,"Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`, false},
		"unless it is one of some distributions": {deny + `,"Condition":{"StringNotEquals":{"aws:SourceArn":"` + distribution + `"}}`, false},
		"unless it comes from some addresses":    {deny + `,"Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, false},
		"by a tag of the object":                 {deny + `,"Condition":{"StringEquals":{"s3:ExistingObjectTag/scan":"BAD"}}`, false},
		"unless anybody calls":                   {deny + `,"Condition":{"StringNotLike":{"aws:PrincipalArn":"*"}}`, false},
		"by sets of values":                      {deny + `,"Condition":{"ForAnyValue:StringNotLike":{"aws:PrincipalOrgPaths":"o-1/*"}}`, false},
		"under a condition that is no object":    {deny + `,"Condition":"none"`, false},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			want := []string{}
			if test.want {
				want = append(want, "No")
			}
			policy := parse(t, `{"Version":"2012-10-17","Statement":[`+foreign+`,{`+test.statement+`}]}`)
			assert.Equal(t, want, policy.RefuseCloudFront(bucket))
		})
	}
}

func TestADenyWithoutASidIsNamedByItsText(t *testing.T) {
	t.Parallel()
	const deny = `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`
	assert.Equal(t, []string{deny}, parse(t, `{"Statement":`+deny+`}`).RefuseCloudFront(bucket))
	assert.Empty(t, Document{}.RefuseCloudFront(bucket))
}
