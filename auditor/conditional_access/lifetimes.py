"""How long sessions and tokens last, where something besides Conditional Access says so: idle timeouts and lifetimes.

Both kinds of policy keep their rules as JSON within text, which anybody may have written: what is not understood is
named and decides nothing. The rules are documented on Graph's page of activityBasedTimeoutPolicy and on
configurable-token-lifetimes (2025-05-09); durations are .NET's, "d.hh:mm:ss", the days left out as a rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.tenant.records import LifetimePolicy

DEFAULT_APPLICATION = "default"
"""The application for which an idle timeout holds when none names the real one."""

AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
"""appId of the Azure portal, the only application that an idle timeout can name."""

RETIRED = frozenset(
    {
        "MaxInactiveTime",
        "MaxAgeSingleFactor",
        "MaxAgeMultiFactor",
        "MaxAgeSessionSingleFactor",
        "MaxAgeSessionMultiFactor",
    }
)
"""Lifetimes of refresh and session tokens: Microsoft Entra has ignored them since 2021-01-30."""

_DURATION = re.compile(r"(?:(\d{1,4})\.)?(\d{1,2}):(\d{2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdleTimeouts:
    """Seconds of idling after which web sessions end, by application (`DEFAULT_APPLICATION`, or an appId)."""

    policy: LifetimePolicy
    seconds: tuple[tuple[str, int], ...]
    not_understood: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenLifetimes:
    """`access`: seconds that access, ID and SAML tokens last, None when it does not say. `retired`: properties that
    stand in it and have no effect any more."""

    policy: LifetimePolicy
    access: int | None
    retired: tuple[str, ...]
    not_understood: tuple[str, ...]


def idle_timeouts(policy: LifetimePolicy) -> IdleTimeouts:
    """What an activityBasedTimeoutPolicy says."""
    found: dict[str, int] = {}
    strange: list[str] = []
    for rules in _rules(policy, "ActivityBasedTimeoutPolicy", strange):
        listed = rules.pop("ApplicationPolicies", None)
        strange += sorted(rules)
        for each in listed if isinstance(listed, list) else [listed]:
            application, length = _idle(each)
            if application is None or length is None:
                strange.append("an entry of ApplicationPolicies")
            elif found.setdefault(application, length) != length:
                strange.append(f"two timeouts for {application}")
    return IdleTimeouts(policy, tuple(sorted(found.items())), tuple(map(_cut, strange)))


def token_lifetimes(policy: LifetimePolicy) -> TokenLifetimes:
    """What a tokenLifetimePolicy says."""
    access: int | None = None
    retired: set[str] = set()
    strange: list[str] = []
    for rules in _rules(policy, "TokenLifetimePolicy", strange):
        for name, value in rules.items():
            if name in RETIRED:
                retired.add(name)
            elif name == "AccessTokenLifetime" and (length := duration(value)) is not None and access is None:
                access = length
            else:
                strange.append(f"{name}: {value!r}" if isinstance(value, str) else name)
    return TokenLifetimes(policy, access, tuple(sorted(retired)), tuple(map(_cut, strange)))


def duration(text: object) -> int | None:
    """Seconds of "d.hh:mm:ss"; None for what is not understood. Minutes may be more than 59, as Microsoft writes
    ninety of them; 24 hours and more may not, for .NET takes those for days."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if hours > 23 or seconds > 59:
        return None
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def in_words(seconds: int) -> str:
    """As "1 hour 30 minutes"."""
    parts = []
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}" if count == 1 else f"{count} {unit}s")
    return " ".join(parts) or "0 seconds"


def _rules(policy: LifetimePolicy, kind: str, strange: list[str]) -> Iterator[dict[str, Any]]:
    """The object under `kind` of each text of the definition, without its version; others are added to `strange`."""
    for text in policy.definition:
        try:
            loaded = json.loads(text)
        except (ValueError, RecursionError):  # anything may stand here, also ten thousand brackets
            strange.append(f"a definition that is no JSON: {text!r}")
            continue
        rules = loaded.get(kind) if isinstance(loaded, Mapping) else None
        if not isinstance(rules, dict) or len(loaded) != 1 or rules.pop("Version", None) != 1:
            strange.append(f"a definition: {text!r}")
        else:
            yield rules
    if not policy.definition:
        strange.append("no definition at all")


def _idle(entry: object) -> tuple[str | None, int | None]:
    if not isinstance(entry, Mapping) or set(entry) != {"ApplicationId", "WebSessionIdleTimeout"}:
        return None, None
    application = entry["ApplicationId"]
    return (application.lower() if isinstance(application, str) else None), duration(entry["WebSessionIdleTimeout"])


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
