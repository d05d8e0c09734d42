"""crewcast against its peers, side by side in one run: the same origins, the same information, the same scorer.

`python -m benchmarks.accuracy` runs in crewcast's environment and starts each peer in `.venv-peers`, because the
peers pin an older pandas. `task`, `seen`, `draws`, `peer`, `run_peer` and `peers/` are imported there and so use
nothing of crewcast but `domain.chance`; they pass files to the rest.
"""
