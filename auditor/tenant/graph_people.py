"""What Graph says of single people, to the domain: how far they have registered, and when their passwords changed."""

from __future__ import annotations

from auditor.tenant import instant
from auditor.tenant.json_shapes import Json, maybe_flag, text
from auditor.tenant.records import PasswordDates, Registration


def registration(json: Json) -> Registration:
    """A `userRegistrationDetails`."""
    identity = text(json, "id", "the registration of a user")
    return Registration(
        user_id=identity.lower(),
        reset_enabled=maybe_flag(json, "isSsprEnabled"),
        reset_registered=maybe_flag(json, "isSsprRegistered"),
        mfa_registered=maybe_flag(json, "isMfaRegistered"),
        updated=_instant(json, "lastUpdatedDateTime", f"the registration of user {identity}"),
    )


def password_dates(json: Json) -> PasswordDates:
    """A `user`, as far as the end of sessions goes. Of an account that was never synchronized Graph writes null."""
    identity = text(json, "id", "a user")
    what = f"user {identity}"
    never = "onPremisesSyncEnabled" in json and json["onPremisesSyncEnabled"] is None
    return PasswordDates(
        user_id=identity.lower(),
        changed=_instant(json, "lastPasswordChangeDateTime", what),
        valid_from=_instant(json, "signInSessionsValidFromDateTime", what),
        synchronized=False if never else maybe_flag(json, "onPremisesSyncEnabled"),
    )


def _instant(json: Json, key: str, what: str) -> str:
    """An instant as it was written; "" when there is none; an error when it is something else."""
    said = json.get(key)
    if said is None:
        return ""
    value = text(json, key, what)
    try:
        instant.parse(value)
    except ValueError as error:
        raise ValueError(f"{what}: {key} is {error}") from None
    return value
