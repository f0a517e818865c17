"""What rows name of policies that the list lacks, row by row."""

from __future__ import annotations

import json
from typing import Any

from auditor.sign_ins.formats.any_format import AnyFormat
from auditor.sign_ins.formats.recognise import Other
from auditor.sign_ins.partition import wide
from auditor.sign_ins.unlisted import Unlisted
from auditor.tenant.instant import parse
from auditor.tenant.sign_in_log import NamedPolicies, NamedPolicy
from auditor.testing import AT, TENANT_ID, after, sign_in

LOST = "99999999-AAAA-4000-8000-000000000001"
KEPT = "99999999-aaaa-4000-8000-000000000002"
ELSEWHERE = "77777777-0000-4000-8000-000000000007"


def applied(name: str, identity: str = LOST, grants: Any = (), sessions: Any = ()) -> dict[str, Any]:
    return {
        "id": identity,
        "displayName": name,
        "result": "notApplied",
        "enforcedGrantControls": list(grants),
        "enforcedSessionControls": list(sessions),
    }


def counted(*rows: dict[str, Any], tenant: str = TENANT_ID) -> NamedPolicies:
    unlisted = Unlisted(frozenset({KEPT}), tenant)
    for row in rows:
        found = wide(AnyFormat(), json.dumps(row).encode())
        assert found is not None
        assert not isinstance(found, Other)
        named = unlisted.named(found[0], bytes(found[0].appliedConditionalAccessPolicies))
        if named is not None:
            unlisted.count(named, found[1])
    return unlisted.counted()


def row(*policies: dict[str, Any], minutes: float = 0, **fields: Any) -> dict[str, Any]:
    return sign_in(0, after(minutes), appliedConditionalAccessPolicies=list(policies), **fields)


def test_it_has_the_name_of_the_last_row_and_the_controls_of_all() -> None:
    rows = [
        row(applied("New", sessions=["SignInFrequency"]), minutes=9),
        row(applied("Old", LOST.lower(), ["Mfa"], ["PersistentBrowserSessionMode", None]), minutes=1),
    ]
    controls = ("Mfa",), ("PersistentBrowserSessionMode", "SignInFrequency")
    expected = NamedPolicy(LOST.lower(), "New", 2, parse(after(9)), *controls)
    for given in (rows, rows[::-1]):
        assert counted(*given) == NamedPolicies((expected,), (parse(after(1)), parse(after(9))))


def test_a_row_counts_once_however_often_it_names_one() -> None:
    (found,) = counted(row(applied("A", grants=["Mfa"]), applied("", LOST.lower(), ["Block"]))).policies
    assert (found.rows, found.name, found.grants) == (1, "A", ("Block", "Mfa"))


def test_rows_of_another_tenant_count_apart_and_show_nothing_of_this_one() -> None:
    foreign = row(applied("A"), resourceTenantId=ELSEWHERE)
    assert counted(foreign).shown is None
    assert [(each.foreign, each.rows) for each in counted(foreign, row(applied("A"))).policies] == [
        (False, 1),
        (True, 1),
    ]
    # Whose rows they are is not known of a tenant that is not known itself.
    assert [each.foreign for each in counted(foreign, tenant="").policies] == [False]


def test_a_list_that_is_whole_is_shown() -> None:
    assert counted(row(applied("B", KEPT.upper()))) == NamedPolicies((), (parse(AT), parse(AT)))


def test_a_list_that_cannot_be_read_shows_nothing() -> None:
    for strange in ([7], [{"id": 7}], {}, "x", [], None):
        assert counted(sign_in(0, appliedConditionalAccessPolicies=strange)) == NamedPolicies()
