"""School terms as the file of a city tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class SchoolTerms:
    """first, last: local days of each term, both school days, in order of first; at least one term."""

    first: tuple[date, ...]
    last: tuple[date, ...]

    @property
    def known_to(self) -> date:
        return max(self.last)

    def in_term(self, days: pd.DatetimeIndex) -> NDArray[np.float64]:
        """1 in a term, 0 between terms, NaN before the first term and after the last: the file says nothing there."""
        out = np.zeros(len(days))
        for first, last in zip(self.first, self.last, strict=True):
            out[np.asarray((days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last)))] = 1.0
        told = (days >= pd.Timestamp(min(self.first))) & (days <= pd.Timestamp(self.known_to))
        return np.where(np.asarray(told), out, np.nan)
