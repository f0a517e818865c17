import pytest

from auditor.errors import NotCollected
from auditor.testing import policy, tenant


def test_what_is_missing_is_no_value() -> None:
    with tenant(missing={"policies": "Graph answered 403."}) as made, pytest.raises(NotCollected, match="403"):
        _ = made.policies


def test_a_dataset_that_was_not_declared_is_a_fault_of_the_check() -> None:
    with tenant(policies=[policy()]) as made, pytest.raises(LookupError, match="without declaring"):
        _ = made.seen_by(["sign_ins"]).policies


def test_names_of_what_policies_name() -> None:
    with tenant(directory_objects=[{"id": "g1", "displayName": "Pilot"}], missing={"role_templates": "no"}) as made:
        assert made.name_of("g1", "directory_objects") == "Pilot"
        assert made.name_of("g2", "directory_objects") is None
        assert made.name_of("r1", "role_templates") is None


def test_a_policy_that_is_not_understood_makes_the_dataset_partial() -> None:
    with tenant(policies=[policy("one"), {"id": "x"}]) as made:
        assert [each.name for each in made.policies] == ["one"]
        ((name, reading),) = made.partly_read(["policies", "sign_ins"])
        assert name == "policies"
        assert "policy x" in reading.reason


def test_branding_tells_only_whether_it_is_there() -> None:
    with tenant() as made:
        assert made.branding_configured is False
    with tenant(branding=[{"id": "0"}]) as made:
        assert made.branding_configured is True
