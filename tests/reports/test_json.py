import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.reports.json import document, render
from auditor.run import Run, Unreached
from auditor.testing import after, branding_row, policy, sign_in

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "run-v1.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

EVERYTHING: dict[str, Any] = {
    "sign_ins": [sign_in(50140), sign_in(0, after(1)), sign_in(999_999, after(2)), sign_in(50074, after(90))],
    "policies": [policy(), policy("Always", mode="always")],
    "sign_in_page": [branding_row(True)],
}
NOTHING = {name: "Graph answered 403." for name in ("sign_ins", "policies", "sign_in_page", "organization", "branding")}


@pytest.mark.parametrize(
    "parts",
    [{}, EVERYTHING, {"missing": NOTHING}, {"partial": {"sign_ins": "One day."}, **EVERYTHING}],
    ids=["empty", "everything", "nothing", "partial"],
)
def test_it_keeps_to_the_published_schema(run_of: Callable[..., Run], parts: dict[str, Any]) -> None:
    VALIDATOR.validate(json.loads(render(run_of(**parts))))


def test_the_three_answers(run_of: Callable[..., Run]) -> None:
    (tenant,) = document(run_of(**EVERYTHING))["tenants"]
    assert (tenant["stay_signed_in"]["verdict"], tenant["stay_signed_in"]["confidence"]) == ("hidden", "stated")
    assert [(each["code"], each["count"], each["outcomes"]["completed"]) for each in tenant["interrupts"]] == [
        (50074, 1, 0),
        (50140, 1, 1),
    ]
    assert [(each["mode"], each["problems"]) for each in tenant["persistent_browser_policies"]] == [
        ("never", []),
        ("always", ["always"]),
    ]
    assert tenant["uncatalogued_codes"] == {"999999": 1}


def test_what_could_not_be_read_is_null_and_not_empty(run_of: Callable[..., Run]) -> None:
    (tenant,) = document(run_of(missing=NOTHING))["tenants"]
    assert tenant["interrupts"] is None
    assert tenant["persistent_browser_policies"] is None
    assert tenant["stay_signed_in"]["verdict"] == "not known"
    by_status = {each["id"]: each["status"] for each in tenant["checks"]}
    assert by_status.pop("stay-signed-in-not-known") == "found"
    assert set(by_status.values()) == {"not run"}


def test_hostile_text_stays_in_its_string(run_of: Callable[..., Run]) -> None:
    name = 'a"b\\c\x1b[31m\u202e\ud800</script>\x00'
    text = render(run_of(policies=[policy(name)]))
    assert text.isascii()
    assert json.loads(text)["tenants"][0]["persistent_browser_policies"][0]["name"] == name.replace("\ud800", "\ufffd")


def test_tenants_out_of_reach_stand_beside_the_others(run_of: Callable[..., Run]) -> None:
    unreached = (Unreached("fabrikam.com", "Signing in was refused.", "Renew the secret."),)
    made = json.loads(render(dataclasses.replace(run_of(), unreached=unreached)))
    VALIDATOR.validate(made)
    assert made["unreached"] == [
        {"tenant": "fabrikam.com", "what": "Signing in was refused.", "remedy": "Renew the secret."}
    ]
    assert len(made["tenants"]) == 1
    assert json.loads(render(run_of()))["unreached"] == []


def test_the_schema_knows_the_shape_of_tenants_out_of_reach(run_of: Callable[..., Run]) -> None:
    made = document(run_of())
    VALIDATOR.validate({key: value for key, value in made.items() if key != "unreached"})
    assert not VALIDATOR.is_valid(made | {"unreached": [{"tenant": "fabrikam.com"}]})
