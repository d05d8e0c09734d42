#!/bin/sh
# Makes .venv from the locked requirements: by uv where it is present, else by pip. Safe to run again.
set -eu
cd "$(dirname "$0")/.."

python=""
for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "crewcast needs Python 3.11 or newer; none was found on the PATH." >&2
    exit 2
fi

wanted=$(cat requirements.lock pyproject.toml | cksum)
if [ -f .venv/ready ] && [ "$(cat .venv/ready)" = "$wanted" ]; then
    exit 0
fi

echo "setting up .venv with $python (once; one to three minutes)"
rm -f .venv/ready
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" .venv
    uv pip sync --quiet --compile-bytecode --require-hashes --python .venv requirements.lock
    uv pip install --quiet --no-deps --no-build-isolation --python .venv --editable .
else
    "$python" -m venv .venv
    # The lock is complete: resolving it again costs a minute, and pip then wants extras pinned by name.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    # Without compiled bytecode every import takes two to three times as long.
    PYTHONDONTWRITEBYTECODE= .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
fi
echo "$wanted" >.venv/ready
