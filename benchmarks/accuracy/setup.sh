#!/bin/sh
# Makes .venv-peers from the peers' own lock: by uv where it is present, else by pip. Safe to run again.
# The lock was resolved for Python 3.11 and newer; it was run on 3.11, so that one is preferred. LightGBM needs libgomp.
set -eu
cd "$(dirname "$0")/../.."
lock=benchmarks/accuracy/requirements.lock

python=""
for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "the peers need Python 3.11 or newer; none was found on the PATH." >&2
    exit 2
fi

wanted=$(cksum <"$lock")
if [ -f .venv-peers/ready ] && [ "$(cat .venv-peers/ready)" = "$wanted" ]; then
    exit 0
fi

echo "setting up .venv-peers with $python (once; up to five minutes, about 1.1 GB)"
rm -f .venv-peers/ready
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" .venv-peers
    uv pip sync --quiet --compile-bytecode --require-hashes --python .venv-peers "$lock"
else
    "$python" -m venv .venv-peers
    .venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    # Without compiled bytecode every import takes two to three times as long, and the seconds are compared.
    PYTHONDONTWRITEBYTECODE= .venv-peers/bin/python -m compileall -q -j 0 .venv-peers/lib >/dev/null 2>&1 || true
fi
if ! .venv-peers/bin/python -c 'import lightgbm' 2>/dev/null; then
    echo "LightGBM does not start: install libgomp (Debian: libgomp1). Its peers will be reported as failed." >&2
fi
echo "$wanted" >.venv-peers/ready
