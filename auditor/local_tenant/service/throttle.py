"""How often Graph lets itself be asked, as Microsoft documents it.

Two limits matter to a reader of sign-ins: the reports (sign-ins, directory audits, registration details) share five
requests in ten seconds per application and name the wait in `Retry-After`; Conditional Access answers once a second per
tenant, whoever asks, and does not name it. A refused request is not counted against the limit. Not locked: it is asked
from the event loop only.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from auditor.local_tenant.service.clock import Clock


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in any `seconds`, counted per application or for all of them together."""

    name: str
    requests: int
    seconds: float
    per_client: bool
    says_when: bool


REPORTS = Limit("reports", requests=5, seconds=10, per_client=True, says_when=True)
CONDITIONAL_ACCESS = Limit("conditional access", requests=1, seconds=1, per_client=False, says_when=False)


class Throttle:
    """Counts what was admitted in a sliding window for each limit and client."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._admitted: dict[tuple[str, str], deque[float]] = {}

    def refuse(self, limit: Limit, client_id: str) -> int | None:
        """None if a request may pass, which is then counted; else the whole seconds to wait."""
        now = self._clock()
        admitted = self._admitted.setdefault((limit.name, client_id if limit.per_client else ""), deque())
        while admitted and admitted[0] <= now - limit.seconds:
            admitted.popleft()
        if len(admitted) >= limit.requests:
            return max(1, math.ceil(admitted[0] + limit.seconds - now))
        admitted.append(now)
        return None
