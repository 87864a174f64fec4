"""A CDN for an existing bucket of images."""

import pulumi
from pulumi_imagecdn import CacheArgs, ImageCdn

config = pulumi.Config()
images = ImageCdn(
    "images",
    domain=config.require("domain"),
    bucket=config.require("bucket"),
    cache=CacheArgs(default_ttl=config.get_int("defaultTtl")),
)
pulumi.export("url", images.cdn_url)
