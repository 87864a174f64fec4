package cloudfront

import "cmp"

// fillDefaults completes a configuration as AWS does, so that what is read back
// has every element that AWS answers.
func (c *distributionConfig) fillDefaults() {
	set(&c.Aliases)
	set(&c.OriginGroups)
	set(&c.CacheBehaviors)
	set(&c.CustomErrorResponses)
	set(&c.Logging)
	set(&c.Origins)
	if c.Restrictions == nil || c.Restrictions.GeoRestriction == nil {
		c.Restrictions = &restrictions{GeoRestriction: &geoRestriction{RestrictionType: "none"}}
	}
	c.PriceClass = cmp.Or(c.PriceClass, "PriceClass_All")
	c.HttpVersion = cmp.Or(c.HttpVersion, "http2")
	for _, o := range c.Origins.Items {
		o.fillDefaults()
	}
	for _, b := range c.behaviors() {
		b.fillDefaults()
	}
	set(&c.ViewerCertificate)
	c.ViewerCertificate.fillDefaults()
}

// behaviors are all behaviours of a distribution, the default one last, as they
// are tried.
func (c *distributionConfig) behaviors() []*cacheBehavior {
	all := make([]*cacheBehavior, 0, len(c.CacheBehaviors.Items)+1)
	all = append(all, c.CacheBehaviors.Items...)
	if c.DefaultCacheBehavior != nil {
		all = append(all, c.DefaultCacheBehavior)
	}
	return all
}

func (o *origin) fillDefaults() {
	set(&o.CustomHeaders)
	set(&o.OriginShield)
	setTo(&o.ConnectionAttempts, 3)
	setTo(&o.ConnectionTimeout, 10)
	if c := o.CustomOriginConfig; c != nil {
		setTo(&c.OriginReadTimeout, 30)
		setTo(&c.OriginKeepaliveTimeout, 5)
		setTo(&c.OriginSslProtocols, sslProtocols{Quantity: 2, Items: []string{"TLSv1", "SSLv3"}})
	}
	if c := o.S3OriginConfig; c != nil {
		setTo(&c.OriginReadTimeout, 30)
	}
	if c := o.VpcOriginConfig; c != nil {
		setTo(&c.OriginReadTimeout, 30)
		setTo(&c.OriginKeepaliveTimeout, 5)
	}
}

func (b *cacheBehavior) fillDefaults() {
	set(&b.TrustedSigners)
	set(&b.TrustedKeyGroups)
	set(&b.LambdaFunctionAssociations)
	set(&b.FunctionAssociations)
	set(&b.GrpcConfig)
	setTo(&b.AllowedMethods, allowedMethods{Quantity: 2, Items: []string{"HEAD", "GET"}})
	setTo(&b.AllowedMethods.CachedMethods, methods{Quantity: 2, Items: []string{"HEAD", "GET"}})
	if f := b.ForwardedValues; f != nil {
		set(&f.Headers)
		set(&f.QueryStringCacheKeys)
		setTo(&f.Cookies, cookiePreference{Forward: "none"})
		setTo(&b.MinTTL, 0)
		setTo(&b.DefaultTTL, max(usualDefaultTTL, *b.MinTTL))
		setTo(&b.MaxTTL, max(usualMaximumTTL, *b.DefaultTTL))
	}
}

// fillDefaults repeats the certificate in the deprecated elements, as AWS does.
// With CloudFront's own certificate the protocol is TLSv1, whatever was asked.
func (v *viewerCertificate) fillDefaults() {
	if v.ACMCertificateArn != "" || v.IAMCertificateId != "" {
		v.fillProtocol()
	}
	switch {
	case v.ACMCertificateArn != "":
		v.CloudFrontDefaultCertificate = false
		v.Certificate, v.CertificateSource = v.ACMCertificateArn, "acm"
	case v.IAMCertificateId != "":
		v.CloudFrontDefaultCertificate = false
		v.Certificate, v.CertificateSource = v.IAMCertificateId, "iam"
	default:
		*v = viewerCertificate{
			CloudFrontDefaultCertificate: true, SSLSupportMethod: "vip",
			MinimumProtocolVersion: "TLSv1", CertificateSource: "cloudfront",
		}
	}
}

// fillProtocol is the lowest protocol that viewers may use, where none is given.
func (v *viewerCertificate) fillProtocol() {
	lowest := "TLSv1"
	if v.SSLSupportMethod == "vip" {
		lowest = "SSLv3" // viewers without SNI are old
	}
	v.MinimumProtocolVersion = cmp.Or(v.MinimumProtocolVersion, lowest)
}

// set makes an absent element an empty one.
func set[T any](element **T) {
	if *element == nil {
		*element = new(T)
	}
}

// setTo gives an absent element a value.
func setTo[T any](element **T, value T) {
	if *element == nil {
		*element = &value
	}
}
