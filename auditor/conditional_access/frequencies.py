"""Sign-in frequencies: who has to sign in again, and how often; and where several reach the same sign-ins.

The most restrictive one decides then (concepts-azure-multi-factor-authentication-prompts-session-lifetime, 2025-03-04).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.conditional_access.board import Board, numbers
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.limits import SECOND_FACTOR
from auditor.tenant.policy import Policy, SignInFrequency
from auditor.tenant.sign_in_log import Sight

EVERY_TIME = "everyTime"
ROLLING_DAYS = 90
"""After so many days without use a session ends by Microsoft's default, however often it could be used before."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Policies that ask for a sign-in at different times, and completed sign-ins that all of them reach."""

    policies: tuple[Policy, ...]
    sign_ins: int


def asking(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """The enforced policies with an enabled sign-in frequency that include somebody."""
    return tuple(
        policy
        for policy in policies
        if policy.enforced
        and policy.sign_in_frequency is not None
        and policy.sign_in_frequency.enabled is True
        and not policy.conditions.users.nobody_included
        and not policy.conditions.workload_identities
    )


def often(control: SignInFrequency) -> str | None:
    """As "every 4 hours", "every time (second factor only)"; None in words that this version does not know."""
    if control.interval == EVERY_TIME:
        times = "every time"
    elif control.hours is None or control.value is None or control.value < 1:
        return None
    else:
        unit = (control.unit or "").removesuffix("s")
        times = f"every {unit}" if control.value == 1 else f"every {control.value} {unit}s"
    return f"{times} (second factor only)" if control.authentication == SECOND_FACTOR else times


def meetings(policies: Sequence[Policy], directory: Directory, sights: Iterable[Sight]) -> tuple[Meeting, ...]:
    """Where policies that ask at different times reach the same sign-ins of the log; the most frequent first."""
    board = Board(policies, directory)
    counts: dict[int, int] = {}
    for sight in sights:
        if sight.completed:
            yes, _ = board.verdict(sight.circumstances)
            counts[yes] = counts.get(yes, 0) + sight.completed
    found = (Meeting(tuple(policies[number] for number in numbers(bits)), count) for bits, count in counts.items())
    differing = (each for each in found if len({_times(policy) for policy in each.policies}) > 1)
    return tuple(sorted(differing, key=lambda each: (-each.sign_ins, [policy.id for policy in each.policies])))


def _times(policy: Policy) -> str | None:
    return often(policy.sign_in_frequency) if policy.sign_in_frequency else None
