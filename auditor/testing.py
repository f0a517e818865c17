"""For authors of checks: a small tenant out of Graph JSON, through the real spool and the real parsers.

    result = run_check(check, policies=[policy(mode="always")], sign_ins=[sign_in(50140), sign_in(0)])
    assert [finding.severity for finding in result.findings] == [Severity.MEDIUM]

Builders give plain dictionaries as Graph sends them; change or add any key. What is not given is an empty, wholly read
dataset; `missing` and `partial` take some away.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.audit import open_tenant
from auditor.check import Check, CheckResult, Status
from auditor.check import run_check as _run_check
from auditor.conditional_access.account import account, held
from auditor.config import Administrators
from auditor.sources.policy_list import BETA, DELETED, PLANS
from auditor.spool.spool import Attested, Header, Spool, State, StoredDataset
from auditor.tenant.dataset import DATASETS
from auditor.tenant.instant import MINUTE, parse, to_text
from auditor.tenant.mending import mended
from auditor.tenant.records import Attestation
from auditor.tenant.tenant import Tenant

if TYPE_CHECKING:
    from auditor.local_tenant.simulation import Simulation

TENANT_ID = "11111111-2222-4333-8444-555555555555"
START = "2026-11-01T00:00:00.0000000Z"
END = "2026-11-08T00:00:00.0000000Z"
AT = "2026-11-04T09:00:00.0000000Z"

Json = dict[str, Any]

# Of whom and what the log tells to ask, as a collector knows it.
_ASKED_OF_APPLICATIONS = frozenset({50199})
_ASKED_OF_REGISTRATIONS = frozenset({50072, 50074, 50076, 50078, 50079, 50125, 50203})
_ASKED_OF_PASSWORDS = frozenset({50133, 50173})

_BESIDE = {name: StoredDataset(name=name, state="collected", read=END) for name in (BETA, PLANS, DELETED)}
"""Graph's beta lists the same policies, and nothing else that bears on them."""


def after(minutes: float, since: str = AT) -> str:
    """An instant so many minutes after another, as Graph writes it."""
    return to_text(parse(since) + round(minutes * MINUTE))


def sign_in(code: int, at: str = AT, **fields: Any) -> Json:
    """A v1.0 sign-in row of one member of the tenant in one attempt, in a browser on a device that is not registered,
    at home; each call is another row."""
    row: Json = {
        "id": str(uuid.uuid4()),
        "createdDateTime": at,
        "userId": "aaaaaaaa-0000-4000-8000-000000000001",
        "userPrincipalName": "ada@contoso.com",
        "appId": "bbbbbbbb-0000-4000-8000-000000000001",
        "appDisplayName": "Expenses",
        "resourceId": "bbbbbbbb-0000-4000-8000-000000000001",
        "clientAppUsed": "Browser",
        "ipAddress": "198.51.100.7",
        "location": {"city": "Utrecht", "state": "Utrecht", "countryOrRegion": "NL"},
        "deviceDetail": {
            "deviceId": "",
            "displayName": "",
            "operatingSystem": "Windows11",
            "browser": "Edge 142.0.0",
            "isCompliant": False,
            "isManaged": False,
            "trustType": "",
        },
        "riskLevelDuringSignIn": "none",
        "conditionalAccessStatus": "notApplied",
        "appliedConditionalAccessPolicies": [],
        "correlationId": "cccccccc-0000-4000-8000-000000000001",
        "isInteractive": True,
        "homeTenantId": TENANT_ID,
        "resourceTenantId": TENANT_ID,
        "status": {"errorCode": code, "failureReason": "Other.", "additionalDetails": None},
    }
    return row | fields


