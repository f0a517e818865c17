"""Groups and directory roles: who is in what, by rule rather than by list, so that any size stays cheap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.local_tenant.simulation.identity import Json, digest, guid
from auditor.local_tenant.simulation.people import ADMINISTRATORS, BREAK_GLASS, Person
from auditor.local_tenant.simulation.times import DAY, stamp_seconds

ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": "SharePoint Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "966707d0-3269-4727-9be2-8c3a10f19b9d": "Password Administrator",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe": "Billing Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
}
_ID = {name: role for role, name in ROLES.items()}
GLOBAL_ADMINISTRATOR = _ID["Global Administrator"]
HELPDESK = _ID["Helpdesk Administrator"]

# Person number -> role held tenant-wide. 8 holds one over an administrative unit only, 9 a custom one, 10 is eligible.
_HELD = {
    0: GLOBAL_ADMINISTRATOR,
    1: GLOBAL_ADMINISTRATOR,
    2: _ID["Security Administrator"],
    3: _ID["Conditional Access Administrator"],
    4: _ID["Exchange Administrator"],
    5: _ID["SharePoint Administrator"],
    6: _ID["User Administrator"],
    7: HELPDESK,
    11: _ID["Global Reader"],
}
_SCOPED, _CUSTOM, _ELIGIBLE = 8, 9, 10

DESK = 13
"""The first member of the Security Desk: a group that holds a directory role, which its members hold through it."""
DESK_ROLE = _ID["Security Reader"]
_DESK_NAME = "Security Desk"


def _on_desk(person: Person) -> bool:
    return person.index % 24 == DESK and not person.guest


def roles_of(person: Person) -> frozenset[str]:
    """Built-in roles the person holds actively and tenant-wide, also through a group: the only ones a policy's roles
    condition matches."""
    held = DESK_ROLE if _on_desk(person) else _HELD.get(person.index)
    return frozenset((held,)) if held else frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """A group and the rule that says who is in it, directly or through a nested group."""

    id: str
    name: str
    holds: Callable[[Person], bool]
    rule: str | None = None
    assignable: bool = False
    nested: tuple[str, ...] = ()
    """Ids of the groups that are members of it."""


def groups(seed: int) -> tuple[Group, ...]:
    """The tenant's groups. Two have hostile names; one is empty; Headquarters holds Executives as a nested group; the
    Security Desk holds a directory role."""

    def one_in(number: int, position: int) -> Callable[[Person], bool]:
        return lambda person: (
            person.index >= BREAK_GLASS
            and not person.guest
            and digest(seed, "member", person.index)[position] % number == 0
        )

    executives, office = one_in(12, 0), one_in(3, 1)

    def group(
        name: str,
        holds: Callable[[Person], bool],
        rule: str | None = None,
        assignable: bool = False,
        key: str = "",
        nested: tuple[str, ...] = (),
    ) -> Group:
        return Group(guid(seed, "group", key or name), name, holds, rule, assignable, nested)

    return (
        group("Break Glass Accounts", lambda person: person.index < BREAK_GLASS, assignable=True),
        group("All Staff", lambda person: not person.guest, '(user.userType -eq "Member")'),
        group("Executives", executives),
        group(
            "Headquarters",
            lambda person: executives(person) or office(person),
            nested=(guid(seed, "group", "Executives"),),
        ),
        group("Pilot Ring", one_in(8, 2)),
        group("Policy Exclusions", one_in(14, 3)),
        group("Contractors", one_in(6, 4)),
        group("Kiosk Accounts", lambda person: False),
        group('=HYPERLINK("http://odd.example.net","Sales")', one_in(9, 5), key="sales"),
        group("\x1b[31mRed Team\x1b[0m", one_in(15, 6), key="red"),
        group(_DESK_NAME, _on_desk, assignable=True),
    )


def group_object(group: Group, begin: int) -> Json:
    """The group as Graph lists it; `begin` in ticks is where the log starts."""
    created = stamp_seconds(begin - 500 * DAY)
    bits = digest(group.id)
    parts = "-".join(str(int.from_bytes(bits[number : number + 4], "big")) for number in (0, 4, 8, 12))
    return {
        "id": group.id,
        "deletedDateTime": None,
        "classification": None,
        "createdDateTime": created,
        "description": None,
        "displayName": group.name,
        "expirationDateTime": None,
        "groupTypes": ["DynamicMembership"] if group.rule else [],
        "isAssignableToRole": True if group.assignable else None,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": group.id[:8] + "-d",
        "membershipRule": group.rule,
        "membershipRuleProcessingState": "On" if group.rule else None,
        "onPremisesDomainName": None,
        "onPremisesLastSyncDateTime": None,
        "onPremisesNetBiosName": None,
        "onPremisesSamAccountName": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "preferredDataLocation": None,
        "preferredLanguage": None,
        "proxyAddresses": [],
        "renewedDateTime": created,
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": True,
        "securityIdentifier": f"S-1-12-1-{parts}",
        "theme": None,
        "uniqueName": None,
        "visibility": None,
        "onPremisesProvisioningErrors": [],
        "serviceProvisioningErrors": [],
    }


def role_templates() -> list[Json]:
    """Graph's directoryRoleTemplate objects."""
    return [
        {"id": role, "deletedDateTime": None, "description": f"The built-in role {name}.", "displayName": name}
        for role, name in ROLES.items()
    ]


