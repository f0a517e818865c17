"""A collected folder believes nothing of itself that it cannot prove: whatever becomes of its files, no dataset stays
*collected* when what it holds was changed, and nothing ends in a traceback."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.config import Collect, Config
from auditor.errors import SpoolError
from auditor.local_tenant.service import LocalTenant
from auditor.spool import manifest
from auditor.spool.spool import HEADER, Spool
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial, Reading
from auditor.tenant.instant import parse
from auditor.tenant.tenant import Tenant
from auditor.tenant_at import names_of, open_tenant, source_at

COPY = "Copy the whole folder again from where it was collected, or collect again."


@pytest.fixture
def again(
    local: LocalTenant,
    config_for: Callable[..., Config],
    collect: Callable[..., Spool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Spool]:
    """Collects the local tenant into one folder, in several spans; or goes on there."""
    monkeypatch.setattr("auditor.sources.sign_ins.ROWS_PER_PAGE", 50)
    monkeypatch.setattr("auditor.sources.graph.PAGES_PER_SPAN", 3)
    config = config_for(local, collect=Collect(days=3))
    return lambda: collect(config, tmp_path / "evidence")


@pytest.fixture
def spool(again: Callable[[], Spool]) -> Spool:
    found = again()
    assert len(found.spans()) >= 4
    return found


@pytest.fixture
def old(spool: Spool) -> Spool:
    """As version 0.1 left it."""
    return without_manifest(spool)


def without_manifest(spool: Spool) -> Spool:
    path = spool.folder / HEADER
    header = json.loads(path.read_text())
    del header["manifest"]
    path.write_text(json.dumps(header))
    (spool.folder / manifest.NAME).unlink()
    return Spool.open(spool.folder)


def unfinished(spool: Spool) -> None:
    """As a run leaves it that was stopped before its end."""
    spool.header = msgspec.structs.replace(spool.header, complete=False)
    spool._note_header()
    spool._write_header()


@contextmanager
def tenant_in(folder: Path) -> Iterator[Tenant]:
    with open_tenant(Spool.open(folder), lambda progress: None) as tenant:
        yield tenant


def reading(spool: Spool, name: str = "sign_ins") -> Reading[Any]:
    with tenant_in(spool.folder) as tenant:
        return tenant.reading(name)


def partly(spool: Spool, name: str = "sign_ins") -> Partial[Any]:
    found = reading(spool, name)
    assert isinstance(found, Partial)
    assert found.remedy == COPY
    return found


def covered(found: Partial[Any]) -> int:
    intervals: tuple[tuple[int, int], ...] = found.value.coverage.intervals
    return sum(end - start for start, end in intervals)


def times(*spans: Any) -> str:
    return f"{spans[0].start[:19]}Z to {spans[-1].end[:19]}Z"


def test_what_nobody_touched_is_collected(spool: Spool) -> None:
    with tenant_in(spool.folder) as tenant:
        assert {name: type(each) for name, each in tenant.readings.items()} == dict.fromkeys(DATASETS, Collected)
        log = tenant.sign_ins
        assert log.coverage.intervals == (log.coverage.asked,)
        assert log.totals.rows == sum(span.rows for span in spool.spans())


def test_so_is_what_version_01_collected(old: Spool) -> None:
    with tenant_in(old.folder) as tenant:
        assert {type(each) for each in tenant.readings.values()} == {Collected}


def test_the_manifest_lists_each_file(spool: Spool) -> None:
    kept = spool.manifest()
    assert kept is not None
    files = {path.relative_to(spool.folder).as_posix() for path in spool.folder.rglob("*") if path.is_file()}
    assert set(kept.listed) == files - {"lock", manifest.NAME}
    assert not any(map(kept.doubt, kept.listed))
    for span in spool.spans():
        assert kept.listed[span.file].rows == span.rows


def test_an_emptied_span(spool: Spool) -> None:
    span = spool.spans()[1]
    span.path.write_bytes(b"")
    found = partly(spool)
    rows = f"{span.rows:,} of {span.rows:,} rows are missing"
    assert found.reason == f"The span {times(span)} ({span.file}) is empty: {rows}."
    assert covered(found) < covered_whole(spool)


def covered_whole(spool: Spool) -> int:
    with tenant_in(spool.folder) as tenant:
        asked: tuple[int, int] = tenant.window
        return asked[1] - asked[0]


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_lost_spans(spool: Spool, version: str) -> None:
    if version == "0.1":
        spool = without_manifest(spool)
    one, two, three, *_ = spool.spans()
    for span in (two, three):
        span.path.unlink()
    found = partly(spool)
    assert len(found.value.coverage.intervals) == 2
    if version == "0.1":
        assert found.reason == f"No file holds the time from {one.end[:19]}Z to {three.end[:19]}Z."
    else:
        rows = two.rows + three.rows
        assert found.reason == f"The span {times(two, three)} has no file: {rows} rows are missing."


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_a_log_that_lost_all_its_files_is_missing(spool: Spool, version: str) -> None:
    if version == "0.1":
        spool = without_manifest(spool)
    for span in spool.spans():
        span.path.unlink()
    found = reading(spool)
    assert isinstance(found, Missing)
    assert found.reason.startswith("No file holds the time" if version == "0.1" else "The span ")
    assert found.remedy == COPY


def test_a_name_that_counts_other_rows(old: Spool) -> None:
    """As version 0.1 took for read what the name says (S-A1)."""
    span = old.spans()[0]
    span.path.rename(span.path.with_name(span.path.name.replace(f"--{span.rows}.", "--5000.")))
    found = partly(old)
    rows = f"{5000 - span.rows:,} of 5,000 rows are missing"
    assert found.reason == f"The span {times(span)} is not whole: {rows}."
    span = old.spans()[0]
    span.path.rename(span.path.with_name(span.path.name.replace("--5000.", "--1.")))
    assert partly(old).reason.endswith("and the name of its file says 1.")


def test_an_emptied_span_of_version_01(old: Spool) -> None:
    span = old.spans()[0]
    span.path.write_bytes(b"")
    assert f"The span {times(span)} is not whole: {span.rows} of {span.rows} rows are missing." in partly(old).reason


def test_a_name_of_another_time(old: Spool) -> None:
    first, second, *_ = old.spans()
    names = first.path.name, second.path.name
    swapped = [second.path.with_name("a"), second.path.with_name("b")]
    first.path.rename(swapped[0])
    second.path.rename(swapped[1])
    swapped[0].rename(first.path.with_name(names[1]))
    swapped[1].rename(first.path.with_name(names[0]))
    found = partly(old)
    assert (
        found.reason.count("is not whole")
        + found.reason.count("the name of its file says")
        + found.reason.count("rows of another time")
        == 2
    )
    assert found.value.coverage.intervals[0][0] > found.value.coverage.asked[0]


def test_a_span_that_claims_less_than_the_window(old: Spool) -> None:
    """A span renamed so that it covers only the last of the days, as S-A1 had it."""
    *others, last = old.spans()
    for span in others:
        span.path.unlink()
    hours = last.end.replace("T09", "T08")
    last.path.rename(last.path.with_name(last.path.name.replace(last.path.name[:26], hours.replace(":", ""))))
    found = partly(old)
    assert "holds rows of another time" in found.reason
    assert "No file holds the time from 2026-11-18T09:00:00Z to 2026-11-21T08:00:00Z." in found.reason
    assert found.value.coverage.intervals == ()


def test_spans_that_overlap(old: Spool) -> None:
    span = old.spans()[0]
    later = span.path.name.replace("T090000.0000000Z", "T090001.0000000Z")
    shutil.copy(span.path, span.path.with_name(later))
    other = old.spans()[1]
    assert f"The spans {times(span)} and {times(other)} overlap." in partly(old).reason


def test_a_file_that_is_none_of_ours(spool: Spool) -> None:
    (spool.folder / "sign_ins" / "mine.ndjson.zst").write_bytes(b"")
    (spool.folder / "sign_ins" / "._2026.ndjson.zst").write_bytes(b"Mac OS X")
    found = partly(spool)
    assert found.reason == "sign_ins/mine.ndjson.zst is no file that auditor wrote: left aside."


def test_a_lost_manifest_is_told(spool: Spool) -> None:
    (spool.folder / manifest.NAME).unlink()
    with tenant_in(spool.folder) as tenant:
        for name, each in tenant.readings.items():
            assert isinstance(each, Partial), name
            assert each.reason == "The manifest of the collection is gone, so nothing proves that its files are whole."
        assert tenant.sign_ins.coverage.intervals == ()


def test_a_changed_header_is_told(spool: Spool) -> None:
    path = spool.folder / HEADER
    path.write_text(path.read_text().replace('"admin_sign_in_hours": 4', '"admin_sign_in_hours": 9'))
    with tenant_in(spool.folder) as tenant:
        for each in tenant.readings.values():
            assert isinstance(each, Partial)
            assert each.reason == "collection.json was changed since it was collected."


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_a_folder_without_its_header_is_not_taken_for_exports(spool: Spool, version: str) -> None:
    """Its datasets would be read without their states, and its log without its window."""
    if version == "0.1":
        spool = without_manifest(spool)
    (spool.folder / HEADER).unlink()
    with pytest.raises(SpoolError, match=r"collection\.json is gone"):
        source_at(spool.folder)


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_a_lost_dataset(spool: Spool, version: str) -> None:
    count = len(json.loads((spool.folder / "datasets" / "policies.json").read_text())["value"])
    if version == "0.1":
        spool = without_manifest(spool)
    (spool.folder / "datasets" / "policies.json").unlink()
    found = reading(spool, "policies")
    why = "though collecting came to its end" if version == "0.1" else f": {count} objects are missing"
    assert isinstance(found, Missing)
    assert found.reason.startswith("datasets/policies.json is gone")
    assert why in found.reason


def test_a_changed_dataset_is_used_and_proves_nothing_absent(spool: Spool) -> None:
    path = spool.folder / "datasets" / "policies.json"
    stored = json.loads(path.read_text())
    del stored["value"][0]
    path.write_text(json.dumps(stored, indent=9))
    found = partly(spool, "policies")
    assert found.reason == "datasets/policies.json was changed since it was collected."
    assert len(found.value) == len(stored["value"])


def test_a_dataset_under_the_name_of_another(old: Spool) -> None:
    folder = old.folder / "datasets"
    shutil.copy(folder / "named_locations.json", folder / "policies.json")
    found = reading(old, "policies")
    assert isinstance(found, Missing)
    assert found.reason.endswith("policies.json holds another dataset: 'named_locations'.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_pipes_are_not_waited_for(spool: Spool, version: str) -> None:
    if version == "0.1":
        spool = without_manifest(spool)
    span = spool.spans()[0]
    for path in (span.path, spool.folder / "datasets" / "policies.json"):
        path.unlink()
        os.mkfifo(path)
    assert times(span)[:20] in partly(spool).reason
    found = reading(spool, "policies")
    assert isinstance(found, Missing)
    assert "no regular file" in found.reason


def test_a_stopped_run_lists_what_it_finished(spool: Spool) -> None:
    """Half a line is what a kill may leave of the manifest; the next line stands by itself."""
    path = spool.folder / manifest.NAME
    *lines, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines) + last[:20])
    manifest.append(spool.folder, manifest.entry_of("datasets/policies.json", b"[]", 0))
    kept = spool.manifest()
    assert kept is not None
    assert kept.listed["datasets/policies.json"].size == 2
    assert len(path.read_bytes().splitlines()) == len(lines) + 2


def test_a_run_that_goes_on_reads_damaged_files_again(spool: Spool, again: Callable[[], Spool]) -> None:
    whole = sorted(spool.sign_in_lines())
    unfinished(spool)
    first, second, third, *_ = spool.spans()
    first.path.write_bytes(b"")
    content = bytearray(second.path.read_bytes())
    content[len(content) // 2] ^= 1
    second.path.write_bytes(content)
    third.path.unlink()
    (spool.folder / "datasets" / "named_locations.json").write_text("{}")
    kept = again()
    assert kept.header.complete
    assert sorted(kept.sign_in_lines()) == whole
    test_what_nobody_touched_is_collected(kept)
    aside = {path.name for path in (kept.folder / "set_aside").iterdir()}
    assert aside == {first.path.name, second.path.name, "named_locations.json", "sign_ins.json"}


def test_a_run_that_goes_on_fills_a_hole_and_no_more(spool: Spool, again: Callable[[], Spool]) -> None:
    unfinished(spool)
    before = spool.spans()
    before[1].path.unlink()
    kept = again()
    assert [(span.start, span.end, span.rows) for span in kept.spans()] == [
        (span.start, span.end, span.rows) for span in before
    ]


FLIP = st.tuples(st.just("flip"), st.floats(0, 1), st.integers(1, 255))
CHANGES = st.one_of(
    st.tuples(
        st.sampled_from(("take", "empty", "rename", "double", "fewer rows", "swap")), st.floats(0, 1), st.just(0)
    ),
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(0)),
    FLIP,
)


def changed(path: Path, how: str, place: float, what: int) -> None:
    content = path.read_bytes()
    at = min(int(place * len(content)), len(content) - 1)
    if how == "take":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(content[:at])
    elif how == "flip":
        path.write_bytes(content[:at] + bytes([content[at] ^ what]) + content[at + 1 :])
    elif how == "rename":
        path.rename(path.with_name(other_name(path, place)))
    elif how == "double":
        shutil.copy(path, path.with_name(other_name(path, place)))
    elif how == "swap":
        others = sorted(each for each in path.parent.iterdir() if each.is_file() and each != path)
        other = others[int(place * (len(others) - 1))]
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
    elif path.suffix == ".zst":
        rows = zstandard.ZstdDecompressor().stream_reader(content).read().splitlines(keepends=True)
        del rows[int(place * (len(rows) - 1))]
        path.write_bytes(zstandard.compress(b"".join(rows)))
    elif path.parent.name == "datasets":
        stored = json.loads(content)
        stored["value"] = stored["value"][:-1]
        path.write_text(json.dumps(stored))


def other_name(path: Path, place: float) -> str:
    """A name that a span could have, or one that no file of ours has."""
    if path.suffix == ".zst" and place < 0.8:
        start, end, rows = path.name.split(".ndjson")[0].split("--")
        return f"{start[:-2]}{int(place * 9) + 1}Z--{end}--{int(rows) + int(place * 4)}.ndjson.zst"
    return f"{path.stem} (1){path.suffix}"


def content_of(tenant: Tenant) -> dict[str, object]:
    """What a report could draw from each dataset that is whole."""
    found: dict[str, object] = {}
    for name, each in tenant.readings.items():
        if isinstance(each, Collected):
            log = each.value
            found[name] = (log.totals, log.coverage, log.counts()) if name == "sign_ins" else each.value
    return found


def bounds(spool: Spool, name: str) -> tuple[str, str]:
    return next((span.start, span.end) for span in spool.spans() if span.path.name == name)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_becomes_of_a_file(spool: Spool, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([each.relative_to(spool.folder) for each in files_of(spool.folder)]))
    how, place, what = data.draw(CHANGES)
    header = (spool.folder / HEADER).read_bytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "evidence"
        shutil.copytree(spool.folder, folder)
        changed(folder / path, how, place, what)
        same = [each.read_bytes() for each in files_of(folder)] == [
            each.read_bytes() for each in files_of(spool.folder)
        ]
        try:
            with tenant_in(folder) as tenant, tenant_in(spool.folder) as whole:
                found, before = content_of(tenant), content_of(whole)
        except SpoolError:
            # Without its header a folder is none of ours, and is told to be so.
            assert not (folder / HEADER).exists() or (folder / HEADER).read_bytes() != header
            return
    assert before.keys() == set(DATASETS)
    assert all(found[each] == before[each] for each in found)
    if same or (how == "double" and path.parent.name != "sign_ins"):
        return
    if path.name == HEADER:
        assert not found
    elif path.parent.name == "sign_ins":
        assert "sign_ins" not in found
    elif path.parent.name == "datasets":
        assert path.stem not in found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_becomes_of_a_file_of_version_01(old: Spool, data: st.DataObject) -> None:
    """Left out, as nothing in such a folder tells of it: a file of JSON with other values, a span whose name claims
    another time that is not held by its neighbours, and a byte that was flipped."""
    files = [each.relative_to(old.folder) for each in files_of(old.folder) if each.parent != old.folder]
    path = data.draw(st.sampled_from(files))
    ways = ["take", "empty", "cut", "swap"]
    if path.parent.name == "sign_ins":
        ways += ["double", "fewer rows"]
    how = data.draw(st.sampled_from(ways))
    place = data.draw(st.floats(0, 0.79) if how == "double" else st.floats(0, 1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "evidence"
        shutil.copytree(old.folder, folder)
        changed(folder / path, how, place, 0)
        with tenant_in(folder) as tenant:
            found = content_of(tenant)
            log = tenant.reading("sign_ins")
            if how in ("cut", "empty", "take", "fewer rows") and path.parent.name == "sign_ins":
                # What lost rows covers no time.
                assert isinstance(log, Partial)
                start, end = (parse(each) for each in bounds(old, path.name))
                assert not any(first < end and start < last for first, last in log.value.coverage.intervals)
    assert path.stem not in found if path.parent.name == "datasets" else "sign_ins" not in found


def test_a_run_goes_on_with_what_version_01_began(old: Spool, again: Callable[[], Spool]) -> None:
    """It has no manifest, and gets none that would vouch for files whose writing nobody saw."""
    whole = sorted(old.sign_in_lines())
    unfinished(old)
    old.spans()[1].path.unlink()
    (old.folder / "datasets" / "sign_ins.json").unlink()
    kept = again()
    assert sorted(kept.sign_in_lines()) == whole
    assert not (kept.folder / manifest.NAME).exists()
    assert isinstance(reading(kept), Collected)


def test_a_kill_between_a_file_and_its_line(spool: Spool, again: Callable[[], Spool]) -> None:
    """The file is there, and nothing proves it: it is collected again."""
    unfinished(spool)
    path = spool.folder / manifest.NAME
    kept = spool.manifest()
    assert kept is not None
    lost = {"datasets/policies.json", spool.spans()[0].file}
    kept.write_anew(without=lost)
    assert "is not in the manifest" in partly(spool).reason
    assert "is not in the manifest" in partly(spool, "policies").reason
    found = again()
    assert lost <= {json.loads(line)["file"] for line in path.read_bytes().splitlines()}
    test_what_nobody_touched_is_collected(found)


def test_what_is_collected_again_is_told(spool: Spool) -> None:
    unfinished(spool)
    span = spool.spans()[0]
    span.path.write_bytes(b"")
    (spool.folder / "datasets" / "policies.json").unlink()
    assert spool.set_aside_damaged() == ("datasets/policies.json is gone.", f"{span.file} is empty.")
    assert spool.set_aside_damaged() == ()


def test_a_run_that_goes_on_without_its_manifest_believes_nothing(spool: Spool, again: Callable[[], Spool]) -> None:
    unfinished(spool)
    (spool.folder / manifest.NAME).unlink()
    test_what_nobody_touched_is_collected(again())


def test_names_of_files_are_redacted(spool: Spool) -> None:
    (spool.folder / "sign_ins" / "Contoso GmbH.zst").write_bytes(b"")
    assert "Contoso GmbH.zst" in names_of(spool)


def test_paths_in_a_manifest_do_not_lead_out_of_the_folder(spool: Spool) -> None:
    mine = spool.folder.parent / "mine.json"
    mine.write_text("mine")
    unfinished(spool)
    for file in ("datasets/../../mine.json", str(mine), "../mine.json", "datasets\\..\\..\\mine.json"):
        manifest.append(spool.folder, manifest.Entry(file, 1, 1, "0"))
    assert spool.set_aside_damaged() == ()
    assert mine.read_text() == "mine"