def policy(name: str = "No persistent sessions", *, mode: str | None = "never", enabled: bool = True) -> Json:
    """An enabled policy for all users, all resources and any client that sets the persistent browser control; with
    `mode` None one that does not set it."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, ascii(name))),
        "displayName": name,
        "state": "enabled",
        "templateId": None,
        "createdDateTime": "2026-01-01T00:00:00Z",
        "modifiedDateTime": None,
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"], "excludeApplications": []},
            "users": {"includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "excludeGroups": []},
        },
        "grantControls": None,
        "sessionControls": {"persistentBrowser": {"mode": mode, "isEnabled": enabled}} if mode else None,
    }


def branding_row(hidden: bool | None, locale: int = 0) -> Json:
    """A branding row of the sign-in page. `hidden` None: the row does not hold the setting."""
    row: Json = {"asked_for": "contoso.onmicrosoft.com", "route": "userrealm", "read": END, "Locale": locale}
    return row if hidden is None else row | {"KeepMeSignedInDisabled": hidden}


def organization() -> Json:
    return {
        "id": TENANT_ID,
        "displayName": "Contoso",
        "verifiedDomains": [
            {"name": "contoso.onmicrosoft.com", "isInitial": True, "isDefault": False, "type": "Managed"},
            {"name": "contoso.com", "isInitial": False, "isDefault": True, "type": "Managed"},
        ],
    }


def named_location(
    name: str, *, ranges: Sequence[str] = (), countries: Sequence[str] = (), trusted: bool = False
) -> Json:
    """A named location of address ranges (CIDR), or of countries (two letters); its id follows from its name."""
    location: Json = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, ascii(name))),
        "displayName": name,
        "createdDateTime": "2026-01-01T00:00:00Z",
        "modifiedDateTime": "2026-01-01T00:00:00Z",
    }
    if countries:
        return location | {
            "@odata.type": "#microsoft.graph.countryNamedLocation",
            "countriesAndRegions": list(countries),
            "includeUnknownCountriesAndRegions": False,
            "countryLookupMethod": "clientIpAddress",
        }
    kinds = ((f"#microsoft.graph.iPv{6 if ':' in each else 4}CidrRange", each) for each in ranges)
    return location | {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "isTrusted": trusted,
        "ipRanges": [{"@odata.type": kind, "cidrAddress": each} for kind, each in kinds],
    }


def audit_entry(activity: str, user: str, at: str = AT, **fields: Any) -> Json:
    """An entry of the directory audit log: that an activity concerning a user (an id) succeeded; each call is another
    entry. Done by the help desk, unless `fields` say otherwise."""
    entry: Json = {
        "id": f"Directory_{uuid.uuid4()}",
        "category": "UserManagement",
        "result": "success",
        "resultReason": "",
        "activityDisplayName": activity,
        "activityDateTime": at,
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "initiatedBy": {
            "app": None,
            "user": {
                "id": "aaaaaaaa-0000-4000-8000-00000000000f",
                "displayName": None,
                "userPrincipalName": "helpdesk@contoso.com",
                "ipAddress": "",
            },
        },
        "targetResources": [{"id": user, "displayName": None, "type": "User", "modifiedProperties": []}],
        "additionalDetails": [],
    }
    return entry | fields


def role_assignment(principal: str, role: str, scope: str = "/") -> Json:
    """That a user, group or service principal holds a role: ids. The same will do for an eligibility."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, ascii((principal, role, scope)))),
        "principalId": principal,
        "roleDefinitionId": role,
        "directoryScopeId": scope,
        "appScopeId": None,
    }


