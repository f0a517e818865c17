"""Does a policy apply to a sign-in? Three values, each with reasons: what is not known is never turned into a no.

Now only the policy's state decides; the conditions are *not known* until they are evaluated (users, applications,
client apps, devices, locations, platforms, risk). Causes and findings ask through `applies` and stay as they are then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from auditor.tenant.policy import DISABLED, ENABLED, REPORT_ONLY, Policy


class Applies(str, Enum):
    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Decision:
    applies: Applies
    reasons: tuple[str, ...]


def applies(policy: Policy, sign_in: Mapping[str, Any]) -> Decision:
    """Whether `policy` is enforced on `sign_in` (a row as Graph JSON)."""
    if policy.state == DISABLED:
        return Decision(Applies.NO, ("The policy is disabled.",))
    if policy.state == REPORT_ONLY:
        return Decision(Applies.NO, ("The policy is report-only: it records what it would do and enforces nothing.",))
    if policy.state != ENABLED:
        return Decision(Applies.NOT_KNOWN, (f"The policy's state {policy.state!r} is not known to this version.",))
    return Decision(Applies.NOT_KNOWN, ("The policy's conditions are not evaluated yet.",))
