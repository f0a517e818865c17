"""The exception tree. Each error says what happened and what to do, and knows the exit code it ends the program with.

    AuditorError            1   anything that stops the program
    +-- ConfigError         2   a config, an option or an environment variable is not usable
    +-- SignInError         1   signing in failed; what was tried, as whom, what Entra answered
    +-- SourceError         1   Graph or the sign-in page could not be read at all
    |   `-- Refused         1   ... because it refused this caller or this tenant (one dataset only)
    +-- SpoolError          1   the folder of collected data cannot be written, or is not one
    +-- ExportError         1   exported files cannot be read, or are not what they should be
    +-- RunFileError        1   a saved run cannot be written or read, or is none
    `-- PluginError         1   a package of checks cannot be loaded

`NotCollected` is no AuditorError: it never ends the program, it ends one check as *not run*.
"""

from __future__ import annotations


class AuditorError(Exception):
    """What happened in one sentence (`what`), and what to do about it (`remedy`, may be empty)."""

    exit_code = 1

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".rstrip()


class ConfigError(AuditorError):
    exit_code = 2


class SignInError(AuditorError):
    pass


class SourceError(AuditorError):
    pass


class Refused(SourceError):
    """Graph answered, and the answer was no (401, 403, 404 and other 4xx). `code` is its error code."""

    def __init__(self, what: str, remedy: str = "", *, status: int, code: str) -> None:
        super().__init__(what, remedy)
        self.status = status
        self.code = code


class SpoolError(AuditorError):
    pass


class RunFileError(AuditorError):
    pass


class ExportError(AuditorError):
    pass


class PluginError(AuditorError):
    pass


class NotCollected(Exception):
    """A check touched a dataset that is missing. The check ends *not run* with this reason; nothing else stops."""

    def __init__(self, dataset: str, reason: str, remedy: str) -> None:
        super().__init__(f"{dataset}: {reason}")
        self.dataset = dataset
        self.reason = reason
        self.remedy = remedy
