#!/bin/sh
# The tests. `short` needs no engine and no other program; `all` is everything.
set -eu

cd "$(dirname "$0")/.."

short() {
	go test -race -timeout 10m ./...
	go -C provider test -race -timeout 10m ./...
	go -C localaws test -race -timeout 10m ./...
	go -C tools/toolchain test -race .
	go -C tools/pulumi-language-go test -race .
	go -C tools/rename test .
	go -C test test -race ./bench
}

# Each fuzz target of the embedded AWS, for a moment.
fuzz() {
	scripts/fuzz.sh 2s
}

engine() {
	go -C tools/pulumi-resource-aws test -race ./internal/...
	if [ -z "${GENUINE_AWS_PLUGIN-}" ] && [ -e .tools/pulumi-home/plugins/resource-aws-v6.83.2/pulumi-resource-terraform-provider ]; then
		# The stand-in is in use here: it must be what the SDK takes it for.
		go -C tools/pulumi-resource-aws test -timeout 10m .
	fi
	echo "the engine tests run with $(go -C tools/toolchain run . -root "$PWD" plugin)"
	# They wait for most of their time, so more run at once than there are processors.
	go -C test test -parallel 10 -timeout 55m ./engine
}

# Programs in other languages need npm. In CI it is there, or it fails.
languages() {
	go -C tools/release test -race .
	go -C tools/sdkgen test .
	go -C tools/sdkcheck test .
	if [ "${CI-}" = true ] || command -v npm >/dev/null; then
		go -C test test -parallel 4 -timeout 25m ./languages
	else
		echo "npm is not installed: no program in TypeScript or Python is tried"
		go -C test test -parallel 4 -timeout 25m -skip 'Typescript|Python|Documentation' ./languages
	fi
}

# Terraform and the AWS CLI are other people's clients: where they are installed,
# the embedded AWS must serve them. In CI both are there, or it fails.
clients() {
	wanted=""
	for program in terraform aws; do
		if [ "${CI-}" = true ] || command -v $program >/dev/null; then
			wanted="$wanted $program"
		else
			echo "$program is not installed: the embedded AWS is not tried with it"
		fi
	done
	case $wanted in
	*terraform*aws) go -C test test -parallel 4 -timeout 25m ./clients ;;
	*terraform*) go -C test test -timeout 25m -run '^TestTerraform' ./clients ;;
	*aws*) go -C test test -parallel 4 -timeout 25m -skip '^TestTerraform' ./clients ;;
	esac
}

# Suites that wait for most of their time, side by side; each is printed when it is over.
together() {
	logs=$(mktemp -d)
	trap 'rm -rf "$logs"' EXIT
	echo "side by side, each printed when it is over: $*"
	for suite in "$@"; do
		one "$suite" &
	done
	wait
	for suite in "$@"; do
		[ -e "$logs/$suite.passed" ] || failed="${failed-} $suite"
	done
	[ -z "${failed-}" ] || {
		echo "failed:$failed" >&2
		return 1
	}
}

one() {
	if scripts/test.sh "$1" >"$logs/$1" 2>&1; then : >"$logs/$1.passed"; fi
	printf '\n#### %s\n' "$1"
	cat "$logs/$1"
}

case ${1-} in
short | engine | languages | clients) "$1" ;;
all)
	short
	fuzz
	together engine languages clients
	;;
*)
	echo "usage: scripts/test.sh short | engine | languages | clients | all" >&2
	exit 2
	;;
esac
