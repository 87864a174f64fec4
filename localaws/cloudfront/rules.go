package cloudfront

import (
	"net/http"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// AWS's quotas per distribution.
const (
	maximumAliases   = 100
	maximumBehaviors = 75
	maximumOrigins   = 100
)

// check holds a configuration of an account, defaults filled in, against AWS's
// rules. id is the distribution it is for, "" for a new one.
func (s *Service) check(account, id string, c *distributionConfig) error {
	for _, rule := range []func(*distributionConfig) error{
		checkRequired,
		checkValues,
		s.checkLogging,
		func(c *distributionConfig) error { return s.checkOrigins(account, c) },
		func(c *distributionConfig) error { return s.checkBehaviors(account, c) },
		checkErrorResponses,
		checkRestrictions,
		checkAliasNames,
		func(c *distributionConfig) error { return s.checkWebACL(account, c) },
		func(c *distributionConfig) error { return s.checkCertificate(account, c) },
		func(c *distributionConfig) error { return s.checkAliases(id, c) },
	} {
		if err := rule(c); err != nil {
			return err
		}
	}
	return nil
}

func checkRequired(c *distributionConfig) error {
	switch {
	case c.CallerReference == "":
		return api.Refuse("InvalidArgument", "The parameter CallerReference is required.")
	case c.DefaultCacheBehavior == nil:
		return api.Refuse("InvalidArgument", "The parameter DefaultCacheBehavior is required.")
	case len(c.Origins.Items) == 0:
		return api.Refuse("InvalidArgument", "The parameter Origins is required: at least one origin.")
	}
	return checkComment(c.Comment)
}

func checkValues(c *distributionConfig) error {
	if err := oneOf("HttpVersion", c.HttpVersion, "http1.1", "http2", "http3", "http2and3"); err != nil {
		return err
	}
	if err := oneOf("PriceClass", c.PriceClass, "PriceClass_100", "PriceClass_200", "PriceClass_All"); err != nil {
		return err
	}
	return checkRootObject(c.DefaultRootObject)
}

// checkLogging looks for the bucket of the older kind of logs, which are
// delivered by its ACL.
func (s *Service) checkLogging(c *distributionConfig) error {
	if !c.Logging.Enabled {
		return nil
	}
	bucket, _, ok := bucketOf(c.Logging.Bucket)
	exists, takesACLs := false, false
	if ok && s.options.LogBucket != nil {
		exists, takesACLs = s.options.LogBucket(bucket)
	}
	switch {
	case !exists:
		return api.Refuse("InvalidArgument", "The parameter Logging Bucket does not refer to a valid S3 bucket.")
	case !takesACLs:
		return api.Refuse("InvalidArgument", "The S3 bucket that you specified for CloudFront logs does not enable ACL access: %s",
			c.Logging.Bucket)
	}
	return nil
}

func checkErrorResponses(c *distributionConfig) error {
	for _, r := range c.CustomErrorResponses.Items {
		if !slices.Contains([]int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}, r.ErrorCode) {
			return api.Refuse("InvalidErrorCode", "The parameter ErrorCode is invalid: %d.", r.ErrorCode)
		}
		if (r.ResponsePagePath == "") != (r.ResponseCode == "") {
			return api.Refuse("InvalidArgument", "The parameters ResponsePagePath and ResponseCode go together.")
		}
		if r.ResponsePagePath != "" && !strings.HasPrefix(r.ResponsePagePath, "/") {
			return api.Refuse("InvalidRelativePath", "The parameter ResponsePagePath must begin with a slash.")
		}
		if r.ResponseCode != "" && !slices.Contains([]string{
			"200", "400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504",
		}, r.ResponseCode) {
			return api.Refuse("InvalidResponseCode", "The parameter ResponseCode is invalid: %s.", r.ResponseCode)
		}
		if r.ErrorCachingMinTTL != nil && *r.ErrorCachingMinTTL < 0 {
			return api.Refuse("InvalidArgument", "The parameter ErrorCachingMinTTL is invalid.")
		}
	}
	return nil
}

func checkRestrictions(c *distributionConfig) error {
	g := c.Restrictions.GeoRestriction
	if !slices.Contains([]string{"none", "whitelist", "blacklist"}, g.RestrictionType) {
		return api.Refuse("InvalidGeoRestrictionParameter", "The parameter RestrictionType is invalid: %q.", g.RestrictionType)
	}
	if (g.RestrictionType == "none") != (len(g.Items) == 0) {
		return api.Refuse("InvalidGeoRestrictionParameter", "The specified geo restriction parameter is not valid.")
	}
	for _, country := range g.Items {
		if !slices.Contains(countries, country) {
			return api.Refuse("InvalidLocationCode", "The location code specified is not valid: %q.", country)
		}
	}
	return nil
}

func (s *Service) checkWebACL(account string, c *distributionConfig) error {
	if c.WebACLId == "" {
		return nil
	}
	if api.AccountOf(c.WebACLId) != account || !s.options.WebACLExists(c.WebACLId) {
		return api.Refuse("InvalidWebACLId", "The web ACL ID specified is not valid: %s.", c.WebACLId)
	}
	return nil
}

// notFound is the answer to a reference to what does not exist.
func notFound(code, message string) error {
	return api.RefuseStatus(http.StatusNotFound, code, "%s", message)
}
