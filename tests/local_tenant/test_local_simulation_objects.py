"""The objects of the simulated tenant: complete, consistent with each other, and drawn by the seed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from auditor.local_tenant.simulation import Simulation

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


def simulation(seed: int = 1, **more: object) -> Simulation:
    return Simulation(seed=seed, end=END, days=1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"users": 3}, "users"), ({"days": 0}, "day"), ({"setting": "on"}, "setting"), ({"sign_ins": -1}, "sign_ins")],
)
def test_what_makes_no_tenant_is_refused(arguments: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Simulation(**{"end": END, **arguments})  # type: ignore[arg-type]


def test_an_end_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Simulation(end=END.replace(tzinfo=None))


def test_names_and_domains_belong_together() -> None:
    tenant = simulation()
    domains = tenant.organization()["verifiedDomains"]
    assert tenant.organization()["id"] == tenant.tenant_id
    assert [one["name"] for one in domains if one["isInitial"]] == [tenant.initial_domain]
    assert [one["name"] for one in domains if one["isDefault"]] == [tenant.custom_domain]
    assert tenant.initial_domain.endswith(".onmicrosoft.com")


def test_a_licence_decides_the_policies() -> None:
    free, paid = simulation(premium=False), simulation()
    assert free.policies() == []
    assert free.security_defaults()["isEnabled"] is True
    assert paid.security_defaults()["isEnabled"] is False
    services = [{plan["service"] for plan in one.organization()["assignedPlans"]} for one in (free, paid)]
    assert services[1] - services[0] == {"AADPremiumService"}


@pytest.mark.parametrize("setting", ["shown", "hidden", "no key", "no branding"])
def test_the_sign_in_page_tells_what_it_is_told_to(setting: str) -> None:
    for seed in (1, 2, 3, 4):
        tenant = simulation(seed, setting=setting)
        rows = tenant.sign_in_page()
        told = next(iter(tenant.truth()))
        assert told["kind"] == "setting"
        if setting == "no branding":
            assert rows is None
            assert tenant.branding() is None
            assert tenant.branding_localizations() == []
            assert told["knowable"] in ("shown", "not known")
            continue
        assert rows is not None
        assert tenant.branding() in tenant.branding_localizations()
        (default,) = [row for row in rows if row["Locale"] == 0]
        assert default.get("KeepMeSignedInDisabled") is {"shown": False, "hidden": True}.get(setting)
        assert None not in default.values()
        assert told["knowable"] == setting if setting != "no key" else told["knowable"] in ("shown", "not known")


def test_settings_and_what_is_knowable_vary_with_the_seed() -> None:
    told = [next(iter(simulation(seed).truth())) for seed in range(1, 30)]
    assert {(one["setting"], one["knowable"]) for one in told} == {
        ("shown", "shown"),
        ("hidden", "hidden"),
        ("shown", "not known"),
    }


def test_prompts_of_guests_prove_nothing_about_the_setting() -> None:
    for seed in range(1, 13):
        tenant = simulation(seed, setting="no branding")
        rows = tenant.sign_ins(END - timedelta(days=1), END)
        own = any(row["status"]["errorCode"] == 50140 and row["userType"] == "member" for row in rows)
        assert next(iter(tenant.truth()))["knowable"] == ("shown" if own else "not known")


def test_people_are_found_by_id() -> None:
    tenant = simulation(users=300)
    people = list(tenant.users())
    assert len({one["id"] for one in people}) == 300
    assert len({one["userPrincipalName"] for one in people}) == 300
    assert all(tenant.user(one["id"]) == one for one in people)
    strangers = [one["id"] for one in simulation(2).users()]
    assert all(tenant.user(one) is None for one in [*strangers, "", "not-an-id", "zz"])


def test_guests_look_like_guests() -> None:
    guests = [one for one in simulation().users() if one["userType"] == "Guest"]
    assert guests
    for one in guests:
        assert "#EXT#@" in one["userPrincipalName"]
        assert one["externalUserState"] == "Accepted"
        assert one["mail"] == one["mail"].lower()


def test_registration_details_cover_everybody_in_order() -> None:
    tenant = simulation()
    details = list(tenant.registration_details())
    assert [one["id"] for one in details] == [one["id"] for one in tenant.users()]
    assert {one["isSsprRegistered"] for one in details} == {True, False}
    assert {one["isMfaRegistered"] for one in details} == {True, False}


def test_groups_have_members_and_one_has_none() -> None:
    tenant = simulation()
    sizes = {one["displayName"]: len(list(tenant.group_members(one["id"]))) for one in tenant.groups()}
    assert sizes["Kiosk Accounts"] == 0
    assert sizes["Break Glass Accounts"] == 2
    assert all(size > 0 for name, size in sizes.items() if name != "Kiosk Accounts")
    assert list(tenant.group_members("nobody")) == []
    nested = {
        (one["displayName"], member["displayName"])
        for one in tenant.groups()
        for member in tenant.group_members(one["id"])
        if member["@odata.type"] == "#microsoft.graph.group"
    }
    assert nested == {("Headquarters", "Executives")}
    (headquarters, executives) = (
        {member["id"] for member in tenant.group_members(one["id"])}
        for name in ("Headquarters", "Executives")
        for one in tenant.groups()
        if one["displayName"] == name
    )
    assert executives < headquarters


def test_some_names_are_hostile() -> None:
    tenant = simulation()
    names = [one["displayName"] for one in (*tenant.groups(), *tenant.service_principals())]
    for mark in ("<script>", "=HYPERLINK", "\x1b["):
        assert sum(mark in name for name in names) == 1


def test_roles_refer_to_people_and_definitions() -> None:
    tenant = simulation()
    definitions = {one["id"] for one in tenant.role_definitions()}
    assignable = {one["id"] for one in tenant.groups() if one["isAssignableToRole"]}
    assigned = tenant.role_assignments()
    for one in (*assigned, *tenant.role_eligibilities()):
        assert one["roleDefinitionId"] in definitions
        assert tenant.user(one["principalId"]) is not None or one["principalId"] in assignable
    assert len({one["id"] for one in assigned}) == len(assigned)
    assert sum(one["principalId"] in assignable for one in assigned) == 1
    assert simulation(premium=False).role_eligibilities() == []
    assert {one["id"] for one in tenant.directory_role_templates()} < definitions
    assert any(one["directoryScopeId"] != "/" for one in tenant.role_assignments())


def test_apps_of_the_log_are_in_the_tenant_but_for_the_deleted_one() -> None:
    tenant = simulation(sign_ins=3_000)
    listed = {one["appId"] for one in tenant.service_principals()}
    seen = {row["appId"]: row["appDisplayName"] for row in tenant.sign_ins(END - timedelta(days=1), END)}
    assert {name for app, name in seen.items() if app not in listed} == {"Old Survey Tool"}
    own = {one["appId"] for one in tenant.applications()}
    assert own < listed
    addresses = [address for one in tenant.service_principals() for address in one["replyUrls"]]
    for scheme in ("msauth.", "msauth:", "msal", "urn:", "chrome-extension:", "https:"):
        assert any(address.startswith(scheme) for address in addresses)


def test_policies_name_people_and_groups_that_exist() -> None:
    for seed in range(1, 12):
        tenant = simulation(seed)
        groups = {one["id"] for one in tenant.groups()}
        for policy in tenant.policies():
            users = policy["conditions"]["users"]
            assert {*users["includeGroups"], *users["excludeGroups"]} <= groups
            assert all(tenant.user(one) for one in users["excludeUsers"])


def test_directory_audits_come_newest_first_from_any_window() -> None:
    tenant = simulation(sign_ins=6_000)
    every = list(tenant.directory_audits(END - timedelta(days=1), END))
    stamps = [one["activityDateTime"] for one in every]
    assert stamps == sorted(stamps, reverse=True)
    assert len({one["id"] for one in every}) == len(every) > 10
    middle = END - timedelta(hours=11)
    parts = [
        *tenant.directory_audits(middle, END),
        *tenant.directory_audits(END - timedelta(days=1), middle - timedelta(microseconds=1)),
    ]
    assert parts == every


def test_other_settings_are_there() -> None:
    tenant = simulation()
    campaign = tenant.authentication_methods_policy()["registrationEnforcement"]
    assert campaign["authenticationMethodsRegistrationCampaign"]["state"] == "enabled"
    assert len(tenant.named_locations()) == 3
    assert tenant.activity_based_timeout_policies()
    assert tenant.token_lifetime_policies()
    assert next(tenant.users())["passwordPolicies"] == "DisablePasswordExpiration"
