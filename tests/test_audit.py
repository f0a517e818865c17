"""What a run asks for, and what of the config stands in the folder so that the folder alone says the same."""

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from auditor import audit
from auditor.config import Administrators, Cloud, Config, TenantConfig
from auditor.errors import ExportError, SpoolError
from auditor.sources.progress import Progress
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial
from auditor.tenant.instant import to_text
from auditor.tenant.sign_in_log import Outcome

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


LOG = """\
{"id": "1", "createdDateTime": "2026-11-20T09:00:00Z", "userId": "u", "correlationId": "c", "appId": "a",\
 "status": {"errorCode": 50140}, "homeTenantId": "%(tenant)s", "resourceTenantId": "%(tenant)s"}
{"id": "2", "createdDateTime": "2026-11-20T09:00:05Z", "userId": "u", "correlationId": "c", "appId": "a",\
 "status": {"errorCode": 0}, "homeTenantId": "%(tenant)s", "resourceTenantId": "%(tenant)s"}
"""
OURS, THEIRS = "11111111-1111-4111-8111-111111111111", "22222222-1111-4111-8111-111111111111"


def quiet(progress: Progress) -> None: ...


def test_the_window_of_files_is_from_the_first_row_to_the_last(tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_text(LOG % {"tenant": OURS})
    source = audit.source_at(tmp_path)
    with audit.open_tenant(source, quiet) as tenant:
        assert (tenant.id, tenant.name, tenant.portal) == (OURS, "", "")
        start, end = tenant.window
        assert (to_text(start), to_text(end - 1)) == ("2026-11-20T09:00:00.0000000Z", "2026-11-20T09:00:05.0000000Z")
        assert isinstance(tenant.reading("sign_ins"), Collected)
        (interrupt,) = tenant.sign_ins.interrupts()
        assert (interrupt.outcome, interrupt.seen is None) == (Outcome.COMPLETED, False)
        assert set(tenant.readings) == set(DATASETS)
        assert isinstance(tenant.reading("policies"), Missing)


def test_rows_of_two_tenants_are_a_part_at_best(tmp_path: Path) -> None:
    (tmp_path / "ours.ndjson").write_text(LOG % {"tenant": OURS})
    (tmp_path / "theirs.ndjson").write_text((LOG % {"tenant": THEIRS}).replace('"id": "', '"id": "x'))
    with audit.open_tenant(audit.source_at(tmp_path), quiet) as tenant:
        reading = tenant.reading("sign_ins")
        assert tenant.id == ""
    assert isinstance(reading, Partial)
    assert f"The files are of 2 tenants, which nothing here tells apart: {OURS}, {THEIRS}." in reading.reason


def test_a_log_of_which_no_row_can_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "log.ndjson").write_text((LOG % {"tenant": OURS}).replace("2026-11-20T", "20.11.2026 "))
    source = audit.source_at(tmp_path)
    with (
        pytest.raises(ExportError, match=r"None of the 2 rows .* log\.ndjson, line 1: "),
        audit.open_tenant(source, quiet),
    ):
        pass


def test_other_logs_are_set_aside_and_counted(tmp_path: Path) -> None:
    other = {"time": "2026-11-20T09:00:00Z", "category": "ServicePrincipalSignInLogs", "properties": {"id": "x"}}
    (tmp_path / "log.ndjson").write_text(LOG % {"tenant": OURS} + json.dumps(other) + "\n")
    source = audit.source_at(tmp_path)
    with audit.open_tenant(source, quiet) as tenant:
        assert isinstance(tenant.reading("sign_ins"), Collected)
        assert audit.about(source, tenant)["set_aside"] == "1 rows of ServicePrincipalSignInLogs"


def test_a_folder_that_was_collected_is_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "collection.json").write_text("{")
    with pytest.raises(SpoolError, match="damaged"):
        audit.source_at(tmp_path)
