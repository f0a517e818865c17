import pytest

from auditor.errors import Refused, SourceError
from auditor.sources.graph_client import NOT_PREMIUM
from auditor.sources.reasons import why


@pytest.mark.parametrize(
    ("status", "code", "name", "reason", "remedy"),
    [
        (403, NOT_PREMIUM, "sign_ins", "The tenant has no premium licence", "It takes Microsoft Entra ID P1."),
        (403, NOT_PREMIUM, "policy_changes", "The tenant has no premium licence", "It takes a premium licence."),
        (
            403,
            "PermissionScopeNotGranted",
            "role_eligibilities",
            "Graph answered 403.",
            "Grant the application permission RoleEligibilitySchedule.Read.Directory (or RoleManagement.Read.Directory)"
            " and consent to it.",
        ),
        (
            403,
            "Authentication_RequestFromUnsupportedUserRole",
            "policy_changes",
            "no directory role",
            "Assign Reports Reader or Security Reader.",
        ),
    ],
)
def test_a_no_says_what_would_bring_it(status: int, code: str, name: str, reason: str, remedy: str) -> None:
    said, brings = why(Refused("Graph answered 403", status=status, code=code), name)
    assert reason in said
    assert brings == remedy


def test_a_remedy_that_the_fault_knows_goes_first() -> None:
    assert why(Refused("No", "Ask him.", status=403, code="x"), "policies") == ("No.", "Ask him.")
    assert why(SourceError("Graph is away.", "Wait."), "policies") == ("Graph is away.", "Wait.")
