from dataclasses import replace

import pytest

from auditor.errors import NotCollected
from auditor.tenant.dataset import Missing, Partial
from auditor.tenant.records import RegistrationCampaign
from auditor.testing import AT, Administrators, after, audit_entry, named_location, policy, role_assignment, tenant


def test_what_is_missing_is_no_value() -> None:
    with tenant(missing={"policies": "Graph answered 403."}) as made, pytest.raises(NotCollected, match="403"):
        _ = made.policies


def test_a_dataset_that_was_not_declared_is_a_fault_of_the_check() -> None:
    with tenant(policies=[policy()]) as made, pytest.raises(LookupError, match="without declaring"):
        _ = made.seen_by(["sign_ins"]).policies


def test_what_a_folder_was_collected_without_is_missing_and_no_fault_of_the_check() -> None:
    with tenant() as made:
        older = replace(made, readings={name: made.readings[name] for name in ("policies", "sign_ins")})
    with pytest.raises(NotCollected, match="not asked for when this was collected"):
        _ = older.seen_by(["named_locations"]).named_locations
    assert older.name_of("r1", "role_templates") is None


def test_what_policies_are_weighed_against() -> None:
    change = {"id": "c", "activityDateTime": AT, "targetResources": [{"id": "p"}]}
    earlier = {"id": "e", "activityDateTime": "2026-11-03T00:00:00Z", "targetResources": [{"id": "p"}]}
    with tenant(
        named_locations=[named_location("Offices", ranges=["203.0.113.0/24"])],
        role_assignments=[role_assignment("ada", "role")],
        role_eligibilities=[role_assignment("bob", "role")],
        group_members={"small": ["ada"], "big": 30_000, "gone": None},
        policy_changes=[change, earlier],
        activity_timeouts=[{"id": "a", "definition": ["{}"]}],
        token_lifetimes=[{"id": "t", "definition": ["{}"]}],
    ) as made:
        assert [each.name for each in made.named_locations] == ["Offices"]
        assert [each.eligible for each in (*made.role_assignments, *made.role_eligibilities)] == [False, True]
        groups = made.group_members
        assert {name: (each.users, each.count, each.gone) for name, each in groups.items()} == {
            "small": ({"ada"}, 1, False),
            "big": (None, 30_000, False),
            "gone": (None, None, True),
        }
        assert [each.at for each in made.policy_changes] == ["2026-11-03T00:00:00Z", AT]
        assert [each.id for each in (*made.activity_timeouts, *made.token_lifetimes)] == ["a", "t"]


def test_what_causes_are_made_of() -> None:
    ada = "AAAAAAAA-0000-4000-8000-000000000001"
    with tenant(
        security_defaults=True,
        registration_campaign="enabled",
        user_events=[
            audit_entry("User registered security info", ada),
            audit_entry("Update user", ada),
            audit_entry("Reset user password", ada, after(-5)),
        ],
        applications=[{"appId": "BBBBBBBB-0000", "displayName": "Notes", "replyUrls": ["notes://done"]}],
        registrations=[{"id": ada, "isSsprRegistered": False}],
        password_dates=[{"id": ada, "lastPasswordChangeDateTime": AT}],
    ) as made:
        assert made.security_defaults is True
        assert made.registration_campaign == RegistrationCampaign("enabled", 1)
        assert {user: [each.kind for each in events] for user, events in made.user_events.items()} == {
            ada.lower(): ["reset", "registered"]
        }
        assert made.applications["bbbbbbbb-0000"].redirects == ("notes://done",)
        assert made.registrations[ada.lower()].reset_registered is False
        assert made.password_dates[ada.lower()].changed == AT
        assert [name for name, _ in made.partly_read(made.readings)] == []


def test_security_defaults_that_are_off_are_known() -> None:
    with tenant() as made:
        assert made.security_defaults is False
        assert (made.user_events, made.applications, made.registrations, made.password_dates) == ({}, {}, {}, {})


def test_many_entries_that_are_not_understood_are_summed_up() -> None:
    entries = [audit_entry("Reset user password", "x", id=f"e{number}", targetResources=[]) for number in range(9)]
    with tenant(user_events=entries) as made:
        ((_, reading),) = made.partly_read(["user_events"])
    assert reading.reason.count("names no user") == 3
    assert reading.reason.endswith("6 more were not understood.")


def test_emergency_accounts_and_hours() -> None:
    ada = {"id": "A", "displayName": "Ada", "userPrincipalName": "ada@contoso.com"}
    expected = Administrators(break_glass=("ada@contoso.com", "who@contoso.com"), sign_in_hours=1)
    with tenant(directory_objects=[ada], administrators=expected, portal="https://portal.azure.us") as made:
        assert (made.break_glass, made.break_glass_unresolved) == ({"a"}, ("who@contoso.com",))
        assert (made.admin_sign_in_hours, made.portal) == (1, "https://portal.azure.us")
        assert made.seen_by([]).break_glass == {"a"}
    with tenant() as made:
        assert (made.break_glass, made.break_glass_unresolved, made.admin_sign_in_hours) == (frozenset(), (), 4)


@pytest.mark.parametrize("portal", ["", "javascript:alert(1)", "https://portal.azure.example"])
def test_only_a_clouds_own_portal_is_linked_to(portal: str) -> None:
    with tenant(portal=portal) as made:
        assert made.portal == ""


def test_names_of_what_policies_name() -> None:
    with tenant(directory_objects=[{"id": "g1", "displayName": "Pilot"}], missing={"role_templates": "no"}) as made:
        assert made.name_of("g1", "directory_objects") == "Pilot"
        assert made.name_of("g2", "directory_objects") is None
        assert made.name_of("r1", "role_templates") is None


def test_a_policy_that_is_not_understood_makes_the_dataset_partial() -> None:
    with tenant(policies=[policy("one"), {"id": "x"}]) as made:
        assert [each.name for each in made.policies] == ["one"]
        ((name, reading),) = made.partly_read(["policies", "sign_ins"])
        assert name == "policies"
        assert "policy x" in reading.reason


def test_branding_tells_only_whether_it_is_there() -> None:
    with tenant() as made:
        assert made.branding_configured is False
    with tenant(branding=[{"id": "0"}]) as made:
        assert made.branding_configured is True


def test_a_part_with_nothing_in_it_is_no_value() -> None:
    with tenant(partial={"policies": "None of 3 was understood."}) as made:
        with pytest.raises(NotCollected, match=r"None of 3 was understood\."):
            _ = made.policies
        assert isinstance(made.reading("policies"), Missing)
    with tenant(policies=[policy()], partial={"policies": "1 of 2 was not understood."}) as made:
        assert isinstance(made.reading("policies"), Partial)
