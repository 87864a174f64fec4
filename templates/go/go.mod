module ${PROJECT}

go 1.26.0

require (
	github.com/pulumi/pulumi/sdk/v3 v3.256.0
	imagecdn v0.2.0
)
