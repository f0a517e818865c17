"""Each writer's file is read back by the standard library alone, and says what the simulated log says."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import zstandard

from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports import (
    blobs,
    containers,
    graph,
    log_analytics,
    portal,
    settings,
    silent,
)
from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
START = END - timedelta(days=2)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def tenant() -> Simulation:
    return Simulation(seed=3, users=40, days=2, end=END, sign_ins=700)


@pytest.fixture(scope="module")
def rows(tenant: Simulation) -> list[Row]:
    return list(tenant.sign_ins(START, END))


def table(lines: Iterable[str]) -> list[dict[str, str]]:
    """By the standard library's reader; of a repeated column the first counts."""
    header, *cells = csv.reader(io.StringIO("".join(lines), newline=""))
    return [dict(zip(reversed(header), reversed(each), strict=True)) for each in cells]


def test_pages_hold_every_row_once_and_name_the_next(rows: list[Row]) -> None:
    pages = [json.loads(page) for page in graph.pages(rows, size=100)]
    assert [row for page in pages for row in page["value"]] == rows
    assert all(len(page["value"]) == 100 for page in pages[:-1])
    assert ["@odata.nextLink" in page for page in pages] == [True] * (len(pages) - 1) + [False]
    assert [json.loads(page)["value"] for page in graph.pages([])] == [[]]


def test_v1_pages_have_no_beta_key(rows: list[Row]) -> None:
    (page,) = (json.loads(page) for page in graph.pages(rows[:50], api="v1.0"))
    for row, whole in zip(page["value"], rows, strict=False):
        assert not row.keys() & BETA_SIGN_IN_KEYS
        assert row == {key: value for key, value in whole.items() if key in row}


def test_lists_and_lines_hold_the_same(rows: list[Row]) -> None:
    assert json.loads("".join(graph.listing(rows))) == rows
    assert json.loads("".join(graph.listing(rows, indent=4))) == rows
    assert [json.loads(line) for line in graph.lines(rows)] == rows
    assert json.loads("".join(graph.listing([]))) == []
    assert {**json.loads(graph.single(rows[0])), **rows[0]} == json.loads(graph.single(rows[0]))


def test_the_portals_json_is_one_list_whose_times_are_cut(rows: list[Row]) -> None:
    found = json.loads("".join(portal.json_file(rows)))
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    for short, row in zip(found, rows, strict=True):
        assert short["createdDateTime"] == row["createdDateTime"].split(".")[0] + "Z"
        assert short["status"] == row["status"]


@pytest.mark.parametrize("success", ["", "None", "0"])
def test_the_portals_csv(rows: list[Row], success: str) -> None:
    lines = list(portal.csv_file(rows, success=success))
    assert lines[0].startswith('"Date (UTC)","Request ID","User agent","Correlation ID","User ID","User","Username",')
    assert lines[0].count('"Incoming token type"') == 2
    found = table(lines)
    assert len(found) == len(rows)
    for cells, row in zip(found, rows, strict=True):
        code = row["status"]["errorCode"]
        assert cells["Sign-in error code"] == (success if code == 0 else str(code))
        assert (cells["Status"] == "Success") == (code == 0)
        assert cells["Request ID"] == row["id"]
        assert cells["Correlation ID"] == (row["correlationId"] or "")
        assert cells["Application ID "] == row["appId"]
        assert cells["Location"].endswith(f", {row['location']['countryOrRegion']}")
        assert datetime.strptime(cells["Date (UTC)"], "%Y-%m-%dT%H:%M:%SZ").isoformat() == row["createdDateTime"][:19]
    assert any(cells["Status"] == "Interrupted" for cells in found)


def test_no_cell_of_the_portals_csv_is_a_formula(rows: list[Row]) -> None:
    hostile = {
        **rows[0],
        "uniqueTokenIdentifier": "-AbC",
        "userDisplayName": '=HYPERLINK("x")',
        "appDisplayName": 'A "b"\r\nc',
    }
    (cells,) = table(portal.csv_file([hostile]))
    assert cells["Unique token identifier"] == "'-AbC"
    assert cells["User"] == '\'=HYPERLINK("x")'
    assert cells["Application"] == 'A "b"\r\nc'


