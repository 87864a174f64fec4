package bucketpolicy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	bucket       = "arn:aws:s3:::my-images"
	distribution = "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE"
	foreign      = `{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::my-images/*",` +
		`"Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"s3:TlsVersion":1.20}}}`
)

func parse(t *testing.T, text string) Document {
	t.Helper()
	d, err := Parse(text)
	require.NoError(t, err)
	return d
}

func with(t *testing.T, d Document, s Statement) Document {
	t.Helper()
	d, err := d.With(s)
	require.NoError(t, err)
	return d
}

func text(t *testing.T, d Document) string {
	t.Helper()
	out, err := d.Text()
	require.NoError(t, err)
	return out
}

func TestABucketWithoutAPolicyGetsOneAndLosesItAgain(t *testing.T) {
	t.Parallel()
	d := with(t, parse(t, ""), ReadGrant("Ours", bucket, distribution))
	assert.JSONEq(t, `{
		"Version": "2012-10-17",
		"Statement": [{
			"Sid": "Ours",
			"Effect": "Allow",
			"Principal": {"Service": "cloudfront.amazonaws.com"},
			"Action": "s3:GetObject",
			"Resource": "arn:aws:s3:::my-images/*",
			"Condition": {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE"}}
		}]
	}`, text(t, d))
	assert.Empty(t, text(t, parse(t, text(t, d)).Without("Ours")), "no statement left means no policy")
}

func TestEverythingThatIsNotOursKeepsItsText(t *testing.T) {
	t.Parallel()
	before := `{ "Id" : "caf\u00e9 <&>", "x-note": {"b":1e2,"a":[ ]}, "Version":"2008-10-17",` + "\n" +
		`"Statement": ` + foreign + ` }`
	d := with(t, parse(t, before), ReadGrant("Ours", bucket, distribution))

	want := `{"Id":"caf\u00e9 <&>","x-note":{"b":1e2,"a":[]},"Version":"2008-10-17","Statement":[` + foreign + `,` +
		ReadGrant("Ours", bucket, distribution).String() + `]}`
	assert.Equal(t, want, text(t, d))

	after := d.Without("Ours")
	assert.True(t, after.Equal(parse(t, before)))
	assert.Contains(t, text(t, after), foreign)
}

func TestAStatementIsReplacedInItsPlace(t *testing.T) {
	t.Parallel()
	d := parse(t, `{"Statement":[{"Sid":"A"},{"Sid":"Ours","Effect":"Deny"},{"Sid":"B"}]}`)
	d = with(t, d, ReadGrant("Ours", bucket, distribution))
	grant, found := d.Find("Ours")
	require.True(t, found)
	assert.True(t, grant.Equal(ReadGrant("Ours", bucket, distribution)))
	assert.Equal(t, `{"Statement":[{"Sid":"A"},`+grant.String()+`,{"Sid":"B"}]}`, text(t, d))
}

func TestADocumentIsNotChangedByItsEditors(t *testing.T) {
	t.Parallel()
	d := parse(t, `{"Statement":[{"Sid":"A"},{"Sid":"B"}]}`)
	_ = with(t, d, ReadGrant("A", bucket, distribution))
	_ = d.Without("A")
	assert.Equal(t, `{"Statement":[{"Sid":"A"},{"Sid":"B"}]}`, text(t, d))
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	d := parse(t, `{"Statement":[{"Effect":"Allow"}]}`)
	_, found := d.Find("Ours")
	assert.False(t, found)
	_, found = d.Find("")
	assert.False(t, found, "statements without a Sid are nobody's")
	assert.Equal(t, text(t, d), text(t, d.Without("Ours")))
	assert.Equal(t, text(t, d), text(t, d.Without("")))
}

func TestAStatementWithoutASidIsNotAdded(t *testing.T) {
	t.Parallel()
	_, err := Document{}.With(Statement{raw: "{}"})
	require.Error(t, err)
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	for name, policy := range map[string]string{
		"not JSON":                    `{"Statement":[`,
		"two documents":               `{"Statement":[]} {"Statement":[]}`,
		"a list":                      `[]`,
		"a string":                    `"policy"`,
		"no statements":               `{"Version":"2012-10-17"}`,
		"statements twice":            `{"Statement":[],"statement":[]}`,
		"a statement that is none":    `{"Statement":["Allow"]}`,
		"a null statement":            `{"Statement":null}`,
		"a Sid that is a number":      `{"Statement":[{"Sid":1}]}`,
		"bytes that are not in UTF-8": "{\"Id\":\"\xff\",\"Statement\":[]}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(policy)
			require.ErrorIs(t, err, ErrMalformed)
		})
	}
}

func TestAPolicyAboveTwentyKilobytesIsRefused(t *testing.T) {
	t.Parallel()
	shell := len(`{"Statement":[{"Sid":"A","Resource":""}]}`)
	fits := parse(t, `{"Statement":[ {"Sid":"A","Resource":"`+strings.Repeat("x", MaxSize-shell)+`"} ]}`)
	assert.Len(t, text(t, fits), MaxSize, "white space does not count")

	_, err := with(t, fits, ReadGrant("B", bucket, distribution)).Text()
	require.ErrorIs(t, err, ErrTooLarge)
	assert.ErrorContains(t, err, "at most 20480")
}

func FuzzAddingAndRemovingAStatementIsTheIdentity(f *testing.F) {
	for _, seed := range []string{
		"", `{"Statement":[]}`, `{"Statement":` + foreign + `}`, `{"Statement":[` + foreign + `,` + foreign + `],"Id":"\ud800"}`,
		`{"\u0053tatement":{"Sid":"x"},"Id":1.0,"Id":2}`, `{"statement":[{"sid":"ours"}]}`, `{"Statement":[{"Principal":[1,{"a":null}]}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, policy string) {
		before, err := Parse(policy)
		if err != nil {
			return
		}
		sid := "FuzzedSidThatNobodyElseHas"
		if _, taken := before.Find(sid); taken {
			return
		}
		added := with(t, before, ReadGrant(sid, bucket, distribution))
		out, err := added.Text()
		if err != nil {
			require.ErrorIs(t, err, ErrTooLarge)
			return
		}
		again := parse(t, out)
		for i, s := range before.statements {
			require.Equal(t, compacted(t, s.raw), again.statements[i].raw, "another statement was touched")
		}
		require.True(t, again.Equal(added))
		require.True(t, again.Without(sid).Equal(before))
		if !before.Empty() {
			require.Equal(t, text(t, again.Without(sid)), text(t, before), "and its text is the same")
		}
	})
}

func compacted(t *testing.T, raw string) string {
	t.Helper()
	out, err := compact(json.RawMessage(raw))
	require.NoError(t, err)
	return out
}
