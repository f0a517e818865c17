"""The names in a tenant -> pseudonyms, before anything is said of it.

A name may be any text, also one that every sentence holds ("a", "policy"): in a finished report nobody could tell which
words are the name. So names go while they stand alone. What conditions are judged by stays as it is, ids and addresses
among it: those are told by their form afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from auditor.conditional_access.device_filter_syntax import RuleError, parse
from auditor.conditional_access.lifetimes import AZURE_PORTAL, DEFAULT_APPLICATION, duration
from auditor.redaction.forms import Name, is_guid
from auditor.tenant.policy import Filter, Policy
from auditor.tenant.records import (
    Application,
    Attestation,
    DirectoryObject,
    LifetimePolicy,
    NamedLocation,
    Organization,
    PageBranding,
    PolicyChange,
    UserEvent,
)

_KINDS = {"user": "user", "group": "group", "servicePrincipal": "app"}
_SAFE_SCHEME = re.compile(r"\s*(?:https?|chrome-extension):/*", re.IGNORECASE)

_OF_A_FILE = re.compile(r":\d+\Z", re.ASCII)
"""An exported policy without an id is called by its file and line."""

_TEXT_IN_RULE = re.compile(r"""("(?:`"|[^"`])*"|'(?:''|`"|[^'`])*')""")
_COMMON_IN_RULES = frozenset(
    {"azuread", "serverad", "workplace", "true", "false", "null", "company", "personal", "unknown"}
    | {"windows", "android", "ios", "ipados", "macos", "linux", "windowsphone"}
    | {"registereddevice", "securevm", "printer", "shared", "iot"}
)
"""What texts in device filters say in any tenant."""


def organization(found: Organization, name: Name) -> Organization:
    def domains(listed: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name("domain", each) for each in listed)

    return replace(
        found,
        name=name("tenant", found.name),
        initial_domain=name("domain", found.initial_domain or "") or None,
        default_domain=name("domain", found.default_domain or "") or None,
        managed_domains=domains(found.managed_domains),
        federated_domains=domains(found.federated_domains),
    )


def policy(found: Policy, name: Name) -> Policy:
    """Also one whose device filter is not understood: the words in it are gone then, and it still is not."""
    conditions, grant = found.conditions, found.grant
    if conditions.device_filter is not None and not _understood(conditions.device_filter.rule):
        hidden = Filter(conditions.device_filter.mode, name("text", conditions.device_filter.rule))
        conditions = replace(conditions, device_filter=hidden)
    strength = name("control", grant.authentication_strength or "") or None
    return replace(
        found,
        id=name("file", found.id) if _OF_A_FILE.search(found.id) else found.id,
        name=name("policy", found.name),
        conditions=conditions,
        grant=replace(grant, authentication_strength=strength),
    )


def rule(found: str, name: Name) -> str:
    """A device filter as others may see it: without the texts that are of this tenant."""

    def hidden(quoted: re.Match[str]) -> str:
        mark, inner = quoted[0][0], quoted[0][1:-1]
        common = inner.lower() in _COMMON_IN_RULES or not re.search("[^0-9.]", inner)
        return quoted[0] if common else f"{mark}{name('text', inner)}{mark}"

    return _TEXT_IN_RULE.sub(hidden, found)


def _understood(text: str) -> bool:
    try:
        parse(text)
    except RuleError:
        return False
    return True


def change(found: PolicyChange, name: Name) -> PolicyChange:
    return replace(
        found,
        by=actor(found.by, name),
        before=None if found.before is None else policy(found.before, name),
        after=None if found.after is None else policy(found.after, name),
    )


def actor(by: str, name: Name) -> str:
    """Who did something: a user principal name, or else the name or the id of somebody or of an application."""
    return by if is_guid(by) else name("user" if "@" in by else "actor", by)


def directory_object(found: DirectoryObject, name: Name) -> DirectoryObject:
    """Its user principal name stays, by which guests are told."""
    if is_guid(found.name):
        return found
    return replace(found, name=name(_KINDS.get(found.kind, "object"), found.name))


def named_location(found: NamedLocation, name: Name) -> NamedLocation:
    return replace(found, name=name("location", found.name))


def lifetime_policy(found: LifetimePolicy, name: Name) -> LifetimePolicy:
    definition = tuple(_definition(each, name) for each in found.definition)
    return replace(found, name=name("policy", found.name), definition=definition)


def _definition(text: str, name: Name) -> str:
    """What is no JSON still is none."""
    try:
        return json.dumps(_value(json.loads(text), name))
    except (ValueError, RecursionError):
        return name("text", text)


def _value(value: Any, name: Name) -> Any:
    if isinstance(value, dict):
        return {key: _value(each, name) for key, each in value.items()}
    if isinstance(value, list):
        return [_value(each, name) for each in value]
    if not isinstance(value, str) or duration(value) is not None:
        return value
    if value.lower() in (DEFAULT_APPLICATION, AZURE_PORTAL):
        return value
    return name("id" if is_guid(value) else "text", value)


def application(found: Application, name: Name) -> Application:
    return replace(
        found,
        name=name("app", found.name),
        redirects=tuple(_redirect(each, name) for each in found.redirects),
    )


def _redirect(address: str, name: Name) -> str:
    """Of the scheme as much as tells whether users have to confirm: one of an app's own says whose it is."""
    scheme = _SAFE_SCHEME.match(address)
    known = scheme[0] if scheme else ""
    return known + name("redirect", address[len(known) :])


def user_events(found: tuple[UserEvent, ...], name: Name) -> tuple[UserEvent, ...]:
    return tuple(replace(each, by=actor(each.by, name)) for each in found)


def page_branding(found: PageBranding, name: Name) -> PageBranding:
    return replace(found, asked_for=name("domain", found.asked_for))


def attestation(found: Attestation, name: Name) -> Attestation:
    return replace(found, by=name("user", found.by))


def _each(rename: Callable[[Any, Name], Any]) -> Callable[[Any, Name], Any]:
    return lambda value, name: tuple(rename(each, name) for each in value)


def _by_id(rename: Callable[[Any, Name], Any]) -> Callable[[Any, Name], Any]:
    return lambda value, name: {key: rename(each, name) for key, each in value.items()}


def _nameless(value: Any, name: Name) -> Any:
    return value


RENAMED: Mapping[str, Callable[[Any, Name], Any]] = {
    "organization": organization,
    "branding": _nameless,  # only whether there is one is ever said
    "sign_in_page": _each(page_branding),
    "policies": _each(policy),
    "role_assignments": _nameless,
    "role_eligibilities": _nameless,
    "directory_objects": _by_id(directory_object),
    "group_members": _nameless,
    "role_templates": _nameless,  # Microsoft's
    "service_principals": _by_id(directory_object),
    "named_locations": _each(named_location),
    "activity_timeouts": _each(lifetime_policy),
    "token_lifetimes": _each(lifetime_policy),
    "policy_changes": _each(change),
    "security_defaults": _nameless,
    "registration_campaign": _nameless,
    "user_events": _by_id(user_events),
    "applications": _by_id(application),
    "registrations": _nameless,
    "password_dates": _nameless,
}
"""Dataset -> its value with pseudonyms for names, for all but the sign-in log."""
