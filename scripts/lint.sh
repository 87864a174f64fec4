#!/bin/sh
# gofmt, go vet and golangci-lint over every module that has code of ours.
set -eu

cd "$(dirname "$0")/.."
root=$PWD
# The linter finds the same files of another checkout in its cache, and names that one's.
export GOLANGCI_LINT_CACHE="$root/.tools/golangci-lint-cache"

unformatted=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l)
if [ -n "$unformatted" ]; then
	printf 'not gofmt-ed:\n%s\n' "$unformatted" >&2
	exit 1
fi
golangci=$(go -C tools/toolchain run . -root "$root" lint)
for module in . provider localaws test tools/toolchain tools/rename tools/release tools/sdkcheck tools/sdkgen tools/pulumi-language-go tools/pulumi-resource-aws; do
	echo "lint $module"
	(cd "$module" && go vet ./... && "$golangci" run --config "$root/.golangci.yml" ./...)
done
for system in darwin windows; do
	echo "vet localaws for $system"
	GOOS=$system go -C localaws vet ./...
done
