package edge

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func FuzzARangeIsAnsweredAsItIsRead(f *testing.F) {
	f.Add("bytes=0-1,3-4", "an image")
	f.Add("bytes=-3", "a")
	f.Add("Bytes =5-", "")
	f.Add("bytes=\v-1", "0")
	f.Fuzz(func(t *testing.T, header, body string) {
		text, e := readRange(header, int64(len(body)))
		if e != part {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody) //nolint:noctx // it ends at once
		r.Header.Set("Range", text)
		w := httptest.NewRecorder()
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
		if w.Code != http.StatusPartialContent && body != "" {
			t.Errorf("%q of %d bytes is a part, and answered %d", header, len(body), w.Code)
		}
	})
}

func FuzzPathsHaveOneNormalForm(f *testing.F) {
	f.Add("/a/../b//%7euser/%2F")
	f.Add("/..%2f/.")
	f.Fuzz(func(t *testing.T, path string) {
		if _, err := url.PathUnescape(path); err != nil {
			return // a malformed path is refused before it is normalised
		}
		normal := normalPath(path)
		if again := normalPath(normal); again != normal {
			t.Errorf("%q is normalised to %q, and that to %q", path, normal, again)
		}
		name := invalidName(path)
		if again := invalidName(name); again != name {
			t.Errorf("%q is named %q, and that %q", path, name, again)
		}
	})
}
