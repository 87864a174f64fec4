package sdkcheck

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The generators look for the project's plugins from its root.
func TestMain(m *testing.M) {
	if err := os.Chdir(filepath.Join("..", "..")); err != nil {
		panic(err)
	}
	m.Run()
}

// The names under which each language has what programs use.
var wanted = map[string]map[string][]string{
	"csharp": {
		"ImageCdn.cs":              {"class ImageCdn : global::Pulumi.ComponentResource", "Output<string> CdnUrl", "class ImageCdnArgs", `[Input("domain", required: true)]`, "InputMap<string> Tags"},
		"ValidatedCertificate.cs":  {"class ValidatedCertificate : global::Pulumi.ComponentResource"},
		"BucketOrigin.cs":          {"class BucketOrigin : global::Pulumi.ComponentResource"},
		"BucketPolicyStatement.cs": {"class BucketPolicyStatement : global::Pulumi.CustomResource"},
		"Inputs/CacheArgs.cs":      {"Input<int>? DefaultTtl"},
	},
	"java": {
		"ImageCdn.java":              {"class ImageCdn extends com.pulumi.resources.ComponentResource", "Output<String> cdnUrl()"},
		"ImageCdnArgs.java":          {"class ImageCdnArgs", "Builder domain(", "Builder tags("},
		"ValidatedCertificate.java":  {"class ValidatedCertificate extends com.pulumi.resources.ComponentResource"},
		"BucketOrigin.java":          {"class BucketOrigin extends com.pulumi.resources.ComponentResource"},
		"BucketPolicyStatement.java": {"class BucketPolicyStatement extends com.pulumi.resources.CustomResource"},
		"inputs/CacheArgs.java":      {"Builder defaultTtl("},
	},
}

func TestCsharpAndJavaGetTheComponentsWithTheirArguments(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("provider", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	logo := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(logo.Close) // after the subtests
	for language, names := range wanted {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			files, err := generate(language, text, logo.URL)
			if err != nil {
				t.Fatal(err)
			}
			for name, parts := range names {
				content := contentOf(files, name)
				for _, part := range parts {
					if !strings.Contains(content, part) {
						t.Errorf("%s has no %q:\n%.4000s", name, part, content)
					}
				}
			}
		})
	}
}

// contentOf is the file whose path ends with name.
func contentOf(files map[string][]byte, name string) string {
	for path, content := range files {
		if path == name || strings.HasSuffix(path, "/"+name) {
			return string(content)
		}
	}

	return ""
}

func TestASchemaThatIsNotSoundIsRefused(t *testing.T) {
	t.Parallel()
	for language := range languages {
		if _, err := generate(language, []byte(`{"name": "x", "resources": {"x:index:A": {"properties": {"a": {"type": "picture"}}}}}`), ""); err == nil {
			t.Errorf("%s: it was taken", language)
		}
	}
}
