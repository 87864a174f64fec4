import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ImageCdn } from "pulumi-imagecdn";

const config = new pulumi.Config();
const zoneName = config.require("zoneName");

const zone = new aws.route53.Zone("zone", { name: zoneName });
const bucket = new aws.s3.BucketV2("bucket");
const picture = new aws.s3.BucketObjectv2("picture", {
    bucket: bucket.bucket,
    key: "circle.svg",
    contentType: "image/svg+xml",
    content: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1"/></svg>`,
});
const metrics = (metricName: string) => ({ cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true });
const firewall = new aws.wafv2.WebAcl("firewall", {
    scope: "CLOUDFRONT",
    defaultAction: { allow: {} },
    visibilityConfig: metrics("images"),
    rules: [{
        name: "flood",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: 2000 } },
        visibilityConfig: metrics("flood"),
    }],
});
const images = new ImageCdn("images", {
    domain: `images.${zoneName}`,
    bucket: bucket.bucket,
    dns: { zoneId: zone.zoneId },
    protection: { webAclArn: firewall.arn },
    cache: { defaultTtl: config.requireNumber("defaultTtl") },
});

export const url = pulumi.interpolate`${images.cdnUrl}/${picture.key}`;
export const nameServers = zone.nameServers; // for the zone's registrar
