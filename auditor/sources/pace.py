"""Staying below a throttle instead of running into it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable


class Pace:
    """At most `requests` in any `seconds`, counted from when an answer came: the service cannot have seen the request
    later than that, so its own count is never ahead of this one.

    Microsoft's limits: identity and access reports 5 in 10 s per app and tenant, shared by all report endpoints;
    Conditional Access 1 per second and tenant, without a Retry-After when exceeded.
    """

    def __init__(
        self,
        requests: int,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._requests = requests
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._answered: deque[float] = deque(maxlen=requests)

    def due(self) -> float:
        """Seconds until the next request may go out."""
        if len(self._answered) < self._requests:
            return 0.0
        return max(0.0, self._answered[0] + self._seconds - self._clock())

    async def turn(self) -> None:
        """Returns when the next request may go out. One request at a time."""
        while (wait := self.due()) > 0:
            await self._sleep(wait)

    def answered(self) -> None:
        """The answer to the last request came (or will not come)."""
        self._answered.append(self._clock())
