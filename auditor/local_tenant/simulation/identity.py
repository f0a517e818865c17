"""Identifiers made of the seed: the same parts always give the same GUID, in any process and on any Python.

`hash()` and `random.choice` differ between runs or versions, so digests and bit arithmetic are used instead.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

Json = dict[str, Any]
"""A Graph JSON object. Its values are JSON: read them with care, nested ones may be shared between objects."""

ZERO_GUID = "00000000-0000-0000-0000-000000000000"

# RFC 4122: version 4 in the third group, variant 10 in the fourth.
_CLEAR = ~((0xF << 76) | (0x3 << 62))
_SET = (0x4 << 76) | (0x2 << 62)


def digest(*parts: object) -> bytes:
    """32 bytes that depend on nothing but the parts."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=32).digest()


def guid_of(bits: int) -> str:
    """A version 4 GUID out of a 128-bit number."""
    text = ((bits & _CLEAR) | _SET).to_bytes(16, "big").hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def guid(*parts: object) -> str:
    """A GUID that depends on nothing but the parts."""
    return guid_of(int.from_bytes(digest(*parts)[:16], "big"))
