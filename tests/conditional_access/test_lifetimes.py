import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.conditional_access.lifetimes import (
    AZURE_PORTAL,
    DEFAULT_APPLICATION,
    RETIRED,
    duration,
    idle_timeouts,
    in_words,
    token_lifetimes,
)
from auditor.tenant.records import LifetimePolicy


def made(*definition: Any) -> LifetimePolicy:
    texts = (each if isinstance(each, str) else json.dumps(each) for each in definition)
    return LifetimePolicy("p1", "A policy", True, tuple(texts))


def idle(*entries: Any, **more: Any) -> Any:
    return {"ActivityBasedTimeoutPolicy": {"Version": 1, "ApplicationPolicies": list(entries), **more}}


def entry(length: Any, application: Any = "default") -> Any:
    return {"ApplicationId": application, "WebSessionIdleTimeout": length}


def tokens(**properties: Any) -> Any:
    return {"TokenLifetimePolicy": {"Version": 1, **properties}}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:15:00", 900),
        ("5:30:00", 19_800),
        ("00:90:00", 5_400),
        ("1.00:00:00", 86_400),
        ("90.00:30:00", 90 * 86_400 + 1_800),
        ("23:59:59", 86_399),
        ("24:00:00", None),
        ("until-revoked", None),
        ("01:00", None),
        ("-01:00:00", None),
        ("01:00:00\n", None),
        ("٠١:٠٠:٠٠", None),
        ("99999.00:00:00", None),
        ("", None),
        (3600, None),
        (None, None),
    ],
)
def test_durations(text: object, seconds: int | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(900, "15 minutes"), (5_400, "1 hour 30 minutes"), (90_061, "1 day 1 hour 1 minute 1 second"), (0, "0 seconds")],
)
def test_durations_in_words(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


@given(st.integers(0, 9_999), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_every_duration_is_read_back(days: int, hours: int, minutes: int, seconds: int) -> None:
    expected = days * 86_400 + hours * 3_600 + minutes * 60 + seconds
    assert duration(f"{days}.{hours:02}:{minutes:02}:{seconds:02}") == expected


def test_idle_timeouts_for_the_portal_and_for_the_rest() -> None:
    read = idle_timeouts(made(idle(entry("01:00:00"), entry("00:15:00", AZURE_PORTAL.upper()))))
    assert dict(read.seconds) == {DEFAULT_APPLICATION: 3_600, AZURE_PORTAL: 900}
    assert read.not_understood == ()


@pytest.mark.parametrize(
    ("definition", "named"),
    [
        ("not JSON", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("9" * 5_000, "definition"),
        ("null", "a definition"),
        ({"ActivityBasedTimeoutPolicy": {"Version": 2, "ApplicationPolicies": []}}, "a definition"),
        ({"TokenLifetimePolicy": {"Version": 1}}, "a definition"),
        (idle(entry("soon")), "ApplicationPolicies"),
        (idle(entry("01:00:00", None)), "ApplicationPolicies"),
        (idle("x"), "ApplicationPolicies"),
        (idle(entry("01:00:00") | {"Tomorrow": 1}), "ApplicationPolicies"),
        (idle(entry("01:00:00"), entry("02:00:00")), "two timeouts for default"),
        (idle(Tomorrow=[[1]]), "Tomorrow"),
        ({"ActivityBasedTimeoutPolicy": {"Version": 1, "ApplicationPolicies": "x"}}, "ApplicationPolicies"),
    ],
)
def test_what_is_not_understood_is_named(definition: Any, named: str) -> None:
    (strange,) = idle_timeouts(made(definition)).not_understood
    assert named in strange
    assert len(strange) <= 80


def test_a_policy_without_a_definition_says_nothing() -> None:
    assert idle_timeouts(made()).not_understood == ("no definition at all",)
    assert token_lifetimes(made()).access is None


def test_one_bad_entry_costs_no_other() -> None:
    read = idle_timeouts(made("x", idle(entry("soon", AZURE_PORTAL), entry("01:00:00"))))
    assert dict(read.seconds) == {DEFAULT_APPLICATION: 3_600}
    assert len(read.not_understood) == 2


def test_token_lifetimes() -> None:
    read = token_lifetimes(made(tokens(AccessTokenLifetime="8:00:00", MaxInactiveTime="1.00:00:00")))
    assert (read.access, read.retired, read.not_understood) == (28_800, ("MaxInactiveTime",), ())


@pytest.mark.parametrize("name", sorted(RETIRED))
def test_what_microsoft_retired_is_named_whatever_its_value(name: str) -> None:
    assert token_lifetimes(made(tokens(**{name: "until-revoked"}))).retired == (name,)


@pytest.mark.parametrize("properties", [{"AccessTokenLifetime": "soon"}, {"Tomorrow": "1"}, {"AccessTokenLifetime": 1}])
def test_token_properties_that_are_not_understood(properties: dict[str, Any]) -> None:
    read = token_lifetimes(made(tokens(**properties)))
    assert read.access is None
    assert read.not_understood[0].startswith(next(iter(properties)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Version", "ApplicationPolicies", "x"]), inner),
    max_leaves=8,
)


@given(st.text() | JSON.map(json.dumps) | JSON.map(lambda each: json.dumps({"ActivityBasedTimeoutPolicy": each})))
def test_hostile_definitions_end_understood_or_named(text: str) -> None:
    read = idle_timeouts(made(text))
    assert not read.seconds
    assert read.not_understood or json.loads(text) == {
        "ActivityBasedTimeoutPolicy": {"Version": 1, "ApplicationPolicies": []}
    }
