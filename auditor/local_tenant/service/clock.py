"""The one clock of the local tenant, and the ways in which Microsoft writes its time down.

Every service is given the same `Clock`, so that a test may move time instead of waiting for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import formatdate

Clock = Callable[[], float]
"""Seconds since the epoch, as `time.time` gives them."""


def http_date(now: float) -> str:
    """As in the `Date` header."""
    return formatdate(now, usegmt=True)


def login_timestamp(now: float) -> str:
    """As in the errors of the login service: `2026-11-20 08:15:31Z`."""
    return f"{datetime.fromtimestamp(now, timezone.utc):%Y-%m-%d %H:%M:%SZ}"


def graph_date(now: float) -> str:
    """As in the `innerError` of Graph: `2026-11-20T08:15:31`, UTC without saying so."""
    return f"{datetime.fromtimestamp(now, timezone.utc):%Y-%m-%dT%H:%M:%S}"
