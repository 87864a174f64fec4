# What a person does with this project. `make` lists it.

TOOLCHAIN := go -C tools/toolchain run . -root "$(CURDIR)"

.DEFAULT_GOAL := help

.PHONY: help
help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
up: ## From nothing to a cached image: tools, embedded AWS, `pulumi up` of the dev stack, verification.
	@scripts/dev.sh up

.PHONY: verify
verify: ## Check the dev stack from DNS to a cached pixel.
	@scripts/dev.sh verify

.PHONY: down
down: ## `pulumi destroy` of the dev stack, and stop the embedded AWS.
	@scripts/dev.sh down

.PHONY: plugin
plugin: ## Build the stack's own Pulumi provider beforehand; the first `pulumi up` does it otherwise.
	@go -C provider tool -n pulumi-resource-imagecdn >/dev/null

.PHONY: schema
schema: ## Write the package's schema from the components' Go types.
	@go -C provider run ./cmd/schema ..

.PHONY: sdk
sdk: schema ## Write the SDKs for TypeScript, Python and Go from the schema.
	@go -C tools/sdkgen run .

.PHONY: release-snapshot
release-snapshot: ## Make the plugin's archives for every platform in dist, as a release has them.
	@go -C tools/release run .

.PHONY: tools
tools: ## Make sure of Pulumi and an AWS provider for this checkout; builds only what is missing.
	@$(TOOLCHAIN) ensure

.PHONY: test
test: tools ## Every test: units, embedded AWS, the real engine, Terraform and the AWS CLI.
	@scripts/test.sh all

.PHONY: test-short
test-short: ## The tests that need no engine.
	@scripts/test.sh short

.PHONY: test-real-plugin
test-real-plugin: export GENUINE_AWS_PLUGIN = 1
test-real-plugin: ## The engine tests with pulumi-aws itself, which has to be downloaded; never with the stand-in.
	@$(TOOLCHAIN) ensure
	@scripts/test.sh engine

.PHONY: test-aws
test-aws: tools ## A small life of a CDN on AWS itself, which costs some cents: see CONTRIBUTING.md.
	@TEST_AWS=1 go -C test test -v -timeout 3h -run '^TestASmallLifeOnAWSOrTheEmbeddedOne$$' ./engine

# How often `make bench` goes through all operations: make bench ROUNDS=5
ROUNDS ?= 3

.PHONY: bench
bench: tools ## Time, memory and calls of AWS, beside Terraform's on the embedded AWS, as a table.
	@scripts/bench.sh -rounds $(ROUNDS)

.PHONY: reliability
reliability: tools ## Strike every write of a stack's life with every fault, for hours; writes docs/reliability.md. Linux, as root.
	@mkdir -p .local
	@RELIABILITY_RESULTS=$(CURDIR)/.local/reliability.json go -C test test -parallel 8 -timeout 12h ./engine -run '^TestAStruckLifeGoesOnAndLeavesNothing$$'

.PHONY: permissions
permissions: tools ## Live a stack's life without each of its permissions, for an hour; writes a table into docs/permissions.md.
	@mkdir -p .local
	@PERMISSION_RESULTS=$(CURDIR)/.local/permissions.json go -C test test -parallel 8 -timeout 12h ./engine -run '^TestAMissingPermissionIsNamedAndNothingIsLeft$$'

.PHONY: lint
lint: ## gofmt, go vet and golangci-lint over every module.
	@scripts/lint.sh

.PHONY: clean
clean: ## Remove built tools, the dev stack's state and the embedded AWS's.
	@scripts/dev.sh stop
	@rm -rf .tools .local dist
