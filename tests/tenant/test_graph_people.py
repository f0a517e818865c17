from __future__ import annotations

from typing import Any

import pytest

from auditor.tenant import graph_people
from auditor.tenant.records import PasswordDates, Registration

ADA = "AAAAAAAA-0000-4000-8000-000000000001"
WHEN = "2026-11-04T09:00:00Z"


def test_a_registration() -> None:
    json = {"id": ADA, "isSsprEnabled": True, "isSsprRegistered": False, "isMfaRegistered": True}
    assert graph_people.registration(json | {"lastUpdatedDateTime": WHEN}) == Registration(
        ADA.lower(), True, False, True, WHEN
    )


@pytest.mark.parametrize("said", [{}, dict.fromkeys(("isSsprEnabled", "isSsprRegistered", "isMfaRegistered"))])
def test_what_a_registration_does_not_say_is_not_known(said: dict[str, Any]) -> None:
    assert graph_people.registration({"id": ADA} | said) == Registration(ADA.lower(), None, None, None, "")


@pytest.mark.parametrize("twisted", ["false", 0, [], "no"])
def test_a_twisted_flag_is_not_known(twisted: Any) -> None:
    assert graph_people.registration({"id": ADA, "isSsprRegistered": twisted}).reset_registered is None
    assert graph_people.password_dates({"id": ADA, "onPremisesSyncEnabled": twisted}).synchronized is None


def test_the_dates_of_a_password() -> None:
    json = {"id": ADA, "lastPasswordChangeDateTime": WHEN, "signInSessionsValidFromDateTime": "2026-11-05T00:00:00Z"}
    assert graph_people.password_dates(json | {"onPremisesSyncEnabled": True}) == PasswordDates(
        ADA.lower(), WHEN, "2026-11-05T00:00:00Z", True
    )


@pytest.mark.parametrize(
    ("said", "known"), [({}, None), ({"onPremisesSyncEnabled": None}, False), ({"onPremisesSyncEnabled": False}, False)]
)
def test_null_is_graphs_word_for_never_synchronized(said: dict[str, Any], known: bool | None) -> None:
    found = graph_people.password_dates({"id": ADA, "lastPasswordChangeDateTime": None} | said)
    assert (found.changed, found.valid_from, found.synchronized) == ("", "", known)


@pytest.mark.parametrize("twisted", ["", "yesterday", 7, True, {}])
def test_a_twisted_date_is_named(twisted: Any) -> None:
    with pytest.raises(ValueError, match=f"user {ADA}.*lastPasswordChangeDateTime"):
        graph_people.password_dates({"id": ADA, "lastPasswordChangeDateTime": twisted})
    with pytest.raises(ValueError, match=f"user {ADA}.*lastUpdatedDateTime"):
        graph_people.registration({"id": ADA, "lastUpdatedDateTime": twisted})


@pytest.mark.parametrize("identity", [None, "", 7, [ADA]])
def test_somebody_without_an_id_is_nobody(identity: Any) -> None:
    with pytest.raises(ValueError, match="no usable id"):
        graph_people.registration({"id": identity})
    with pytest.raises(ValueError, match="no usable id"):
        graph_people.password_dates({"id": identity})
