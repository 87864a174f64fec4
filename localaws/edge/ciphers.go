package edge

import (
	"crypto/tls"
	"slices"
)

// The cipher suites of TLS 1.2 and below, by the security policy up to which
// CloudFront takes them ("Supported protocols and ciphers between viewers and
// CloudFront"), as far as Go has them. Those of TLS 1.3 are in every policy.
var (
	ciphersOfAll = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
	ciphersTo2019 = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	}
	ciphersTo2018 = []uint16{
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
	}
	ciphersTo2016 = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
	}
)

// ciphers are those of a security policy.
func ciphers(policy string) []uint16 {
	switch policy {
	case "TLSv1.2_2018":
		return slices.Concat(ciphersOfAll, ciphersTo2019, ciphersTo2018)
	case "TLSv1.2_2019":
		return slices.Concat(ciphersOfAll, ciphersTo2019)
	case "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016":
		return slices.Concat(ciphersOfAll, ciphersTo2019, ciphersTo2018, ciphersTo2016)
	}
	return ciphersOfAll
}
