package s3

import (
	"net/http"
	"testing"
)

func FuzzEveryAddressIsRead(f *testing.F) {
	f.Add("/images/a+b%2Fc", "localhost:4566")
	f.Add("/a/b", "images.s3.eu-west-1.amazonaws.com")
	f.Add("/", ".s3.")
	f.Fuzz(func(t *testing.T, path, host string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost"+path, http.NoBody)
		if err != nil {
			return
		}
		r.Host = host
		bucket, key := address(r)
		if bucket == "" && key != "" && bucketOfHost(host) == "" && r.URL.EscapedPath()[:2] != "//" {
			t.Errorf("%q at %q is key %q of no bucket", path, host, key)
		}
	})
}

func FuzzATokenComesBack(f *testing.F) {
	f.Add("a/b")
	f.Fuzz(func(t *testing.T, key string) {
		if got, err := decodeToken(encodeToken(key)); err != nil || got != key {
			t.Errorf("%q comes back as %q: %v", key, got, err)
		}
		_, _ = decodeToken(key) // is taken or refused
	})
}
