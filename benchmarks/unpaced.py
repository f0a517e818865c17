"""`auditor` without the pace by which it stays below Graph's limits, for a local tenant that has none. Takes the same
arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from auditor.sources.pace import Pace


@contextmanager
def unpaced() -> Iterator[None]:
    """While the block lasts, collecting asks as fast as it is answered."""
    with mock.patch("auditor.sources.graph.Pace", lambda requests, seconds: Pace(requests, 0.0)):
        yield


if __name__ == "__main__":
    from auditor.cli import main

    with unpaced():
        main()
