import pytest

from auditor.tenant.break_glass import resolved
from auditor.tenant.dataset import Collected, Missing, Partial
from auditor.tenant.records import DirectoryObject

ADA = DirectoryObject("aaaaaaaa-0000-4000-8000-00000000000A", "user", "Ada", user_principal_name="Ada@contoso.com")
GROUP = DirectoryObject("bbbbbbbb-0000-4000-8000-000000000001", "group", "Emergency")
OBJECTS = {each.id: each for each in (ADA, GROUP)}


@pytest.mark.parametrize("name", [ADA.id, ADA.id.lower(), "ada@contoso.com", "ADA@CONTOSO.COM"])
def test_by_id_or_by_name_whatever_the_case(name: str) -> None:
    for reading in (Collected(OBJECTS), Partial(OBJECTS, "half")):
        assert resolved((name,), reading) == (frozenset({ADA.id.lower()}), ())


def test_who_is_not_found_is_named() -> None:
    names = ("who@contoso.com", GROUP.id, "ada@contoso.com")
    assert resolved(names, Collected(OBJECTS)) == (frozenset({ADA.id.lower()}), names[:2])
    assert resolved(names, Missing("Graph answered 403.")) == (frozenset(), names)
    assert resolved((), Missing("Graph answered 403.")) == (frozenset(), ())
