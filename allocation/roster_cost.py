"""Money of a roster beside regular wages: overtime with its rules, and contractors."""

from __future__ import annotations

import numpy as np

from allocation.dense import Bools, Counts, Dense
from allocation.orders import fee
from domain.panel import Floats


def overtime_rate(dense: Dense) -> Floats:
    """Money an overtime hour, (H, K): the type's, times the holiday factor on holidays."""
    rate = np.array([t.cost_per_hour * t.overtime_factor for t in dense.problem.crew_types])
    holiday = np.array([day in dense.problem.holidays for day in dense.problem.dates], dtype=bool)
    by_date: Floats = np.where(holiday, dense.problem.rules.pay.holiday_factor, 1.0)[:, None] * rate[None, :]
    return by_date


def shift_cost(dense: Dense) -> Floats:
    """Money of a crew for a shift, (N, K): its wage, or what a contractor is paid for it."""
    price = [t.contract.price_per_shift if t.contract else 0.0 for t in dense.problem.crew_types]
    wage = np.array([t.cost_per_hour for t in dense.problem.crew_types])
    cost: Floats = dense.minutes[:, None] * wage[None, :] / 60 + np.array(price)[None, :]
    return cost


def regular_wages(dense: Dense) -> float:
    """Wages of all own crews over all dates, each on the dearest shift that its yard works that day: paid whether or
    not a crew is rostered, so no part of any roster's cost, and all that more crews cost."""
    wage = np.where(dense.worked[..., None], shift_cost(dense)[None, :, None, :], 0.0).max(axis=1)
    return float((wage * dense.available)[:, :, ~is_hired(dense)].sum())


def unworked_hours(dense: Dense) -> Floats:
    """Hours paid beyond the longest overtime of a shift where the paid minimum is longer still, (N,)."""
    short: Floats = np.maximum(dense.problem.rules.pay.minimum_call_out_minutes - dense.overtime, 0.0) / 60
    return short


def overtime_money(dense: Dense, hours: Floats) -> float:
    """Money of overtime hours (H, N, Y, K), the paid minimum of each crew called in included."""
    return float(overtime_by_slot(dense, hours).sum())


def overtime_by_slot(dense: Dense, hours: Floats) -> Floats:
    """`overtime_money` of each slot, (H, N, Y, K). The fewest crews that can work the hours are called in."""
    limit = dense.overtime[None, :, None, None] / 60
    called = np.ceil(np.divide(hours, limit, out=np.zeros_like(hours), where=limit > 0) - 1e-6)
    least = called * min_hours(dense)[None, :, None, None]
    paid = np.maximum(hours, least) + called * unworked_hours(dense)[None, :, None, None]
    money: Floats = paid * overtime_rate(dense)[:, None, None, :]
    return money


def min_hours(dense: Dense) -> Floats:
    """Hours that a crew called in works at least, since they are paid anyway, (N,)."""
    least: Floats = np.minimum(dense.problem.rules.pay.minimum_call_out_minutes, dense.overtime) / 60
    return least


def is_hired(dense: Dense) -> Bools:
    """Which crew types are contractors', (K,)."""
    return np.array([t.contract is not None for t in dense.problem.crew_types], dtype=bool)


def contract_money(dense: Dense, crews: Counts) -> float:
    """Money of the contractors' crews among `crews` (H, N, Y, K), fees included."""
    return float(contract_by_slot(dense, crews).sum())


def contract_by_slot(dense: Dense, crews: Counts) -> Floats:
    """`contract_money` of each slot, (H, N, Y, K): a contractor's fee falls on its first slot, unless it is paid."""
    money = np.zeros(crews.shape)
    for k, crew_type in enumerate(dense.problem.crew_types):
        slots = np.argwhere(crews[..., k] > 0)
        if crew_type.contract is not None and len(slots):
            money[..., k] = crew_type.contract.price_per_shift * crews[..., k]
            money[(*slots[0], k)] += fee(dense.problem, crew_type)
    return money


def paid_by_slot(dense: Dense, crews: Counts, hours: Floats) -> Floats:
    """Money beside regular wages of each slot, (H, N, Y, K): overtime and contractors."""
    money: Floats = overtime_by_slot(dense, hours) + contract_by_slot(dense, crews)
    return money
