"""The sign-in log as the checks ask it. They cannot tell which engine answers: rows in local files, or a query where
the log lies. The same rows give the same answers on each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from auditor.tenant.circumstances import Circumstances


class Outcome(str, Enum):
    """How the attempt went on after an interrupt; the rule is in `auditor.sign_ins.attempts`."""

    COMPLETED = "completed"
    FAILED = "failed"
    CONTINUED = "continued"
    ABANDONED = "abandoned"
    PENDING = "pending"
    NOT_KNOWN = "not known"

    __hash__ = str.__hash__  # an Enum's own is slow for what is counted by the million


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which time the log covers: disjoint intervals in ticks, `start` included and `end` excluded, in order.

    `asked`: the window that was asked for. `filtered`: the log says it was filtered by status, or holds no success at
    all, so that what follows an interrupt may have been left out.
    """

    asked: tuple[int, int]
    intervals: tuple[tuple[int, int], ...]
    filtered: bool = False

    @property
    def end(self) -> int:
        return self.intervals[-1][1] if self.intervals else self.asked[0]

    def whole(self, start: int, end: int) -> bool:
        """Is every instant from `start` up to `end` covered?"""
        for first, last in self.intervals:  # noqa: SIM110 - asked by the million
            if first <= start and end <= last:
                return True
        return False


class PolicyResult(NamedTuple):
    """What a row records of one policy. `result`: Graph's word. `grants`, `sessions`: the controls it names, in the
    log's words, which Microsoft does not publish."""

    id: str
    name: str
    result: str
    grants: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


class Seen(NamedTuple):
    """What an interrupt's row shows that bears on its cause. "" and None: the row does not say.

    `policies`: those that the row does not call not applied or not enabled; None where it shows no policies at all.
    `browser`: name and version. `required_by`: who asked for a second factor, as (provider, detail). `lifetimes`: what
    ended the session, as (requirement, detail). `protocol`: how the app asked, "deviceCode" for one. `app_owner`: id
    of the tenant that owns the app. `resource`: its name. `details`: the status' additional details.
    """

    circumstances: Circumstances
    policies: tuple[PolicyResult, ...] | None = None
    browser: str = ""
    required_by: tuple[tuple[str, str], ...] | None = None
    lifetimes: tuple[tuple[str, str], ...] | None = None
    protocol: str = ""
    app_owner: str = ""
    resource: str = ""
    details: str = ""


class Interrupt(NamedTuple):
    """One interrupt row of the log, classified. `created` is the log's own text; `at` the same in ticks.

    `seconds`: from the interrupt to the success that completed it; None otherwise. `stated`: for a completed one,
    whether the success was for the same application (else it is inferred); False for all others.
    `own_user` tells members of this tenant from guests; None when the row does not say. So does `interactive`.
    `sight`: its place in `SignInLog.sights()`, or -1. `attempt`: the codes of its attempt's rows, in order (None: a row
    without one). `seen`: None where a log keeps nothing more of its rows.
    """

    at: int
    id: str
    created: str
    code: int
    user_id: str
    user: str
    app_id: str
    app: str
    correlation_id: str
    own_user: bool | None
    interactive: bool | None
    outcome: Outcome
    stated: bool = False
    seconds: float | None = None
    sight: int = -1
    attempt: tuple[int | None, ...] = ()
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One sign-in row, to be looked up. `created`: the log's own text. `user_id`: "" where the row has none."""

    id: str
    created: str
    user: str
    app: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Sight:
    """Sign-ins that no policy can tell apart: how many rows completed, and in how many the prompt to stay signed in was
    shown. `packed`: see `example`."""

    circumstances: Circumstances
    completed: int
    prompts: int
    packed: str | None

    @property
    def example(self) -> Example | None:
        """One that completed. It is kept as one text: a large log has a hundred thousand sights."""
        return None if self.packed is None else Example(*json.loads(self.packed))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What Entra recorded of the policies in `count` finished sign-ins of one sight. `held`, `held_not`: policies by
    their bits, as the reduction numbers them. `changes`: ticks of the policy changes that came before all of them.
    `example_of`: gives one of them."""

    sight: int
    held: int
    held_not: int
    changes: tuple[int, ...]
    count: int
    example_of: Callable[[], str]

    @property
    def example(self) -> str:
        """The id of one of them, which is looked up only when it is asked for."""
        return self.example_of()


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy that rows name and the list of policies lacks. `id` in lower case. `rows`: how many name it; `last`:
    ticks of the last of them, whose `name` it has. `grants`, `sessions`: all controls that they name, in the log's
    words. `foreign`: these rows are of another tenant's resources, so it may be that tenant's policy."""

    id: str
    name: str
    rows: int
    last: int
    grants: tuple[str, ...]
    sessions: tuple[str, ...]
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class NamedPolicies:
    """What a log says of policies that the list of policies lacks, most rows first. `shown`: ticks of the first and the
    last row, of this tenant's resources as far as is known, that shows any policies at all; None: no row does. `more`:
    rows that name further ones, which were too many to be told apart, and `last_more`: ticks of the last of them."""

    policies: tuple[NamedPolicy, ...] = ()
    shown: tuple[int, int] | None = None
    more: int = 0
    last_more: int = 0


@dataclass(frozen=True, slots=True)
class InterruptCount:
    """All interrupts of one code in the window. `users` counts distinct user ids (the zero id is nobody)."""

    code: int
    count: int
    users: int
    outcomes: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows as given, and what became of them: `rows` = distinct + repeated + refused. `refused` could not be read;
    `uncatalogued` are rows, by code, whose code the catalogue does not hold (None: the row has no code). `others`:
    rows that are no sign-ins of a person, by kind; they are in none of the other numbers. `called`: rows without a
    code, by what the log calls them instead ("interrupted", "failure"). `sharing`: distinct rows whose id another one
    of another user, time or attempt bears, too, as where ids were masked; of ids that are borne by few rows of a large
    log not all are noticed."""

    rows: int
    repeated: int
    refused: int
    successes: int
    failures: int
    interrupts: int
    uncatalogued: Mapping[int | None, int]
    others: Mapping[str, int] = field(default_factory=dict)
    called: Mapping[str, int] = field(default_factory=dict)
    sharing: int = 0

    @property
    def distinct(self) -> int:
        """Rows, each counted once however often it was given; those that could not be read among them."""
        return self.rows - self.repeated

    @property
    def uncoded(self) -> int:
        """Rows without a code: what became of them is not known."""
        return self.uncatalogued.get(None, 0)


class SignInLog(Protocol):
    @property
    def coverage(self) -> Coverage: ...

    @property
    def totals(self) -> Totals: ...

    def counts(self) -> tuple[InterruptCount, ...]:
        """One entry per interrupt code seen, most frequent first."""
        ...

    def interrupts(self, code: int | None = None) -> Iterator[Interrupt]:
        """Every interrupt in order of time, or those of one code; streamed, so that a million cost no memory."""
        ...

    def sights(self) -> tuple[Sight, ...]:
        """What policies can tell apart among the sign-ins; none where the policies were not read."""
        ...

    def recorded(self) -> Iterator[Recorded]:
        """What Entra recorded of the policies, most frequent first; none where the log does not show it."""
        ...

    def unlisted(self) -> NamedPolicies:
        """The policies that rows name, of any outcome, and the list of policies lacks; nothing where the policies were
        not read."""
        ...
