"""One simulated tenant, its log in every kind of file that admins have: the same outcomes and, where the file carries
the evidence, the same causes, and all of them the truth.

A file does not tell which time it covers: from its first row to its last, the engine takes it, and an interrupt whose
attempt may go on after the last row is pending. The simulated log always has rows in its last minutes, and none of its
attempts is undecided before them, so nothing needs to be cut off for the comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from auditor import audit
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.config import Collect, Config
from auditor.explain.explainer import Explainer
from auditor.exports.parts import parts_of
from auditor.finding import Confidence
from auditor.local_tenant.service import running
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
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.spool.spool import Spool
from auditor.tenant.dataset import DATASETS, Collected, with_prerequisites
from auditor.tenant.tenant import Tenant

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)

Row = dict[str, Any]
Write = Callable[[Path, list[Row]], object]


class Said(NamedTuple):
    code: int
    outcome: str
    cause: str
    confidence: Confidence


def _one(name: str, pieces: Callable[[list[Row]], Iterator[str]], encoding: str = "utf-8", packed: str = "") -> Write:
    return lambda folder, rows: containers.write(folder / name, pieces(rows), encoding=encoding, compression=packed)


def _pages(folder: Path, rows: list[Row], **how: Any) -> None:
    for number, page in enumerate(graph.pages(rows, size=200, **how)):
        containers.write(folder / f"signIns_{number}.json", [page])


def _both(folder: Path, rows: list[Row]) -> None:
    """What the portal's "Download" offers: interactive, non-interactive, and the steps of both."""
    quiet = list(silent.silent_rows(rows))
    containers.write(folder / "InteractiveSignIns.csv", portal.csv_file(rows, success="None"), encoding="utf-8-bom")
    containers.write(folder / "NonInteractiveSignIns.csv", portal.csv_file(quiet))
    containers.write(folder / "InteractiveSignIns_AuthDetails.csv", portal.authentication_details(rows))


def _archive(folder: Path, rows: list[Row]) -> None:
    blobs.write(folder, rows)
    blobs.write(folder, list(silent.silent_rows(rows)))


def _tables(folder: Path, rows: list[Row]) -> None:
    quiet = list(silent.silent_rows(rows))
    containers.write(folder / "SigninLogs.json", log_analytics.data_export(rows), compression="zstd")
    containers.write(folder / "AADNonInteractiveUserSignInLogs.json", log_analytics.data_export(quiet))


def _text_in_seconds(rows: list[Row]) -> Iterator[str]:
    return log_analytics.data_export(rows, dynamic_as_text=True, whole_seconds=True, end="\r\n")


EXPORTS: Mapping[str, Write] = {
    "Graph pages": _pages,
    "Graph v1.0 pages": lambda folder, rows: _pages(folder, rows, api="v1.0", indent=2),
    "Graph list": _one("all.json", graph.listing, "utf-16-le-bom"),
    "Graph lines": _one("all.ndjson", graph.lines, packed="gzip"),
    "portal JSON": _one("InteractiveSignIns.json", portal.json_file, "utf-8-bom"),
    "portal CSV": _one("InteractiveSignIns.csv", portal.csv_file),
    "portal CSV, semicolons": _one(
        "InteractiveSignIns.csv", lambda rows: portal.csv_file(rows, success="0", delimiter=";"), "utf-16-le-bom", "zip"
    ),
    "portal CSV, both logs": _both,
    "blobs": _archive,
    "Log Analytics": _tables,
    "Log Analytics, text in seconds": _one("SigninLogs.json", _text_in_seconds, "utf-16-be-bom", "gzip"),
    "Log Analytics by az": _one("query.json", log_analytics.az_query, packed="zip"),
    "Log Analytics CSV": _one("query.csv", lambda rows: log_analytics.csv_file(rows, portal=False), "utf-8-bom"),
}

_BY_REQUIREMENT = frozenset(
    {
        *((code, "per-user-mfa") for code in (50074, 50076, 50078)),
        *((code, "registration") for code in (50072, 50079)),
    }
)
_BY_POLICY = frozenset(
    {
        *((code, "policy") for code in (50072, 50074, 50076, 50078, 50079, 50142)),
        *((50097, slug) for slug in ("device-filter", "device-policy")),
        *((50158, slug) for slug in ("terms-of-use", "external-factor")),
        (50127, "app-policy"),
        (50129, "device-policy"),
        *((code, "sign-in-frequency") for code in (70043, 70044)),
    }
)
LACKING: Mapping[str, frozenset[tuple[int, str]]] = {
    # What required a second factor stands in beta rows only.
    "Graph v1.0 pages": _BY_REQUIREMENT,
    # The portal's CSV shows neither that, nor what became of policies.
    **dict.fromkeys(("portal CSV", "portal CSV, semicolons", "portal CSV, both logs"), _BY_REQUIREMENT | _BY_POLICY),
}
"""By export, the (code, cause) of which it may not hold the evidence: then the code's general cause is said, and never
as more than general. Every other cause is the same as in a live log."""


