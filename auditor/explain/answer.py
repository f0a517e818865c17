"""What `auditor explain` answers, as data: reports read this."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.finding import Evidence
from auditor.run import CLEAR, NOT_LOOKED_AT, Unreached


@dataclass(frozen=True, slots=True)
class KnownCause:
    """One cause that an interrupt of a code may have; see `auditor.explain.cause.Cause`."""

    slug: str
    title: str
    meaning: str
    advice: str


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """A code as the catalogue has it. `kind`: its class, "success" for 0, "" for one that the catalogue does not hold;
    then `name`, `meaning` and `advice` are "". `workbook`: which of the lists of interrupts in Microsoft's workbooks
    has it: "base", "extended" or "". `evidence`: what tells its causes apart, besides the row and its attempt."""

    code: int
    name: str = ""
    kind: str = ""
    meaning: str = ""
    advice: str = ""
    workbook: str = ""
    causes: tuple[KnownCause, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """Why an interrupt happened. `confidence`: stated, inferred or general. `missing`: what would tell more."""

    cause: KnownCause
    confidence: str
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskingPolicy:
    """A policy that asked for something. `result`: Graph's word. `controls`: what it asked for, in the log's words."""

    id: str
    name: str
    result: str
    controls: tuple[str, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the log, as far as it says anything: a text is "" where it does not. `at`: the log's own text.
    `code`: None for a row without one. `kind`: as in `CodeAnswer`. `asked_for`: it is the row whose id was given.
    `outcome`, `stated`, `seconds`: of an interrupt, see `Interrupt`; "" for any other row. `explained`: None for a row
    that is neither an interrupt nor a failure that has causes. `policies`: None where the row shows none at all."""

    id: str
    at: str
    code: int | None
    name: str
    kind: str
    asked_for: bool
    user: str = ""
    user_id: str = ""
    app: str = ""
    app_id: str = ""
    resource: str = ""
    client: str = ""
    browser: str = ""
    system: str = ""
    ip: str = ""
    country: str = ""
    details: str = ""
    outcome: str = ""
    stated: bool = False
    seconds: float | None = None
    explained: Explained | None = None
    policies: tuple[AskingPolicy, ...] | None = None


@dataclass(frozen=True, slots=True)
class AttemptAnswer:
    """An attempt to sign in: the rows of one user and correlation id without a gap of more than an hour. `user`,
    `user_id`: "" where no row says whose it is. `ending`: succeeded, failed, abandoned, pending or not known; `ended`
    says the same in a sentence or two."""

    tenant: str
    correlation_id: str
    user: str
    user_id: str
    ending: str
    ended: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A log that was looked through. `name`: a path, or the tenant as the config has it. `live`: Graph was asked.
    `window`: what of the log was covered, as ISO texts; None where nothing was. `rows`: that were looked at. `caveats`:
    why not all of it could be, and what it leaves out."""

    name: str
    live: bool
    found: bool
    window: tuple[str, str] | None
    rows: int
    caveats: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`ids`: those that were looked for, as (what the text calls them, id). `at`: the time that the text gives, as ISO
    text, or "". `places`: none where no log was looked through, as `why_not` says."""

    codes: tuple[CodeAnswer, ...]
    ids: tuple[tuple[str, str], ...] = ()
    at: str = ""
    attempts: tuple[AttemptAnswer, ...] = ()
    places: tuple[Place, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    why_not: str = ""

    @property
    def exit_code(self) -> int:
        """3 where an attempt was looked for and not found, or found in a log of which not all could be looked at."""
        if not self.places and not self.unreached:
            return CLEAR
        where = [place for place in self.places if place.found]
        return CLEAR if where and not any(place.partial for place in where) else NOT_LOOKED_AT
