"""The limits: a sliding window per app for the reports, one a second for Conditional Access."""

from auditor.local_tenant.service.throttle import CONDITIONAL_ACCESS, REPORTS, Throttle


class Watch:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_five_reports_in_ten_seconds_per_app() -> None:
    watch = Watch()
    throttle = Throttle(watch)
    for _ in range(5):
        assert throttle.refuse(REPORTS, "one") is None
        watch.now += 1
    assert throttle.refuse(REPORTS, "one") == 5
    assert throttle.refuse(REPORTS, "other") is None
    watch.now += 4.5
    assert throttle.refuse(REPORTS, "one") == 1
    watch.now += 0.5
    assert throttle.refuse(REPORTS, "one") is None, "the first has left the window"
    assert throttle.refuse(REPORTS, "one") == 1, "the second has not"


def test_who_waits_as_told_is_let_in() -> None:
    watch = Watch()
    throttle = Throttle(watch)
    for _ in range(40):
        wait = throttle.refuse(REPORTS, "one")
        if wait is not None:
            watch.now += wait
            assert throttle.refuse(REPORTS, "one") is None


def test_conditional_access_once_a_second_for_all_apps() -> None:
    watch = Watch()
    throttle = Throttle(watch)
    assert throttle.refuse(CONDITIONAL_ACCESS, "one") is None
    assert throttle.refuse(CONDITIONAL_ACCESS, "other") == 1
    assert throttle.refuse(REPORTS, "other") is None
    watch.now += 1
    assert throttle.refuse(CONDITIONAL_ACCESS, "other") is None
