// Package verify proves that a CDN works, from the DNS answer to a cached pixel. It
// asks only what any viewer could ask, over the network, so the same checks hold for
// CloudFront and for whatever imitates it.
package verify
