"""The truth lines against the rows themselves, worked out here by an independent reading of the published rule."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest

from auditor.local_tenant.simulation import Simulation

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
ZERO = "00000000-0000-0000-0000-000000000000"
INTERRUPTS = frozenset(
    {
        16000, 16001, 16003, 50055, 50058, 50059, 50072, 50074, 50076, 50078, 50079, 50097, 50125, 50127, 50129,
        50137, 50140, 50142, 50143, 50144, 50158, 50168, 50199, 50203, 51006, 52004, 65001, 70043, 70044, 81010,
        81012, 81014, 90094, 90095,
    }
)  # fmt: skip
UNCATALOGUED = frozenset({50206, 50207, 999999})

Row = dict[str, Any]


def seconds(row: Row) -> float:
    """Seconds before END, exact to the seventh digit."""
    whole, _, fraction = row["createdDateTime"].rstrip("Z").partition(".")
    moment = datetime.fromisoformat(f"{whole}+00:00")
    assert len(fraction) == 7
    return (moment - END).total_seconds() + int(fraction) / 1e7


def code(row: Row) -> int:
    number: int = row["status"]["errorCode"]
    return number


def kind(row: Row) -> int:
    return 0 if code(row) in INTERRUPTS else 2 if code(row) == 0 else 1


def attempts(rows: list[Row]) -> list[list[Row]]:
    """Rows grouped into attempts; anonymous rows join the one user of their correlation id."""
    users = defaultdict(set)
    for row in rows:
        if row["userId"] != ZERO:
            users[row["correlationId"]].add(row["userId"])
    grouped = defaultdict(list)
    for row in rows:
        user = row["userId"]
        if user == ZERO and len(users[row["correlationId"]]) == 1:
            (user,) = users[row["correlationId"]]
        grouped[user, row["correlationId"]].append(row)
    found = []
    for group in grouped.values():
        group.sort(key=lambda row: (seconds(row), kind(row), row["id"]))
        found.append([group[0]])
        for before, row in pairwise(group):
            if seconds(row) - seconds(before) > 3600:
                found.append([])
            found[-1].append(row)
    return found


def outcomes(attempt: list[Row], shared: frozenset[str]) -> dict[str, str]:
    found = {}
    last = code(attempt[-1])
    for number, row in enumerate(attempt):
        if code(row) not in INTERRUPTS:
            continue
        later = [code(other) for other in attempt[number + 1 :]]
        unjoined = row["userId"] == ZERO and row["correlationId"] in shared
        if row["correlationId"] is None or unjoined:
            outcome = "not known"
        elif 0 in later:
            outcome = "completed"
        elif last in UNCATALOGUED:
            outcome = "not known"
        elif seconds(attempt[-1]) > -3600:
            outcome = "pending"
        elif last not in INTERRUPTS and last != 0:
            outcome = "failed"
        else:
            outcome = "continued" if later else "abandoned"
        found[row["id"]] = outcome
    return found


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_outcomes_follow_from_the_rows(seed: int) -> None:
    simulation = Simulation(seed=seed, end=END, days=4, sign_ins=8_000)
    rows = list(simulation.sign_ins(END - timedelta(days=4), END))
    people = defaultdict(set)
    for row in rows:
        if row["userId"] != ZERO:
            people[row["correlationId"]].add(row["userId"])
    shared = frozenset(one for one, users in people.items() if one is not None and len(users) > 1)
    derived: dict[str, str] = {}
    for attempt in attempts(rows):
        derived.update(outcomes(attempt, shared))
    told = {line["id"]: line for line in simulation.truth() if line["kind"] == "interrupt"}
    codes = {row["id"]: code(row) for row in rows}
    assert {row_id: line["outcome"] for row_id, line in told.items()} == derived
    assert {row_id: line["code"] for row_id, line in told.items()} == {row_id: codes[row_id] for row_id in derived}
    assert len(codes) == len(rows)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_nothing_is_undecided_between_eighty_and_forty_minutes_before_the_end(seed: int) -> None:
    simulation = Simulation(seed=seed, end=END, days=2, sign_ins=10_000)
    for attempt in attempts(list(simulation.sign_ins(END - timedelta(hours=4), END))):
        interrupted = any(code(row) in INTERRUPTS for row in attempt)
        if interrupted and attempt[0]["correlationId"] is not None and code(attempt[-1]) != 0:
            assert not -80 * 60 < seconds(attempt[-1]) < -40 * 60
