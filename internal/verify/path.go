package verify

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// plain are the characters besides letters and digits that stand for themselves in a
// path (RFC 3986, section 3.3), but for the plus, which S3 reads as a space.
const plain = "-._~!$&'()*,;=:@/"

// PathOf is the URL path of an object's key.
func PathOf(key string) string { return "/" + escape(key, plain) }

// escapePath escapes what cannot stand in a URL, as a browser does with what is typed
// into it. Escapes and pluses stay, so that it changes nothing the second time.
func escapePath(path string) string { return escape(path, plain+"+%") }

// escape writes each byte as %XX that is no letter or digit and not among the kept.
func escape(text, kept string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		if isAlphanumeric(c) || strings.IndexByte(kept, c) >= 0 {
			_ = out.WriteByte(c)
		} else {
			_, _ = fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// keyOf is the key that S3 takes a URL path for: as in a query, a plus is a space.
func keyOf(path string) string {
	key, err := url.QueryUnescape(strings.TrimPrefix(path, "/"))
	if err != nil {
		return path // has been refused with the target
	}
	return key
}

func checkPath(path string) error {
	_, err := url.PathUnescape(path)
	switch {
	case path == "" || path == "/":
		return errors.New("path: an image is needed, such as /photos/cat.jpg")
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("path %q: it begins with a slash, as in the URL", path)
	case strings.ContainsAny(path, "?#"):
		return fmt.Errorf("path %q: write ? as %%3F and # as %%23 when they are in the image's key", path)
	case err != nil:
		return fmt.Errorf("path %q: write a percent sign of the image's key as %%25: %w", path, err)
	}
	return nil
}

// imageTypes are the types of images by the ending of their names.
var imageTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".avif": "image/avif",
	".gif": "image/gif", ".svg": "image/svg+xml", ".ico": "image/x-icon", ".bmp": "image/bmp", ".tif": "image/tiff",
	".tiff": "image/tiff", ".heic": "image/heic", ".jxl": "image/jxl",
}

// imageType is the type of the image by its name; a stand-in for a person to replace
// where that does not tell.
func imageType(key string) string {
	return orElse(imageTypes[strings.ToLower(path.Ext(key))], "image/TYPE")
}

// shellQuote is a word for a POSIX shell, quoted where it has to be.
func shellQuote(word string) string {
	if strings.IndexFunc(word, func(r rune) bool { return !strings.ContainsRune(shellPlain, r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// shellPlain are the characters that mean nothing else to a shell.
const shellPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:%+,@"
