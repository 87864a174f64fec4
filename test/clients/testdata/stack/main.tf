# The stack as Terraform would have it: what a team that uses Terraform writes for
# AWS. Nothing in it says that AWS is an embedded one; only the environment does.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "domain" { type = string }
variable "zone" { type = string }
variable "existing_bucket" { type = string }
variable "bucket" { type = string }
variable "image" { type = string }

# Another release changes a tag of everything, a lifetime in the cache and a comment.
variable "release" {
  type    = number
  default = 1
}

locals {
  tags       = { stack = "terraform", release = var.release }
  domains    = [var.domain, "*.${var.domain}"]
  validation = { for option in aws_acm_certificate.cdn.domain_validation_options : option.domain_name => option }
  managed_rule_groups = [
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
  ]
}

provider "aws" {
  region = "eu-central-1"
  default_tags { tags = local.tags }
}

# CloudFront takes certificates and web ACLs from us-east-1 only.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"
  default_tags { tags = local.tags }
}

data "aws_caller_identity" "current" {}

data "aws_route53_zone" "main" {
  name         = var.zone
  private_zone = false
}

data "aws_s3_bucket" "existing" {
  bucket = var.existing_bucket
}

data "aws_cloudfront_cache_policy" "managed" {
  name = "Managed-CachingOptimized"
}

# Certificate

resource "aws_acm_certificate" "cdn" {
  provider                  = aws.us_east_1
  domain_name               = local.domains[0]
  subject_alternative_names = slice(local.domains, 1, length(local.domains))
  validation_method         = "DNS"
  key_algorithm             = "RSA_2048"
  tags                      = { Name = var.domain }
  lifecycle { create_before_destroy = true }
}

# The domain and its wildcard share one record.
resource "aws_route53_record" "validation" {
  zone_id = data.aws_route53_zone.main.zone_id
  name    = local.validation[var.domain].resource_record_name
  type    = local.validation[var.domain].resource_record_type
  records = [local.validation[var.domain].resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "cdn" {
  provider                = aws.us_east_1
  certificate_arn         = aws_acm_certificate.cdn.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

# Origin

resource "aws_s3_bucket" "images" {
  bucket        = var.bucket
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "images" {
  bucket = aws_s3_bucket.images.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_public_access_block" "images" {
  bucket                  = aws_s3_bucket.images.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_object" "image" {
  bucket        = aws_s3_bucket.images.id
  key           = "photos/sunrise.jpg"
  source        = var.image
  etag          = filemd5(var.image)
  content_type  = "image/jpeg"
  cache_control = "public, max-age=86400"
}

data "aws_iam_policy_document" "images" {
  statement {
    sid       = "ImageCdnRead"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.images.arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.cdn.arn]
    }
  }
  statement {
    sid       = "TLSOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.images.arn, "${aws_s3_bucket.images.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "images" {
  bucket = aws_s3_bucket.images.id
  policy = data.aws_iam_policy_document.images.json
}

resource "aws_cloudfront_origin_access_control" "images" {
  name                              = "terraform-images"
  description                       = "Terraform: ${var.bucket}"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Distribution

resource "aws_wafv2_web_acl" "cdn" {
  provider    = aws.us_east_1
  name        = "terraform-images"
  description = "The protections of the CloudFront console"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.managed_rule_groups
    content {
      name     = rule.value
      priority = rule.key
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = true
        metric_name                = rule.value
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = true
    metric_name                = "terraform-images"
  }
}

resource "aws_cloudfront_cache_policy" "images" {
  name        = "terraform-images"
  comment     = "Terraform: ${var.domain}"
  min_ttl     = 1
  default_ttl = 86400 * var.release
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config { cookie_behavior = "none" }
    headers_config { header_behavior = "none" }
    query_strings_config { query_string_behavior = "none" }
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false
  }
}

resource "aws_cloudfront_distribution" "cdn" {
  enabled         = true
  comment         = "Terraform: ${var.domain}, release ${var.release}"
  aliases         = local.domains
  http_version    = "http2and3"
  is_ipv6_enabled = true
  price_class     = "PriceClass_100"
  web_acl_id      = aws_wafv2_web_acl.cdn.arn

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.images.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.images.id
  }

  default_cache_behavior {
    target_origin_id       = "bucket"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = aws_cloudfront_cache_policy.images.id
    compress               = false
  }

  ordered_cache_behavior {
    path_pattern           = "logos/*"
    target_origin_id       = "bucket"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = data.aws_cloudfront_cache_policy.managed.id
    compress               = true
  }

  dynamic "custom_error_response" {
    for_each = [403, 404, 500, 502, 503, 504]
    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 5
    }
  }

  restrictions {
    geo_restriction { restriction_type = "none" }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.cdn.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }
}

resource "aws_route53_record" "alias" {
  for_each = toset(["A", "AAAA", "HTTPS"])
  zone_id  = data.aws_route53_zone.main.zone_id
  name     = var.domain
  type     = each.value
  alias {
    name                   = aws_cloudfront_distribution.cdn.domain_name
    zone_id                = aws_cloudfront_distribution.cdn.hosted_zone_id
    evaluate_target_health = false
  }
}

output "account_id" { value = data.aws_caller_identity.current.account_id }
output "existing_bucket_domain" { value = data.aws_s3_bucket.existing.bucket_regional_domain_name }
output "distribution_domain" { value = aws_cloudfront_distribution.cdn.domain_name }
