"""Asking again for what may pass: a busy service, a broken connection, a cut answer. Within a budget, with jitter, and
saying what is waited for; then an honest end.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from auditor.errors import SourceError

T = TypeVar("T")
Waiting = Callable[[float, str], None]
"""Told before each wait: how many seconds, and why."""

UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
"""What OpenSSL says of a certificate that is not trusted: among the failures of a connection the one that stays."""

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses that another try may mend."""

TRIES = 7
FIRST_WAIT = 1.0  # seconds; each further wait is twice as long, up to LONGEST_BACKOFF
LONGEST_BACKOFF = 60.0
LONGEST_WAIT = 300.0  # seconds; a service that asks for more is down for this run


class Passing(Exception):
    """This try failed and the next may not. `why`: a clause for people. `wait`: seconds that the service asked for."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


async def pause(seconds: float) -> None:
    """The wait itself; by this name, so that tests need not really wait."""
    await asyncio.sleep(seconds)


async def patiently(attempt: Callable[[], Awaitable[T]], waiting: Waiting) -> T:
    """What `attempt` returns, tried again for every `Passing` it raises. SourceError when patience ends."""
    tries = 0
    while True:
        try:
            return await attempt()
        except Passing as fault:
            tries += 1
            wait = fault.wait if fault.wait is not None else _backoff(tries)
            if wait > LONGEST_WAIT:
                asked = f"{fault.why}, and asked to wait {wait:.0f} s"
                raise SourceError(f"{_sentence(asked)}.", "Try again later.") from None
            if tries == TRIES:
                raise SourceError(f"{_sentence(fault.why)}, also after {tries} tries.", "Try again later.") from None
            waiting(wait, fault.why)
        await pause(wait)


def _backoff(tries: int) -> float:
    """1, 2, 4, ... seconds, each somewhere between half of it and all, so that two runs do not march in step."""
    most = min(LONGEST_BACKOFF, FIRST_WAIT * 2 ** (tries - 1))
    return float(most * random.uniform(0.5, 1.0))  # noqa: S311


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
