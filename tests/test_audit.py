"""What a run asks for, and what of the config stands in the folder so that the folder alone says the same."""

from datetime import datetime, timezone

import pytest

from auditor import audit
from auditor.config import Administrators, Cloud, Config, TenantConfig

NOW = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("cloud", "portal"),
    [
        (Cloud(), "https://portal.azure.com"),
        (Cloud(name="china"), "https://portal.azure.cn"),
        (Cloud(name="custom", login="https://l.example", graph="https://g.example"), ""),
    ],
)
def test_the_question(cloud: Cloud, portal: str) -> None:
    expected = Administrators(break_glass=("ada@contoso.com",), sign_in_hours=2)
    tenant = TenantConfig(id="contoso.com", cloud=cloud, administrators=expected)
    header = audit.question(tenant, Config(tenant=(tenant,)), ("policies",), NOW)
    assert header.source["portal"] == portal
    assert (header.break_glass, header.admin_sign_in_hours) == (("ada@contoso.com",), 2)
    assert header.window_end == "2026-11-21T09:00:00.0000000Z"


def test_an_ordinary_run_reads_what_policies_are_weighed_against() -> None:
    assert {"named_locations", "role_assignments", "role_eligibilities", "group_members"} <= set(audit.datasets_for([]))
