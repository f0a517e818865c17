from pathlib import Path

import pytest

from auditor.tenant.dataset import DATASETS, permissions_for, with_prerequisites


def test_prerequisites_come_first() -> None:
    assert with_prerequisites(["directory_objects", "sign_in_page"]) == (
        "organization",
        "sign_in_page",
        "policies",
        "directory_objects",
    )


def test_the_table_is_in_an_order_that_can_be_read() -> None:
    order = list(DATASETS)
    for dataset in DATASETS.values():
        assert all(order.index(name) < order.index(dataset.name) for name in dataset.after)


def test_members_of_groups_take_what_tells_the_groups() -> None:
    assert with_prerequisites(["group_members"]) == (
        "policies",
        "role_assignments",
        "directory_objects",
        "group_members",
    )


def test_who_may_activate_a_role_is_read_first_and_only_where_it_is_asked_for() -> None:
    order = list(DATASETS)
    assert order.index("role_eligibilities") < order.index("directory_objects") < order.index("group_members")
    assert "role_eligibilities" not in with_prerequisites(name for name in DATASETS if name != "role_eligibilities")


@pytest.mark.parametrize(
    ("names", "permissions"),
    [
        ([], ()),
        (["sign_in_page"], ()),
        (["organization"], ("Organization.Read.All",)),
        (["organization", "branding"], ("Organization.Read.All",)),
        (["organization", "policies", "directory_objects"], ("Directory.Read.All", "Policy.Read.All")),
        (["group_members", "role_assignments"], ("GroupMember.Read.All", "RoleManagement.Read.Directory")),
        (["group_members", "directory_objects"], ("Directory.Read.All",)),
        (["role_eligibilities", "directory_objects"], ("Directory.Read.All", "RoleEligibilitySchedule.Read.Directory")),
    ],
)
def test_the_permissions_to_ask_for(names: list[str], permissions: tuple[str, ...]) -> None:
    assert permissions_for(names) == permissions


def test_the_readme_lists_the_permissions_of_all_datasets() -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
    table = readme.partition("| permission | for |")[2].partition("\n\n")[0]
    listed = [line.split("|")[1].strip() for line in table.splitlines() if ".Read." in line]
    assert sorted(listed) == list(permissions_for(DATASETS))


def test_what_needs_a_permission_says_so() -> None:
    assert DATASETS["sign_ins"].remedy == "Grant the application permission AuditLog.Read.All and consent to it."
    assert "or Directory.Read.All" in DATASETS["organization"].remedy
    assert DATASETS["sign_in_page"].remedy == ""
