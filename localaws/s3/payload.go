package s3

import (
	"crypto/md5" //nolint:gosec // S3's ETags and Content-MD5 are MD5
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
)

// readBody takes the payload out of the framing of a streaming upload, and
// verifies every digest and checksum that came with it.
func (c *call) readBody() error {
	c.body = c.Body
	trailer := http.Header{}
	sent := c.header("X-Amz-Content-Sha256")
	if strings.HasPrefix(sent, "STREAMING-") {
		var err error
		if c.body, trailer, err = dechunk(c.Body); err != nil {
			return err
		}
		if length := c.header("X-Amz-Decoded-Content-Length"); length != "" && length != strconv.Itoa(len(c.body)) {
			return api.Refuse("IncompleteBody",
				"You did not provide the number of bytes specified by the Content-Length HTTP header")
		}
	} else if err := c.verifySHA256(sent); err != nil {
		return err
	}
	if err := c.verifyMD5(); err != nil {
		return err
	}
	if c.route.name == "CompleteMultipartUpload" {
		return nil // its checksums are the object's
	}
	var err error
	c.sums, err = verifyChecksums(c.body, c.HTTP.Header, trailer)
	return err
}

// verifySHA256 checks the payload hash of the signature, where it is one.
func (c *call) verifySHA256(sent string) error {
	if !c.Signed || len(sent) != hex.EncodedLen(sha256.Size) {
		return nil // absent, or UNSIGNED-PAYLOAD
	}
	computed := sha256.Sum256(c.body)
	if !strings.EqualFold(sent, hex.EncodeToString(computed[:])) {
		return api.Refuse("XAmzContentSHA256Mismatch",
			"The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return nil
}

func (c *call) verifyMD5() error {
	sent, given := c.HTTP.Header["Content-Md5"]
	if !given {
		return nil
	}
	want, err := base64.StdEncoding.DecodeString(sent[0])
	if err != nil || len(want) != md5.Size {
		return refuse(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid.", "Content-MD5", sent[0])
	}
	if computed := md5.Sum(c.body); string(want) != string(computed[:]) { //nolint:gosec // see the import
		return api.Refuse("BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	return nil
}

// etag is the entity tag of a body stored in one piece.
func etag(body []byte) string {
	sum := md5.Sum(body) //nolint:gosec // see the import
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
