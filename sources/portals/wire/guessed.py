"""Which column of a data set is which of ours, by their usual names. A guess to be reviewed, never used unseen."""

from __future__ import annotations

import re

from sources.portals.wire.described import Described

USUAL: dict[str, str] = {
    "request_id": r"unique_?key|sr_?(record)?_?(id|number)|service_?request_?(id|number|num)|case_?(id|number|enquiry)|"
    r"request_?(id|number)|id_?unique|reference",
    "created": r"creat|request|open|submit|add|received",
    "closed": r"clos|complet|resol|date_?fin",
    "updated": r"updat|modif|edit|status|statut",
    "due": r"due|target|sla",
    "status": r"^(sr_?)?(case_?)?(request_?)?(status|statut|state)$",
    "label": r"sr_?type|complaint_?type|service_?(name|type|request_type)|request_?type|case_?(type|title)|acti_nom|"
    r"type_?name|^type$|category|^descriptor$",
    "channel": r"channel|origin|method_?received|source$|provenance",
    "area": r"community_?(area|board)|council_?district|^ward$|neighbou?rhood|local_?area|arrondissement|^district$",
    "lat": r"^(lat|latitude|loc_lat)$",
    "lon": r"^(lon|lng|long|longitude|loc_long)$",
}
A_MOMENT = re.compile(r"date|time|stamp|_at$", re.IGNORECASE)
"""What the name of a moment holds, where the portal does not say which columns hold dates."""
MOMENTS = ("created", "closed", "updated", "due")
NEEDED = ("request_id", "created", "label")
IN_TURN = tuple(USUAL)
"""The first that fits a column keeps it."""


def guessed(found: Described) -> dict[str, str]:
    """Our name -> the portal's column, for those that could be told. Moments only by columns that hold dates, where the
    portal says which do."""
    free, chosen = dict(found.columns), dict[str, str]()
    if not any(free.values()):
        free = {name: A_MOMENT.search(name) is not None for name in free}
    for ours in IN_TURN:
        usual = re.compile(USUAL[ours], re.IGNORECASE)
        fits = [c for c, is_moment in free.items() if usual.search(c) and is_moment == (ours in MOMENTS)]
        if fits:
            chosen[ours] = min(fits, key=len)
            free.pop(chosen[ours])
    return chosen


def missing(chosen: dict[str, str]) -> list[str]:
    """What must be filled in by hand."""
    return [name for name in NEEDED if name not in chosen]
