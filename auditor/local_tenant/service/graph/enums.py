"""Evolvable enumerations: members added after `unknownFutureValue`, which Graph hides from whoever does not ask.

A caller that does not send `Prefer: include-unknown-enum-members` sees `unknownFutureValue` in their place. The table
names those of the types that are served here. Rows share what is nested in them, so nothing is changed in place, and
what was looked through once is not looked through again.
"""

from __future__ import annotations

from typing import Any

UNKNOWN = "unknownFutureValue"

_LATER: dict[str, frozenset[str]] = {
    "result": frozenset({"reportOnlySuccess", "reportOnlyFailure", "reportOnlyNotApplied", "reportOnlyInterrupted"}),
    "riskDetail": frozenset(
        {
            "m365DAdminDismissedDetection",
            "adminConfirmedServicePrincipalCompromised",
            "adminDismissedAllRiskForServicePrincipal",
            "userChangedPasswordOnPremises",
            "adminDismissedRiskForSignIn",
            "adminConfirmedAccountSafe",
            "microsoftRevokedSessions",
        }
    ),
    "incomingTokenType": frozenset({"remoteDesktopToken", "refreshToken"}),
    "includePlatforms": frozenset({"linux"}),
    "excludePlatforms": frozenset({"linux"}),
    "builtInControls": frozenset({"riskRemediation"}),
}


class UnknownMembers:
    """Hides later members in the rows of one answer, in the properties named by `within` (all if empty)."""

    def __init__(self, within: tuple[str, ...] = ()) -> None:
        self._within = within
        self._seen: dict[int, tuple[Any, Any]] = {}

    def hide(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as this caller sees it: the given one itself where nothing is to be hidden, else a copy."""
        changed = {}
        for name in self._within or row:
            value = row.get(name)
            shown = self._shown(name, value)
            if shown is not value:
                changed[name] = shown
        return {**row, **changed} if changed else row

    def _shown(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return UNKNOWN if name in _LATER and value in _LATER[name] else value
        if not isinstance(value, (dict, list)) or not value:
            return value
        known = self._seen.get(id(value))
        if known is None:
            # The value is kept beside its copy, so that no other can come to have its id.
            known = self._seen[id(value)] = (value, self._copied(name, value))
        return known[1]

    def _copied(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            members = [self._shown(name, member) for member in value]
            return members if any(new is not old for new, old in zip(members, value, strict=True)) else value
        shown = {inner: self._shown(inner, member) for inner, member in value.items()}
        return shown if any(shown[inner] is not value[inner] for inner in value) else value
