import pytest

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.exposure import Exposure, exposure
from auditor.conditional_access.three_values import Applies
from auditor.tenant.graph_json import policy as parsed
from auditor.testing import Json, policy, role_assignment, tenant

YES, NO, NOT_KNOWN = Applies.YES, Applies.NO, Applies.NOT_KNOWN
GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
ADA = "aaaaaaaa-0000-4000-8000-000000000001"
USERS = [{"@odata.type": "#microsoft.graph.user", "id": ADA, "userPrincipalName": "ada@contoso.com"}]


def exposed(users: Json, missing: str = "") -> Exposure:
    made = policy(mode="always")
    made["conditions"]["users"] = users
    with tenant(
        directory_objects=USERS,
        role_templates=[{"id": GLOBAL, "displayName": "Global Administrator"}],
        role_assignments=[role_assignment(ADA, GLOBAL)],
        missing={missing: "Graph answered 403."} if missing else {},
    ) as opened:
        return exposure(parsed(made), opened, Directory.of(opened))


def guests(**more: object) -> Json:
    return {"guestOrExternalUserTypes": "b2bCollaborationGuest,internalGuest"} | more


@pytest.mark.parametrize(
    ("users", "everybody", "guest", "administrators"),
    [
        ({"includeUsers": ["All"]}, YES, YES, YES),
        ({"includeUsers": ["All"], "excludeRoles": [GLOBAL]}, YES, YES, NO),
        ({"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}, YES, NO, YES),
        ({"includeGuestsOrExternalUsers": guests()}, NO, YES, NO),
        (
            {
                "includeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "b2bCollaborationGuest",
                    "externalTenants": {"membershipKind": "enumerated", "members": ["t1"]},
                }
            },
            NO,
            YES,
            NO,
        ),
        ({"includeRoles": [GLOBAL]}, NO, NO, YES),
        ({"includeUsers": ["somebody else"]}, NO, NO, NO),
        ({"includeGroups": ["unread"]}, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN),
    ],
)
def test_whom_it_reaches(users: Json, everybody: Applies, guest: Applies, administrators: Applies) -> None:
    found = exposed(users)
    assert (found.everybody, found.guests, found.administrators) == (everybody, guest, administrators)
    assert found.named == ((ADA,) if administrators is YES else ())


def test_administrators_whom_nobody_read() -> None:
    assert exposed({"includeUsers": ["All"]}, "role_assignments").administrators is YES
    assert exposed({"includeUsers": ["somebody else"]}, "role_assignments").administrators is NOT_KNOWN