def test_authentication_details_name_sign_ins_and_tell_no_code(rows: list[Row]) -> None:
    found = table(portal.authentication_details(rows))
    assert {cells["Request ID"] for cells in found} <= {row["id"] for row in rows}
    assert len(found) == sum(len(row["authenticationDetails"]) for row in rows)
    assert not any("code" in name.lower() for name in found[0])


def test_blobs_lie_by_the_hour_of_arrival(rows: list[Row], tmp_path: Path) -> None:
    blobs.write(tmp_path, rows)
    seen: dict[str, Row] = {}
    for path in tmp_path.rglob("*.json"):
        container, tenant, *when, name = path.relative_to(tmp_path).parts
        assert (container, name, when[-1]) == ("insights-logs-signinlogs", "PT1H.json", "m=00")
        for line in path.read_text("utf-8").splitlines():
            envelope = json.loads(line)
            assert tenant == f"tenantId={envelope['tenantId']}"
            assert envelope["time"].startswith("{}-{}-{}T{}".format(*(part[2:] for part in when[:4])))
            seen[envelope["properties"]["id"]] = envelope
    assert seen.keys() == {row["id"] for row in rows}
    for row in rows:
        envelope = seen[row["id"]]
        assert envelope["category"] == "SignInLogs"
        assert envelope["resultType"] == str(row["status"]["errorCode"])
        assert envelope["properties"]["status"]["errorCode"] == row["status"]["errorCode"]
        assert envelope["properties"]["createdDateTime"] == row["createdDateTime"].replace("Z", "+00:00")
        assert envelope["time"] > row["createdDateTime"]
        assert ("isCompliant" in envelope["properties"]["deviceDetail"]) is row["deviceDetail"]["isCompliant"]


@pytest.mark.parametrize("dynamic_as_text", [False, True])
def test_log_analytics_records(rows: list[Row], dynamic_as_text: bool) -> None:
    lines = log_analytics.data_export(rows, dynamic_as_text=dynamic_as_text, whole_seconds=True)
    found = [json.loads(line) for line in lines]
    assert len(found) == len(rows)
    for record, row in zip(found, rows, strict=True):
        status = json.loads(record["Status"]) if dynamic_as_text else record["Status"]
        assert record["ResultType"] == str(status["errorCode"]) == str(row["status"]["errorCode"])
        assert record["CreatedDateTime"] == row["createdDateTime"][:19] + "Z"
        assert (record["Type"], record["UserId"], record["Id"]) == ("SigninLogs", row["userId"], row["id"])


def test_az_prints_text_only(rows: list[Row]) -> None:
    found = json.loads("".join(log_analytics.az_query(rows)))
    assert len(found) == len(rows)
    assert all(isinstance(value, str) for record in found for value in record.values())
    assert {record["MfaDetail"] for record in found} == {"None"}
    assert {record["IsInteractive"] for record in found} == {"True"}
    assert json.loads("".join(log_analytics.az_query([]))) == []


def test_the_logs_pages_csv_shows_times_as_the_page_does(rows: list[Row]) -> None:
    found = table(log_analytics.csv_file(rows))
    assert len(found) == len(rows)
    for cells, row in zip(found, rows, strict=True):
        shown = datetime.strptime(cells["CreatedDateTime [UTC]"], "%m/%d/%Y, %I:%M:%S.%f %p")
        assert shown.isoformat(timespec="milliseconds") == row["createdDateTime"][:23]
        assert json.loads(cells["Status"])["errorCode"] == row["status"]["errorCode"]
    plain = table(log_analytics.csv_file(rows, portal=False))
    assert [cells["CreatedDateTime"] for cells in plain] == [row["createdDateTime"] for row in rows]


