// What a CDN in front of an existing bucket needs and the AWS provider lacks: one statement of a bucket policy, validation records that certificates share, and look-ups in few calls.
package imagecdn
