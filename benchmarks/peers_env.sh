#!/bin/sh
# Makes an environment of its own for peers from their lock: peers_env.sh LOCK VENV SIZE. By uv where it is present, else
# by pip. Safe to run again. Locks were resolved for Python 3.11 and newer; they were run on 3.11, so that is preferred.
set -eu
cd "$(dirname "$0")/.."
lock=$1 venv=$2 size=$3

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
if [ -f "$venv/ready" ] && [ "$(cat "$venv/ready")" = "$wanted" ]; then
    exit 0
fi

echo "setting up $venv with $python (once; $size)"
rm -f "$venv/ready"
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$venv"
    uv pip sync --quiet --compile-bytecode --require-hashes --python "$venv" "$lock"
else
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    # Without compiled bytecode every import takes two to three times as long, and the seconds are compared.
    PYTHONDONTWRITEBYTECODE= "$venv/bin/python" -m compileall -q -j 0 "$venv/lib" >/dev/null 2>&1 || true
fi
echo "$wanted" >"$venv/ready"
