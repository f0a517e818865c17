"""Non-interactive sign-ins: the tokens that a client fetches without its user after an interactive success.

The simulated log itself is interactive only. As in life the silent row follows at once, under the correlation id of the
sign-in it belongs to and for the same app; it comes a millisecond after the success, before anything else of the
attempt, so that it changes no outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.local_tenant.simulation.identity import Json, guid

_GRAPH = ("00000003-0000-0000-c000-000000000000", "Microsoft Graph")
_MILLISECOND = 10_000  # ticks


def silent_rows(rows: Iterable[Json]) -> Iterator[Json]:
    """A silent row for every success among `rows`, in their order."""
    for row in rows:
        if row["status"]["errorCode"] == 0 and row["isInteractive"]:
            yield _following(row)


def _following(row: Json) -> Json:
    created = row["createdDateTime"]
    # At the end of a second it stays there: it must not pass the row that follows.
    fraction = min(int(created[20:27]) + _MILLISECOND, 9_999_999)
    return {
        **row,
        "id": guid("silent", row["id"]),
        "createdDateTime": f"{created[:19]}.{fraction:07d}Z",
        "isInteractive": False,
        "signInEventTypes": ["nonInteractiveUser"],
        "incomingTokenType": "refreshToken",
        "resourceId": _GRAPH[0],
        "resourceDisplayName": _GRAPH[1],
        "authenticationDetails": [],
        "uniqueTokenIdentifier": guid("token", row["id"])[:22],
    }
