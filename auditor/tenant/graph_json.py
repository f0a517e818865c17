"""Graph JSON to the domain: the one place that knows Graph's field names (sign-in rows apart, which never become
objects here: see `auditor.sign_ins.rows`).

Every function takes decoded JSON of one object as Graph sends it and returns the domain's record. A value of the
wrong shape is a `ValueError` that names the object and the field, never a default: an absent or twisted field must
not turn into an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from auditor.tenant.policy import Applications, DeviceFilter, PersistentBrowser, Policy, Users
from auditor.tenant.records import DirectoryObject, Organization, PageBranding

Json = Mapping[str, Any]
T = TypeVar("T")

_SPELLED_OUT = frozenset({"users", "applications", "clientAppTypes", "devices"})


def read_all(parse: Callable[[Json], T], objects: Iterable[Any]) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Every object that can be read, and a sentence for each that cannot: one twisted object costs no other."""
    values: list[T] = []
    faults: list[str] = []
    for json in objects:
        try:
            if not isinstance(json, Mapping):
                raise ValueError("an entry is no object")
            values.append(parse(json))
        except ValueError as error:
            faults.append(f"Not understood: {error}.")
    return tuple(values), tuple(faults)


def _text(json: Json, key: str, what: str) -> str:
    value = json.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{what} has no usable {key}")
    return value


def _maybe_text(json: Json, key: str) -> str | None:
    value = json.get(key)
    return value if isinstance(value, str) else None


def _object(json: Json, key: str, what: str) -> Json:
    """The object under `key`; an empty one when it is absent or null; an error when it is something else."""
    value = json.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{what}: {key} is not an object")
    return value


def _texts(json: Json, key: str, what: str) -> tuple[str, ...]:
    value = json.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{what}: {key} is not a list of texts")
    return tuple(value)


def policy(json: Json) -> Policy:
    """A `conditionalAccessPolicy`, v1.0 or beta."""
    identity = _text(json, "id", "a Conditional Access policy")
    what = f"policy {identity}"
    conditions = _object(json, "conditions", what)
    return Policy(
        id=identity,
        name=_maybe_text(json, "displayName") or "",
        state=_text(json, "state", what),
        users=_users(_object(conditions, "users", what), what),
        applications=_applications(_object(conditions, "applications", what), what),
        client_app_types=_texts(conditions, "clientAppTypes", what),
        device_filter=_device_filter(_object(conditions, "devices", what), what),
        other_conditions=tuple(
            sorted(key for key, value in conditions.items() if key not in _SPELLED_OUT and value and "@" not in key)
        ),
        persistent_browser=_persistent_browser(_object(json, "sessionControls", what), what),
        template_id=_maybe_text(json, "templateId"),
        created=_maybe_text(json, "createdDateTime"),
        modified=_maybe_text(json, "modifiedDateTime"),
    )


def _users(json: Json, what: str) -> Users:
    return Users(
        include_users=_texts(json, "includeUsers", what),
        exclude_users=_texts(json, "excludeUsers", what),
        include_groups=_texts(json, "includeGroups", what),
        exclude_groups=_texts(json, "excludeGroups", what),
        include_roles=_texts(json, "includeRoles", what),
        exclude_roles=_texts(json, "excludeRoles", what),
        include_guests=_guests(_object(json, "includeGuestsOrExternalUsers", what)),
        exclude_guests=_guests(_object(json, "excludeGuestsOrExternalUsers", what)),
    )


def _guests(json: Json) -> tuple[str, ...]:
    """Graph writes the kinds of guests as one text, divided by commas. Set but without kinds is still set."""
    if not json:
        return ()
    kinds = _maybe_text(json, "guestOrExternalUserTypes") or "kinds not given"
    return tuple(kind.strip() for kind in kinds.split(","))


def _applications(json: Json, what: str) -> Applications:
    return Applications(
        include=_texts(json, "includeApplications", what),
        exclude=_texts(json, "excludeApplications", what),
        user_actions=_texts(json, "includeUserActions", what),
        authentication_contexts=_texts(json, "includeAuthenticationContextClassReferences", what),
        filtered=bool(_object(json, "applicationFilter", what)),
    )


def _device_filter(json: Json, what: str) -> DeviceFilter | None:
    chosen = _object(json, "deviceFilter", what)
    if not chosen:
        return None
    return DeviceFilter(mode=_text(chosen, "mode", what), rule=_text(chosen, "rule", what))


def _persistent_browser(json: Json, what: str) -> PersistentBrowser | None:
    """None only when the control is absent or null. An object without a mode is a control whose mode is not known."""
    value = json.get("persistentBrowser")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ValueError(f"{what}: persistentBrowser is not an object")
    enabled = value.get("isEnabled")
    return PersistentBrowser(mode=_maybe_text(value, "mode"), enabled=enabled if isinstance(enabled, bool) else None)


def organization(json: Json) -> Organization:
    """An `organization`; domains in Graph's order, the initial one (`*.onmicrosoft.com`) told apart."""
    identity = _text(json, "id", "the organization")
    domains = json.get("verifiedDomains") or ()
    if not isinstance(domains, (list, tuple)) or not all(isinstance(domain, Mapping) for domain in domains):
        raise ValueError("the organization: verifiedDomains is not a list of objects")
    named = [(domain, _maybe_text(domain, "name")) for domain in domains]
    return Organization(
        id=identity,
        name=_maybe_text(json, "displayName") or "",
        initial_domain=next((name for domain, name in named if name and domain.get("isInitial") is True), None),
        default_domain=next((name for domain, name in named if name and domain.get("isDefault") is True), None),
        managed_domains=tuple(
            name
            for domain, name in named
            if name and domain.get("type") == "Managed" and domain.get("isInitial") is not True
        ),
    )


def directory_object(json: Json) -> DirectoryObject:
    """A user, group, role template or service principal, as far as naming it goes. `kind` is Graph's type name
    without its namespace, or "object" when Graph did not say."""
    identity = _text(json, "id", "a directory object")
    kind = (_maybe_text(json, "@odata.type") or "#microsoft.graph.object").rpartition(".")[2]
    return DirectoryObject(
        id=identity,
        kind=kind,
        name=_maybe_text(json, "displayName") or _maybe_text(json, "userPrincipalName") or identity,
        app_id=_maybe_text(json, "appId"),
    )


def page_branding(json: Json) -> PageBranding:
    """One row of the sign-in page's tenant branding. `asked_for`: the domain it was asked with."""
    hidden = json.get("KeepMeSignedInDisabled")
    locale = json.get("Locale")
    return PageBranding(
        asked_for=_maybe_text(json, "asked_for") or "",
        route=_maybe_text(json, "route") or "",
        read=_maybe_text(json, "read") or "",
        locale=locale if isinstance(locale, int) and not isinstance(locale, bool) else None,
        keep_me_signed_in_disabled=hidden if isinstance(hidden, bool) else None,
    )
