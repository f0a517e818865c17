"""The change as somebody gives it: a policy in a file, a policy by its name."""

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import ConfigError
from auditor.tenant import graph_json
from auditor.tenant.policy import DISABLED, Policy
from auditor.testing import policy
from auditor.what_if.change import NEW_ID, Change, disabling, policy_in, putting_in

GIVEN = policy("Nicht dauerhaft angemeldet bleiben – für alle")


def parsed(*names: str) -> tuple[Policy, ...]:
    return tuple(graph_json.policy(policy(name) | {"id": f"id-{n}"}) for n, name in enumerate(names))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "wrapped", [lambda one: one, lambda one: [one], lambda one: {"@odata.context": "x", "value": [one]}]
)
def test_a_policy_as_tools_write_it(tmp_path: Path, encoding: str, wrapped: Any) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(wrapped(GIVEN), ensure_ascii=False), encoding)
    assert policy_in(path) == graph_json.policy(GIVEN)


def power_shell(value: Any) -> Any:
    """As `Get-MgIdentityConditionalAccessPolicy | ConvertTo-Json -Depth 10` names it."""
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: power_shell(each) for name, each in value.items()}
    return [power_shell(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("wrapper", ["details", "PolicyConfig"])
def test_a_policy_in_a_wrapper_of_templates(tmp_path: Path, wrapper: str) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"name": "Template", "description": "x", wrapper: GIVEN}, ensure_ascii=False), "utf-8")
    assert policy_in(path) == graph_json.policy(GIVEN)


@pytest.mark.parametrize("wrapped", [lambda one: one, lambda one: [one], lambda one: {"value": [one]}])
def test_a_policy_as_power_shell_writes_it(tmp_path: Path, wrapped: Any) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(wrapped(power_shell(GIVEN)), ensure_ascii=False), "utf-16")
    assert policy_in(path) == graph_json.policy(GIVEN)


@pytest.mark.parametrize("missing", [{"id": None}, {"id": ""}])
def test_without_an_id_it_is_new(tmp_path: Path, missing: dict[str, Any]) -> None:
    (path := tmp_path / "policy.json").write_text(json.dumps(GIVEN | missing))
    given = policy_in(path)
    assert given.id == NEW_ID
    assert putting_in(given, parsed("A")) == Change("new-policy", None, given)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON: Expecting property name"),
        (b"\xe4\xf6\xfc" * 9, "neither UTF-8 nor UTF-16"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"conditions":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}", "policy.json"),
        (b'{"Conditions":' + b'{"A":' * 900 + b"1" + b"}" * 900 + b"}", "policy.json"),
        (b"7", "holds no policy but a number"),
        (b"[]", "holds 0 policies, and one is wanted"),
        (json.dumps({"value": [GIVEN, GIVEN]}).encode(), "holds 2 policies"),
        (json.dumps({**GIVEN, "state": None}).encode(), "the policy has no state"),
        (b'{"error": {"code": "AccessDenied"}}', "the policy has no conditions"),
        (json.dumps({**GIVEN, "conditions": [1]}).encode(), "conditions is not an object"),
        (json.dumps({**GIVEN, "id": 7}).encode(), "no usable id"),
    ],
)
def test_what_is_no_policy_is_one_error_that_says_what_to_do(tmp_path: Path, content: bytes, said: str) -> None:
    (path := tmp_path / "policy.json").write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        policy_in(path)
    assert said in raised.value.what
    assert str(path) in raised.value.what
    assert raised.value.remedy


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.json cannot be read: No such file"):
        policy_in(tmp_path / "nowhere.json")
    with pytest.raises(ConfigError, match="cannot be read"):
        policy_in(tmp_path)


def test_one_with_a_known_id_takes_its_place() -> None:
    first, second = parsed("A", "B")
    given = graph_json.policy(policy("B, changed") | {"id": "ID-1"})
    change = putting_in(given, (first, second))
    assert (change.kind, change.before) == ("replace-policy", second)
    assert change.after is not None
    assert (change.after.id, change.after.name) == ("id-1", "B, changed")


@pytest.mark.parametrize("wanted", ["ID-1", "Keep sessions", "keep SESSIONS"])
def test_a_policy_is_disabled_by_id_or_name(wanted: str) -> None:
    policies = parsed("No sessions", "Keep sessions", "Keep")
    change = disabling(wanted, policies)
    assert change.before is policies[1]
    assert change.after is not None
    assert change.after.state == DISABLED


def test_the_exact_name_goes_before_one_of_another_case() -> None:
    assert disabling("keep", parsed("Keep", "keep", "KEEP")).before == parsed("Keep", "keep")[1]


@pytest.mark.parametrize(
    ("wanted", "what", "remedy"),
    [
        ("KEEP", "2 policies are called 'KEEP'", "id-0, id-1"),
        ("Kep", "no policy 'Kep'", "Did you mean 'keep'?"),
        ("Kiosks for visitors", "no policy", "Did you mean 'Kiosks for visitors, north'?"),
        ("sessions", "no policy", "Did you mean 'No persistent sessions'?"),
        ("\x1b[31m", "no policy", "There are: 'Keep'"),
    ],
)
def test_which_one_is_meant_has_to_be_clear(wanted: str, what: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as raised:
        disabling(wanted, parsed("Keep", "keep", "No persistent sessions", "Kiosks for visitors, north"))
    assert what in raised.value.what
    assert remedy in raised.value.remedy
    assert raised.value.exit_code == 2
