#!/bin/sh
# The real servers and the browser that some tests need. As root on Debian what is missing is
# installed; elsewhere it is named, and the tests that need it are skipped. With CI=true a package
# that cannot be had is an error. `install.sh nightly`: also what only the nightly tests need.
set -u

packages=""
need() { # need PROGRAM PACKAGE...
  program=$1
  shift
  command -v "$program" >/dev/null 2>&1 || packages="$packages $*"
}

need prosody prosody prosody-modules
need chromium chromium
need chromedriver chromium-driver
need ip iproute2
need unshare util-linux
if [ "${1:-}" = nightly ]; then # what makes films fit, and what keeps the data of Bluesky's own servers
  need ffmpeg ffmpeg
  need redis-server redis-server
  [ -d /usr/lib/postgresql ] || packages="$packages postgresql"
fi
[ -z "$packages" ] && exit 0

missing() {
  echo "Some tests need these Debian packages:$packages ($1)" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
}

command -v apt-get >/dev/null 2>&1 || missing "this is not Debian: install them in your system's way"
[ "$(id -u)" = 0 ] || missing "sudo apt-get install$packages"

export DEBIAN_FRONTEND=noninteractive
# Debian starts a server as soon as it is installed; the tests start their own.
policy=/usr/sbin/policy-rc.d
made_policy=false
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made_policy=true
fi
# shellcheck disable=SC2086 # a list of words
apt-get update -qq && apt-get install -qq -y --no-install-recommends $packages >/dev/null
installed=$?
[ "$made_policy" = true ] && rm -f "$policy"
[ "$installed" = 0 ] || missing "apt-get could not install them"
