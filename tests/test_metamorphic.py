"""Nothing may be silent: whatever happens to the files that a tenant is audited from, less evidence is never a better
answer.

Each case takes a collected folder or a folder of exports, damages it, and audits both. Damage never turns *found* or
*not run* into *clear*, a verdict on the setting into its opposite, a dataset that was not wholly read into one that
was, and it never ends in anything but a report or one of our errors.

Excepted is what nothing left in the input tells of, as `told_by_nothing` lists it: a file of an exported log that is
gone, whole lines that are gone from the end of one, and a policy's own file, where no row of the log names the policy.
A collected folder has no exception: its manifest counts.

In CI a few cases of each kind; the long form: `pytest tests/test_metamorphic.py --cases 1400`.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import TypeVar

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import audit, plugins
from auditor.config import Collect, Config
from auditor.errors import AuditorError
from auditor.local_tenant.service import running
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.exports import blobs, graph, log_analytics, portal
from auditor.local_tenant.simulation.exports import settings as tenant_files
from auditor.run import TenantRun
from auditor.spool.manifest import NAME as MANIFEST
from auditor.spool.spool import Spool

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
START = NOW - timedelta(days=2)
CHECKS = plugins.checks_of(plugins.load())

Files = Mapping[str, bytes]
"""A folder: contents by path."""

T = TypeVar("T")

pytestmark = pytest.mark.slow


def simulated(seed: int) -> Simulation:
    return Simulation(seed=seed, users=24, days=2, end=NOW, sign_ins=150)


# What their checks and the verdict on the setting come to differs: (found, shown), (found, not known), (clear, shown).
SEEDS = (1, 4, 6)


def written(files: Files, folder: Path) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def report(files: Files) -> TenantRun | AuditorError:
    with tempfile.TemporaryDirectory() as name:
        folder = written(files, Path(name) / "contoso")
        try:
            return audit.audit(audit.source_at(folder), CHECKS, lambda progress: None)
        except AuditorError as error:
            return error


# --- what happens to files


@dataclass(frozen=True)
class Damage:
    """`at`: which file, by its number in order of names; `how`: for kinds of which there are several."""

    kind: str
    at: int
    how: float

    def path(self, files: Files) -> str:
        names = sorted(files)
        return names[self.at % len(names)]

    def one_of(self, several: Iterable[T]) -> T:
        chosen = list(several)
        return chosen[int(self.how * len(chosen)) % len(chosen)]


def gone(files: Files, damage: Damage) -> Files:
    return without(files, damage.path(files))


def emptied(files: Files, damage: Damage) -> Files:
    return {**files, damage.path(files): b""}


def cut(files: Files, damage: Damage) -> Files:
    path = damage.path(files)
    return {**files, path: files[path][: int(damage.how * len(files[path]))]}


def wrapped(files: Files, damage: Damage) -> Files:
    path = damage.path(files)
    before, after = damage.one_of(
        [
            ('{"PolicyConfig": ', "}"),
            ("[", "]"),
            ('{"details": [', "]}"),
            ('{"a": {"b": ', "}}"),
            ("(", ")"),
            ("[[", ""),
        ]
    )
    return {**files, path: packed(path, before.encode() + unpacked(path, files[path]) + after.encode())}


def renamed(files: Files, damage: Damage) -> Files:
    path = damage.path(files)
    here = PurePosixPath(path)
    new = damage.one_of(
        [f"{path}.bak", f"a/{path}", f"{here.parent}/zz-{here.name}", str(here.with_suffix("")), path.upper(), "x.json"]
    )
    return {**without(files, path), new: files[path]}


def doubled(files: Files, damage: Damage) -> Files:
    path = damage.path(files)
    here = PurePosixPath(path)
    new = damage.one_of([f"{here.parent}/copy of {here.name}", f"copy/{path}", f"{path}.1"])
    return {**files, new: files[path]}


def encoded(files: Files, damage: Damage) -> Files:
    path = damage.path(files)
    text = unpacked(path, files[path]).decode("utf-8-sig", "replace")
    encoding = damage.one_of(["utf-16", "utf-8-sig", "utf-16-be", "cp1252", "utf-32"])
    return {**files, path: packed(path, text.encode(encoding, "replace"))}


def reordered(files: Files, damage: Damage) -> Files:
    """Rows of a list, of a page or of lines the other way round."""
    path = damage.path(files)
    content = unpacked(path, files[path])
    try:
        document = json.loads(content)
        rows = document["value"] if isinstance(document, dict) else document
        if isinstance(rows, list):
            rows.reverse()
        content = json.dumps(document).encode()
    except (ValueError, KeyError, UnicodeDecodeError):
        lines = content.splitlines(keepends=True)
        head = 1 if path.endswith(".csv") else 0
        content = b"".join(lines[:head] + lines[head:][::-1])
    return {**files, path: packed(path, content)}


def fewer(files: Files, damage: Damage) -> Files:
    """One row less, in a file that is whole otherwise."""
    path = damage.path(files)
    content = unpacked(path, files[path])
    try:
        document = json.loads(content)
        rows = document["value"] if isinstance(document, dict) else document
        if isinstance(rows, list) and rows:
            del rows[int(damage.how * len(rows)) % len(rows)]
        content = json.dumps(document).encode()
    except (ValueError, KeyError, UnicodeDecodeError):
        lines = content.splitlines(keepends=True)
        if len(lines) > 1:
            del lines[1 + int(damage.how * (len(lines) - 1)) % (len(lines) - 1)]
        content = b"".join(lines)
    return {**files, path: packed(path, content)}


def exchanged(files: Files, damage: Damage) -> Files:
    """The names of two files."""
    path, other = damage.path(files), damage.one_of(sorted(files))
    return {**files, path: files[other], other: files[path]}


def garbled(files: Files, damage: Damage) -> Files:
    """One byte is another one."""
    path = damage.path(files)
    content = bytearray(files[path])
    if content:
        content[int(damage.how * len(content)) % len(content)] ^= 0x11
    return {**files, path: bytes(content)}


KINDS: Mapping[str, Callable[[Files, Damage], Files]] = {
    "gone": gone,
    "emptied": emptied,
    "cut": cut,
    "wrapped": wrapped,
    "renamed": renamed,
    "doubled": doubled,
    "encoded": encoded,
    "reordered": reordered,
    "exchanged": exchanged,
    "garbled": garbled,
    "fewer": fewer,
}


def without(files: Files, path: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name != path}


def unpacked(path: str, content: bytes) -> bytes:
    if not path.endswith(".zst"):
        return content
    try:
        with zstandard.ZstdDecompressor().stream_reader(content) as stream:
            return stream.read()
    except zstandard.ZstdError:
        return content


def packed(path: str, content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content) if path.endswith(".zst") else content


damages = st.builds(
    Damage, kind=st.sampled_from(sorted(KINDS)), at=st.integers(0, 60), how=st.floats(0, 1, exclude_max=True)
)


# --- what must hold


@dataclass(frozen=True)
class Base:
    """`report`: of the files as they are. `log`: names of files of a log; `each_its_own`: of files that hold one object
    of many. `collected`: by us. `broken`: a file that is damaged from the beginning; what becomes of it proves nothing.
    """

    files: Files
    report: TenantRun
    log: frozenset[str] = frozenset()
    each_its_own: frozenset[str] = frozenset()
    collected: bool = False
    broken: str = ""

    def changed(self, after: Files) -> bool:
        """Whether something that was collected is not there as it was. The order of the manifest says nothing."""
        return any(
            unpacked(name, after.get(name, b"gone")) != unpacked(name, content)
            for name, content in self.files.items()
            if name != MANIFEST
        )

    def told_by_nothing(self, before: Files, damage: Damage) -> bool:
        """Whether what this takes away stands in nothing that is left."""
        path = damage.path(before)
        if self.collected or path not in self.files:
            return False
        if path in self.log:
            lines = damage.kind == "cut" and not path.endswith(".json") and _at_a_line_end(before[path], damage)
            return damage.kind in ("gone", "fewer") or lines
        if path in self.each_its_own and damage.kind == "gone":
            return _id_in(before[path]) not in b"".join(before.get(name, b"") for name in self.log).decode("latin-1")
        # A list of settings that is whole and shorter than it was.
        return damage.kind == "fewer"


def _at_a_line_end(content: bytes, damage: Damage) -> bool:
    end = int(damage.how * len(content))
    return content[end - 1 : end] == b"\n" or content[end : end + 1] in (b"\n", b"\r")


def _id_in(content: bytes) -> str:
    found = re.search(rb'"id"\s*:\s*"([^"]+)"', content.replace(b"\0", b""), re.IGNORECASE)
    return found[1].decode() if found else "no id"


def broken_by(base: Base, after: TenantRun) -> list[str]:
    """What the damage made better than it may be."""
    found = []
    statuses = {each.id: each.status.value for each in base.report.checks}
    for each in after.checks:
        if each.status.value == "clear" and statuses[each.id] != "clear":
            found.append(f"{each.id}: {statuses[each.id]} -> clear")
        if each.status.value == "failed":
            found.append(f"{each.id}: {each.reason}")
    verdicts = {base.report.stay_signed_in.verdict, after.stay_signed_in.verdict}
    if {"shown", "hidden"} <= verdicts:
        found.append(f"{base.report.stay_signed_in.verdict} -> {after.stay_signed_in.verdict}")
    states = {each.name: each.state for each in base.report.datasets}
    for dataset in after.datasets:
        if dataset.state == "collected" and states.get(dataset.name, "collected") != "collected":
            found.append(f"{dataset.name}: {states[dataset.name]} -> collected")
    return found


def hold(base: Base, given_damages: list[Damage]) -> None:
    files: Files = base.files
    excepted = False
    for damage in given_damages:
        if base.broken and damage.path(files) == base.broken:
            return
        excepted = excepted or base.told_by_nothing(files, damage)
        files = KINDS[damage.kind](files, damage)
        if not files:
            return
    after = report(files)
    if isinstance(after, AuditorError):
        return
    broken = broken_by(base, after)
    if excepted:
        broken = [each for each in broken if "-> clear" not in each]
    assert broken == [], [f"{damage.kind} {damage}" for damage in given_damages]
    if base.collected and base.changed(files):
        states = {each.state for each in after.datasets}
        assert states != {"collected"}, given_damages


# --- the folders


def lines(rows: Iterable[object]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def collected(
    simulation: Simulation, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> Base:
    with running(simulation, throttle=False) as local:
        config = config_for(local, collect=Collect(days=2))
        folder = collect(config, tmp_path / "contoso", audit.datasets_for(CHECKS)).folder
    files = read(folder)
    return Base(files, reported(files), collected=True)


def reported(files: Files) -> TenantRun:
    made = report(files)
    assert isinstance(made, TenantRun)
    return made


def rows(simulation: Simulation) -> list[dict[str, object]]:
    return list(simulation.sign_ins(START, NOW))


def exports_of_graph(simulation: Simulation, *_: object) -> Base:
    """Graph's answers, a dataset a file; the log in two."""
    files = {name: text.encode() for name, text in tenant_files.graph(simulation, START, NOW)}
    found = rows(simulation)
    half = len(found) // 2
    log = {"signIns-1.json": found[:half], "signIns-2.json": found[half:]}
    files |= {name: "".join(graph.pages(part)).encode() for name, part in log.items()}
    return Base(files, reported(files), frozenset(log))


