"""What conditions see of a sign-in, out of its row. A text that this version does not know becomes *not known*."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from auditor.sign_ins.rows import NO_ID, GraphRow
from auditor.tenant.circumstances import (
    ANY_KIND,
    EXTERNAL,
    INTERNAL_GUEST,
    MEMBER,
    Circumstances,
    Device,
    Person,
    Target,
    Way,
)

BROWSER = "browser"
NATIVE = "mobileAppsAndDesktopClients"

_CLIENTS = {
    "browser": BROWSER,
    "mobile apps and desktop clients": NATIVE,
    "exchange activesync": "exchangeActiveSync",
    **dict.fromkeys(
        (
            "authenticated smtp",
            "autodiscover",
            "exchange online powershell",
            "exchange web services",
            "imap",
            "imap4",
            "mapi over http",
            "offline address book",
            "other clients",
            "outlook anywhere (rpc over http)",
            "outlook service",
            "pop",
            "pop3",
            "reporting web services",
            "smtp",
            "universal outlook",
        ),
        "other",
    ),
}
# The beginning of deviceDetail.operatingSystem, in lower case.
_PLATFORMS = (
    ("windows phone", "windowsPhone"),
    ("windowsphone", "windowsPhone"),
    ("windows", "windows"),
    ("macos", "macOS"),
    ("mac os", "macOS"),
    ("ios", "iOS"),
    ("ipados", "iOS"),
    ("android", "android"),
    ("linux", "linux"),
)
_TRUSTS = {
    "azure ad joined": "AzureAD",
    "microsoft entra joined": "AzureAD",
    "hybrid azure ad joined": "ServerAD",
    "microsoft entra hybrid joined": "ServerAD",
    "azure ad registered": "Workplace",
    "microsoft entra registered": "Workplace",
}
_ONE = {kind: frozenset({kind}) for kind in ANY_KIND}
_OWN = frozenset({MEMBER, INTERNAL_GUEST})
_COLLABORATION = frozenset({"b2bCollaborationGuest", "b2bCollaborationMember"})
_CROSSINGS = {
    "b2bCollaboration": _COLLABORATION,
    "b2bDirectConnect": frozenset({"b2bDirectConnectUser"}),
    "serviceProvider": frozenset({"serviceProvider"}),
}


class DeviceDetail(msgspec.Struct, gc=False):
    deviceId: str | None = None
    displayName: str | None = None
    operatingSystem: str | None = None
    isCompliant: bool | None = None
    trustType: str | None = None


class Location(msgspec.Struct, gc=False):
    countryOrRegion: str | None = None


class Audience(msgspec.Struct, gc=False):
    applicationId: str | None = None


class Context(msgspec.Struct, gc=False):
    id: str | None = None


class Network(msgspec.Struct, gc=False):
    networkType: str | None = None


class WideRow(GraphRow, gc=False):
    """The fields that conditions are judged by as well, and what Entra made of the policies. The last ones stand in
    beta rows only."""

    resourceId: str | None = None
    clientAppUsed: str | None = None
    ipAddress: str | None = None
    riskLevelDuringSignIn: str | None = None
    deviceDetail: DeviceDetail | None = None
    location: Location | None = None
    conditionalAccessStatus: str | None = None
    appliedConditionalAccessPolicies: msgspec.Raw = msgspec.Raw()
    crossTenantAccessType: str | None = None
    resourceOwnerTenantId: str | None = None
    authenticationProtocol: str | None = None
    originalTransferMethod: str | None = None
    conditionalAccessAudiences: list[Audience] | None = None
    authenticationContextClassReferences: list[Context] | None = None
    networkLocationDetails: list[Network] | None = None


def circumstances(row: WideRow) -> Circumstances:
    """The row as conditions see it."""
    client = _client(row.clientAppUsed)
    return Circumstances(
        Person((row.userId or "").lower(), _kinds(row), (row.homeTenantId or "").lower()),
        Target(
            (row.resourceId or "").lower(),
            (row.appId or "").lower(),
            _ids(row.conditionalAccessAudiences),
            _ids(row.authenticationContextClassReferences),
            True if client == NATIVE else None,
            (row.resourceOwnerTenantId or "").lower(),
        ),
        Way(
            client,
            _platform(row.deviceDetail.operatingSystem) if row.deviceDetail else "",
            _device(row.deviceDetail),
            row.ipAddress or "",
            None if row.location is None else (row.location.countryOrRegion or "").upper(),
            _trusted(row.networkLocationDetails),
            row.riskLevelDuringSignIn or "",
            _flow(row),
        ),
    )


def _kinds(row: WideRow) -> frozenset[str]:
    """What kinds of person it may be. v1.0 rows tell members from people of other tenants and no more; beta rows say
    more, in words whose meaning for policies is our reading of both pages."""
    guest = {"member": False, "guest": True}.get((row.userType or "").lower())
    crossing = _CROSSINGS.get(row.crossTenantAccessType or "")
    if crossing is not None:
        if crossing is _COLLABORATION and guest is not None:
            return _ONE["b2bCollaborationGuest" if guest else "b2bCollaborationMember"]
        return crossing
    home, here = row.homeTenantId or "", row.resourceTenantId or ""
    if not home or not here or home == NO_ID:
        return ANY_KIND
    if home != here:
        return EXTERNAL
    if guest is None:
        return _OWN
    return _ONE[INTERNAL_GUEST if guest else MEMBER]


@lru_cache(maxsize=1024)
def _client(text: str | None) -> str:
    lowered = (text or "").lower()
    return "other" if lowered.startswith("other clients") else _CLIENTS.get(lowered, "")


@lru_cache(maxsize=1024)
def _platform(system: str | None) -> str:
    lowered = (system or "").lower()
    return next((platform for beginning, platform in _PLATFORMS if lowered.startswith(beginning)), "")


def _device(device: DeviceDetail | None) -> Device:
    """A device without an id is not registered: then it has no properties, whatever the row shows."""
    if device is None:
        return Device()
    if not device.deviceId and not device.trustType:
        return Device(registered=False)
    trust = _TRUSTS.get((device.trustType or "").lower())
    return Device(True, trust, device.isCompliant, device.deviceId or None, device.displayName or None)


def _ids(listed: Sequence[Audience] | Sequence[Context] | None) -> frozenset[str] | None:
    if listed is None:
        return None
    return frozenset((each.applicationId if isinstance(each, Audience) else each.id) or "" for each in listed)


def _trusted(networks: Sequence[Network] | None) -> bool | None:
    if networks is None:
        return None
    return any(each.networkType in ("trusted", "trustedNamedLocation") for each in networks)


def _flow(row: WideRow) -> str:
    """Of beta rows; "none" where such a row names no special one."""
    if row.authenticationProtocol == "deviceCode":
        return "deviceCodeFlow"
    return row.originalTransferMethod or ""
