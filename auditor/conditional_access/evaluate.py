"""Does a policy apply to a sign-in? Three values, each with reasons: what is not known is never turned into a no.

`applies` is the question; `conditions_hold` leaves the policy's state aside, as report-only policies are judged by
their conditions too. The parts (`people`, `resources`, `ways`) are separate because a million sign-ins share few of
each: see `board`.
"""

from __future__ import annotations

from auditor.conditional_access.decision import YES, Decision, all_of, no, not_known
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.people import people
from auditor.conditional_access.resources import resources
from auditor.conditional_access.ways import ways
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.policy import DISABLED, ENABLED, REPORT_ONLY, Policy


def applies(policy: Policy, circumstances: Circumstances, directory: Directory) -> Decision:
    """Whether the policy is enforced on the sign-in."""
    return all_of((in_force(policy), conditions_hold(policy, circumstances, directory)))


def in_force(policy: Policy) -> Decision:
    """Whether the policy's state lets it do anything."""
    if policy.state == DISABLED:
        return no("The policy is disabled.")
    if policy.state == REPORT_ONLY:
        return no("The policy is report-only: it records what it would do and enforces nothing.")
    if policy.state != ENABLED:
        return not_known(f"The policy's state {policy.state!r} is not known to this version.")
    return YES


def conditions_hold(policy: Policy, circumstances: Circumstances, directory: Directory) -> Decision:
    """Whether every condition holds, whatever the policy's state."""
    conditions = policy.conditions
    return all_of(
        (
            people(conditions, circumstances.person, directory),
            resources(conditions, circumstances.target),
            ways(conditions, circumstances.way, directory),
        )
    )