@contextmanager
def log_of(folder: Path, tenant: Tenant | None = None) -> Iterator[EmbeddedLog]:
    reduction = None if tenant is None else Reduction(tenant.policies, Directory.of(tenant))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with EmbeddedLog(parts_of(files, 1), reduction=reduction, processes=1) as log:
        yield log


def explained(tenant: Tenant) -> dict[str, Said]:
    explainer = Explainer(tenant)
    found = {}
    for interrupt in tenant.sign_ins.interrupts():
        why = explainer.explain(interrupt)
        found[interrupt.id] = Said(interrupt.code, interrupt.outcome.value, why.cause, why.confidence)
    return found


def truth_of(simulation: Simulation) -> dict[str, tuple[int, str, str]]:
    return {
        line["id"]: (line["code"], line["outcome"], line["cause"])
        for line in simulation.truth()
        if line["kind"] == "interrupt"
    }


def collected(
    simulation: Simulation, config_for: Callable[..., Config], collect: Callable[..., Spool], folder: Path, days: int
) -> Spool:
    with running(simulation, throttle=False) as local:
        return collect(config_for(local, collect=Collect(days=days, api="beta")), folder, with_prerequisites(DATASETS))


def differences(name: str, said: Mapping[str, Said], truth: Mapping[str, tuple[int, str, str]]) -> list[str]:
    """What is not as drawn. A cause may be the general one of its code where `LACKING` says so, and only then."""
    if said.keys() != truth.keys():
        return [f"{name}: {len(truth.keys() - said.keys())} missing, {len(said.keys() - truth.keys())} of nobody"]
    wrong: Counter[str] = Counter()
    for id, (code, outcome, cause) in truth.items():
        found = said[id]
        general = (code, cause) in LACKING.get(name, ()) and found.confidence is Confidence.GENERAL
        if (found.code, found.outcome) != (code, outcome) or not (found.cause == cause or general):
            wrong[f"{name}: {code} {outcome} {cause}, found {found.code} {found.outcome} {found.cause}"] += 1
    return [f"{what} ({count} times)" for what, count in wrong.most_common()]


