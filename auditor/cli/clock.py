"""The present: read here, and nowhere in the core."""

from datetime import datetime, timezone


def now() -> datetime:
    return datetime.now(timezone.utc)
