"""50199: by the app's redirect addresses, the browser and the protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.explain.confirmation import MICROSOFT
from auditor.explain.explanation import Explanation
from auditor.finding import Confidence
from auditor.testing import TENANT_ID, sign_in

Why = Callable[..., Explanation]
Json = dict[str, Any]

APP = sign_in(0)["appId"]
EXTENSION = "chrome-extension://abc/auth.html"


def app(*redirects: str, owner: str = TENANT_ID, name: str = "Expenses") -> Json:
    return {"appId": APP, "displayName": name, "appOwnerOrganizationId": owner, "replyUrls": list(redirects)}


def row(browser: str = "Edge 142.0.0", system: str = "Windows11", **fields: Any) -> Json:
    made = sign_in(50199, authenticationProtocol="none", **fields)
    return {**made, "deviceDetail": {**made["deviceDetail"], "browser": browser, "operatingSystem": system}}


@pytest.mark.parametrize(
    ("redirects", "browser", "system", "cause"),
    [
        (("https://a.example/cb", "msauth://a/b"), "Edge 142.0.0", "Windows11", "custom-scheme-redirect"),
        (("urn:ietf:wg:oauth:2.0:oob",), "Chrome 142.0.0", "Windows11", "custom-scheme-redirect"),
        (("no address at all",), "Chrome 142.0.0", "Windows11", "custom-scheme-redirect"),
        ((EXTENSION, "app://x"), "Chrome 142.0.0", "Windows11", "custom-scheme-redirect"),
        (("http://localhost", "HTTPS://a.example"), "Edge 142.0.0", "Windows11", "redirects-all-safe"),
        ((EXTENSION,), "Edge 142.0.0", "Windows11", "extension-outside-chrome"),
        ((EXTENSION,), "Chrome Mobile 142.0.0", "Android 15", "extension-outside-chrome"),
        ((EXTENSION,), "Chrome 142.0.0", "Ios 18", "extension-outside-chrome"),
        ((EXTENSION,), "", "Windows11", "extension-outside-chrome"),
        ((EXTENSION,), "Chrome 142.0.0", "MacOs", "redirects-all-safe"),
        ((), "Edge 142.0.0", "Windows11", "app-not-readable"),
    ],
)
def test_by_its_addresses(why: Why, redirects: tuple[str, ...], browser: str, system: str, cause: str) -> None:
    said = why(row(browser, system), applications=[app(*redirects)])
    assert said.cause == cause
    sure = cause in ("custom-scheme-redirect", "extension-outside-chrome")
    assert said.confidence is (Confidence.INFERRED if sure else Confidence.GENERAL)
    assert said.missing == (("The row does not name the browser.",) if not browser else ())


def test_only_the_addresses_that_count_are_listed(why: Why) -> None:
    said = why(row(), applications=[app("https://a.example", "msauth://a/b", "msal1://auth", EXTENSION)])
    (listed,) = said.evidence
    assert "'msauth://a/b' and 'msal1://auth'" in listed.statement
    assert "https" not in listed.statement


def test_many_hostile_addresses_stay_readable(why: Why) -> None:
    (listed,) = why(row(), applications=[app(*(f"x{number}:\x1b{'a' * 500}" for number in range(300)))]).evidence
    assert "and 295 more" in listed.statement
    assert len(listed.statement) < 600
    assert "\x1b" not in listed.statement


@pytest.mark.parametrize("owner", sorted(MICROSOFT))
def test_microsofts_own(why: Why, owner: str) -> None:
    said = why(row(), applications=[app(owner=owner.upper())])
    assert (said.cause, said.confidence) == ("app-not-readable", Confidence.GENERAL)
    assert "Microsoft's own" in said.evidence[0].statement
    by_row = why(row(appOwnerTenantId=owner), missing={})
    assert by_row == said


def test_one_that_is_not_here(why: Why) -> None:
    said = why(row(), applications=[])
    assert said.cause == "app-not-readable"
    assert "does not hold the app" in said.evidence[0].statement
    assert said.missing == ()


@pytest.mark.parametrize("how", ["missing", "partial"])
def test_what_was_not_read_is_not_absent(why: Why, how: str) -> None:
    said = why(row(), **{how: {"applications": "Forbidden."}})
    assert (said.cause, said.confidence, said.evidence) == ("app-not-readable", Confidence.GENERAL, ())
    assert any("Forbidden." in each and "Application.Read.All" in each for each in said.missing)


def test_a_device_code_is_named(why: Why) -> None:
    said = why({**row(), "authenticationProtocol": "deviceCode"}, applications=[app("msauth://a/b")])
    assert (said.cause, said.confidence) == ("device-code", Confidence.STATED)
    assert [each.source for each in said.evidence] == ["sign_ins", "applications"]


def test_a_row_without_the_protocol_does_not_tell(why: Why) -> None:
    said = why(sign_in(50199), applications=[app("msauth://a/b")])
    assert said.cause == "custom-scheme-redirect"
    assert any("device code is not known" in each for each in said.missing)


def test_a_row_without_an_app(why: Why) -> None:
    said = why(row(appId=None))
    assert (said.cause, said.confidence) == ("app-not-readable", Confidence.GENERAL)
    assert said.missing == ("The row does not name the app.",)


@pytest.mark.parametrize(
    ("code", "cause"),
    [(65001, "consent"), (90094, "administrator-consent"), (90095, "administrator-consent-request")],
)
def test_consent_is_by_app(why: Why, code: int, cause: str) -> None:
    said = why(sign_in(code, appDisplayName="Clipper", resourceDisplayName="Microsoft Graph"))
    assert (said.cause, said.confidence) == (cause, Confidence.STATED)
    assert "'Clipper' asked for 'Microsoft Graph'" in said.evidence[0].statement
    nobody = why(sign_in(code, appDisplayName=None, appId=None))
    assert (nobody.cause, nobody.confidence) == (cause, Confidence.GENERAL)


@pytest.mark.parametrize(
    ("owner", "words"), [(TENANT_ID, "tenant's own"), (min(MICROSOFT), "Microsoft's"), ("x", "another tenant")]
)
def test_consent_says_whose_the_app_is(why: Why, owner: str, words: str) -> None:
    assert words in why(sign_in(65001, appOwnerTenantId=owner)).evidence[0].statement
