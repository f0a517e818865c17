from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.exports.part import Part
from auditor.sign_ins import sights as module
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.partition import wide
from auditor.sign_ins.rows import narrow
from auditor.sign_ins.sights import Sights
from auditor.tenant.graph_policy import policy as parsed
from auditor.tenant.instant import parse
from auditor.tenant.policy import Policy
from auditor.tenant.sign_in_log import Recorded, Sight
from auditor.testing import END, START, TENANT_ID, after, policy, sign_in

WINDOW = parse(START), parse(END)
Json = dict[str, Any]


def made(name: str, **fields: Any) -> Policy:
    return parsed(policy(name) | {"id": name} | fields)


RISKY = made("a", conditions=policy()["conditions"] | {"signInRiskLevels": ["high"]})
POLICIES = (RISKY, made("b", modifiedDateTime=after(60)))


def log_of(rows: Iterable[Json | bytes], policies: tuple[Policy, ...] = POLICIES) -> EmbeddedLog:
    reduction = Reduction(policies, Directory(tenant=TENANT_ID))
    return opened(rows, reduction=reduction)


def opened(rows: Iterable[Json | bytes], **options: Any) -> EmbeddedLog:
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.ndjson"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        part = Part(str(path), path.name, path.stat().st_size)
        return EmbeddedLog([part], asked=WINDOW, intervals=(WINDOW,), **options)


def applied(*results: tuple[Any, Any]) -> list[Json]:
    return [{"id": name, "displayName": "x", "result": result, "enforcedGrantControls": []} for name, result in results]


def finished(number: int = 0, *results: tuple[Any, Any], **fields: Any) -> Json:
    """One of many, each in its own attempt."""
    return sign_in(
        0, after(number), id=f"r-{number:03}", correlationId=f"c-{number}",
        appliedConditionalAccessPolicies=applied(*results), **fields,
    )  # fmt: skip


def seen(rows: Iterable[Json | bytes]) -> tuple[tuple[Sight, ...], list[Recorded]]:
    with log_of(rows) as log:
        return log.sights(), list(log.recorded())


def record_of(rows: Iterable[Json | bytes]) -> list[tuple[int, int, int]]:
    return [(each.held, each.held_not, each.count) for each in seen(rows)[1]]


def test_sign_ins_alike_are_one_sight() -> None:
    rows = [
        finished(0),
        finished(1, userId="another", userPrincipalName="bob@contoso.com"),
        finished(2, riskLevelDuringSignIn="high"),
        sign_in(50140, after(3), id="prompt", riskLevelDuringSignIn="high"),
        sign_in(50126, after(4), id="failure"),
    ]
    calm, risky = seen(rows)[0]
    assert (calm.circumstances.way.risk, calm.completed, calm.prompts) == ("none", 2, 0)
    assert (risky.circumstances.way.risk, risky.completed, risky.prompts) == ("high", 1, 1)
    assert calm.example is not None
    assert (calm.example.id, calm.example.user, calm.example.created) == ("r-000", "ada@contoso.com", after(0))


def test_a_sight_without_a_completed_sign_in_has_no_example() -> None:
    ((only,), _) = seen([sign_in(50140)])
    assert (only.completed, only.prompts, only.example) == (0, 1, None)


def test_repetitions_are_counted_once_and_the_later_version_counts() -> None:
    first = finished(0, ("a", "notApplied"), riskLevelDuringSignIn="none")
    rewritten = finished(0, ("a", "success"), riskLevelDuringSignIn="high")
    interrupt = sign_in(50140, id="i", riskLevelDuringSignIn="high", correlationId="c-9")
    found, record = seen([first, first, rewritten, rewritten, interrupt, interrupt])
    assert {each.circumstances.way.risk: (each.completed, each.prompts) for each in found} == {
        "none": (0, 0),
        "high": (1, 1),
    }
    assert [(each.held, each.held_not, each.count) for each in record] == [(0b01, 0, 1)]


def test_an_interrupt_that_became_a_success() -> None:
    before = sign_in(50140, after(0), id="r-000", correlationId="c-0")
    ((only,), record) = seen([before, finished(0, ("a", "notApplied"))])
    assert (only.completed, only.prompts, len(record)) == (1, 0, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": {"errorCode": 50140}, "conditionalAccessStatus": "success"},
        {"status": {"errorCode": 50140}, "conditionalAccessStatus": "notApplied"},
        {"status": {"errorCode": 50076}, "conditionalAccessStatus": "failure"},
        {"status": {"errorCode": 50126}, "conditionalAccessStatus": "notApplied"},
        {"status": {"errorCode": 999_999}, "conditionalAccessStatus": None},
        {"status": {"errorCode": None}},
        {"status": None},
    ],
)
def test_what_was_not_finished_proves_nothing(fields: Json) -> None:
    assert record_of([finished(0, ("a", "notApplied"), ("b", "success")) | fields]) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": {"errorCode": 0}}, [(0b10, 0b01, 1)]),
        ({"status": {"errorCode": 53003}, "conditionalAccessStatus": "failure"}, [(0b10, 0b01, 1)]),
    ],
)
def test_a_success_and_a_block_are_final(fields: Json, expected: list[tuple[int, int, int]]) -> None:
    assert record_of([finished(0, ("a", "notApplied"), ("b", "success")) | fields]) == expected


