package s3

import (
	"net/netip"
	"regexp"
	"strings"

	"imagecdn/localaws/api"
)

var bucketNameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// validBucketName applies "General purpose bucket naming rules" of the S3 User Guide.
func validBucketName(name string) error {
	_, notAddress := netip.ParseAddr(name)
	ok := bucketNameForm.MatchString(name) && !strings.Contains(name, "..") && notAddress != nil
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		ok = ok && !strings.HasPrefix(name, prefix)
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"} {
		ok = ok && !strings.HasSuffix(name, suffix)
	}
	if ok {
		return nil
	}
	e := api.Refuse("InvalidBucketName", "The specified bucket is not valid.")
	e.Fields = map[string]string{"BucketName": name}
	return e
}
