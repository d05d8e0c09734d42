#!/bin/sh
# Makes .venv-cp-sat, the environment of OR-Tools CP-SAT.
set -eu
cd "$(dirname "$0")/../.."
sh benchmarks/peers_env.sh benchmarks/decisions/requirements.lock .venv-cp-sat "a minute, about 300 MB"
