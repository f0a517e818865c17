from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from auditor.sources.sieves import Everything, Registrations, Sieve, UserEvents
from auditor.tenant import graph_json
from auditor.tenant.instant import parse
from auditor.testing import AT, END, START, after, audit_entry

ADA, BOB, EVE = (f"aaaaaaaa-0000-4000-8000-00000000000{number}" for number in "123")


def kept(sieve: Sieve, rows: Iterable[Any]) -> list[Any]:
    raws = [msgspec.Raw(each if isinstance(each, bytes) else json.dumps(each).encode()) for each in rows]
    return [msgspec.json.decode(raw) for raw in sieve.kept(raws)]


def registration(identity: Any, **more: Any) -> dict[str, Any]:
    said = {"isSsprEnabled": True, "isSsprRegistered": None, "isMfaRegistered": False, "lastUpdatedDateTime": AT}
    return {"id": identity, "userPrincipalName": "x@y.z", "methodsRegistered": ["email"], **said, **more}


def test_everything() -> None:
    assert kept(Everything(), [{"a": 1}, {"b": [2]}]) == [{"a": 1}, {"b": [2]}]
    assert not Everything().enough


def test_registrations_of_those_who_are_wanted_until_all_were_seen() -> None:
    sieve = Registrations([ADA, BOB])
    (ada,) = kept(sieve, [registration(EVE), registration(ADA.upper())])
    assert ada == {
        "id": ADA.upper(),
        "isSsprEnabled": True,
        "isSsprRegistered": None,
        "isMfaRegistered": False,
        "lastUpdatedDateTime": AT,
    }
    assert not sieve.enough
    assert [each["id"] for each in kept(sieve, [registration(ADA), registration(BOB)])] == [
        BOB
    ]  # a row that came again
    assert sieve.enough


def test_what_a_registration_lacks_stays_absent() -> None:
    assert kept(Registrations([ADA]), [{"id": ADA}]) == [{"id": ADA}]


@pytest.mark.parametrize("twisted", [{}, {"id": None}, {"id": 7}, [], "x", None])
def test_a_registration_of_whom_is_not_known_is_kept_to_be_named(twisted: Any) -> None:
    assert kept(Registrations([ADA]), [twisted]) == [twisted]


def events(rows: Iterable[Any]) -> list[Any]:
    return kept(UserEvents(parse(START), parse(END)), rows)


def test_events_lose_what_nobody_looks_at_and_say_the_same() -> None:
    secret = [
        {"displayName": "StrongAuthenticationPhoneAppDetail", "oldValue": "[]", "newValue": '[{"DeviceToken":"t"}]'}
    ]
    target = {"id": ADA, "displayName": "Ada", "type": "User", "modifiedProperties": secret}
    entry = audit_entry("User registered security info", ADA, targetResources=[target])
    (found,) = events([entry])
    assert "DeviceToken" not in json.dumps(found)
    assert "ipAddress" not in json.dumps(found)
    assert graph_json.user_events(found) == graph_json.user_events(entry)


@pytest.mark.parametrize("initiated", [{"app": {"displayName": "Terraform", "appId": "a"}}, {"user": None}, {}, None])
def test_who_did_it_stays(initiated: Any) -> None:
    entry = audit_entry("Reset user password", ADA, initiatedBy=initiated)
    (found,) = events([entry])
    assert graph_json.user_events(found) == graph_json.user_events(entry)


def test_a_filter_that_graph_ignored_is_made_good() -> None:
    rows = [
        audit_entry("Update user", ADA),
        audit_entry("Reset user password", ADA, after(-1, START)),
        audit_entry("Reset user password", ADA, START),
        audit_entry("Reset user password", ADA, END),
        audit_entry("Reset user password", ADA, after(1, END)),
    ]
    assert [each["activityDateTime"] for each in events(rows)] == [START, END]


def test_a_failure_is_left_to_the_parser() -> None:
    (found,) = events([audit_entry("Reset user password", ADA, result="failure")])
    assert graph_json.user_events(found) == ()


@pytest.mark.parametrize(
    "twisted",
    [
        {"activityDateTime": "yesterday"},
        {"activityDateTime": None},
        {"activityDisplayName": 7},
        {"targetResources": "x"},
        {"initiatedBy": [1]},
    ],
)
def test_an_entry_that_cannot_be_read_is_kept_to_be_named(twisted: dict[str, Any]) -> None:
    entry = audit_entry("Reset user password", ADA, **twisted)
    assert events([entry]) == [entry]
    with pytest.raises(ValueError, match="audit log"):
        graph_json.user_events(entry)
