"""The files of a what-if: plan.json for machines, roster.csv for a spreadsheet. They are no publication."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from allocation.sensitivity import Sensitivity
from domain.manifest import Manifest
from pipelines.steps.whatif import WhatIf
from serving.cells import neutral_frame
from storage.atomic import write_atomically


def as_dict(found: WhatIf, manifest: Manifest) -> dict[str, Any]:
    """Everything the answer says but the roster, in plain types."""
    changed = found.changed.assign(date=found.changed["date"].dt.strftime("%Y-%m-%d"))
    return {
        "city": manifest.city,
        "vintage_id": manifest.vintage_id,
        "is_published": False,
        "currency": manifest.currency,
        "asked": list(found.said),
        "locks": [str(lock) for lock in found.problem.locks],
        "published": asdict(found.before) | {"cost": found.before.cost},
        "published_under_scenario": None if (under := found.under) is None else asdict(under) | {"cost": under.cost},
        "what_if": asdict(found.after) | {"cost": found.after.cost},
        "lock_price": found.lock_price,
        "changed": changed.to_dict("records"),
        "binds": list(found.binds),
        "solve": found.status,
        "published_plan_reproduced": found.reproduced,
    }


def doubts_dict(found: Sensitivity) -> dict[str, Any]:
    """The sentence and a record a figure and change."""
    return {"sentence": found.sentence, "figures": found.table.to_dict("records")}


def write_files(out: Path, found: WhatIf, told: dict[str, Any]) -> None:
    """plan.json and roster.csv in `out`, each whole or absent."""
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(out / "plan.json", (json.dumps(told, indent=1) + "\n").encode())
    roster = neutral_frame(found.roster).assign(date=found.roster["date"].dt.strftime("%Y-%m-%d"))
    text = roster.to_csv(index=False, lineterminator="\r\n", float_format="%.6g")
    write_atomically(out / "roster.csv", text.encode("utf-8-sig"))