@contextmanager
def tenant(
    *,
    sign_ins: Iterable[Json | bytes] = (),
    policies: Iterable[Any] = (),
    sign_in_page: Iterable[Json] = (),
    branding: Iterable[Json] = (),
    directory_objects: Iterable[Json] = (),
    role_templates: Iterable[Json] = (),
    service_principals: Iterable[Json] = (),
    named_locations: Iterable[Json] = (),
    role_assignments: Iterable[Json] = (),
    role_eligibilities: Iterable[Json] = (),
    group_members: Mapping[str, Sequence[str] | int | None] | None = None,
    policy_changes: Iterable[Json] = (),
    activity_timeouts: Iterable[Json] = (),
    token_lifetimes: Iterable[Json] = (),
    security_defaults: bool = False,
    registration_campaign: str = "disabled",
    user_events: Iterable[Json] = (),
    applications: Iterable[Json] = (),
    registrations: Iterable[Json] = (),
    password_dates: Iterable[Json] = (),
    missing: Mapping[str, str] | None = None,
    partial: Mapping[str, str] | None = None,
    spans: Iterable[tuple[str, str]] = ((START, END),),
    attestation: Attestation | None = None,
    administrators: Administrators | None = None,
    portal: str = "",
) -> Iterator[Tenant]:
    """A tenant as `auditor run` would see it. `missing`, `partial`: datasets, each with the reason. `spans`: which
    parts of the window, START to END, were read; rows lie where their time says. `group_members`: by the group's id,
    ids of users; a number for a group that is too big to be listed; None for one that is gone. `administrators`: as in
    the config; accounts that it names are looked for in `directory_objects`. `portal`: the address of a cloud's.
    `registration_campaign`: its state. `user_events`: entries of the audit log; those of other activities are left out.
    `applications` are service principals, `password_dates` users, `registrations` userRegistrationDetails."""
    given: dict[str, Iterable[Any]] = {
        "organization": [organization()],
        "branding": branding,
        "sign_in_page": sign_in_page,
        "policies": policies,
        "directory_objects": directory_objects,
        "role_templates": role_templates,
        "service_principals": service_principals,
        "named_locations": named_locations,
        "role_assignments": role_assignments,
        "role_eligibilities": role_eligibilities,
        "group_members": [_group(*each) for each in (group_members or {}).items()],
        "policy_changes": policy_changes,
        "activity_timeouts": activity_timeouts,
        "token_lifetimes": token_lifetimes,
        "security_defaults": [{"id": "00000000-0000-0000-0000-000000000005", "isEnabled": security_defaults}],
        "registration_campaign": [_methods_policy(registration_campaign)],
        "user_events": user_events,
        "applications": applications,
        "registrations": registrations,
        "password_dates": password_dates,
        "sign_ins": (),
    }
    missing, partial = missing or {}, partial or {}
    expected = administrators or Administrators()
    with tempfile.TemporaryDirectory(prefix="auditor-testing-") as name:
        header = Header(
            tenant=TENANT_ID,
            started=END,
            window_start=START,
            window_end=END,
            datasets=tuple(DATASETS),
            source={"kind": "test", "api": "v1.0", "portal": portal},
            break_glass=expected.break_glass,
            admin_sign_in_hours=expected.sign_in_hours,
            attestation=Attested(**dataclasses.asdict(attestation)) if attestation else None,
        )
        spool = Spool.create(Path(name) / "spool", header)
        for dataset, objects in given.items():
            state: State = "missing" if dataset in missing else "partial" if dataset in partial else "collected"
            spool.write_dataset(
                StoredDataset(
                    name=dataset,
                    state=state,
                    reason=missing.get(dataset) or partial.get(dataset) or "",
                    remedy=DATASETS[dataset].remedy if state != "collected" else "",
                    read=END,
                    value=[] if state == "missing" else [_raw(each) for each in objects],
                    beside=_BESIDE if dataset == "policies" and state != "missing" else {},
                )
            )
        if "sign_ins" not in missing:
            write_spans(spool, sign_ins, spans)
        spool.finish()
        with open_tenant(spool, lambda progress: None) as opened:
            yield held(opened, account(opened))


