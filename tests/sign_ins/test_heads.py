"""Rows are read by their heads where that is enough, and what stands behind is asked for where it is not."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.exports.part import Part
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.sign_ins.heads import head
from auditor.sign_ins.rows import decode
from auditor.tenant.sign_in_log import Interrupt, InterruptCount, Totals
from auditor.testing import after, sign_in

Json = dict[str, Any]
BEHIND = ("deviceDetail", "location", "appliedConditionalAccessPolicies")
POLICY = {"id": "p", "displayName": 'x","deviceDetail":{', "result": "success"}


def line(row: Json) -> bytes:
    """As Graph writes it, without spaces."""
    return json.dumps(row, separators=(",", ":")).encode()


def row_of(code: int, *, last: tuple[str, ...] = (), **fields: Any) -> Json:
    """Its device, place and policies stand before the fields called `last`, and behind all others."""
    row = sign_in(code, appliedConditionalAccessPolicies=[POLICY] * 3, **fields)
    order = [name for name in row if name not in (*BEHIND, *last)]
    return {name: row[name] for name in (*order, *(name for name in BEHIND if name in row), *last)}


def read(lines: list[bytes], **options: Any) -> tuple[Totals, tuple[InterruptCount, ...], list[Interrupt]]:
    """Counted, and listed; both have to count the same."""
    with TemporaryDirectory() as name:
        path = Path(name) / "rows.ndjson"
        path.write_bytes(b"".join(each + b"\n" for each in lines))
        part = Part(str(path), path.name, path.stat().st_size)
        with EmbeddedLog([part], **options) as log, EmbeddedLog([part], listed=False) as counted:
            assert (counted.totals, counted.counts()) == (log.totals, log.counts())
            return log.totals, log.counts(), list(log.interrupts())


def test_a_head_is_the_row_without_what_is_long_in_it() -> None:
    row = row_of(0)
    found = head(line(row))
    assert len(found) < len(line(row)) - 200
    assert decode(found) == decode(line(row))
    assert head(b'{"id":"x"}') == b'{"id":"x"}'


@pytest.mark.parametrize("code", [0, 50140, 50126])
@pytest.mark.parametrize(
    "last",
    [
        ("status",),
        ("userId",),
        ("correlationId",),
        ("appId",),
        ("userPrincipalName", "appDisplayName"),
        ("homeTenantId",),
        ("resourceTenantId", "isInteractive"),
        ("userType",),
        ("id", "createdDateTime"),
    ],
    ids=lambda names: names[0],
)
def test_what_stands_behind_the_head_counts(code: int, last: tuple[str, ...]) -> None:
    fields = {"id": "r", "userType": "guest"}
    usual = [line(row_of(code, **fields)), line(sign_in(0, after(5), id="s"))]
    turned = [line(row_of(code, last=last, **fields)), usual[1]]
    assert turned[0] != usual[0] or last == ("userType",)
    assert read(turned) == read(usual)


def test_a_name_within_something_else_is_no_end() -> None:
    nested = {"riskEventTypes_v2": [{"x": 1, "deviceDetail": []}], **sign_in(50140, id="r")}
    text = sign_in(0, after(1), id="s", appDisplayName=',"deviceDetail":{')
    totals, _, interrupts = read([line(nested), line(text)])
    assert (totals.interrupts, totals.successes, totals.refused) == (1, 1, 0)
    assert [each.app for each in interrupts] == ["Expenses"]


@pytest.mark.parametrize("code", [0, 50140])
@pytest.mark.parametrize("field", ["id", "createdDateTime"])
def test_a_row_without_an_id_or_a_time_is_refused(code: int, field: str) -> None:
    totals, counts, interrupts = read([line(row_of(0)), line(row_of(code, **{field: ""}))])
    assert (totals.rows, totals.refused, counts, interrupts) == (2, 1, (), [])


@pytest.mark.parametrize("reduction", [None, Reduction((), Directory())], ids=["by several", "with sights"])
@pytest.mark.parametrize("beside", [[], [b'{"id":}']], ids=["a block", "line by line"])
def test_a_row_that_is_broken_behind_its_head_is_a_row(reduction: Reduction | None, beside: list[bytes]) -> None:
    def broken(row: Json) -> bytes:
        return line(row).replace(b'"result":"success"', b'"result":', 1)

    rows = [row_of(50140, id="r", correlationId="c"), row_of(0, id="s", createdDateTime=after(1), correlationId="c")]
    whole = read([*map(line, rows), *beside], reduction=reduction)
    first = read([broken(rows[0]), line(rows[1]), *beside], reduction=reduction)
    both = read([*map(broken, rows), *beside], reduction=reduction)
    assert whole[:2] == first[:2] == both[:2]
    assert whole[0].refused == len(beside)
    for found in (first, both):
        (interrupt,) = found[2]
        assert interrupt._replace(seen=None, sight=0) == whole[2][0]._replace(seen=None, sight=0)
        assert interrupt.seen is not None
        assert interrupt.seen.policies is None


@pytest.mark.parametrize("between", [b"", b" ", b",", b"\t"], ids=["nothing", "a space", "a comma", "a tab"])
@pytest.mark.parametrize(
    "second",
    [row_of(50140, id="t"), {"TimeGenerated": after(1), "CreatedDateTime": after(1)}],
    ids=["Graph", "Log Analytics"],
)
def test_a_second_row_on_a_line_is_not_lost(between: bytes, second: Json) -> None:
    joined = line(row_of(0, id="r")) + between + line(second)
    for others in ([], [line(row_of(0, id="s"))]):
        totals, _, interrupts = read([line(row_of(0, id="q")), joined, *others])
        assert (totals.rows, totals.refused, interrupts) == (2 + len(others), 1, [])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([0, 50140, 50126]), st.integers(0, 400)), min_size=1, max_size=8))
def test_rows_of_one_block_are_read_as_each_alone(drawn: list[tuple[int, int]]) -> None:
    rows = [
        row_of(code, id=f"r-{number}", userPrincipalName="u" * length, correlationId=f"c-{number}")
        for number, (code, length) in enumerate(drawn)
    ]
    together, _, _ = read([line(row) for row in rows])
    alone = [read([line(row)])[0] for row in rows]
    assert together.interrupts == sum(each.interrupts for each in alone)
    assert together.successes == sum(each.successes for each in alone)
    # A broken neighbour makes the block one that is read line by line.
    beside, _, _ = read([*(line(row) for row in rows), b'{"id":}'])
    assert (beside.interrupts, beside.successes, beside.refused) == (together.interrupts, together.successes, 1)
