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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from auditor.audit import open_tenant
from auditor.check import Check, CheckResult, Status
from auditor.check import run_check as _run_check
from auditor.spool.spool import Attested, Header, Spool, State, StoredDataset
from auditor.tenant.dataset import DATASETS
from auditor.tenant.instant import MINUTE, parse, to_text
from auditor.tenant.mending import mended
from auditor.tenant.records import Attestation
from auditor.tenant.tenant import Tenant

TENANT_ID = "11111111-2222-4333-8444-555555555555"
START = "2026-11-01T00:00:00.0000000Z"
END = "2026-11-08T00:00:00.0000000Z"
AT = "2026-11-04T09:00:00.0000000Z"

Json = dict[str, Any]


def after(minutes: float, since: str = AT) -> str:
    """An instant so many minutes after another, as Graph writes it."""
    return to_text(parse(since) + round(minutes * MINUTE))


def sign_in(code: int, at: str = AT, **fields: Any) -> Json:
    """A v1.0 sign-in row of one member of the tenant in one attempt; each call is another row."""
    row: Json = {
        "id": str(uuid.uuid4()),
        "createdDateTime": at,
        "userId": "aaaaaaaa-0000-4000-8000-000000000001",
        "userPrincipalName": "ada@contoso.com",
        "appId": "bbbbbbbb-0000-4000-8000-000000000001",
        "appDisplayName": "Expenses",
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
    missing: Mapping[str, str] | None = None,
    partial: Mapping[str, str] | None = None,
    spans: Iterable[tuple[str, str]] = ((START, END),),
    attestation: Attestation | None = None,
) -> Iterator[Tenant]:
    """A tenant as `auditor run` would see it. `missing`, `partial`: datasets, each with the reason. `spans`: which
    parts of the window, START to END, were read; rows lie where their time says."""
    given: dict[str, Iterable[Any]] = {
        "organization": [organization()],
        "branding": branding,
        "sign_in_page": sign_in_page,
        "policies": policies,
        "directory_objects": directory_objects,
        "role_templates": role_templates,
        "service_principals": service_principals,
        "sign_ins": (),
    }
    missing, partial = missing or {}, partial or {}
    with tempfile.TemporaryDirectory(prefix="auditor-testing-") as name:
        header = Header(
            tenant=TENANT_ID,
            started=END,
            window_start=START,
            window_end=END,
            datasets=tuple(DATASETS),
            source={"kind": "test", "api": "v1.0"},
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
                )
            )
        if "sign_ins" not in missing:
            write_spans(spool, sign_ins, spans)
        spool.finish()
        with open_tenant(spool, lambda progress: None) as opened:
            yield opened


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
    """Runs one check on a tenant made of `parts` (see `tenant`). A fault in the check is an AssertionError here."""
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
    "after",
    "branding_row",
    "organization",
    "policy",
    "run_check",
    "sign_in",
    "tenant",
    "write_spans",
]
