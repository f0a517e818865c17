"""Which addresses a report may link to."""

from __future__ import annotations

from urllib.parse import urlsplit

# The portals of the clouds that there are. Nothing else is linked to: a saved run may come from anybody.
PORTALS = frozenset({"portal.azure.com", "portal.azure.us", "portal.azure.cn", "entra.microsoft.com"})

LONGEST = 1_500


def is_portal(address: str) -> bool:
    """Whether it leads to the portal of a cloud, over https, in printable ASCII without spaces and backslashes."""
    if not (address.isascii() and address.isprintable()) or " " in address or "\\" in address or len(address) > LONGEST:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc in PORTALS
