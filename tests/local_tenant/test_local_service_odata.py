"""`$filter`: what it selects, what it refuses, and the bounds of time it finds."""

import pytest

from auditor.local_tenant.service.odata import FilterRefused, compile_filter, instant

ALLOWED = {
    "appId": "text eq in",
    "appDisplayName": "text eq startswith",
    "createdDateTime": "time eq le ge",
    "status/errorCode": "number eq",
    "isAdmin": "flag eq",
    "signInEventTypes/any": "text eq ne",
    "targetResources/any/id": "text eq",
}
ROW = {
    "appId": "A1",
    "appDisplayName": "O'Neil's Portal",
    "createdDateTime": "2026-11-20T08:15:31.1234567Z",
    "status": {"errorCode": 50140},
    "isAdmin": True,
    "signInEventTypes": ["interactiveUser"],
    "targetResources": [{"id": "x"}, {"id": "y"}],
}


@pytest.mark.parametrize(
    "text",
    [
        "appId eq 'a1'",
        "appId in ('zz', 'A1')",
        "appId in ('A1')",
        "status/errorCode eq 50140",
        "status/errorCode eq 1 or status/errorCode eq 50140",
        "isAdmin eq true",
        "startsWith(appDisplayName, 'o''neil')",
        "startswith(appDisplayName,'O''Neil''s P')",
        "createdDateTime ge 2026-11-20T08:15:31.1234567Z and createdDateTime le 2026-11-20T08:15:31.1234567Z",
        "createdDateTime ge 2026-11-20T09:15:31+01:00",
        "createdDateTime eq 2026-11-20T08:15:31.1234567Z",
        "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')",
        "(appId eq 'a1') and (signInEventTypes/any(t: t ne 'servicePrincipal'))",
        "targetResources/any(t: t/id eq 'y')",
    ],
)
def test_matches(text: str) -> None:
    assert compile_filter(text, ALLOWED).matches(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "appId eq 'b'",
        "appId eq null",
        "status/errorCode eq 0",
        "isAdmin eq false",
        "startsWith(appDisplayName, 'Portal')",
        "createdDateTime le 2026-11-20T08:15:31.1234566Z",
        "createdDateTime ge 2026-11-20T08:15:31.1234568Z",
        "signInEventTypes/any(t: t eq 'nonInteractiveUser')",
        "appId eq 'a1' and status/errorCode eq 0",
    ],
)
def test_does_not_match(text: str) -> None:
    assert not compile_filter(text, ALLOWED).matches(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "appId",
        "appId eq",
        "appId eq 'unclosed",
        "appId ne 'a1'",  # an operator that is not documented for the property
        "status/errorCode ge 1",
        "status/errorCode ne 0",
        "status/errorCode in (1, 2)",
        "createdDateTime gt 2026-11-20T08:15:31Z",
        "createdDateTime ge 2026-11-20",
        "createdDateTime ge '2026-11-20T08:15:31Z'",
        "status/errorCode eq '50140'",
        "appId eq 50140",
        "contains(appDisplayName, 'x')",
        "startsWith(appId, 'a')",
        "endsWith(appDisplayName, 'x')",
        "not (appId eq 'a1')",
        "nothing eq 'x'",
        "'a1' eq appId",
        "signInEventTypes/all(t: t eq 'x')",
        "signInEventTypes/any()",
        "signInEventTypes eq 'x'",
        "t eq 'interactiveUser'",
        "appId eq 'a1' add 1",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(FilterRefused):
        compile_filter(text, ALLOWED)


def test_bounds_are_the_narrowest_that_every_match_keeps() -> None:
    found = compile_filter(
        "createdDateTime ge 2026-11-01T00:00:00Z and (createdDateTime ge 2026-11-02T00:00:00Z and "
        "createdDateTime le 2026-11-03T00:00:00Z) and (createdDateTime le 2026-11-01T00:00:00Z or isAdmin eq true)",
        ALLOWED,
        time="createdDateTime",
    )
    assert (found.since, found.until) == ("2026-11-02T00:00:00.0000000Z", "2026-11-03T00:00:00.0000000Z")


def test_alternatives_bound_nothing() -> None:
    found = compile_filter(
        "createdDateTime ge 2026-11-02T00:00:00Z or isAdmin eq true", ALLOWED, time="createdDateTime"
    )
    assert (found.since, found.until) == (None, None)


def test_a_thousand_alternatives_need_no_deep_stack() -> None:
    text = " or ".join(f"status/errorCode eq {code}" for code in range(49_141, 50_141))
    assert compile_filter(text, ALLOWED).matches(ROW)


def test_the_directory_takes_fifteen_comparisons() -> None:
    def text(values: int) -> str:
        return f"appId in ({','.join(repr(str(value)) for value in range(values))})"

    compile_filter(text(15), ALLOWED, most=15)
    with pytest.raises(FilterRefused) as refused:
        compile_filter(text(16), ALLOWED, most=15)
    assert refused.value.code == "Request_UnsupportedQuery"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T08:15:31Z", "2026-11-20T08:15:31.0000000Z"),
        ("2026-11-20T08:15Z", "2026-11-20T08:15:00.0000000Z"),
        ("2026-11-20T00:15:31.5+01:30", "2026-11-19T22:45:31.5000000Z"),
        ("2026-11-20T23:15:31.123456789-01:00", "2026-11-21T00:15:31.1234567Z"),
        ("2026-11-20T08:15:31.1234567Z", "2026-11-20T08:15:31.1234567Z"),
    ],
)
def test_instants_compare_as_texts(text: str, expected: str) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize("text", ["", "2026-11-20", "2026-11-20T08:15:31", "2026-13-40T08:15:31Z", "yesterday"])
def test_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|month|day"):
        instant(text)
