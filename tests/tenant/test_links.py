from __future__ import annotations

from collections.abc import Callable

import pytest

from auditor.tenant.links import group_link, policy_link, user_link

PORTAL = "https://entra.microsoft.com"


@pytest.mark.parametrize(
    ("link", "blade"),
    [
        (policy_link, "Microsoft_AAD_ConditionalAccess/PolicyBlade/policyId"),
        (user_link, "Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId"),
        (group_link, "Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview/groupId"),
    ],
)
def test_links(link: Callable[[str, str], str], blade: str) -> None:
    identity = "bbbbbbbb-0000-4000-8000-000000000001"
    assert link(PORTAL, identity) == f"{PORTAL}/#view/{blade}/{identity}"
    assert link("", identity) == ""


@pytest.mark.parametrize(
    "hostile", ["../x", "a/b?c#d", '"><script>', "javascript:x", "a b\n", "é\u202e", "%2e%2e", "\ud800"]
)
def test_an_id_stays_one_part_of_the_address(hostile: str) -> None:
    path, _, last = policy_link(PORTAL, hostile).rpartition("/")
    assert path == policy_link(PORTAL, "").removesuffix("/")
    assert last.isascii()
    assert not set(last) & set("/?#:<>\"' \n&")
