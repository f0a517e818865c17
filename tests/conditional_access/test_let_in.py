import pytest

from auditor.conditional_access.let_in import devices_let_in
from auditor.conditional_access.three_values import Applies
from auditor.tenant.policy import Conditions, Filter, Grant, Policy

COMPLIANT = {("AzureAD", True), ("ServerAD", True), ("Workplace", True)}
HYBRID = {("ServerAD", True), ("ServerAD", False)}
EVERY = COMPLIANT | HYBRID | {("unregistered", None), ("AzureAD", False), ("Workplace", False)}


def let_in(grant: Grant, chosen: Filter | None = None) -> set[tuple[str, bool | None]]:
    made = Policy("p", "P", "enabled", Conditions(device_filter=chosen), grant)
    return {(row.device, row.compliant) for row in devices_let_in(made) if row.matches is not Applies.NO}


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        (Grant(), EVERY),
        (Grant("OR", ("mfa",)), EVERY),
        (Grant("OR", ("compliantDevice",)), COMPLIANT),
        (Grant("OR", ("compliantDevice", "domainJoinedDevice")), COMPLIANT | HYBRID),
        (Grant("AND", ("compliantDevice", "domainJoinedDevice")), {("ServerAD", True)}),
        (Grant("OR", ("compliantDevice", "mfa")), EVERY),
        (Grant("AND", ("compliantDevice", "mfa")), COMPLIANT),
        (Grant("OR", ("compliantDevice",), "Phishing-resistant"), EVERY),
        (Grant("OR", ("compliantDevice",), terms_of_use=("t",)), EVERY),
        (Grant("OR", ("block",)), set()),
    ],
)
def test_the_grant(grant: Grant, expected: set[tuple[str, bool | None]]) -> None:
    assert let_in(grant) == expected


def test_the_filter_and_the_grant_together() -> None:
    chosen = Filter("exclude", 'device.trustType -eq "Workplace"')
    assert let_in(Grant("OR", ("compliantDevice",)), chosen) == {("AzureAD", True), ("ServerAD", True)}


def test_a_filter_that_is_not_understood() -> None:
    assert devices_let_in(Policy("p", "P", "enabled", Conditions(device_filter=Filter("include", "no rule")))) == ()
