#!/bin/sh
# Every fuzz target of the embedded AWS, for so long each: scripts/fuzz.sh 10m
set -eu

cd "$(dirname "$0")/../localaws"
for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzz $package $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-5s}" -fuzzminimizetime 2s "$package"
	done
done
