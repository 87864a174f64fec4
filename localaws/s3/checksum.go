package s3

import (
	"crypto/md5"  //nolint:gosec // offered by S3 as a checksum
	"crypto/sha1" //nolint:gosec // offered by S3 as a checksum
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"

	"imagecdn/localaws/api"
)

// checksums are those of one body, by algorithm as in CRC64NVME.
type checksums map[string]string

// checksumPrefix begins the headers that carry a checksum.
const checksumPrefix = "X-Amz-Checksum-"

// defaultAlgorithm is what S3 computes for an object that came without a checksum.
const defaultAlgorithm = "CRC64NVME"

// crc64NVMe is the polynomial of CRC-64/NVME, reflected.
const crc64NVMe = 0x9a6c9329ac4bc9b5

var algorithms = map[string]func() hash.Hash{
	"CRC32":          func() hash.Hash { return crc32.NewIEEE() },
	"CRC32C":         func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	defaultAlgorithm: func() hash.Hash { return crc64.New(crc64.MakeTable(crc64NVMe)) },
	"MD5":            md5.New,
	"SHA1":           sha1.New,
	"SHA256":         sha256.New,
	"SHA512":         sha512.New,
}

// checksum computes one checksum, in base 64.
func checksum(algorithm string, body []byte) string {
	h := algorithms[algorithm]()
	_, _ = h.Write(body) // a hash does not fail
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// verifyChecksums compares the checksums in headers and trailer with the body,
// and returns them.
func verifyChecksums(body []byte, header, trailer http.Header) (checksums, error) {
	verified := checksums{}
	for _, source := range []http.Header{header, trailer} {
		for name, values := range source {
			suffix, found := strings.CutPrefix(name, checksumPrefix)
			algorithm := strings.ToUpper(suffix)
			if !found || isNoAlgorithm(algorithm) {
				continue
			}
			if algorithms[algorithm] == nil {
				return nil, notImplemented("the checksum algorithm " + algorithm)
			}
			if checksum(algorithm, body) != values[0] {
				return nil, api.Refuse("BadDigest", "The %s you specified did not match the calculated checksum.", algorithm)
			}
			verified[algorithm] = values[0]
		}
	}
	if len(verified) > 1 {
		return nil, api.Refuse("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	}
	return verified, nil
}

// isNoAlgorithm says whether a header after the prefix is one about checksums
// rather than one of them.
func isNoAlgorithm(suffix string) bool {
	return suffix == "ALGORITHM" || suffix == "MODE" || suffix == "TYPE"
}

// set adds the checksums to the headers of an answer.
func (c checksums) set(header http.Header) {
	for algorithm, value := range c {
		header.Set(checksumPrefix+algorithm, value)
		header.Set("X-Amz-Checksum-Type", c.kind())
	}
}

// The types of an object's checksum: over all of it, or over those of its parts.
const (
	checksumWhole     = "FULL_OBJECT"
	checksumComposite = "COMPOSITE"
)

// kind is the type of a checksum: composite ones end in the number of parts.
func (c checksums) kind() string {
	for _, value := range c {
		if strings.Contains(value, "-") {
			return checksumComposite
		}
	}
	return checksumWhole
}
