#!/usr/bin/env bash
# Installs the peers that the emulator is measured beside, into build/peers (git ignores it). Whatever is missing is left out of a run.
#
#   mock_server/benchmarks/peers.sh            everything: about 270 MB, needs npm and Java 17 or later for WireMock
#   mock_server/benchmarks/peers.sh npm        those from npm alone
#
# wrk, the load generator, and nginx come from Debian and need root; the others do not.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/peers

[ -e build/peers/package.json ] || echo '{"private": true}' >build/peers/package.json
npm install --prefix build/peers --no-audit --no-fund --ignore-scripts --save-exact \
  wiremock@3.13.2 @stoplight/prism-cli@5.14.2 @mockoon/cli@9.9.0

[ "${1:-}" != npm ] || exit 0

for package in wrk nginx-light; do
  command -v "${package%-light}" >/dev/null || PATH=$PATH:/usr/sbin command -v "${package%-light}" >/dev/null ||
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package"
done

python3 -m venv build/peers/venv
build/peers/venv/bin/python -m pip install --quiet flask==3.1.3 waitress==3.0.2 granian==2.8.7
