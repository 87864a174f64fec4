package bucketpolicy

import (
	"encoding/json"
	"fmt"
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
	out, err := d.Text(MaxSize)
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

	_, err := with(t, fits, ReadGrant("B", bucket, distribution)).Text(MaxSize)
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
		out, err := added.Text(MaxSize)
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

// policyFor lets so many accounts read the bucket, each written as the verb says.
func policyFor(accounts int, verb string) string {
	principals := make([]string, accounts)
	for i := range principals {
		principals[i] = fmt.Sprintf(`"`+verb+`"`, 111100000000+i)
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[` + strings.Join(principals, ",") +
		`]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::my-images/*"}]}`
}

const (
	shortAccount = "%d"
	longAccount  = "arn:aws:iam::%d:root"
)

// S3 took the short form of an account, and gives back the long one: such a policy is longer than S3 takes.
func TestAccountsAreWrittenShortWhereTheLongFormDoesNotFit(t *testing.T) {
	t.Parallel()
	stored := parse(t, policyFor(1300, longAccount))
	ours := ReadGrant("Ours", bucket, distribution)
	added := text(t, with(t, stored, ours))
	assert.LessOrEqual(t, len(added), MaxSize)
	assert.Equal(t, text(t, with(t, parse(t, policyFor(1300, shortAccount)), ours)), added)
	assert.True(t, parse(t, added).Equal(with(t, stored, ours)), "and it means the same")
}

func TestTakingAStatementOutNeverFailsForSize(t *testing.T) {
	t.Parallel()
	ours := ReadGrant("Ours", bucket, distribution)
	for name, policy := range map[string]string{
		"what S3 gives back is too long": policyFor(1300, longAccount),
		"even its short form is":         policyFor(2000, shortAccount),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := parse(t, policy)
			out, err := with(t, before, ours).Without("Ours").Text(MaxSize)
			require.NoError(t, err)
			assert.True(t, parse(t, out).Equal(before))
			assert.NotContains(t, out, ":root")
		})
	}
}

func TestAPolicyThatFitsKeepsTheLongFormOfItsAccounts(t *testing.T) {
	t.Parallel()
	policy := policyFor(400, longAccount)
	assert.Equal(t, policy, text(t, with(t, parse(t, policy), ReadGrant("Ours", bucket, distribution)).Without("Ours")))
	assert.Contains(t, text(t, with(t, parse(t, policy), ReadGrant("Ours", bucket, distribution))), policy[:len(policy)-2])
}

func TestOnlyAccountsAmongThePrincipalsAreWrittenShort(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{
		`{"Principal":"arn:aws:iam::111122223333:root"}`,
		`{"Principal":{"Service":["arn:aws:iam::111122223333:root"]}}`,
		`{"Principal":{"AWS":["arn:aws:iam::111122223333:user/root","x\"arn:aws:iam::111122223333:root",7,{}]}}`,
		`{"Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}}}`,
		`{"Resource":{"AWS":"arn:aws:iam::111122223333:root"}}`,
	} {
		assert.Equal(t, kept, statement(t, kept).withShortAccounts().String())
	}
	for long, short := range map[string]string{
		`{"Principal":{"AWS":"arn:aws:iam::111122223333:root","x":1e2}}`:                        `{"Principal":{"AWS":"111122223333","x":1e2}}`,
		`{"NotPrincipal":{"AWS":["arn:aws-cn:iam::111122223333:root","\u002a"]}}`:               `{"NotPrincipal":{"AWS":["111122223333","\u002a"]}}`,
		`{"x":[1.0],"Principal":{"AWS":["a:\u0072oot","arn:aws:iam::111122223333:\u0072oot"]}}`: `{"x":[1.0],"Principal":{"AWS":["a:\u0072oot","111122223333"]}}`,
	} {
		assert.Equal(t, short, statement(t, long).withShortAccounts().String())
	}
}

func FuzzAccountsWrittenShortMeanTheSame(f *testing.F) {
	for _, seed := range []string{
		foreign, `{"Principal":{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::1:root"]}}`,
		`{"Principal":{"AWS":"arn:aws:iam::111122223333:root","AWS":[]},"principal":null}`, `{"NotPrincipal":{"AWS":[[]," "]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, policy string) {
		long, err := Parse(`{"Statement":` + policy + `}`)
		if err != nil {
			return
		}
		short := long.withShortAccounts()
		again := parse(t, compacted(t, string(short.join())))
		require.True(t, again.Equal(long), "%s became %s", policy, short.join())
		require.LessOrEqual(t, len(compacted(t, string(short.join()))), len(compacted(t, string(long.join()))))
	})
}
