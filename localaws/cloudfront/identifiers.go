package cloudfront

import (
	"crypto/rand"
	"fmt"
)

const (
	upperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"
	hexadecimal       = "0123456789abcdef"
)

// randomText draws n characters of an alphabet.
func randomText(alphabet string, n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand does not fail
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

// newID is an id as distributions and origin access controls have it.
func newID() string { return "E" + randomText(upperAlphanumeric, 13) }

// newETag is a version; every change makes another.
func newETag() string { return "E" + randomText(upperAlphanumeric, 13) }

// newInvalidationID is an id as invalidations have it.
func newInvalidationID() string { return "I" + randomText(upperAlphanumeric, 25) }

// newUUID is an id as policies have it.
func newUUID() string {
	h := randomText(hexadecimal, 32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// distributionARN is global: its region is empty.
func distributionARN(account, id string) string {
	return fmt.Sprintf("arn:aws:cloudfront::%s:distribution/%s", account, id)
}
