"""The sign-in log: the same for everybody, the same from wherever it is entered, newest first, flat in memory."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest

from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
OUTCOMES = {"completed", "failed", "continued", "abandoned", "pending", "not known"}


def log(days: int = 3, seed: int = 1, sign_ins: int = 2_500) -> tuple[Simulation, list[dict[str, Any]]]:
    simulation = Simulation(seed=seed, end=END, days=days, sign_ins=sign_ins)
    return simulation, list(simulation.sign_ins(END - timedelta(days=days), END))


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second, other = (json.dumps(log(seed=seed)[1]) for seed in (1, 1, 2))
    assert first == second != other


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, json; from datetime import *; from auditor.local_tenant.simulation import Simulation;"
        "end = datetime(2026, 11, 20, 12, tzinfo=timezone.utc); s = Simulation(seed=7, end=end, days=1);"
        "t = [*s.sign_ins(end - timedelta(days=1), end), *s.truth(), *s.policies(), *s.users(), *s.groups()];"
        "print(hashlib.sha256(json.dumps(t).encode()).hexdigest())"
    )
    path = os.pathsep.join(filter(None, sys.path))
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": hashing, "PYTHONPATH": path},
        ).stdout
        for hashing in ("1", "2")
    }
    assert len(found) == 1


def test_rows_come_newest_first_and_inside_the_log() -> None:
    for seed in (1, 2, 3):
        _, rows = log(seed=seed)
        stamps = [row["createdDateTime"] for row in rows]
        assert stamps == sorted(stamps, reverse=True)
        assert stamps[-1] >= "2026-11-17T12:00:00"
        assert stamps[0] < "2026-11-20T12:00:00"
        assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("asked", [500, 4_000, 20_000])
def test_the_log_has_about_as_many_rows_as_asked_for(asked: int) -> None:
    assert abs(len(log(sign_ins=asked)[1]) - asked) < asked * 0.1 + 40


def test_seeking_equals_scanning() -> None:
    simulation, rows = log()
    rng = Random(5)
    for _ in range(24):
        start = END - timedelta(seconds=rng.uniform(0, 3 * 86_400))
        end = start + timedelta(seconds=rng.choice((1, 600, 30_000, 200_000)) * rng.random())
        first, last = (moment.strftime("%Y-%m-%dT%H:%M:%S.%f") for moment in (start, end))
        expected = [row for row in rows if f"{first}0Z" <= row["createdDateTime"] <= f"{last}0Z"]
        fresh = Simulation(seed=1, end=END, days=3, sign_ins=2_500)
        assert list(simulation.sign_ins(start, end)) == expected
        assert list(fresh.sign_ins(start, end)) == expected


def test_both_ends_of_a_window_are_inclusive() -> None:
    simulation, rows = log()
    row = next(row for row in rows if row["createdDateTime"].endswith("0Z"))
    moment = datetime.fromisoformat(row["createdDateTime"][:-2] + "+00:00")
    assert row in list(simulation.sign_ins(moment, moment))
    assert list(simulation.sign_ins(END, END + timedelta(days=1))) == []
    assert list(simulation.sign_ins(END, END - timedelta(days=1))) == []


def test_windows_read_side_by_side_do_not_disturb_each_other() -> None:
    simulation, rows = log()
    first, second = (simulation.sign_ins(END - timedelta(days=3), END) for _ in range(2))
    ahead = list(itertools.islice(first, 900))
    assert list(second) == rows
    assert ahead + list(first) == rows


def test_a_row_carries_every_key_of_both_versions() -> None:
    for row in log(sign_ins=800)[1]:
        assert row.keys() >= BETA_SIGN_IN_KEYS
        assert len(row.keys() - BETA_SIGN_IN_KEYS) == 30
        assert row["isInteractive"] is True
        assert row["userPrincipalName"] == row["userPrincipalName"].lower()
        assert (row["status"]["errorCode"] != 0) or row["status"]["failureReason"] == "Other."
        assert len(row["createdDateTime"]) == len("2026-11-20T08:15:31.1234567Z")


def test_guests_show_their_home() -> None:
    simulation, rows = log()
    guests = [row for row in rows if row["homeTenantId"] != row["resourceTenantId"]]
    assert guests
    for row in guests:
        assert row["resourceTenantId"] == simulation.tenant_id
        assert row["userType"] == "guest"
        assert "#ext#" not in row["userPrincipalName"]
        assert not row["userPrincipalName"].endswith(simulation.custom_domain)


def test_correlation_ids_come_back_days_later() -> None:
    _, rows = log(days=6, sign_ins=12_000)
    moments: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        moments.setdefault((row["userId"], row["correlationId"]), []).append(row["createdDateTime"])
    again = [stamps for key, stamps in moments.items() if key[1] and stamps[0][:10] > stamps[-1][:10]]
    assert len(again) > 5


def test_the_middle_of_a_million_rows_is_near() -> None:
    simulation = Simulation(seed=1, end=END, days=30, sign_ins=1_000_000)
    middle = END - timedelta(days=13, hours=2)
    page = list(itertools.islice(simulation.sign_ins(middle - timedelta(hours=6), middle), 1_000))
    again = Simulation(seed=1, end=END, days=30, sign_ins=1_000_000)
    assert len(page) == 1_000
    assert page == list(itertools.islice(again.sign_ins(END - timedelta(days=30), middle), 1_000))


@pytest.mark.slow
def test_memory_stays_flat() -> None:
    simulation = Simulation(seed=1, end=END, days=30, sign_ins=1_000_000)
    rows = simulation.sign_ins(END - timedelta(days=30), END)
    tracemalloc.start()
    peaks = []
    for _ in range(3):
        sum(1 for _ in itertools.islice(rows, 3_000))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
    tracemalloc.stop()
    assert max(peaks) < 40_000_000
    assert peaks[2] < peaks[0] * 1.5 + 2_000_000


@pytest.mark.slow
def test_every_code_meets_every_outcome_in_a_large_log() -> None:
    simulation = Simulation(seed=1, end=END, days=7, sign_ins=150_000)
    found: Counter[tuple[int, str]] = Counter()
    for line in simulation.truth():
        if line["kind"] == "interrupt":
            found[line["code"], line["outcome"]] += 1
    codes = {code for code, _ in found}
    assert len(codes) == 34
    assert {(code, outcome) for code in codes for outcome in OUTCOMES} - set(found) == set()


def test_importing_it_is_cheap() -> None:
    program = (
        "import sys; import auditor.local_tenant.simulation;"
        "print([name for name in sys.modules if name.split('.')[0] in ('starlette', 'uvicorn', 'trustme', 'jwt', "
        "'cryptography', 'odata_query', 'msgspec', 'msal', 'httpx')])"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout.strip() == "[]"
