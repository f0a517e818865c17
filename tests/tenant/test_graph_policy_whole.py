"""Nothing that a policy sets may be lost: a policy read without it would be another policy."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.local_tenant.service.schema import load
from auditor.tenant import graph_policy
from auditor.tenant.policy import Applications, Conditions, Filter, Guests, Listed, Users
from auditor.testing import policy

_VALUES: dict[str, Any] = {
    "includeUsers": ["u-1"], "excludeUsers": ["u-1"], "includeGroups": ["g-1"], "excludeGroups": ["g-1"],
    "includeRoles": ["r-1"], "excludeRoles": ["r-1"], "guestOrExternalUserTypes": "internalGuest",
    "membershipKind": "enumerated", "members": ["t-1"], "includeApplications": ["a-1"], "excludeApplications": ["a-1"],
    "includeUserActions": ["urn:user:registerdevice"], "includeAuthenticationContextClassReferences": ["c1"],
    "includeServicePrincipals": ["s-1"], "excludeServicePrincipals": ["s-1"], "clientAppTypes": ["other"],
    "includePlatforms": ["iOS"], "excludePlatforms": ["iOS"], "includeLocations": ["l-1"], "excludeLocations": ["l-1"],
    "signInRiskLevels": ["high"], "userRiskLevels": ["high"], "servicePrincipalRiskLevels": ["high"],
    "insiderRiskLevels": "elevated", "transferMethods": "deviceCodeFlow",
    "applicationFilter": {"mode": "include", "rule": "x"}, "deviceFilter": {"mode": "include", "rule": "x"},
    "servicePrincipalFilter": {"mode": "include", "rule": "x"}, "createdDateTime": "2025-01-01T00:00:00Z",
    "modifiedDateTime": "2026-05-05T00:00:00Z", "id": "another", "displayName": "Another", "state": "disabled",
    "templateId": "t", "builtInControls": ["mfa"], "customAuthenticationFactors": ["x"], "operator": "AND",
    "termsOfUse": ["x"], "authenticationStrength": {"displayName": "Phishing-resistant"},
    "persistentBrowser": {"isEnabled": True, "mode": "always"}, "signInFrequency": {"isEnabled": True, "value": 4},
}  # fmt: skip
_LEFT_OUT = {
    "description", "deletedDateTime", "analysisReasons", "policyApplies",  # of no weight, or of What If
    "sessionControls.applicationEnforcedRestrictions", "sessionControls.cloudAppSecurity",
    "sessionControls.disableResilienceDefaults", "sessionControls.secureSignInSession",
}  # fmt: skip


def paths(kind: str, before: str = "") -> list[str]:
    """Every property that can be set within a type, by its path."""
    found = []
    for name, shape in load()["$defs"][f"microsoft.graph.{kind}"]["properties"].items():
        inner = next((each["$ref"] for each in (shape, *shape.get("anyOf", ())) if "$ref" in each), "")
        within = inner.rpartition(".")[2]
        if within and name not in _VALUES and f"{before}{name}" not in _LEFT_OUT:
            found += paths(within, f"{before}{name}.")
        else:
            found.append(f"{before}{name}")
    return found


def test_every_property_of_the_schema_is_read() -> None:
    every = paths("conditionalAccessPolicy")
    assert len(every) > 45
    assert set(every) >= _LEFT_OUT
    for path in every:
        if path not in _LEFT_OUT:
            before = policy(mode=None)
            after = deepcopy(before)
            *parents, last = path.split(".")
            inner = after
            for key in parents:
                inner[key] = inner.get(key) or {}
                inner = inner[key]
            inner[last] = _VALUES[last]
            assert graph_policy.policy(after) != graph_policy.policy(before), path


# Policies at random out of the words of the schema: what is set is read, field by field.


def some(*words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), max_size=3, unique=True)


ids = some("All", "None", "aaaaaaaa-0000-4000-8000-00000000000a", "AAAAAAAA-0000-4000-8000-00000000000B")
kinds = some(*sorted(graph_policy.GUEST_KINDS)).filter(bool).map(",".join)
tenants = st.one_of(
    st.none(),
    st.just({"membershipKind": "all"}),
    st.builds(lambda members: {"membershipKind": "enumerated", "members": members}, some("t-1", "t-2")),
)
guests = st.one_of(st.none(), st.fixed_dictionaries({"guestOrExternalUserTypes": kinds, "externalTenants": tenants}))
filters = st.one_of(
    st.none(), st.fixed_dictionaries({"mode": st.sampled_from(["include", "exclude"]), "rule": st.just("a rule")})
)
SETS: dict[str, st.SearchStrategy[Any]] = {
    "users": st.fixed_dictionaries({
        **{f"{side}{what}": ids for side in ("include", "exclude") for what in ("Users", "Groups", "Roles")},
        "includeGuestsOrExternalUsers": guests, "excludeGuestsOrExternalUsers": guests,
    }),
    "applications": st.fixed_dictionaries({
        "includeApplications": ids, "excludeApplications": ids,
        "includeUserActions": some(*sorted(graph_policy.USER_ACTIONS)),
        "includeAuthenticationContextClassReferences": some("c1", "c2"), "applicationFilter": filters,
    }),
    "clientAppTypes": some(*sorted(graph_policy.CLIENT_APP_TYPES)),
    "platforms": st.none() | st.fixed_dictionaries({
        f"{side}Platforms": some(*sorted(graph_policy.PLATFORMS)) for side in ("include", "exclude")}),
    "locations": st.none() | st.fixed_dictionaries({
        f"{side}Locations": some("All", "AllTrusted", "l-1") for side in ("include", "exclude")}),
    "devices": st.none() | st.fixed_dictionaries({"deviceFilter": filters}),
    "signInRiskLevels": some(*sorted(graph_policy.RISKS)),
    "userRiskLevels": some(*sorted(graph_policy.RISKS)),
    "insiderRiskLevels": st.none() | some(*sorted(graph_policy.INSIDER_RISKS)).map(",".join),
    "authenticationFlows": st.none() | st.fixed_dictionaries({
        "transferMethods": some(*sorted(graph_policy.FLOWS)).map(",".join)}),
    "clientApplications": st.none() | st.fixed_dictionaries({"includeServicePrincipals": some("s-1", "s-2")}),
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({}, optional=SETS))
def test_nothing_that_is_set_is_lost(json: dict[str, Any]) -> None:
    found = graph_policy.policy(policy() | {"conditions": deepcopy(json)}).conditions
    assert found.unknown == ()

    def given(*path: str) -> Any:
        inner: Any = json
        for name in path:
            inner = (inner or {}).get(name)
        return inner

    def listed(*path: str) -> tuple[str, ...]:
        # Of ids one has capital letters on purpose; of words none has a hyphen.
        return tuple(each.lower() if "-" in each else each for each in given(*path) or ())

    def divided(*path: str) -> tuple[str, ...]:
        return tuple(filter(None, (given(*path) or "").split(",")))

    def both(name: str, what: str) -> Listed | None:
        sides = listed(name, f"include{what}"), listed(name, f"exclude{what}")
        return Listed(*sides) if any(sides) else None

    def filtered(*path: str) -> Filter | None:
        return Filter(given(*path, "mode"), given(*path, "rule")) if given(*path) else None

    def of_guests(side: str) -> Guests | None:
        path = "users", f"{side}GuestsOrExternalUsers"
        membership = given(*path, "externalTenants", "membershipKind") or "all"
        listed_tenants = listed(*path, "externalTenants", "members")
        return Guests(divided(*path, "guestOrExternalUserTypes"), membership, listed_tenants) if given(*path) else None

    assert found == Conditions(
        Users(
            *(
                listed("users", f"{side}{what}")
                for what in ("Users", "Groups", "Roles")
                for side in ("include", "exclude")
            ),
            of_guests("include"),
            of_guests("exclude"),
        ),
        Applications(
            listed("applications", "includeApplications"),
            listed("applications", "excludeApplications"),
            listed("applications", "includeUserActions"),
            listed("applications", "includeAuthenticationContextClassReferences"),
            filtered("applications", "applicationFilter"),
        ),
        listed("clientAppTypes"),
        both("platforms", "Platforms"),
        both("locations", "Locations"),
        filtered("devices", "deviceFilter"),
        listed("signInRiskLevels"),
        listed("userRiskLevels"),
        divided("insiderRiskLevels"),
        tuple(flow for flow in divided("authenticationFlows", "transferMethods") if flow != "none"),
        bool(given("clientApplications", "includeServicePrincipals")),
    )
