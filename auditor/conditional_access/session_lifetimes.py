"""All that a tenant sets on how long sessions last, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditional_access.frequencies import asking
from auditor.conditional_access.lifetimes import (
    DEFAULT_APPLICATION,
    IdleTimeouts,
    TokenLifetimes,
    idle_timeouts,
    token_lifetimes,
)
from auditor.conditional_access.prompt_reach import decides
from auditor.tenant.dataset import Missing
from auditor.tenant.policy import Policy
from auditor.tenant.tenant import Tenant


@dataclass(frozen=True, slots=True)
class SessionLifetimes:
    """`frequencies`, `persistent`: policies in force that set one. `idle`, `tokens`: whatever there is."""

    frequencies: tuple[Policy, ...] = ()
    persistent: tuple[Policy, ...] = ()
    idle: tuple[IdleTimeouts, ...] = ()
    tokens: tuple[TokenLifetimes, ...] = ()

    @property
    def idle_in_force(self) -> tuple[IdleTimeouts, ...]:
        """An idle timeout works as the organization's default or not at all."""
        return tuple(each for each in self.idle if each.policy.is_default is True and each.seconds)

    @property
    def idle_seconds(self) -> int | None:
        """Of whatever has no timeout of its own, Microsoft 365 first of all; None without one."""
        found = (length for each in self.idle_in_force for name, length in each.seconds if name == DEFAULT_APPLICATION)
        return next(found, None)

    @property
    def lasting(self) -> tuple[TokenLifetimes, ...]:
        """The policies that say how long tokens last."""
        return tuple(each for each in self.tokens if each.access is not None)


def session_lifetimes(tenant: Tenant) -> SessionLifetimes:
    """As far as policies, activity_timeouts and token_lifetimes were read."""
    readings = map(tenant.reading, ("policies", "activity_timeouts", "token_lifetimes"))
    policies, idle, tokens = (() if isinstance(each, Missing) else each.value for each in readings)
    return SessionLifetimes(
        frequencies=asking(policies),
        persistent=tuple(policy for policy in policies if decides(policy)),
        idle=tuple(map(idle_timeouts, idle)),
        tokens=tuple(map(token_lifetimes, tokens)),
    )
