package engine

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browserLimit bounds one start of a browser, to the end of its page.
const browserLimit = 2 * time.Minute

// album is a page of a site that uses the images. It says, once everything on it is loaded, what a browser has seen:
// of each image the width, and whether a script may read its pixels.
const album = `<!doctype html><html lang="en"><title>album</title><body>%s
<script>
function readable(image) {
	const drawing = document.createElement("canvas").getContext("2d");
	drawing.drawImage(image, 0, 0);
	try {
		drawing.getImageData(0, 0, 1, 1);
		return true;
	} catch {
		return false;
	}
}
addEventListener("load", () => {
	const text = document.createElement("pre");
	text.id = "seen";
	text.textContent = JSON.stringify([...document.images].map(image => ({width: image.naturalWidth, readable: readable(image)})));
	document.body.append(text);
});
</script></body></html>`

// sight is what a browser has seen of an image.
type sight struct {
	Width    int
	Readable bool
}

// assertBrowserShows has a browser load a page of a friend twice, with images of the CDN. It must show them and let
// the page's script read them, and ask the CDN for none of them again.
func (w *world) assertBrowserShows(distribution string, paths ...string) {
	w.t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") != "true" {
		w.t.Log("chromium is not installed: no browser is tried")
		return
	}
	require.NoError(w.t, err, "Debian's package chromium is needed")
	var images strings.Builder
	for _, path := range paths {
		images.WriteString(`<img alt="" crossorigin src="https://cdn.` + zoneName + html.EscapeString(path) + `">`)
	}
	site := httptest.NewTLSServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(answer, album, images.String())
	}))
	defer site.Close()
	profile, before := w.t.TempDir(), w.summed(distribution, "Requests")
	for range 2 {
		seen := w.browse(chromium, profile, site)
		assert.Len(w.t, seen, len(paths))
		for i, image := range seen {
			assert.Positive(w.t, image.Width, paths[i])
			assert.True(w.t, image.Readable, paths[i])
		}
		assert.Eventually(w.t, func() bool { return int(w.summed(distribution, "Requests")-before) == len(paths) }, 5*time.Second, 100*time.Millisecond,
			"each image is asked for once: the browser keeps what it may keep")
	}
}

// browse has Chromium load a site of a friend with a profile, and returns what the page says at the end.
func (w *world) browse(chromium, profile string, site *httptest.Server) (seen []sight) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), browserLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--user-data-dir="+profile,
		"--host-resolver-rules=MAP cdn."+zoneName+":443 "+w.aws.HTTPSAddr()+",MAP www.example.org:443 "+site.Listener.Addr().String(),
		"--ignore-certificate-errors-spki-list="+w.publicKeyHash("cdn."+zoneName)+","+hashOf(site.Certificate()),
		"--virtual-time-budget=20000", "--dump-dom", friend)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	page, err := cmd.Output()
	require.NoError(w.t, err, "%s", page)
	found := seenText.FindSubmatch(page)
	require.NotNil(w.t, found, "the page has not run to its end: %s", page)
	require.NoError(w.t, json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &seen))
	return seen
}

var seenText = regexp.MustCompile(`<pre id="seen">(.*?)</pre>`)

// publicKeyHash has Chromium trust the certificate of the edge: it takes no other CA than the system's.
func (w *world) publicKeyHash(name string) string {
	w.t.Helper()
	roots := x509.NewCertPool()
	require.True(w.t, roots.AppendCertsFromPEM(w.aws.RootCA()))
	conn, err := tls.Dial("tcp", w.aws.HTTPSAddr(), &tls.Config{ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS12})
	require.NoError(w.t, err)
	defer func() { _ = conn.Close() }()
	return hashOf(conn.ConnectionState().PeerCertificates[0])
}

func hashOf(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
