"""One portal protocol a file; each exposes `PLUGIN` and serves `requests: {kind: <file name>}`."""
