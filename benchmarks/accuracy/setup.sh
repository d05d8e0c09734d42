#!/bin/sh
# Makes .venv-peers, the environment of the peers that forecast. LightGBM needs libgomp.
set -eu
cd "$(dirname "$0")/../.."
sh benchmarks/peers_env.sh benchmarks/accuracy/requirements.lock .venv-peers "up to five minutes, about 1.1 GB"
if ! .venv-peers/bin/python -c 'import lightgbm' 2>/dev/null; then
    echo "LightGBM does not start: install libgomp (Debian: libgomp1). Its peers will be reported as failed." >&2
fi
