"""The kinds of device people sign in with, as conditions see them and as the log shows them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.local_tenant.simulation.identity import Json, guid


class Start(str):
    """How a value begins, where the rest of it differs from device to device."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device. `trust` is the filter's trustType (None: not registered); `shown` is the log's wording."""

    platform: str
    system: str
    browser: str
    trust: str | None
    shown: str
    compliant: bool
    agent: str

    @property
    def mobile(self) -> bool:
        return self.platform in ("iOS", "android")

    @property
    def managed(self) -> bool:
        return self.compliant or self.trust == "ServerAD"

    @property
    def controls(self) -> frozenset[str]:
        """The grant controls that the device itself satisfies."""
        held = (("compliantDevice", self.compliant), ("domainJoinedDevice", self.trust == "ServerAD"))
        return frozenset(control for control, holds in held if holds)

    @property
    def name_start(self) -> str:
        """How the names of such devices begin."""
        return f"{self.platform.upper()[:3]}-"

    @property
    def properties(self) -> dict[str, str]:
        """What a device filter sees of it, names in lower case; nothing where it is not registered."""
        if self.trust is None:
            return {}
        return {
            "trusttype": self.trust,
            "iscompliant": str(self.compliant),
            "displayname": Start(self.name_start),
        }


_HYBRID, _JOINED, _REGISTERED = "Hybrid Azure AD joined", "Azure AD joined", "Azure AD registered"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit"
_EDGE = f"{_WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
_CHROME = f"{_WINDOWS} Chrome/142.0.0.0 Safari/537.36"
_SAFARI = f"{_MAC}/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile"
_PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile"

DEVICES = (
    Device("windows", "Windows11", "Edge 142.0.0", "ServerAD", _HYBRID, True, _EDGE),
    Device("windows", "Windows11", "Edge 142.0.0", "AzureAD", _JOINED, True, _EDGE),
    Device("windows", "Windows10", "Chrome 142.0.0", "ServerAD", _HYBRID, False, _CHROME),
    Device("windows", "Windows11", "Chrome 142.0.0", "AzureAD", _JOINED, False, _CHROME),
    Device("windows", "Windows11", "Edge 142.0.0", "Workplace", _REGISTERED, False, _EDGE),
    Device("windows", "Windows10", "Chrome 142.0.0", None, "", False, _CHROME),
    Device("windows", "Windows10", "Edge 142.0.0", None, "", False, _EDGE),
    Device("macOS", "MacOs", "Safari 18.6", None, "", False, _SAFARI),
    Device("macOS", "MacOs", "Chrome 142.0.0", "Workplace", _REGISTERED, True,
           f"{_MAC}/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
    Device("iOS", "Ios 18.6", "Mobile Safari", None, "", False, _IPHONE),
    Device("iOS", "Ios 18.6", "Mobile Safari", "Workplace", _REGISTERED, True, _IPHONE),
    Device("android", "Android 15", "Chrome Mobile 142.0.0", None, "", False, _PIXEL),
    Device("android", "Android 15", "Chrome Mobile 142.0.0", "Workplace", _REGISTERED, True, _PIXEL),
    Device("linux", "Linux", "Firefox 145.0", None, "", False,
           "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
)  # fmt: skip
DESKTOPS = tuple(number for number, device in enumerate(DEVICES) if not device.mobile)
PHONES = tuple(number for number, device in enumerate(DEVICES) if device.mobile)


def device_detail(kind: int, owner: str) -> Json:
    """Graph's deviceDetail of the owner's device of that kind; one not registered shows empty text, as in life."""
    device = DEVICES[kind]
    registered = device.trust is not None
    return {
        "deviceId": guid(owner, "device", kind) if registered else "",
        "displayName": f"{device.name_start}{owner[:6].upper()}" if registered else "",
        "operatingSystem": device.system,
        "browser": device.browser,
        "isCompliant": device.compliant,
        "isManaged": device.managed,
        "trustType": device.shown,
    }
