package components

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// accountNameIn is the account name of a component in a stack.
func accountNameIn(t *testing.T, organization, project, stack, name string) string {
	t.Helper()
	var made string
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		made = accountName(ctx, name)
		return nil
	}, pulumi.WithMocksWithOrganization(organization, project, stack, newCloud(t))))
	return made
}

func TestAccountNamesTellStacksAndComponentsApart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a-very-long-name-", 10)
	seen := map[string]bool{}
	for _, of := range [][4]string{
		{"acme", "shop", "prod", "cdn"},
		{"other", "shop", "prod", "cdn"},
		{"acme", "shop", "dev", "cdn"},
		{"acme", "blog", "prod", "cdn"},
		{"acme", "shop", "prod", "cdn-origin"},
		{"acme", "shop", "prod-cdn", "origin"}, // reads like the one before
		{"acme", "shop", "prod", "cdn.origin"},
		{"acme", "shop", "prod", "cdn_origin"},
		{"acme", "shop", "prod", long + "1"},
		{"acme", "shop", "prod", long + "2"},
	} {
		name := accountNameIn(t, of[0], of[1], of[2], of[3])
		assert.False(t, seen[name], "%v has the name of another: %s", of, name)
		seen[name] = true
		assert.LessOrEqual(t, len(name), maxNameLength)
		assert.Equal(t, name, accountNameIn(t, of[0], of[1], of[2], of[3]), "it is the same in every run")
	}
	assert.True(t, strings.HasPrefix(accountNameIn(t, "acme", "shop", "prod", "cdn"), "shop-prod-cdn-"), "people can read it")
}

func TestCommentsFitCloudFront(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		long := comment(ctx, strings.Repeat("n", 200), "cdn.example.com")
		assert.Len(t, long, 128)
		assert.True(t, strings.HasPrefix(long, "Pulumi stack shop/prod, nnn"))
		for i := range 4 {
			cut := comment(ctx, strings.Repeat("n", i)+strings.Repeat("日", 100), "cdn.example.com")
			assert.True(t, utf8.ValidString(cut), "no character is cut in two: %q", cut)
			assert.LessOrEqual(t, len(cut), 128)
		}
		return nil
	}))
}

func FuzzAccountNamesAreTakenByAws(f *testing.F) {
	for _, name := range []string{"cdn", "", "a/b", "käse", strings.Repeat("x", 300)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		assert.Regexp(t, `^[A-Za-z0-9-]{1,64}$`, accountNameIn(t, "acme", "shop", "prod", name))
	})
}
