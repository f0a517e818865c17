import base64
import json

import pytest

from auditor.sources.token_facts import TokenFacts, token_facts


def jwt(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{payload}.signature"


def test_an_application() -> None:
    token = jwt({"app_displayname": "Auditor", "appid": "a", "tid": "t", "roles": ["B", "A"]})
    assert token_facts(token) == TokenFacts("application", "Auditor", "a", "t", ("A", "B"))


def test_a_user() -> None:
    token = jwt({"upn": "ada@contoso.com", "oid": "o", "tid": "t", "scp": "B A"})
    assert token_facts(token) == TokenFacts("user", "ada@contoso.com", "o", "t", ("A", "B"))


@pytest.mark.parametrize(
    "token", ["", "opaque", "a.b.c", "a..c", jwt([1]), jwt({"roles": "all", "appid": 5, "scp": 7})]
)
def test_a_token_that_does_not_say(token: str) -> None:
    assert token_facts(token) == TokenFacts("application", "", "", "", ())
