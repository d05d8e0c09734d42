"""Headers, kinds and widths of the columns of the budget's plain sheets, by field."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from serving.sheets import Column

COLUMNS = {
    column.field: column
    for column in (
        Column("quarters", "Quarters", "text", 34),
        Column("certainty", "Certainty", "share"),
        Column("alone", "Fewest crews of those tried, regular hours", "text", 40),
        Column("alone_money", "Money of these quarters", "whole", 13),
        Column("helped", "Fewest crews of those tried, with {help}", "text", 40),
        Column("helped_money", "Money of these quarters then", "whole", 13),
        Column("name", "Change", "text", 24),
        Column("money", "Money", "whole", 13),
        Column("share", "Share in time", "share"),
        Column("done", "Gain in share of all jobs due", "share", 13),
        Column("done_low", "80 % from", "share"),
        Column("done_high", "80 % to", "share"),
        Column("worst", "In time, kind that does worst", "share", 13),
        Column("worst_gain", "Gain, kind that does worst", "share", 13),
        Column("share_low", "That gain, 80 % from", "share", 12),
        Column("share_high", "That gain, 80 % to", "share", 12),
        Column("late", "Late jobs avoided", "number"),
        Column("late_low", "Late jobs, 80 % from", "number", 12),
        Column("late_high", "Late jobs, 80 % to", "number", 12),
        Column("days", "Late job-days avoided", "number", 12),
        Column("avoided", "Cost of lateness avoided", "whole", 13),
        Column("each", "Money a late job avoided", "whole", 13),
        Column("in_post", "In post from", "text", 26),
        Column("crews_now", "In post", "whole"),
        Column("month", "Month", "text", 16),
        Column("quarter", "Fiscal quarter", "text", 12),
        Column("means", "Means", "text", 28),
        Column("extra", "Extra money", "whole", 13),
        Column("chance", "Chance of the target", "share", 12),
        Column("best", "Best", "text", 11),
        Column("rank", "Rank", "whole"),
        Column("factor", "What is moved", "text", 20),
        Column("moved", "How", "text", 14),
        Column("mix", "Cheapest mix for 80 % certainty", "text", 40),
        Column("changes", "Does the advice change", "text", 12),
        Column("crew_type", "Crew type", "text", 16),
        Column("cost_code", "Cost code", "text", 11),
        Column("authorised", "Authorised", "whole", 11),
        Column("vacant", "Vacant", "whole"),
        Column("advised", "In the mix on regular hours", "whole", 12),
        Column("beyond", "Beyond authorised", "whole", 11),
        Column("helped_crews", "In the mix with {help}", "whole", 13),
        Column("helped_beyond", "Beyond authorised then", "whole", 11),
        Column("shared", "Shared", "text", 18),
        Column("loaded_hour", "Loaded crew-hour", "number"),
        Column("work", "Work", "text", 16),
        Column("due", "Jobs due", "number"),
        Column("low", "80 % from", "share"),
        Column("high", "80 % to", "share"),
    )
}


def columns_of(frame: pd.DataFrame, help: str) -> list[Column]:
    """The columns of a frame's fields. help: what crews may call on beside their regular hours, in words."""
    found = [COLUMNS[field] for field in frame.columns]
    return [replace(column, header=column.header.replace("{help}", help)) for column in found]
