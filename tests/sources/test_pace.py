import asyncio

from auditor.sources.pace import Pace


class Clock:
    """Time that passes only when somebody waits or works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def times(requests: int, seconds: float, count: int, work: float) -> list[float]:
    clock = Clock()
    pace = Pace(requests, seconds, clock=clock, sleep=clock.sleep)
    sent = []

    async def go() -> None:
        for _ in range(count):
            await pace.turn()
            sent.append(clock.now)
            clock.now += work
            pace.answered()

    asyncio.run(go())
    return sent


def test_five_at_once_and_then_as_the_window_slides() -> None:
    sent = times(5, 10.0, 11, work=0.5)
    assert sent[:5] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert sent[5:10] == [10.5, 11.0, 11.5, 12.0, 12.5]
    assert sent[10] == 21.0


def test_never_more_than_the_limit_in_any_window_as_the_service_counts() -> None:
    # The service may count a request anywhere between sending and answer.
    sent = times(5, 10.0, 40, work=0.3)
    for first, sixth in zip(sent, sent[5:], strict=False):
        assert sixth - (first + 0.3) >= 10.0 - 1e-9


def test_slow_answers_need_no_waiting() -> None:
    assert times(5, 10.0, 6, work=3.0) == [0.0, 3.0, 6.0, 9.0, 12.0, 15.0]


def test_what_is_due_can_be_asked() -> None:
    clock = Clock()
    pace = Pace(1, 1.0, clock=clock, sleep=clock.sleep)
    assert pace.due() == 0.0
    pace.answered()
    clock.now += 0.25
    assert pace.due() == 0.75
