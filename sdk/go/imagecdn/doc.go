// Package imagecdn puts CloudFront in front of an S3 bucket of images, on a domain of your own.
package imagecdn
