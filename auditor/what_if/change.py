"""A change that somebody thinks of: hide the prompt, put a policy in, or disable one. It is only ever thought through:
nothing here, and nothing that takes a change, writes to a tenant.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditor.encoding import NotText, read_text
from auditor.errors import ConfigError
from auditor.tenant import graph_json
from auditor.tenant.policy import DISABLED, ENABLED, REPORT_ONLY, Policy
from auditor.tenant.shapes import datasets_of, objects_in

HIDE_PROMPT = "hide-prompt"
NEW_POLICY = "new-policy"
REPLACE_POLICY = "replace-policy"
DISABLE_POLICY = "disable-policy"

NEW_ID = "new-policy"
"""The id of a policy that has none yet."""

_MOST_NAMED = 5
_WHOLE = (
    "Give one whole policy as Graph JSON, as GET /identity/conditionalAccess/policies/ID answers it; a new one needs "
    "no id."
)


@dataclass(frozen=True, slots=True)
class Change:
    """`before`: the policy as it is; None for a new one. `after`: as it would be. Neither for hiding the prompt."""

    kind: str
    before: Policy | None = None
    after: Policy | None = None


def policy_in(path: Path) -> Policy:
    """The one policy in a file of UTF-8 or UTF-16: alone, in a list or in Graph's `value`, as Graph writes it or as
    PowerShell does, and in all else that exports are read in. ConfigError says what is wrong with it."""
    try:
        found: Any = json.loads(read_text(path))
    except OSError as error:
        raise ConfigError(f"The policy file {path} cannot be read: {error.strerror}.", _WHOLE) from None
    except NotText as error:
        raise ConfigError(f"The policy file {path} cannot be read: {error}.", _WHOLE) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not JSON: {error}.", _WHOLE) from None
    try:
        objects = [each for row in _rows(found, path) for each in objects_in(row)]
    except RecursionError:
        raise ConfigError(f"{path} is nested too deep.", _WHOLE) from None
    policies = [each for each in objects if "policies" in datasets_of(each)] or objects
    if len(policies) != 1:
        raise ConfigError(f"{path} holds {len(policies)} policies, and one is wanted.", "Leave one in it.")
    return _understood(policies[0], path)


def _rows(found: Any, path: Path) -> Iterator[Mapping[str, Any]]:
    listed = found.get("value") if isinstance(found, Mapping) else found
    for each in listed if isinstance(listed, list) else [found]:
        if not isinstance(each, Mapping):
            raise ConfigError(f"{path} holds no policy but {_kind(each)}.", _WHOLE)
        yield each


def _understood(found: Mapping[str, Any], path: Path) -> Policy:
    for part, remedy in (
        # A policy read without its conditions would reach nobody, and answer for another.
        ("conditions", _WHOLE),
        ("state", f"Set it to {ENABLED}, {DISABLED} or {REPORT_ONLY}."),
    ):
        if not found.get(part):
            raise ConfigError(f"{path}: the policy has no {part}.", remedy)
    try:
        return graph_json.policy({**found, "id": found.get("id") or NEW_ID})
    except ValueError as error:
        raise ConfigError(f"{path}: {error}.", _WHOLE) from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deep.", _WHOLE) from None


def _kind(value: object) -> str:
    return {str: "a text", bool: "true or false", type(None): "null", list: "a list"}.get(type(value), "a number")


def putting_in(policy: Policy, policies: Iterable[Policy]) -> Change:
    """The policy beside the others, or in the place of the one with its id."""
    before = next((each for each in policies if each.id.lower() == policy.id.lower()), None)
    if before is None:
        return Change(NEW_POLICY, None, policy)
    return Change(REPLACE_POLICY, before, replace(policy, id=before.id))


def disabling(wanted: str, policies: Sequence[Policy]) -> Change:
    """The policy of that id, or of that name when only one has it. ConfigError when it cannot be told which."""
    before = _named(wanted, policies)
    return Change(DISABLE_POLICY, before, replace(before, state=DISABLED))


def _named(wanted: str, policies: Sequence[Policy]) -> Policy:
    ways = (
        [each for each in policies if each.id.lower() == wanted.lower()],
        [each for each in policies if each.name == wanted],
        [each for each in policies if each.name.casefold() == wanted.casefold()],
    )
    found = next(filter(None, ways), [])
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(each.id for each in found)
        raise ConfigError(f"{len(found)} policies are called {wanted!r}.", f"Name one by its id: {ids}.")
    near = _near(wanted, policies)
    if near:
        raise ConfigError(f"There is no policy {wanted!r}.", f"Did you mean {' or '.join(map(repr, near))}?")
    names = [repr(each.name) for each in policies[:_MOST_NAMED]]
    more = f" and {len(policies) - _MOST_NAMED} more" if len(policies) > _MOST_NAMED else ""
    known = f"There are: {', '.join(names)}{more}." if names else "The tenant has no policies."
    raise ConfigError(f"There is no policy {wanted!r}.", known)


def _near(wanted: str, policies: Sequence[Policy]) -> list[str]:
    """Names spelt like it, and longer ones that begin like it."""
    names = {each.name.casefold(): each.name for each in policies if each.name}
    begins = {name[: len(wanted) + 1]: name for name in names}
    spelt = difflib.get_close_matches(wanted.casefold(), names, n=3)
    begun = [begins[each] for each in difflib.get_close_matches(wanted.casefold(), begins, n=3, cutoff=0.8)]
    holding = [name for name in names if wanted.casefold() in name]
    return [names[name] for name in dict.fromkeys((*spelt, *begun, *holding))][:3]
