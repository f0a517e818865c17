import msgspec
import pytest

from auditor.errors import SourceError
from auditor.sources.group_members import Group, listed


def raw(*members: object) -> list[msgspec.Raw]:
    return [msgspec.Raw(msgspec.json.encode(member)) for member in members]


def test_people_among_the_members() -> None:
    kinds = ("user", "group", "device", "servicePrincipal", "user")
    members = [{"@odata.type": f"#microsoft.graph.{kind}", "id": str(number)} for number, kind in enumerate(kinds)]
    assert listed("g", raw(*members)) == Group(id="g", count=5, members=("0", "4"))
    assert listed("g", []) == Group(id="g", count=0, members=())


@pytest.mark.parametrize("twisted", [{"id": "1"}, {"@odata.type": "#microsoft.graph.user"}, "1", None])
def test_a_member_of_no_known_kind_is_no_outsider(twisted: object) -> None:
    with pytest.raises(SourceError, match="A member of the group g"):
        listed("g", raw(twisted))
