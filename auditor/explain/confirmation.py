"""50199: why the user had to confirm which app was asking.

Microsoft documents that redirect addresses of http, https and, in desktop Chrome only, chrome-extension are exempt.
The log does not hold the address that was used, so an app's other addresses are a candidate and no proof.
"""

from __future__ import annotations

from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.phrases import listed, quoted
from auditor.explain.surroundings import KEPT, Surroundings
from auditor.finding import Confidence, Evidence
from auditor.tenant.records import Application
from auditor.tenant.sign_in_log import Interrupt

CODE = 50199

MICROSOFT = frozenset({"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"})
"""Tenants that own Microsoft's own apps."""

_EXEMPT = frozenset({"http", "https"})
_EXTENSION = "chrome-extension"
_DEVICE_CODE = "deviceCode"
_PROTOCOL_NOT_KNOWN = (
    "Whether the sign-in was by device code is not known: the row does not say how the app asked; beta rows do."
)
_PHONES = frozenset({"android", "iOS", "windowsPhone"})

_Key = tuple[str, str, str, str, str]


class Confirmation:
    def __init__(self, surroundings: Surroundings) -> None:
        self._applications: dict[str, Application] | None = surroundings.value("applications")
        self._whole = surroundings.whole("applications")
        self._lacking = surroundings.lacking("applications", "The redirect addresses of the app are not known.")
        self._known: dict[_Key, Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        seen = interrupt.seen
        key = (interrupt.app_id.lower(), "", "", "", "")
        if seen is not None:
            platform = seen.circumstances.way.platform
            key = (key[0], seen.browser, platform, seen.protocol, seen.app_owner.lower())
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = self._explained(*key)
        return found

    def _explained(self, app_id: str, browser: str, platform: str, protocol: str, owner: str) -> Explanation:
        about = self._by_addresses(app_id, browser, platform, owner)
        if protocol == _DEVICE_CODE:
            said = Evidence("sign_ins", "The row says that the sign-in was by device code.")
            return Explanation("device-code", Confidence.STATED, (said, *about.evidence))
        if protocol:
            return about
        return Explanation(about.cause, about.confidence, about.evidence, (*about.missing, _PROTOCOL_NOT_KNOWN))

    def _by_addresses(self, app_id: str, browser: str, platform: str, owner: str) -> Explanation:
        if not app_id:
            return fallback(CODE, "The row does not name the app.")
        if self._applications is None:
            return fallback(CODE, *self._lacking)
        app = self._applications.get(app_id)
        first_party = owner in MICROSOFT or (app is not None and app.owner.lower() in MICROSOFT)
        if app is None:
            return _unreadable(first_party, () if self._whole or first_party else self._lacking)
        outside = [each for each in app.redirects if _scheme(each) not in _EXEMPT and _scheme(each) != _EXTENSION]
        if outside:
            said = f"Redirect addresses of {_name(app)} that are not exempt: {listed(outside)}."
            return _candidate("custom-scheme-redirect", said)
        if first_party or not app.redirects:
            return _unreadable(first_party, (), app)
        extensions = [each for each in app.redirects if _scheme(each) == _EXTENSION]
        if extensions and not _desktop_chrome(browser, platform):
            said = f"Redirect addresses of {_name(app)} that are exempt in desktop Chrome only: {listed(extensions)}."
            if browser:
                return _candidate("extension-outside-chrome", f"{said} The row's browser is {quoted(browser)}.")
            return _candidate("extension-outside-chrome", said, "The row does not name the browser.")
        said = f"All {len(app.redirects)} redirect addresses of {_name(app)} are exempt: {listed(app.redirects)}."
        return Explanation("redirects-all-safe", Confidence.GENERAL, (Evidence("applications", said),))


def _candidate(slug: str, said: str, *missing: str) -> Explanation:
    return Explanation(slug, Confidence.INFERRED, (Evidence("applications", said),), missing)


def _unreadable(first_party: bool, missing: tuple[str, ...], app: Application | None = None) -> Explanation:
    if first_party:
        said = "The app is Microsoft's own: the tenant does not hold its redirect addresses."
    elif app is not None:
        said = f"No redirect address of {_name(app)} is registered here."
    elif missing:
        return fallback(CODE, *missing)
    else:
        said = "The tenant does not hold the app: it was removed, or never added."
    return Explanation("app-not-readable", Confidence.GENERAL, (Evidence("applications", said),), missing)


def _scheme(address: str) -> str:
    scheme, colon, _ = address.strip().partition(":")
    return scheme.lower() if colon else ""


def _desktop_chrome(browser: str, platform: str) -> bool:
    """The log calls it "Chrome 142.0.0", and "Chrome Mobile 142.0.0" on phones."""
    lowered = browser.lower()
    return lowered.startswith("chrome") and "mobile" not in lowered and platform not in _PHONES


def _name(app: Application) -> str:
    return quoted(app.name, app.app_id)
