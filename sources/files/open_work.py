"""Open work orders exported to CSV or Parquet: the columns and rules of request files, every row open unless it says
otherwise."""

from __future__ import annotations

from sources.files.requests import RequestFiles, check, read
from sources.plugins import Plugin

PLUGIN = Plugin(RequestFiles, read, check)
