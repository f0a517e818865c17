"""The rules of one moment, as far as prompts and browser sessions go: the tenant's setting and its policies."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditional_access.decision import NO, YES, Decision, not_known
from auditor.conditional_access.persistence import Persistence
from auditor.stay_signed_in import HIDDEN, SHOWN
from auditor.tenant.circumstances import EXTERNAL, INTERNAL_GUEST, MEMBER, Circumstances

_WHOSE = not_known("The log does not say whether the person is of this tenant or a guest, who sees another setting.")


def whose(own: bool | None) -> Decision:
    """Whether it is this tenant's setting that the person sees. `own`: see `of_this_tenant`."""
    return _WHOSE if own is None else YES if own else NO


@dataclass(frozen=True, slots=True)
class Rules:
    """`setting`: shown, hidden or not known. `persistence`: what the policies do; None when they could not be read.
    `changed`: among them the one that the change is about, as a bit; 0 for none."""

    setting: str
    persistence: Persistence | None
    changed: int = 0

    def shows(self, own: bool | None) -> Decision:
        """Whether this tenant's setting leaves the prompt, as it does for guests, who see their own tenant's."""
        if own is False or self.setting == SHOWN:
            return YES
        if own is None:
            return _WHOSE
        return (
            NO if self.setting == HIDDEN else not_known("Whether the tenant's setting shows the prompt is not known.")
        )


def of_this_tenant(seen: Circumstances | None, own_user: bool | None = None) -> bool | None:
    """Whether the account is of this tenant, whose setting it then sees; None when the row does not say. `own_user`:
    what the row says in short, where there is one."""
    kinds = seen.person.kinds if seen is not None else frozenset()
    if kinds and kinds <= EXTERNAL:
        return False
    if kinds and kinds <= {MEMBER, INTERNAL_GUEST}:
        return True
    return own_user
