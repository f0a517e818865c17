"""Interrupts as the engine gives them, made of rows without it: whoever explains must not depend on how they come."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import pytest

from auditor import testing
from auditor.explain.causes import CAUSES
from auditor.explain.explainer import Explainer
from auditor.explain.explanation import Explanation
from auditor.sign_ins.attempts import attempts, is_interrupt
from auditor.sign_ins.rows import Row, narrow
from auditor.sign_ins.seen import SeenRow, seen
from auditor.tenant.instant import parse
from auditor.tenant.sign_in_log import Interrupt, Outcome, Seen

_decode = msgspec.json.Decoder(SeenRow).decode


def interrupt_of(row: Row, sight: Seen | None, attempt: tuple[int | None, ...]) -> Interrupt:
    return Interrupt(
        at=row.at,
        id=row.id,
        created=row.created,
        code=row.code or 0,
        user_id=row.user_id,
        user=row.user,
        app_id=row.app_id,
        app=row.app,
        correlation_id=row.correlation_id,
        own_user=row.own_user,
        interactive=row.interactive,
        outcome=Outcome.NOT_KNOWN,
        attempt=attempt,
        seen=sight,
    )


def interrupts(rows: Iterable[dict[str, Any]], *, failures: bool = False) -> Iterator[Interrupt]:
    """The interrupts among rows of Graph JSON, each with its attempt and what its row shows; `failures`: and every
    other row."""
    by_correlation: dict[str, list[Row]] = defaultdict(list)
    sights: dict[str, Seen] = {}
    for json_row in rows:
        decoded = _decode(json.dumps(json_row).encode())
        row = narrow(decoded, parse(decoded.createdDateTime), 0)
        sights[row.id] = seen(decoded)
        by_correlation[row.correlation_id or f"alone {row.id}"].append(row)
    for group in by_correlation.values():
        for attempt, _ in attempts(group):
            codes = tuple(row.code for row in attempt)
            for row in attempt:
                if failures or is_interrupt(row):
                    yield interrupt_of(row, sights[row.id], codes)


def explained(*rows: dict[str, Any], **parts: Any) -> list[Explanation]:
    """Why the rows came about, in their order, in a tenant of these parts: see `auditor.testing.tenant`."""
    with testing.tenant(sign_ins=rows, **parts) as tenant:
        explainer = Explainer(tenant)
        found = {each.id: explainer.explain(each) for each in interrupts(rows, failures=True) if each.code in CAUSES}
    return [found[row["id"]] for row in rows if row["id"] in found]


@pytest.fixture(name="explained")
def _explained() -> Callable[..., list[Explanation]]:
    return explained


@pytest.fixture(name="interrupts")
def _interrupts() -> Callable[..., Iterator[Interrupt]]:
    return interrupts


@pytest.fixture
def why() -> Callable[..., Explanation]:
    """Why the one row came about."""
    return lambda row, **parts: explained(row, **parts)[0]


def applied(policy: dict[str, Any], result: str = "failure", **more: Any) -> dict[str, Any]:
    """A policy as a row lists it."""
    return {
        "id": policy["id"],
        "displayName": policy["displayName"],
        "result": result,
        "enforcedGrantControls": [],
        "enforcedSessionControls": [],
        **more,
    }


@pytest.fixture(name="applied")
def _applied() -> Callable[..., dict[str, Any]]:
    return applied


@pytest.fixture
def change() -> Callable[..., dict[str, Any]]:
    """What the audit log holds of a change of a policy: what it was (None: it was added; a text: as it stands) and what
    it became."""

    def entry(before: Any, after: Any, at: str, by: str = "boss@contoso.com", activity: str = "") -> dict[str, Any]:
        either = after if isinstance(after, dict) else before
        made = activity or ("Add" if before is None else "Update") + " conditional access policy"
        values = {
            key: value if value is None or isinstance(value, str) else json.dumps(value)
            for key, value in (("oldValue", before), ("newValue", after))
        }
        return testing.audit_entry(
            made,
            "",
            at,
            category="Policy",
            initiatedBy={"app": None, "user": {"userPrincipalName": by}},
            targetResources=[
                {
                    "id": either["id"],
                    "type": "Policy",
                    "modifiedProperties": [{"displayName": "ConditionalAccessPolicy", **values}],
                }
            ],
        )

    return entry