def role_definitions(seed: int) -> list[Json]:
    """Graph's unifiedRoleDefinition objects: the built-in ones and one custom."""

    def definition(role: str, name: str, built_in: bool, action: str) -> Json:
        return {
            "id": role,
            "description": f"The {'built-in' if built_in else 'custom'} role {name}.",
            "displayName": name,
            "isBuiltIn": built_in,
            "isEnabled": True,
            "resourceScopes": ["/"],
            "templateId": role,
            "version": "1",
            "rolePermissions": [{"allowedResourceActions": [action], "condition": None}],
            "inheritsPermissionsFrom": [],
        }

    every = [definition(role, name, True, "microsoft.directory/users/standard/read") for role, name in ROLES.items()]
    custom = guid(seed, "role", "custom")
    return [*every, definition(custom, "App Owner Desk", False, "microsoft.directory/applications/owners/read")]


def role_assignments(seed: int, tenant: str, person_id: Callable[[int], str]) -> list[Json]:
    """Graph's unifiedRoleAssignment objects, one of them a group's; `person_id` gives the id of a person's number."""

    def assignment(key: object, principal: str, role: str, scope: str) -> Json:
        return {
            "id": guid(seed, "assignment", key, role)[:36].replace("-", "") + "-1",
            "principalId": principal,
            "principalOrganizationId": tenant,
            "roleDefinitionId": role,
            "directoryScopeId": scope,
            "appScopeId": None,
            "condition": None,
        }

    unit = f"/administrativeUnits/{guid(seed, 'unit')}"
    return [
        *(assignment(number, person_id(number), role, "/") for number, role in _HELD.items()),
        assignment(_SCOPED, person_id(_SCOPED), HELPDESK, unit),
        assignment(_CUSTOM, person_id(_CUSTOM), guid(seed, "role", "custom"), "/"),
        assignment(_DESK_NAME, guid(seed, "group", _DESK_NAME), DESK_ROLE, "/"),
    ]


def role_eligibilities(seed: int, begin: int, person_id: Callable[[int], str]) -> list[Json]:
    """Graph's unifiedRoleEligibilitySchedule objects: one person may become Global Administrator and has not."""
    created = stamp_seconds(begin - 120 * DAY)
    request = guid(seed, "eligibility")
    return [
        {
            "id": request,
            "principalId": person_id(_ELIGIBLE),
            "roleDefinitionId": GLOBAL_ADMINISTRATOR,
            "directoryScopeId": "/",
            "appScopeId": None,
            "createdUsing": request,
            "createdDateTime": created,
            "modifiedDateTime": created,
            "status": "Provisioned",
            "memberType": "Direct",
            "scheduleInfo": {
                "startDateTime": created,
                "recurrence": None,
                "expiration": {"type": "noExpiration", "endDateTime": None, "duration": None},
            },
        }
    ]


assert max(_HELD) < ADMINISTRATORS <= DESK
