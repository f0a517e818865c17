import pytest

from auditor.sources.named import applications_of, groups_of, in_lots, people_of
from auditor.tenant import graph_json
from auditor.testing import policy

USER, GROUP, OTHER, APP = (f"{number}1111111-0000-4000-8000-00000000000a" for number in "1234")


@pytest.mark.parametrize("hostile", ["All", "') or 1 eq 1", "../../me", "", f"{GROUP}/owners", f"{{{GROUP}}}"])
def test_nothing_but_ids_gets_into_a_request(hostile: str) -> None:
    json = policy()
    json["conditions"]["users"] |= {"includeUsers": [hostile, USER], "includeGroups": [GROUP, hostile]}
    json["conditions"]["users"] |= {"excludeGroups": [OTHER.upper()]}
    json["conditions"]["applications"] = {"includeApplications": [hostile, APP], "excludeApplications": [hostile]}
    read = graph_json.policy(json)
    assert list(people_of(read)) == [USER, GROUP, OTHER]
    assert list(groups_of(read)) == [GROUP, OTHER]
    assert list(applications_of(read)) == [APP]


def test_each_once_and_so_many_at_a_time() -> None:
    assert list(in_lots(["c", "a", "b", "a"], 2)) == [["a", "b"], ["c"]]
    assert list(in_lots([], 2)) == []
