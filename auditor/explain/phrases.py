"""Names of a tenant's things in sentences. They are hostile text: quoted, and cut where they would hide the rest."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 80
_MOST = 5


def quoted(name: str, otherwise: str = "") -> str:
    """The name in quotes; what stands `otherwise` (an id, say) where there is none."""
    shown = name or otherwise
    return repr(shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}...")


def listed(names: Iterable[str]) -> str:
    """ "'a', 'b' and 3 more"."""
    given = list(dict.fromkeys(names))
    shown = [quoted(name) for name in given[:_MOST]]
    if len(given) > _MOST:
        return f"{', '.join(shown)} and {len(given) - _MOST} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)
