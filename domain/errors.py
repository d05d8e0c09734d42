"""Errors, named by what went wrong. Each carries the offending values and says the remedy."""

from __future__ import annotations


class CrewcastError(Exception):
    """What went wrong, and what the reader can do about it.

    `exit_code` is what the command line returns: 2 configuration, 3 input data, 4 busy,
    5 planning or publishing, 130 interrupted.
    """

    exit_code = 1

    def __init__(self, what: str, *, remedy: str, **values: object) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.values = values

    def __str__(self) -> str:
        return f"{self.what}\n  what to do: {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        """An error of another process arrives with its remedy; its values, which may hold anything, stay behind."""
        return _again, (type(self), self.what, self.remedy)


def _again(kind: type[CrewcastError], what: str, remedy: str) -> CrewcastError:
    return kind(what, remedy=remedy)


class ConfigError(CrewcastError):
    """A city or category file that cannot be used: unknown key, wrong value, missing part."""

    exit_code = 2


class HomeUnusableError(CrewcastError):
    """The home folder cannot be made or written to."""

    exit_code = 2


class SourceUnreadableError(CrewcastError):
    """A source that is missing, empty, truncated or not in the stated format."""

    exit_code = 3


class ColumnMissingError(CrewcastError):
    """A column that the configuration names is not in the file."""

    exit_code = 3


class TooManyBadRowsError(CrewcastError):
    """The quarantined share is above the configured limit; nothing was published."""

    exit_code = 3


class TooManyUnlocatedError(CrewcastError):
    """So many requests name no area that a plan by area would mean nothing; nothing was published."""

    exit_code = 3


class ActualsRefusedError(CrewcastError):
    """An end-of-shift sheet that cannot be kept as it stands, or that names persons; nothing of it was kept."""

    exit_code = 3


class HistoryTooShortError(CrewcastError):
    """Less history than any forecaster can learn from."""

    exit_code = 3


class AsOfOutsideDataError(CrewcastError):
    """The as-of date lies before or too far after the data."""

    exit_code = 3


class WeatherEndsEarlyError(CrewcastError):
    """Observed weather ends too long before the origin."""

    exit_code = 3


class CityBusyError(CrewcastError):
    """Another run holds the city's lock."""

    exit_code = 4


class ServerDownError(CrewcastError):
    """The server that keeps track of runs did not come up."""


class RegistryUnreachableError(CrewcastError):
    """The model registry did not answer, or not as MLflow does; a run goes on without it, labelled."""

    exit_code = 2


class UnknownModelError(CrewcastError):
    """A version, or a kind of work, that the registry does not hold."""

    exit_code = 2


class ScenarioError(CrewcastError):
    """A weather scenario that is unknown, or that the city's weather cannot give."""

    exit_code = 2


class NothingPublishedError(CrewcastError):
    """A city without a vintage was asked for one."""

    exit_code = 3


class SnapshotBrokenError(CrewcastError):
    """No snapshot where one was asked for, or one whose files are missing, cut short or of an unknown schema."""

    exit_code = 3


class VintageBrokenError(CrewcastError):
    """A vintage whose files do not match its manifest, or of a schema that cannot be read."""

    exit_code = 5


class SolveFailedError(CrewcastError):
    """The solver returned no usable plan."""

    exit_code = 5


class NoRosterError(SolveFailedError):
    """No roster keeps all the constraints; carries those in conflict and the smallest relaxation."""


class FeatureGroupError(CrewcastError):
    """A feature group that is missing, or does not return what it declares."""


class PickleRefusedError(CrewcastError):
    """A forecaster gave its record as a pickle, which would run code when read."""


class LockError(CrewcastError):
    """A lock that cannot be read, cannot be honoured, or contradicts another."""

    exit_code = 2


class WhatIfError(CrewcastError):
    """A what-if that cannot be asked of this vintage."""

    exit_code = 2


class NotThereError(CrewcastError):
    """A page or an answer was asked about something that the publication does not hold."""

    exit_code = 2


class ServeRefusedError(CrewcastError):
    """The pages may not be served as asked: reachable from elsewhere without a token, or with a wrong setting."""

    exit_code = 2


class TokenError(CrewcastError):
    """A token that cannot be made or taken back as asked."""

    exit_code = 2


class NotAllowedError(CrewcastError):
    """A visitor of the pages asked for what their role, or a form that is not theirs, does not allow."""

    exit_code = 2


class TooOftenError(CrewcastError):
    """A visitor of the pages asked for the same thing too often; carries `seconds` to wait."""


class ChangedMeanwhileError(CrewcastError):
    """Somebody else changed a draft, or published, since it was read; nothing was overwritten."""

    exit_code = 4


class NotSignedInError(CrewcastError):
    """The pages or the API were asked for by nobody that is known."""

    exit_code = 2


class NotInThatFormatError(CrewcastError):
    """An answer was asked for in a format that it does not come in."""

    exit_code = 2