def exports_of_entra_exporter(simulation: Simulation, *_: object) -> Base:
    """An object a file, in UTF-8; the log as diagnostic settings archive it."""
    files = {name: text.encode() for name, text in tenant_files.entra_exporter(simulation)}
    own = frozenset(name for name in files if "AccessPolicies" in name)
    files["SignInLogs.ndjson"] = lines(blobs.envelope(row) for row in rows(simulation))
    return Base(files, reported(files), frozenset({"SignInLogs.ndjson"}), own)


def exports_of_an_admin(simulation: Simulation, *_: object) -> Base:
    """What the portal gives: the log as CSV and as JSON, and the policies as Graph Explorer shows them."""
    found = rows(simulation)
    half = len(found) // 2
    log = {
        "InteractiveSignIns.csv": "".join(portal.csv_file(found[:half])).encode(),
        "InteractiveSignIns.json": "".join(portal.json_file(found[half:])).encode(),
    }
    policies = dict(tenant_files.graph(simulation, START, NOW))["conditionalAccessPolicies.json"].encode()
    files = {**log, "policies.json": policies}
    return Base(files, reported(files), frozenset(log))


def exports_of_a_workspace(simulation: Simulation, *_: object) -> Base:
    """A query's rows as CSV, and a policy list of which one is broken."""
    policies = dict(tenant_files.graph(simulation, START, NOW))["conditionalAccessPolicies.json"]
    files = {
        "query.csv": "".join(log_analytics.csv_file(rows(simulation), portal=False)).encode(),
        "policies.json": policies.encode(),
        "broken.json": b'{"id": "a0000000-0000-4000-9000-000000000001", "displayName": "A", "conditions": {"users": ]',
    }
    made = reported(files)
    assert {each.name: each.state for each in made.datasets}["policies"] == "partial"
    return Base(files, made, frozenset({"query.csv"}), broken="broken.json")


BASES: Mapping[str, Callable[..., Base]] = {
    "collected": collected,
    "Graph": exports_of_graph,
    "EntraExporter": exports_of_entra_exporter,
    "an admin": exports_of_an_admin,
    "a workspace": exports_of_a_workspace,
}


@pytest.mark.parametrize("seed_of_tenant", SEEDS)
@pytest.mark.parametrize("kind", BASES)
def test_damage_makes_no_answer_better(
    kind: str,
    seed_of_tenant: int,
    pytestconfig: pytest.Config,
    config_for: Callable[..., Config],
    collect: Callable[..., Spool],
    tmp_path: Path,
) -> None:
    base = BASES[kind](simulated(seed_of_tenant), config_for, collect, tmp_path)
    cases = pytestconfig.getoption("--cases")

    @settings(max_examples=cases)
    @given(st.lists(damages, min_size=1, max_size=2))
    def damaged(given_damages: list[Damage]) -> None:
        hold(base, given_damages)

    damaged()
