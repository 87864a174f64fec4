package bucketpolicy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func statement(t *testing.T, text string) Statement {
	t.Helper()
	s, err := ParseStatement(text)
	require.NoError(t, err)
	return s
}

func TestStatementsThatMeanTheSameAreEqual(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"order of members":     {`{"Sid":"A","Effect":"Allow"}`, `{"Effect":"Allow","Sid":"A"}`},
		"one value and a list": {`{"Action":"s3:GetObject"}`, `{"Action":["s3:GetObject"]}`},
		"order of a set":       {`{"Resource":["a","b"]}`, `{"Resource":["b","a","a"]}`},
		"case of actions":      {`{"Action":"s3:GetObject"}`, `{"Action":"S3:getobject"}`},
		"account and its root": {
			`{"Principal":{"AWS":"111122223333"}}`, `{"Principal":{"AWS":["arn:aws:iam::111122223333:root"]}}`,
		},
		"everybody, both ways": {`{"Principal":"*"}`, `{"Principal":{"AWS":"*"}}`},
		"case of condition keys": {
			`{"Condition":{"StringEquals":{"AWS:SourceArn":"x"}}}`, `{"Condition":{"StringEquals":{"aws:SourceArn":["x"]}}}`,
		},
		"booleans and numbers as strings": {
			`{"Condition":{"Bool":{"a":true,"b":[12]}}}`, `{"Condition":{"Bool":{"b":"12","a":"true"}}}`,
		},
		"no Sid and an empty one": {`{"Sid":"","Effect":"Deny"}`, `{"Effect":"Deny"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.True(t, statement(t, pair[0]).Equal(statement(t, pair[1])))
		})
	}
}

func TestStatementsThatMeanSomethingElseDiffer(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"effect":             {`{"Effect":"Allow"}`, `{"Effect":"Deny"}`},
		"Sid":                {`{"Sid":"A"}`, `{"Sid":"B"}`},
		"case of a resource": {`{"Resource":"arn:aws:s3:::b/A"}`, `{"Resource":"arn:aws:s3:::b/a"}`},
		"a user of the account": {
			`{"Principal":{"AWS":"111122223333"}}`, `{"Principal":{"AWS":"arn:aws:iam::111122223333:user/u"}}`,
		},
		"kind of principal":   {`{"Principal":{"AWS":"*"}}`, `{"Principal":{"Service":"*"}}`},
		"operator":            {`{"Condition":{"StringEquals":{"k":"v"}}}`, `{"Condition":{"StringLike":{"k":"v"}}}`},
		"value":               {`{"Condition":{"StringEquals":{"k":"v"}}}`, `{"Condition":{"StringEquals":{"k":"w"}}}`},
		"action and its anti": {`{"Action":"s3:*"}`, `{"NotAction":"s3:*"}`},
		"unknown member":      {`{"X":[1,2]}`, `{"X":[2,1]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.False(t, statement(t, pair[0]).Equal(statement(t, pair[1])))
		})
	}
}

func TestDocumentsAreComparedByMeaning(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b string
		want bool
	}{
		"object and list":        {`{"Statement":{"Sid":"A"}}`, `{"Statement":[{"Sid":"A"}]}`, true},
		"order of statements":    {`{"Statement":[{"Sid":"A"},{"Sid":"B"}]}`, `{"Statement":[{"Sid":"B"},{"Sid":"A"}]}`, true},
		"default version":        {`{"Statement":[{}],"Version":"2008-10-17"}`, `{"Statement":[{}]}`, true},
		"other version":          {`{"Statement":[{}],"Version":"2012-10-17"}`, `{"Statement":[{}]}`, false},
		"Id":                     {`{"Statement":[{}],"Id":"a"}`, `{"Statement":[{}],"Id":"b"}`, false},
		"no policy and an empty": {``, `{"Version":"2012-10-17","Statement":[]}`, true},
		"one statement more":     {`{"Statement":[{"Sid":"A"},{"Sid":"A"}]}`, `{"Statement":[{"Sid":"A"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, parse(t, c.a).Equal(parse(t, c.b)))
			assert.Equal(t, c.want, parse(t, c.b).Equal(parse(t, c.a)))
		})
	}
}

func TestAGrantToTheDeliveryOfLogsIsForOneSourceBelowAPrefix(t *testing.T) {
	t.Parallel()
	const source = "arn:aws:logs:us-east-1:111122223333:delivery-source:images"
	grant := LogDeliveryGrant("Ours", "arn:aws:s3:::my-logs", "cdn/", source)
	assert.JSONEq(t, `{"Sid":"Ours","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject",
		"Resource":"arn:aws:s3:::my-logs/cdn/*","Condition":{
			"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceAccount":"111122223333"},"ArnLike":{"aws:SourceArn":"`+source+`"}}}`, grant.String())
	assert.True(t, grant.GrantsLogDelivery())
	assert.False(t, grant.GrantsCloudFront())
	assert.False(t, ReadGrant("Ours", bucket, distribution).GrantsLogDelivery())
}

func TestAGrantToCloudFrontIsRecognised(t *testing.T) {
	t.Parallel()
	ours := ReadGrant("Ours", bucket, distribution)
	arn, named := ours.SourceARN()
	assert.True(t, ours.GrantsCloudFront())
	assert.True(t, named)
	assert.Equal(t, distribution, arn)

	for name, text := range map[string]string{
		"a deny":              `{"Effect":"Deny","Principal":{"Service":"cloudfront.amazonaws.com"}}`,
		"somebody else":       `{"Effect":"Allow","Principal":{"AWS":"cloudfront.amazonaws.com"}}`,
		"somebody as well":    `{"Effect":"Allow","Principal":{"AWS":"1","Service":"cloudfront.amazonaws.com"}}`,
		"two services":        `{"Effect":"Allow","Principal":{"Service":["cloudfront.amazonaws.com","s3.amazonaws.com"]}}`,
		"everybody":           `{"Effect":"Allow","Principal":"*"}`,
		"two distributions":   `{"Condition":{"StringEquals":{"aws:SourceArn":["a","b"]}}}`,
		"condition of a kind": `{"Condition":{"StringEquals":7}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.False(t, statement(t, text).GrantsCloudFront())
			_, named := statement(t, text).SourceARN()
			assert.False(t, named)
		})
	}
}
