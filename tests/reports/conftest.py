from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.acceptance import accepting
from auditor.audit import facts
from auditor.compare import compare
from auditor.config import Accept
from auditor.run import Run, TenantRun, Unreached
from auditor.testing import after, branding_row, policy, role_assignment, sign_in, tenant
from auditor_checks import ALL


def audited(source: dict[str, str], **parts: Any) -> TenantRun:
    with tenant(**parts) as made:
        return facts(made, ALL, source)


@pytest.fixture
def run_of() -> Callable[..., Run]:
    """`run_of(policies=[...], ...)`: the run of a tenant made of parts, see `auditor.testing.tenant`."""

    def make(**parts: Any) -> Run:
        made = audited({"kind": "test", "api": "v1.0"}, **parts)
        return Run("2026-11-21T00:00:00Z", "1.2.3", (("auditor", "1.2.3"),), (made,))

    return make


ADA, BOB = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
HOSTILE = '=Kiosks | "front" <b>desk</b> `x` @all [here](javascript:alert)'


def _log() -> list[dict[str, Any]]:
    """Attempts of two people: completed, failed, abandoned, with a code that nobody knows."""

    def row(number: int, code: int, minutes: float, **fields: Any) -> dict[str, Any]:
        return sign_in(code, after(minutes), id=f"00000000-0000-4000-8000-{number:012}", **fields)

    bob = {"userId": BOB, "userPrincipalName": "bob@contoso.com", "appDisplayName": "Time\u202esheets"}
    return [
        row(1, 50140, 0, correlationId="c1"),
        row(2, 0, 1, correlationId="c1"),
        row(3, 50074, 100, correlationId="c2"),
        row(4, 500121, 102, correlationId="c2"),
        row(5, 50125, 300, correlationId="c3", **bob),
        row(6, 50140, 600, correlationId="c4", **bob),
        row(7, 0, 601, correlationId="c4", **bob),
        row(8, 999_999, 900, correlationId="c5", **bob),
    ]


@pytest.fixture(scope="session")
def canonical() -> Run:
    """Two tenants and one out of reach. In the first everything was read, something is accepted, and there is an
    earlier run to compare with; in the second the log is missing and policies are partial."""
    source = {"kind": "Microsoft Graph", "api": "v1.0"}
    everybody = {
        "role_assignments": [role_assignment(ADA, ADMINISTRATOR)],
        "directory_objects": [
            {
                "@odata.type": "#microsoft.graph.user",
                "id": ADA,
                "displayName": "Ada",
                "userPrincipalName": "ada@contoso.com",
                "userType": "Member",
            }
        ],
        "portal": "https://portal.azure.com",
    }
    trial = policy("Trial") | {"state": "enabledForReportingButNotEnforced"}
    before = audited(
        source,
        sign_ins=_log()[:4],
        sign_in_page=[branding_row(True)],
        policies=[policy("Old kiosks", mode="always"), policy("Trial")],
        **everybody,
    )
    now = audited(
        source,
        sign_ins=_log(),
        sign_in_page=[branding_row(False)],
        policies=[policy(HOSTILE, mode="always"), policy("Front desk", mode="always"), trial],
        **everybody,
    )
    other = replace(
        audited(
            source,
            policies=[policy("Never")],
            sign_in_page=[],
            missing={"sign_ins": "Graph answered 403: the tenant has no premium licence."},
            partial={"policies": "One page of two was read; then Graph answered 503."},
        ),
        id="99999999-2222-4333-8444-555555555555",
        name="Woodgrove",
        domain="woodgrove.example",
    )
    rules = (
        Accept(
            check="persistent-browser-always",
            subject="Front desk",
            reason="The desk is manned | day and night.",
            owner="@ops",
        ),
        Accept(check="persistent-browser-inert", subject="Trial", reason="It runs until spring.", until="2026-11-20"),
        Accept(check="session-lifetime", subject="Gone", reason="Nobody remembers."),
    )
    first, second = accepting((now, other), rules, date(2026, 11, 21))
    first = replace(first, since=compare(before, first, "2026-11-14T03:42:00Z"))
    return Run(
        "2026-11-21T03:42:00Z",
        "1.2.3",
        (("auditor", "1.2.3"), ("auditor-extra", "0.1")),
        (first, second),
        (Unreached("fabrikam.example", "Signing in was refused: the secret has expired.", "Renew the secret."),),
    )
