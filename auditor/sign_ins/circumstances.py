"""What conditions see of a sign-in, out of its row. A text that this version does not know becomes *not known*."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from auditor.sign_ins.rows import NO_ID, GraphRow
from auditor.tenant.circumstances import (
    ANY_KIND,
    COLLABORATION,
    DIRECT_CONNECT,
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
_CROSSINGS = {
    "b2bCollaboration": COLLABORATION,
    "b2bDirectConnect": _ONE[DIRECT_CONNECT],
    "serviceProvider": _ONE["serviceProvider"],
}
_RISKS = frozenset({"none", "low", "medium", "high"})
_FLOWS = frozenset({"none", "deviceCodeFlow", "authenticationTransfer"})
_TRUSTED = frozenset({"trusted", "trustedNamedLocation"})
_NETWORKS = _TRUSTED | {"intranet", "extranet", "namedNetwork"}


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
    detail: str | None = None


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
    return Circumstances(person(row), target(row), way(row))


def person(row: WideRow) -> Person:
    return Person(_id(row.userId), _kinds(row), _id(row.homeTenantId))


def target(row: WideRow) -> Target:
    return Target(
        _id(row.resourceId),
        _id(row.appId),
        _audiences(row.conditionalAccessAudiences),
        _contexts(row.authenticationContextClassReferences),
        True if _client(row.clientAppUsed) == NATIVE else None,
        _id(row.resourceOwnerTenantId),
    )


def way(row: WideRow) -> Way:
    device = row.deviceDetail
    risk = row.riskLevelDuringSignIn
    return Way(
        _client(row.clientAppUsed),
        "" if device is None else _platform(device.operatingSystem),
        _device(device),
        row.ipAddress or "",
        _country(row.location),
        _trusted(row.networkLocationDetails),
        risk if risk in _RISKS else "",
        _flow(row),
    )


def abroad(row: GraphRow, tenant: str) -> bool:
    """Whether one of this tenant's people asked another tenant for something: then that one's policies decide."""
    return tenant != "" and _id(row.homeTenantId) == tenant and _id(row.resourceTenantId) not in ("", tenant)


def _id(text: str | None) -> str:
    """In lower case; "" also for the zeros that stand for no id."""
    return "" if text is None or text == NO_ID else text.lower()


def _kinds(row: WideRow) -> frozenset[str]:
    """What kinds of person it may be. v1.0 rows tell members from people of other tenants and no more; beta rows say
    more, in words whose meaning for policies is our reading of both pages."""
    guest = {"member": False, "guest": True}.get((row.userType or "").lower())
    crossing = _CROSSINGS.get(row.crossTenantAccessType or "")
    if crossing is not None:
        if crossing is COLLABORATION and guest is not None:
            return _ONE["b2bCollaborationGuest" if guest else "b2bCollaborationMember"]
        return crossing
    if row.crossTenantAccessType not in (None, "", "none"):
        return ANY_KIND
    home, here = _id(row.homeTenantId), _id(row.resourceTenantId)
    if not home or not here:
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


def _audiences(listed: Sequence[Audience] | None) -> frozenset[str] | None:
    return None if listed is None else frozenset(_id(each.applicationId) for each in listed)


def _contexts(listed: Sequence[Context] | None) -> frozenset[str] | None:
    """None also where one was not asked for anew: whether policies were asked about that is not documented."""
    if listed is None or any(each.detail not in (None, "required") for each in listed):
        return None
    return frozenset(each.id or "" for each in listed)


def _country(location: Location | None) -> str | None:
    """Two letters, or "" for an address of no known country."""
    country = "" if location is None else (location.countryOrRegion or "").upper()
    return None if location is None or len(country) not in (0, 2) else country


def _trusted(networks: Sequence[Network] | None) -> bool | None:
    if networks is None:
        return None
    kinds = {each.networkType for each in networks}
    if kinds & _TRUSTED:
        return True
    return False if kinds <= _NETWORKS else None


def _flow(row: WideRow) -> str:
    """Of beta rows; "none" where such a row names no special one."""
    if row.authenticationProtocol == "deviceCode":
        return "deviceCodeFlow"
    return row.originalTransferMethod if row.originalTransferMethod in _FLOWS else ""