@pytest.mark.parametrize("seed", [2, pytest.param(3, marks=pytest.mark.slow), pytest.param(5, marks=pytest.mark.slow)])
def test_every_export_says_the_same(
    seed: int, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    simulation = Simulation(seed=seed, users=60, days=3, end=NOW, sign_ins=1_000)
    rows = list(simulation.sign_ins(NOW - timedelta(days=3), NOW))
    truth = truth_of(simulation)
    wrong = []
    spool = collected(simulation, config_for, collect, tmp_path / "spool", 3)
    with audit.open_tenant(spool, lambda progress: None) as tenant:
        wrong += differences("spool", explained(tenant), truth)
        for name, write in EXPORTS.items():
            folder = tmp_path / name
            write(folder, rows)
            with log_of(folder, tenant) as log:
                assert (log.totals.refused, log.unreadable) == (0, ()), name
                said = explained(replace(tenant, readings={**tenant.readings, "sign_ins": Collected(log)}))
                wrong += differences(name, said, truth)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_row_is_counted_once(name: str, tmp_path: Path) -> None:
    simulation = Simulation(seed=4, users=30, days=2, end=NOW, sign_ins=600)
    rows = list(simulation.sign_ins(NOW - timedelta(days=2), NOW))
    EXPORTS[name](tmp_path, rows)
    quiet = name in ("portal CSV, both logs", "blobs", "Log Analytics")
    given = [*rows, *(silent.silent_rows(rows) if quiet else ())]
    with log_of(tmp_path) as log:
        totals = log.totals
        assert (totals.rows, totals.repeated, totals.refused) == (len(given), 0, 0)
        assert totals.successes == sum(row["status"]["errorCode"] == 0 for row in given)
        steps = sum(len(row["authenticationDetails"]) for row in rows) if name == "portal CSV, both logs" else 0
        assert sum(totals.others.values()) == steps
        interrupts = {found.id: (found.code, found.outcome.value) for found in log.interrupts()}
        assert interrupts == {id: (code, outcome) for id, (code, outcome, _) in truth_of(simulation).items()}


def test_rows_in_two_exports_are_counted_once(tmp_path: Path) -> None:
    """A folder that holds the same days as portal CSV and as blobs."""
    simulation = Simulation(seed=4, users=30, days=2, end=NOW, sign_ins=600)
    rows = list(simulation.sign_ins(NOW - timedelta(days=2), NOW))
    containers.write(tmp_path / "a.csv", portal.csv_file(rows))
    blobs.write(tmp_path, rows)
    with log_of(tmp_path) as log:
        assert (log.totals.rows, log.totals.repeated, log.totals.refused) == (2 * len(rows), len(rows), 0)
        interrupts = {found.id: (found.code, found.outcome.value) for found in log.interrupts()}
        assert interrupts == {id: (code, outcome) for id, (code, outcome, _) in truth_of(simulation).items()}


def test_times_in_the_words_of_a_page_are_refused_and_named(tmp_path: Path) -> None:
    """The Logs page writes 3/4/2026 for a day in March or in April: whoever guesses is wrong half of the time."""
    simulation = Simulation(seed=4, users=30, days=2, end=NOW, sign_ins=100)
    rows = list(simulation.sign_ins(NOW - timedelta(days=2), NOW))
    containers.write(tmp_path / "query_data.csv", log_analytics.csv_file(rows))
    with log_of(tmp_path) as log:
        assert (log.totals.rows, log.totals.refused) == (len(rows), len(rows))
        assert {unreadable.line for unreadable in log.unreadable} == set(range(2, 2 + len(log.unreadable)))


LAYOUTS: Mapping[str, Callable[[Simulation], Iterator[tuple[str, str]]]] = {
    "Graph": lambda simulation: settings.graph(simulation, NOW - timedelta(days=2), NOW),
    "EntraExporter": settings.entra_exporter,
    "ScubaGear": lambda simulation: iter([settings.scuba_gear(simulation)]),
    "PowerShell": lambda simulation: iter(
        [
            ("policies.json", settings.power_shell_list(simulation.policies())),
            ("locations.json", settings.power_shell_list(simulation.named_locations())),
        ]
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le-bom"])
def test_policies_beside_the_log_are_the_same_in_every_layout(encoding: str, tmp_path: Path) -> None:
    simulation = Simulation(seed=6, users=30, days=2, end=NOW, sign_ins=200)
    rows = list(simulation.sign_ins(NOW - timedelta(days=2), NOW))
    seen = {}
    for name, layout in LAYOUTS.items():
        containers.write(tmp_path / name / "InteractiveSignIns.csv", portal.csv_file(rows))
        for path, text in layout(simulation):
            containers.write(tmp_path / name / path, [text], encoding=encoding)
        source = audit.source_at(tmp_path / name)
        with audit.open_tenant(source, lambda progress: None) as tenant:
            assert tenant.id == simulation.tenant_id, name
            assert tenant.sign_ins.totals.rows == len(rows)
            seen[name] = sorted(tenant.policies, key=lambda policy: policy.id)
            if name != "ScubaGear":
                assert {place.id for place in tenant.named_locations} == {
                    place["id"] for place in simulation.named_locations()
                }
    assert len(seen["Graph"]) == len(simulation.policies()) > 0
    for name, policies in seen.items():
        assert policies == seen["Graph"], name


def test_a_folder_of_everything_says_what_is_true_or_that_it_is_not_known(tmp_path: Path) -> None:
    """Exported files have no members of groups and no sign-in page, so some causes are not known; none is wrong."""
    simulation = Simulation(seed=6, users=60, days=3, end=NOW, sign_ins=1_500, setting="shown")
    rows = list(simulation.sign_ins(NOW - timedelta(days=3), NOW))
    blobs.write(tmp_path, rows)
    for path, text in settings.graph(simulation, NOW - timedelta(days=3), NOW):
        containers.write(tmp_path / path, [text])
    source = audit.source_at(tmp_path)
    with audit.open_tenant(source, lambda progress: None) as tenant:
        said = explained(tenant)
    truth = truth_of(simulation)
    assert {id: (found.code, found.outcome) for id, found in said.items()} == {
        id: (code, outcome) for id, (code, outcome, _) in truth.items()
    }
    wrong = [(truth[id], found) for id, found in said.items() if found.cause != truth[id][2]]
    assert [each for each in wrong if each[1].confidence is not Confidence.GENERAL] == []
    assert len(wrong) < len(said) / 10


@pytest.mark.slow
def test_a_hundred_thousand_rows(
    config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    """Every outcome and every cause equals the truth."""
    simulation = Simulation(seed=31, users=3_000, days=10, end=NOW, sign_ins=100_000)
    spool = collected(simulation, config_for, collect, tmp_path / "spool", 10)
    with audit.open_tenant(spool, lambda progress: None) as tenant:
        assert tenant.sign_ins.totals.rows > 95_000
        assert differences("spool", explained(tenant), truth_of(simulation)) == []
