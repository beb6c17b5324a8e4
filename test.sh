#!/bin/sh
# Set up what is missing (test requirements, a Chromium), then run the whole suite.
# Arguments go to pytest: ./test.sh tests/motion -k square
# Without any, two processes share the files.
set -eu
cd "$(dirname "$0")"
. .ci/environment
install test -e '.[test]'

found=""
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then
        found=$(command -v "$name")
        break
    fi
done
if [ -z "$found" ]; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        apt-get update -qq >&2 && apt-get install -y -qq chromium >&2
        found=$(command -v chromium)
    else # playwright's own download; its path is found by the tests
        .venv/bin/python -m playwright install chromium >&2
    fi
fi
[ $# -gt 0 ] || set -- -n 2 --dist loadfile
CHROMIUM="$found" OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" exec .venv/bin/python -m pytest "$@"