def test_silent_rows_follow_successes_and_pass_nothing(rows: list[Row]) -> None:
    found = list(silent.silent_rows(rows))
    successes = [row for row in rows if row["status"]["errorCode"] == 0]
    assert len(found) == len(successes) > 0
    assert not {row["id"] for row in found} & {row["id"] for row in rows}
    attempts: dict[tuple[str, str | None], list[str]] = {}
    for row in rows:
        attempts.setdefault((row["userId"], row["correlationId"]), []).append(row["createdDateTime"])
    for row, success in zip(found, successes, strict=True):
        assert (row["isInteractive"], row["signInEventTypes"]) == (False, ["nonInteractiveUser"])
        assert row["createdDateTime"][:19] == success["createdDateTime"][:19]
        between = [
            each
            for each in attempts[row["userId"], row["correlationId"]]
            if success["createdDateTime"] < each <= row["createdDateTime"]
        ]
        assert between == []
    blob = json.loads(next(line for _, line in blobs.lines(found)))
    assert blob["category"] == "NonInteractiveUserSignInLogs"
    record = json.loads(next(log_analytics.data_export(found)))
    assert record["Type"] == "AADNonInteractiveUserSignInLogs"
    assert isinstance(record["Status"], str)


@pytest.mark.parametrize("compression", containers.COMPRESSIONS)
@pytest.mark.parametrize("encoding", containers.ENCODINGS)
def test_files_on_disk(tmp_path: Path, encoding: str, compression: str) -> None:
    path = containers.write(
        tmp_path / "a" / "x.json", ["één ", "\U0001f511\n"], encoding=encoding, compression=compression
    )
    unpacked: dict[str, Callable[[bytes], bytes]] = {
        "": lambda data: data,
        "gzip": gzip.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().stream_reader(data).read(),
        "zip": lambda data: zipfile.ZipFile(io.BytesIO(data)).read("x.json"),
    }
    codec = {"utf-8": "utf-8", "utf-8-bom": "utf-8-sig"}.get(encoding, "utf-16")
    assert unpacked[compression](path.read_bytes()).decode(codec) == "één \U0001f511\n"


def test_settings_in_every_layout_hold_the_same_policies(tenant: Simulation) -> None:
    policies = tenant.policies()
    lists = {name: json.loads(text) for name, text in settings.graph(tenant, START, END)}
    assert lists["conditionalAccessPolicies.json"]["value"] == policies
    exported = {name: json.loads(text) for name, text in settings.entra_exporter(tenant)}
    for policy in policies:
        assert exported[f"Identity/Conditional/AccessPolicies/{policy['id']}/{policy['id']}.json"] == policy
    name, text = settings.scuba_gear(tenant)
    scuba = json.loads(text)
    assert name == "ProviderSettingsExport.json"
    assert [each["Id"] for each in scuba["conditional_access_policies"]] == [policy["id"] for policy in policies]
    assert scuba["tenant_details"][0]["TenantId"] == tenant.tenant_id


def test_power_shell_has_objects_of_nulls_and_dates_of_its_own(tenant: Simulation) -> None:
    policy = next(policy for policy in tenant.policies() if policy["sessionControls"] is None)
    found = settings.power_shell(policy, dates="windows")
    assert found["SessionControls"]["PersistentBrowser"] == {"IsEnabled": None, "Mode": None}
    assert found["State"] == policy["state"]
    milliseconds = int(found["CreatedDateTime"].removeprefix("/Date(").removesuffix(")/"))
    created = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    assert created.isoformat().startswith(policy["createdDateTime"][:19])
    place = settings.power_shell(tenant.named_locations()[0])
    assert place["AdditionalProperties"]["isTrusted"] is True
    assert json.loads(settings.power_shell_list([policy]))["Id"] == policy["id"]


def test_writers_stream(rows: list[Row]) -> None:
    """Four times the rows take no more memory."""

    def peak(count: int, writer: Callable[[Iterable[Row]], Iterator[object]]) -> int:
        many = itertools.islice(itertools.cycle(rows), count)
        tracemalloc.start()
        for _ in writer(many):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    writers: list[Callable[[Iterable[Row]], Iterator[object]]] = [
        lambda many: graph.pages(many, size=50),
        portal.csv_file,
        portal.json_file,
        blobs.lines,
        log_analytics.data_export,
        log_analytics.az_query,
        log_analytics.csv_file,
        lambda many: graph.lines(silent.silent_rows(many)),
    ]
    for writer in writers:
        assert peak(600, writer) < 2 * peak(150, writer) + 100_000
