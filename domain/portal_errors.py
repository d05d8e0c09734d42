"""What can go wrong between us and a city's portal. Each names the city, the data set and the remedy."""

from __future__ import annotations

from domain.errors import CrewcastError


class PortalError(CrewcastError):
    """A portal that cannot be read; the rows synced before stay in use."""

    exit_code = 3


class HostMovedError(PortalError):
    """The portal redirects to another host, which the YAML does not name."""


class UnsafeAddressError(PortalError):
    """An address that must not be asked: another scheme, or a private address that the YAML does not name."""


class DatasetWithdrawnError(PortalError):
    """The data set is private now, withdrawn, or not there (401, 403, 404)."""


class PortalRefusedError(PortalError):
    """The portal does not accept the question (400, 409, an error inside a 200)."""


class PortalColumnMissingError(PortalError):
    """A column that the YAML names is not in the data set any more."""


class PortalBusyError(PortalError):
    """The portal went on failing, or asking to wait, after all tries."""


class NotTheFormatError(PortalError):
    """HTML where JSON was asked for, or an object where rows were."""


class CutShortError(PortalError):
    """An answer that ends before its end: gzip, JSON, an export or a file."""


class TooLargeError(PortalError):
    """An answer beyond the size that the YAML allows, or a disk with no room left."""


class RowsVanishedError(PortalError):
    """So many known rows are missing from a re-read that it is taken for a fault of the portal."""


class NothingSyncedError(PortalError):
    """A run asked for the rows of a portal that was never synced."""