HOSTILE = [
    None,
    [],
    "hidden",
    7,
    {},
    {"id": "a", "result": "success"},
    [None],
    ["a"],
    [7],
    [[]],
    [{"id": 7, "result": "success"}],
    [{"id": "a", "result": ["success"]}],
    [{"id": "a", "result": "success"}, None],
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_record_that_is_absent_or_of_another_shape_is_none(value: Any) -> None:
    found, record = seen([finished(0) | {"appliedConditionalAccessPolicies": value}])
    assert record == []
    assert [each.completed for each in found] == [1]
    without = finished(0)
    del without["appliedConditionalAccessPolicies"]
    assert record_of([without]) == []


@pytest.mark.parametrize(
    "text",
    [
        b'[{"id": "a\\ud800", "result": "success"}]',
        b'[{"id": "\xff", "result": "success"}]',
        b'[{"id": "a", "result": "success", "displayName": "\\ud800"}]',
        b'[{"id": "a", "result": "success", "x": ' + b"[" * 2_000 + b"]" * 2_000 + b"}]",
        b"[ ]",
    ],
    ids=["surrogate", "bytes", "name", "deep", "spaces"],
)
def test_a_record_that_is_broken_costs_nothing_else(text: bytes) -> None:
    line = (
        json.dumps(finished(0))
        .encode()
        .replace(b'"appliedConditionalAccessPolicies": []', b'"appliedConditionalAccessPolicies": ' + text)
    )
    assert text in line
    found, record = seen([line, finished(1, ("b", "notApplied"))])
    assert sum(each.completed for each in found) == (1 if AnyFormat().narrow(line) is None else 2)
    assert (0, 0b10, 1) in [(each.held, each.held_not, each.count) for each in record]


def test_results_of_policies_that_are_gone_are_no_decisions() -> None:
    assert record_of([finished(0, ("gone", "success"), ("SecurityDefaults", "failure"), (None, None))]) == [(0, 0, 1)]


def test_records_are_kept_by_what_had_changed_before() -> None:
    rows = [finished(number, ("a", "notApplied")) for number in (0, 59, 60, 61, 90)]
    record = seen(rows)[1]
    changed = parse("2026-01-01T00:00:00Z"), parse(after(60))
    assert [(each.changes, each.count, each.example) for each in record] == [
        (changed, 3, "r-060"),
        (changed[:1], 2, "r-000"),
    ]


def test_every_record_has_an_example_of_its_own() -> None:
    rows = [
        finished(0, ("a", "notApplied")),
        finished(1, ("a", "success")),
        finished(2, ("a", "success")),
        finished(3),
        finished(4, ("a", "failure")) | {"status": {"errorCode": 53003}, "conditionalAccessStatus": "failure"},
    ]
    found, record = seen(rows)
    assert len(found) == 1
    assert [(each.held, each.held_not, each.count, each.example) for each in record] == [
        (0b01, 0, 3, "r-001"),
        (0, 0b01, 1, "r-000"),
    ]


def test_many_distinct_records_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    rows = [
        finished(number, ("a", ("success", "notApplied")[number % 2]), (f"gone-{number}", "x")) for number in range(40)
    ]
    assert sorted(record_of(rows)) == [(0, 0b01, 20), (0b01, 0, 20)]


def test_what_people_do_at_another_tenant_its_policies_decide() -> None:
    rows = [
        finished(0, ("a", "notApplied"), resourceTenantId="another"),
        sign_in(50140, after(1), id="i", resourceTenantId="another"),
        finished(2, ("a", "notApplied"), homeTenantId="another"),
    ]
    with log_of(rows) as log:
        ((guest,), record) = log.sights(), list(log.recorded())
        assert (guest.completed, guest.prompts, len(record)) == (1, 0, 1)
        assert [each.sight for each in log.interrupts()] == [-1]
        assert log.totals.successes == 2


def test_without_a_reduction_there_are_no_sights() -> None:
    line = json.dumps(finished(0, ("a", "success"))).encode()
    with opened([line]) as log:
        assert log.sights() == ()
        assert list(log.recorded()) == []
        assert log.totals.successes == 1


# Whoever reads rows with sights reads the same rows.

odd = st.sampled_from([None, "", "x", 7, True, [], {}, [None], ["x"], [{}], [{"applicationId": 7}], {"deviceId": 7}])
fields = st.dictionaries(
    st.sampled_from(
        ["userId", "homeTenantId", "resourceTenantId", "userType", "appId", "resourceId", "clientAppUsed", "ipAddress",
         "location", "deviceDetail", "riskLevelDuringSignIn", "conditionalAccessStatus", "status", "isInteractive",
         "appliedConditionalAccessPolicies", "conditionalAccessAudiences", "authenticationContextClassReferences",
         "networkLocationDetails", "crossTenantAccessType", "authenticationProtocol", "correlationId", "id"]
    ),
    odd,
    max_size=3,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(fields)
def test_a_field_that_only_conditions_need_costs_no_row(odd_fields: Json) -> None:
    line = json.dumps(finished(0) | odd_fields).encode()
    found = AnyFormat().narrow(line)
    whole = wide(AnyFormat(), line)
    if isinstance(found, Other) or isinstance(whole, Other) or found is None or whole is None:
        assert found == whole
        return
    row = Sights(Reduction(POLICIES, Directory(tenant=TENANT_ID))).row(*whole, 1)
    assert row.sight >= -1
    row.sight = row.record = -1
    row.named = None
    assert row == narrow(*found, 1)
