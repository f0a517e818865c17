from __future__ import annotations

from typing import Any

import pytest

from auditor.tenant import graph_audit
from auditor.tenant.records import UserEvent
from auditor.testing import AT, audit_entry

ADA, BOB = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
HELPDESK = {"user": {"id": BOB, "userPrincipalName": "help@contoso.com"}, "app": None}


def kinds(entry: dict[str, Any]) -> list[tuple[str, str]]:
    return [(event.user_id, event.kind) for event in graph_audit.user_events(entry)]


@pytest.mark.parametrize(
    ("activity", "kind"),
    [
        ("Reset user password", "reset"),
        ("Reset password (by admin)", "reset"),
        ("Reset password (self-service)", "reset"),
        ("Set force change user password", "reset"),
        ("Update PasswordProfile", "reset"),
        ("Change user password", "changed"),
        ("change password (Self-Service)", "changed"),
        ("User registered security info", "registered"),
        ("User registered all required security info", "registered"),
        ("Admin registered security info", "registered"),
        ("Security info saved for self-service password reset", "registered"),
        ("User reviewed security info", "confirmed"),
        ("User started security info registration", "started"),
        ("User deleted security info", "removed"),
        ("Admin deleted security info", "removed"),
    ],
)
def test_what_was_done(activity: str, kind: str) -> None:
    assert graph_audit.user_events(audit_entry(activity, ADA.upper(), initiatedBy=HELPDESK)) == (
        UserEvent(ADA, AT, kind, activity, "help@contoso.com"),
    )


@pytest.mark.parametrize("activity", ["Update user", "Change user license", "User canceled security info registration"])
def test_other_activities_are_nothing(activity: str) -> None:
    assert kinds(audit_entry(activity, ADA)) == []


@pytest.mark.parametrize("result", ["failure", "timeout", "unknownFutureValue"])
def test_what_did_not_succeed_did_not_happen(result: str) -> None:
    assert kinds(audit_entry("Reset user password", ADA, result=result)) == []


@pytest.mark.parametrize(
    ("targets", "people"),
    [
        ([{"id": "Method", "type": "Other"}, {"id": ADA, "type": "user"}], [ADA]),
        ([{"id": ADA, "type": "User"}, {"id": ADA, "type": "User"}, {"id": BOB, "type": "User"}], [ADA, BOB]),
        ([{"id": "Method", "type": "Other"}], [BOB]),
        ([{"id": None, "type": "User"}], [BOB]),
        ([], [BOB]),
        (None, [BOB]),
    ],
)
def test_whoever_did_it_is_meant_where_only_they_can_have_done_it(targets: Any, people: list[str]) -> None:
    entry = audit_entry("User registered security info", ADA, initiatedBy=HELPDESK, targetResources=targets)
    assert kinds(entry) == [(identity, "registered") for identity in people]


@pytest.mark.parametrize("targets", [[], None, [{"id": ADA}], [{"id": ADA, "type": "Device"}], [{"type": "User"}]])
def test_what_was_done_by_others_is_never_taken_for_their_own(targets: Any) -> None:
    with pytest.raises(ValueError, match=r"\(Reset user password\) names no user"):
        kinds(audit_entry("Reset user password", ADA, initiatedBy=HELPDESK, targetResources=targets))


@pytest.mark.parametrize(
    "twisted",
    [
        {"id": None},
        {"activityDisplayName": None},
        {"activityDisplayName": 7},
        {"result": None},
        {"result": True},
        {"activityDateTime": None},
        {"activityDateTime": "yesterday"},
        {"targetResources": {"id": ADA}},
        {"targetResources": [ADA]},
        {"initiatedBy": "ada"},
        {"initiatedBy": {"user": "ada"}},
    ],
)
def test_an_entry_that_cannot_be_read_is_named(twisted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="audit log"):
        kinds(audit_entry("Reset user password", ADA, **twisted))
