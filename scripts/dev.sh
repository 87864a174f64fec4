#!/bin/sh
# The dev stack on the embedded AWS: up, verify, down, stop. Everything it
# writes is in .local and .tools of this checkout.
set -eu

cd "$(dirname "$0")/.."
root=$PWD
state=$root/.local/aws
bin=$root/.local/bin
stack=dev
bucket=example-images
region=eu-central-1
config=$root/.local/Pulumi.dev.yaml

say() { printf '\n== %s\n' "$*"; }

# The stack's own configuration names the embedded AWS; nothing of the caller's
# AWS or Pulumi environment is to leak into it.
isolate() {
	for name in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p; s/^\(PULUMI_[A-Z0-9_]*\)=.*/\1/p'); do
		unset "$name"
	done
	eval "$(go -C tools/toolchain run . -root "$root" env)"
	mkdir -p "$root/.local/state"
	# What the engine and the plugins leave in the temporary directory goes with it.
	# It is a short path, because there are sockets in it.
	TMPDIR=$(mktemp -d)
	export TMPDIR
	trap 'rm -rf "$TMPDIR"' EXIT
	export PULUMI_BACKEND_URL="file://$root/.local/state"
	# The dev stack has no secrets; its state is encrypted with the empty passphrase.
	export PULUMI_CONFIG_PASSPHRASE=""
	export PULUMI_SKIP_UPDATE_CHECK=true
}

build() {
	mkdir -p "$bin"
	go build -o "$bin/" ./cmd/imagecdn
	go -C localaws build -o "$bin/" ./cmd/localaws
	make --no-print-directory plugin
}

# It outlives this script, and so must not use its temporary directory.
# A port that is taken is not waited for: the embedded AWS takes the next free one.
start_aws() {
	env -u TMPDIR "$bin/localaws" start --state "$state" \
		${LOCALAWS_API_PORT:+"--api=127.0.0.1:$LOCALAWS_API_PORT"} \
		${LOCALAWS_HTTPS_PORT:+"--https=127.0.0.1:$LOCALAWS_HTTPS_PORT"} \
		${LOCALAWS_HTTP_PORT:+"--http=127.0.0.1:$LOCALAWS_HTTP_PORT"} \
		${LOCALAWS_DNS_PORT:+"--dns=127.0.0.1:$LOCALAWS_DNS_PORT"}
	find_aws
}

# Where the running one listens: api, https, http, dns. The stack's configuration is
# copied with its address in it; the committed one stays as it is.
find_aws() {
	endpoints=$("$bin/localaws" endpoints --state "$state")
	eval "$endpoints"
	sed "s|http://127\.0\.0\.1:4566|http://$api|" Pulumi.dev.yaml >"$config"
}

# A killed engine leaves its lock behind. It is taken away only where the process
# that made it is gone.
unlock_stale() {
	for lock in "$root"/.local/state/.pulumi/locks/organization/*/$stack/*.json; do
		[ -e "$lock" ] || return 0
		pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$lock")
		if [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null; then
			say "An earlier run (process $pid) was killed: releasing its lock"
			pulumi cancel --yes --stack $stack
			return 0
		fi
	done
}

verify() {
	say "Verifying, from DNS to a cached pixel"
	pulumi stack output --json --stack $stack >"$root/.local/outputs.json"
	"$bin/imagecdn" verify --outputs "$root/.local/outputs.json" --path /myimage.jpg \
		--dns "$dns" --https-address "$https" --http-address "$http" \
		--ca-file "$state/ca/root.pem" --s3-endpoint "http://$api" --region $region --wait 30s
}

try_it() {
	domain=$(pulumi stack output cdnDomain --stack $stack)
	say "Outputs"
	pulumi stack output --stack $stack
	say "Try it"
	cat <<-LINES
	curl -sD - -o /dev/null --cacert .local/aws/ca/root.pem --connect-to $domain:443:$https https://$domain/myimage.jpg
	dig +short @127.0.0.1 -p ${dns#*:} $domain A
	AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --endpoint-url http://$api --region $region s3 ls s3://$bucket
	make down
	LINES
}

up() {
	say "Pulumi and an AWS provider"
	go -C tools/toolchain run . -root "$root" ensure
	isolate
	say "The program"
	go -C tools/toolchain run . -root "$root" program
	say "The embedded AWS"
	build
	start_aws
	"$bin/localaws" seed --endpoint "http://$api" --region $region --bucket $bucket
	say "pulumi up"
	pulumi stack select --create $stack
	unlock_stale
	pulumi up --yes --skip-preview --stack $stack --config-file "$config"
	verify
	try_it
}

down() {
	isolate
	build
	if pulumi stack ls --json | grep -q "\"name\": \"$stack\""; then
		start_aws
		unlock_stale
		say "pulumi destroy"
		pulumi destroy --yes --skip-preview --stack $stack --config-file "$config"
	else
		say "There is no dev stack"
	fi
	"$bin/localaws" stop --state "$state"
}

stop() {
	[ ! -x "$bin/localaws" ] || "$bin/localaws" stop --state "$state"
}

case ${1-} in
up) up ;;
verify)
	isolate
	build
	find_aws
	verify
	;;
down) down ;;
stop) stop ;;
*)
	echo "usage: scripts/dev.sh up | verify | down | stop" >&2
	exit 2
	;;
esac
