"""What a local tenant's Graph shows in its beta version only, and what it has not got: all that differs from one real
tenant to the next, for whoever needs another one than the usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """Usually v1.0 and beta list the same policies, and there are no policy plans and no deleted policies."""

    only_beta: frozenset[str] = frozenset()
    """Names of policies that v1.0 leaves out, as they use what only beta has."""
    conditions: Mapping[str, Json] = field(default_factory=dict)
    """Name of a policy -> conditions of it that v1.0 drops."""
    plans: tuple[Json, ...] = ()
    """conditionalAccessPolicyPlan objects, each with its `rules`, which are listed by themselves."""
    deleted: tuple[Json, ...] = ()
    """conditionalAccessPolicy objects, each with its `deletedDateTime`."""
    refuses: Mapping[str, int] = field(default_factory=dict)
    """Version and path, such as `beta/identity/conditionalAccess/plans` -> the status that Graph answers with."""


USUAL = Preview()