def parts_of(simulation: Simulation, api: str) -> dict[str, Any]:
    """A simulated tenant as `tenant()` takes it, as Graph would give it, with the rows of `api` ("v1.0" or "beta") that
    lie in the window from START to END."""
    from datetime import datetime, timedelta

    from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

    start, end = (datetime.fromisoformat(f"{text[:19]}+00:00") for text in (START, END))
    hidden = BETA_SIGN_IN_KEYS if api == "v1.0" else {"riskEventTypes"}
    kinds = (("user", simulation.users()), ("group", simulation.groups()))
    sign_ins = [
        {name: value for name, value in row.items() if name not in hidden} for row in simulation.sign_ins(start, end)
    ]
    entries = list(simulation.directory_audits(start - timedelta(days=1), end))
    page = simulation.sign_in_page() or [{}]
    campaign = simulation.authentication_methods_policy()["registrationEnforcement"]
    asked: dict[str, set[str]] = {
        dataset: {row[key] for row in sign_ins if row["status"]["errorCode"] in codes}
        for dataset, key, codes in (
            ("applications", "appId", _ASKED_OF_APPLICATIONS),
            ("registrations", "userId", _ASKED_OF_REGISTRATIONS),
            ("password_dates", "userId", _ASKED_OF_PASSWORDS),
        )
    }
    return {
        "sign_ins": sign_ins,
        "branding": [branding] if (branding := simulation.branding()) else [],
        "sign_in_page": [
            {"asked_for": simulation.initial_domain, "route": "userrealm", "read": END, **row} for row in page
        ],
        "policy_changes": [
            each for each in entries if each["category"] == "Policy" and START <= each["activityDateTime"] <= END
        ],
        "security_defaults": simulation.security_defaults()["isEnabled"],
        "registration_campaign": campaign["authenticationMethodsRegistrationCampaign"]["state"],
        "user_events": [each for each in entries if each["category"] == "UserManagement"],
        "applications": [each for each in simulation.service_principals() if each["appId"] in asked["applications"]],
        "registrations": [each for each in simulation.registration_details() if each["id"] in asked["registrations"]],
        "password_dates": [each for each in simulation.users() if each["id"] in asked["password_dates"]],
        "policies": simulation.policies(),
        "named_locations": simulation.named_locations(),
        "role_assignments": simulation.role_assignments(),
        "role_eligibilities": simulation.role_eligibilities(),
        "role_templates": simulation.directory_role_templates(),
        "group_members": {
            group["id"]: [
                member["id"]
                for member in simulation.group_members(group["id"])
                if member["@odata.type"] == "#microsoft.graph.user"
            ]
            for group in simulation.groups()
        },
        "directory_objects": [
            {"@odata.type": f"#microsoft.graph.{kind}", **each} for kind, listed in kinds for each in listed
        ],
    }


def _methods_policy(campaign: str) -> Json:
    about = {"state": campaign, "snoozeDurationInDays": 1, "includeTargets": [], "excludeTargets": []}
    return {
        "id": "authenticationMethodsPolicy",
        "registrationEnforcement": {"authenticationMethodsRegistrationCampaign": about},
    }


def _group(identity: str, members: Sequence[str] | int | None) -> Json:
    """As the collector stores it."""
    if members is None:
        return {"id": identity, "count": None, "members": None, "gone": True}
    if isinstance(members, int):
        return {"id": identity, "count": members, "members": None, "gone": False}
    return {"id": identity, "count": len(members), "members": list(members), "gone": False}


def _raw(value: Any) -> msgspec.Raw:
    """As the Graph client would have left it."""
    return msgspec.Raw(mended(json.dumps(value).encode()))


def write_spans(spool: Spool, rows: Iterable[Json | bytes], spans: Iterable[tuple[str, str]]) -> None:
    """Rows into files of sign-ins: each row into the span that holds its time; bytes and rows outside into the last."""
    bounds = list(spans)
    by_span: dict[tuple[str, str], list[bytes]] = {each: [] for each in bounds}
    for row in rows:
        home = bounds[-1]
        if not isinstance(row, bytes):
            home = next((each for each in bounds if each[0] <= str(row["createdDateTime"]) < each[1]), home)
        by_span[home].append(row if isinstance(row, bytes) else json.dumps(row).encode())
    for (start, end), lines in by_span.items():
        with spool.new_span() as writer:
            writer.add(lines)
            writer.done(start, end)


def run_check(check: Check, **parts: Any) -> CheckResult:
    """Runs one check on a tenant made of `parts` (see `tenant`). A fault in the check is an AssertionError here: an
    exception, a severity that it does not declare, two findings of one subject and key."""
    with tenant(**parts) as made:
        result = _run_check(check, made)
    if result.status is Status.FAILED:
        raise AssertionError(result.reason)
    return result


__all__ = [
    "AT",
    "END",
    "START",
    "TENANT_ID",
    "Administrators",
    "after",
    "audit_entry",
    "branding_row",
    "named_location",
    "organization",
    "parts_of",
    "policy",
    "role_assignment",
    "run_check",
    "sign_in",
    "tenant",
    "write_spans",
]
