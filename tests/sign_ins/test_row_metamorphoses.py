"""What is done to the rows of an exported log without changing what they say changes no answer; what is taken from them
never makes an answer surer.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor import audit
from auditor.check import Status
from auditor.run import TenantRun
from auditor.testing import after, policy, sign_in
from auditor_checks import ALL

Json = dict[str, Any]

campaign = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))

_FIELDS = st.fixed_dictionaries(
    {
        "code": st.sampled_from([0, 0, 50140, 50140, 50074, 50126, 999_999]),
        "minutes": st.integers(0, 90),
        "number": st.integers(0, 5),
        "user": st.integers(0, 2),
        "attempt": st.integers(0, 2),
        "app": st.sampled_from(["a", "b"]),
        "type": st.sampled_from(["member", "guest", None]),
        "sent": st.integers(0, 3),
    }
)
LOGS = st.lists(_FIELDS, min_size=1, max_size=12)


def row_of(drawn: Mapping[str, Any]) -> Json:
    """Few ids, so that versions and strangers meet."""
    return sign_in(
        drawn["code"],
        after(drawn["minutes"] // 30 * 30),
        id=f"row-{drawn['number']}",
        userId=f"user-{drawn['user']}",
        userPrincipalName=f"user-{drawn['user']}@contoso.com",
        correlationId=f"attempt-{drawn['attempt']}",
        appId=drawn["app"],
        userType=drawn["type"],
        location={"countryOrRegion": "NL" if drawn["minutes"] % 2 else "BE"},
    )


def enveloped(drawn: Mapping[str, Any]) -> Json:
    return {"time": after(100 + drawn["sent"]), "category": "SignInLogs", "properties": row_of(drawn)}


def said_of(files: Iterable[tuple[str, str]]) -> TenantRun:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "exports"
        folder.mkdir()
        (folder / "policies.json").write_text(json.dumps({"value": [policy(mode="always")]}))
        for file, text in files:
            (folder / file).write_text(text)
        found = audit.audit(audit.source_at(folder), ALL, lambda progress: None)
    return replace(found, source=())


def lines(rows: Iterable[Json]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


@campaign
@given(st.lists(st.tuples(_FIELDS, st.booleans()), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_files_decides_nothing(drawn: list[tuple[Json, bool]], shuffle: random.Random) -> None:
    rows = [enveloped(fields) if sent else row_of(fields) for fields, sent in drawn]
    said = said_of([("a.ndjson", lines(rows))])
    shuffle.shuffle(rows)
    assert said_of([("a.ndjson", lines(rows))]) == said
    cut = shuffle.randrange(len(rows) + 1)
    parts = [part for part in (rows[:cut], rows[cut:]) if part]
    names = ["b.ndjson", "a.ndjson"][: len(parts)]
    assert said_of([(name, lines(part)) for name, part in zip(names, parts, strict=True)]) == said
    assert said_of([(name, lines(part)) for name, part in zip(reversed(names), parts, strict=True)]) == said


@campaign
@given(LOGS, st.randoms(use_true_random=False))
def test_rows_given_again_change_nothing_but_that_it_is_told(drawn: list[Json], shuffle: random.Random) -> None:
    rows = [row_of(fields) for fields in drawn]
    said = said_of([("a.ndjson", lines(rows))])
    again = [*rows, *shuffle.choices(rows, k=3)]
    shuffle.shuffle(again)
    told = said_of([("a.ndjson", lines(again))])
    assert f"{len(again)} rows were given" in told.interrupts.repeated
    assert replace(told, interrupts=replace(told.interrupts, repeated="")) == replace(
        said, interrupts=replace(said.interrupts, repeated="")
    )


def spelt_flat(row: Json) -> Json:
    return {**{key: value for key, value in row.items() if key != "status"}, "errorCode": row["status"]["errorCode"]}


def spelt_by_columns(row: Json) -> Json:
    flat = {key: value for key, value in row.items() if not isinstance(value, dict)}
    for key in ("status", "deviceDetail", "location"):
        flat |= {f"{key}.{name}": value for name, value in row[key].items()}
    return flat


def spelt_as_floats(row: Json) -> Json:
    return {**row, "status": {**row["status"], "errorCode": float(row["status"]["errorCode"])}}


def spelt_as_text(row: Json) -> Json:
    return {**row, "status": {"ErrorCode": f" {row['status']['errorCode']}.0 "}}


@campaign
@given(LOGS, st.sampled_from([spelt_flat, spelt_by_columns, spelt_as_floats, spelt_as_text]))
def test_a_code_is_the_same_wherever_it_stands(drawn: list[Json], spelt: Any) -> None:
    rows = [row_of(fields) for fields in drawn]
    assert said_of([("a.ndjson", lines(map(spelt, rows)))]) == said_of([("a.ndjson", lines(rows))])


@campaign
@given(LOGS, st.data())
def test_a_code_that_is_taken_away_never_makes_an_answer_surer(drawn: list[Json], data: st.DataObject) -> None:
    rows = [row_of(fields) for fields in drawn]
    said = said_of([("a.ndjson", lines(rows))])
    robbed = data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1))
    for number in robbed:
        # A version with a code would stand in for the one without.
        rows[number] = {**rows[number], "id": f"robbed-{number}", "status": data.draw(st.sampled_from([None, {}, "x"]))}
    told = said_of([("a.ndjson", lines(rows))])
    assert f"{len(robbed)} of " in told.interrupts.uncoded
    assert {each.state for each in told.datasets if each.name == "sign_ins"} == {"partial"}
    assert told.interrupts.known == (len(robbed) < len(rows))
    before = {each.id: each.status for each in said.checks}
    for each in told.checks:
        assert each.status is not Status.FAILED
        if each.id == "interrupts":
            assert each.status is not Status.CLEAR
        if before[each.id] in (Status.FOUND, Status.NOT_RUN):
            assert each.status is not Status.CLEAR
    assert told.stay_signed_in.verdict in (said.stay_signed_in.verdict, "not known")
    for outcome in ("failed", "continued", "abandoned"):
        assert counted(told, outcome) <= counted(said, outcome)


def counted(said: TenantRun, outcome: str) -> int:
    return sum(dict(each.outcomes)[outcome] for each in said.interrupts.interrupts)
