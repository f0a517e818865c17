"""Where to look at a thing in the portal. Empty where the cloud has no portal that is known."""

from __future__ import annotations

from urllib.parse import quote


def policy_link(portal: str, policy_id: str) -> str:
    """`portal`: see `Tenant.portal`."""
    return _link(portal, "Microsoft_AAD_ConditionalAccess/PolicyBlade/policyId", policy_id)


def user_link(portal: str, user_id: str) -> str:
    return _link(portal, "Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId", user_id)


def group_link(portal: str, group_id: str) -> str:
    return _link(portal, "Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview/groupId", group_id)


def _link(portal: str, blade: str, identity: str) -> str:
    return f"{portal}/#view/{blade}/{quote(identity, safe='', errors='replace')}" if portal else ""
