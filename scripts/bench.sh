#!/bin/sh
# The stack beside Terraform on the embedded AWS; arguments go to test/bench. The
# program is built and linked before: that is not what is compared.
set -eu

cd "$(dirname "$0")/.."
go -C tools/toolchain run . -root "$PWD" program
eval "$(go -C tools/toolchain run . -root "$PWD" env)"
make --no-print-directory plugin
go -C test run ./bench "$@"
