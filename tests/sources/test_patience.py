import asyncio

import pytest

from auditor.errors import SourceError
from auditor.sources import patience
from auditor.sources.patience import Passing, patiently

slept: list[float] = []


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        slept.append(seconds)

    slept.clear()
    monkeypatch.setattr(patience, "pause", at_once)


def run(*faults: Passing) -> tuple[str, list[str]]:
    left = list(faults)
    told: list[str] = []

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return asyncio.run(patiently(attempt, lambda seconds, why: told.append(why))), told


def test_what_passes_is_tried_again_and_said() -> None:
    assert run(Passing("busy"), Passing("reset")) == ("done", ["busy", "reset"])


def test_each_wait_is_longer_with_jitter() -> None:
    run(*[Passing("busy")] * 6)
    for place, seconds in enumerate(slept):
        assert 2**place / 2 <= seconds <= 2**place


def test_what_the_service_asks_for_is_kept_to() -> None:
    run(Passing("busy", 2.128), Passing("busy", 0.0))
    assert slept == [2.128, 0.0]


def test_it_ends_honestly() -> None:
    with pytest.raises(SourceError, match=r"^Graph answered 503, also after 7 tries\. Try again later\.$"):
        run(*[Passing("graph answered 503".replace("graph", "Graph"))] * 7)


def test_nobody_waits_an_hour() -> None:
    with pytest.raises(SourceError, match="and asked to wait 3600 s"):
        run(Passing("busy", 3600.0))
    assert slept == []
