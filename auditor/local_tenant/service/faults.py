"""What can go wrong on request, by name: the faults that a local tenant shows its clients.

Every fault is one that Microsoft, or the network before it, has shown somebody in life. A transient one lets a client
that asks again, begins a listing anew or takes a fresh token have everything all the same; after any other, the honest
end is a part of the rows. This module only names and bounds them (standard library alone, so that a command line may
ask it for names); `fault_injection` does them.
"""

from __future__ import annotations

from dataclasses import dataclass

STATUSES = {f"{status}-{form}": (status, form) for status in (500, 502, 503, 504) for form in ("json", "html")}
"""Fault -> status and form of body. JSON comes from the service, HTML from a gateway that stands before it."""

TRANSIENT = {
    "408": "408 Request Timeout",
    "429-seconds": "429, Retry-After in whole seconds",
    "429-fraction": "429, Retry-After in seconds and a fraction, which no RFC allows and Graph sends",
    "429-date": "429, Retry-After as an HTTP date",
    "429-bare": "429 without Retry-After",
    **{
        name: f"{status} with {'the body of the service' if form == 'json' else 'the HTML page of a gateway'}"
        for name, (status, form) in STATUSES.items()
    },
    "reset": "the connection is reset before a byte of the answer",
    "reset-in-body": "the connection is reset in the middle of the body",
    "stall": "no byte for some seconds, before the answer or in the middle of it; then the rest",
    "hang": "no byte any more, before the answer or in the middle of it, until the client gives up",
    "truncated": "the connection is closed in order before as many bytes as Content-Length says",
    "cut-json": "a complete answer whose JSON ends in the middle",
    "expired-skiptoken": "400 for a nextLink, and ever after for that link; the same listing begun anew goes on",
    "empty-page": "a page without rows, and a nextLink",
    "short-page": "a page with fewer rows than there are to give, and a nextLink to the others",
    "repeated-rows": "up to three rows of the page before, once more",
    "changed-rows": "up to three sign-ins of the page before, once more, with other additionalDetails and riskState",
    "expired-token": "401 for an access token that was good so far, until another is presented",
    "premium-403": "403 for want of a premium licence, from a report of a tenant that has one",
}
"""The faults after which a client can still have everything, and what each is."""

PERMANENT = {
    "foreign-link": "a nextLink to another host, on this and every later page of that listing",
    "outage": "503 from Graph for every request after the first few",
    "forbidden-midway": "403 from Graph for every request after the first few",
}
"""The faults after which there is no way to the rest."""

KNOWN = {**TRANSIENT, **PERMANENT}

GROUPS = {
    "transient": frozenset(TRANSIENT),
    "all": frozenset({*TRANSIENT, "foreign-link"}),
}
"""Names for several. `outage` and `forbidden-midway` are in none: after them no other fault would be seen."""

MOST_IN_A_ROW = 3
"""How many faults in a row one request meets, and how often one listing loses its place before it comes to its end."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Which faults a local tenant shows, and how often. Raises `ValueError` for a name or rate that cannot be.

    The same faults come to the same requests in the same order: each service's n-th request is drawn by `seed` and n.
    """

    names: frozenset[str]
    rate: float = 0.2
    """The share of requests that meet a fault, from 0 to 1. `outage` and `forbidden-midway` do not heed it."""
    seed: int = 0
    retry_after: float = 1.0
    """Seconds that a Retry-After asks for (whole ones and dates are rounded up)."""
    stall: float = 3.0
    """Seconds that a stall takes."""
    hang: float = 240.0
    """Seconds after which a connection that hangs is dropped, as load balancers do, if its client is still there."""
    after: int = 10
    """How many requests Graph answers before an outage, or before it forbids."""

    def __post_init__(self) -> None:
        if strangers := sorted(self.names - set(KNOWN)):
            raise ValueError(
                f"Unknown fault: {', '.join(strangers)}. Known are {', '.join(KNOWN)}, "
                f"and for several of them {', '.join(GROUPS)}."
            )
        if not 0 <= self.rate <= 1:
            raise ValueError(f"The rate of faults is a share from 0 to 1, not {self.rate}.")


def parse(text: str) -> frozenset[str]:
    """The faults named in `text`, separated by commas, groups among them. Raises `ValueError` for an unknown name."""
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if not words:
        raise ValueError(f"No fault is named. Known are {', '.join(KNOWN)}, and for several {', '.join(GROUPS)}.")
    return Faults(frozenset().union(*(GROUPS.get(word, {word}) for word in words))).names
