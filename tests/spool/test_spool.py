import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from auditor.errors import SpoolError
from auditor.spool.private_files import written_whole
from auditor.spool.spool import Header, Spool, StoredDataset

START, MIDDLE, END = (f"2026-11-0{day}T00:00:00.0000000Z" for day in (1, 4, 8))
HEADER = Header(
    tenant="contoso.com",
    started=END,
    window_start=START,
    window_end=END,
    datasets=("policies", "sign_ins"),
    source={"kind": "test"},
)
EARLIEST = {"schema", "tenant", "started", "window_start", "window_end", "datasets", "source", "complete"}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool.create(tmp_path / "deep" / "er" / "spool", HEADER)


def write(spool: Spool, start: str, end: str, *rows: bytes) -> None:
    with spool.new_span() as writer:
        writer.add(rows)
        writer.done(start, end)


def test_what_is_written_is_read_again(spool: Spool) -> None:
    stored = StoredDataset(name="policies", state="partial", reason="why", read=END, value=[msgspec.Raw(b'{"id": 1}')])
    spool.write_dataset(stored)
    again = Spool.open(spool.folder)
    assert again.header == msgspec.structs.replace(HEADER, manifest=True)
    found = again.dataset("policies")
    assert found is not None
    assert (found.state, found.reason, found.objects()) == ("partial", "why", [{"id": 1}])
    assert again.dataset("sign_ins") is None
    spool.finish()
    assert Spool.open(spool.folder).header.complete


def test_what_is_expected_of_administrators_comes_back(tmp_path: Path) -> None:
    expected = msgspec.structs.replace(HEADER, break_glass=("ada@contoso.com",), admin_sign_in_hours=2)
    Spool.create(tmp_path / "spool", expected)
    assert Spool.open(tmp_path / "spool").header == msgspec.structs.replace(expected, manifest=True)


def test_folders_of_earlier_versions_still_open(spool: Spool) -> None:
    path = spool.folder / "collection.json"
    header = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode({key: header[key] for key in header if key in EARLIEST}))
    assert Spool.open(spool.folder).header == HEADER


def test_rows_come_back_untouched_newest_span_first(spool: Spool) -> None:
    write(spool, MIDDLE, END, b'{"a": "\\n\xc3\xa9"}', b'{"b": 2}')
    write(spool, START, MIDDLE, b'{"c": 3}')
    assert list(spool.sign_in_lines()) == [b'{"a": "\\n\xc3\xa9"}', b'{"b": 2}', b'{"c": 3}']
    assert [(span.start, span.end, span.rows) for span in spool.spans()] == [(START, MIDDLE, 1), (MIDDLE, END, 2)]


def test_a_row_stays_one_line(spool: Spool) -> None:
    write(spool, START, END, b'{\r\n "a": 1\n}')
    (line,) = spool.sign_in_lines()
    assert msgspec.json.decode(line) == {"a": 1}


def test_a_span_that_is_not_done_leaves_nothing(spool: Spool) -> None:
    with spool.new_span() as writer:
        writer.add([b"{}"])
    with pytest.raises(ZeroDivisionError), spool.new_span() as writer:
        writer.add([b"{}"])
        writer.done(START, END)
        _ = 1 // 0
    assert spool.spans() == []
    assert os.listdir(spool.folder / "sign_ins") == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes; its folders inherit the profile's rights")
def test_only_the_owner_may_read(spool: Spool) -> None:
    write(spool, START, END, b"{}")
    spool.write_dataset(StoredDataset(name="policies", state="collected", read=END))
    with spool.held():
        pass
    for path in (spool.folder.parent.parent, *spool.folder.parent.rglob("*")):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_folders_that_are_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match=r"no collection\.json"):
        Spool.open(tmp_path)
    (tmp_path / "collection.json").write_text("{")
    with pytest.raises(SpoolError, match="damaged"):
        Spool.open(tmp_path)
    (tmp_path / "collection.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(HEADER, schema="auditor/spool/v9"))
    )
    with pytest.raises(SpoolError, match="auditor/spool/v9"):
        Spool.open(tmp_path)


def test_damaged_files_are_named(spool: Spool) -> None:
    write(spool, START, END, b"{}")
    (span,) = spool.spans()
    span.path.write_bytes(b"not zstd")
    with pytest.raises(SpoolError, match=r"ndjson\.zst cannot be read"):
        list(spool.sign_in_lines())
    spool.write_dataset(StoredDataset(name="policies", state="collected", read=END))
    (spool.folder / "datasets" / "policies.json").write_text("[]")
    with pytest.raises(SpoolError, match=r"policies\.json is damaged"):
        spool.dataset("policies")
    (spool.folder / "sign_ins" / "mine.ndjson.zst").write_bytes(b"")
    assert [path.name for path in spool.strays()] == ["mine.ndjson.zst"]
    assert spool.spans() == [span]


def test_two_runs_are_kept_apart(spool: Spool) -> None:
    with spool.held(), pytest.raises(SpoolError, match="Another run"), Spool.open(spool.folder).held():
        pass
    with spool.held():
        pass


def test_a_killed_run_leaves_no_lock_and_its_leftovers_go(spool: Spool) -> None:
    program = (
        "import os, sys, pathlib\n"
        "from auditor.spool.spool import Spool\n"
        "spool = Spool.open(pathlib.Path(sys.argv[1]))\n"
        "with spool.held(), spool.new_span() as writer:\n"
        "    writer.add([b'{}'])\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(spool.folder)], check=False).returncode == 9
    assert os.listdir(spool.folder / "sign_ins") == ["new.part"]
    with spool.held():
        assert os.listdir(spool.folder / "sign_ins") == []


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with written_whole(path) as file:
        file.write(b"first")
    with pytest.raises(ZeroDivisionError), written_whole(path) as file:
        file.write(b"second")
        _ = 1 // 0
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_a_clear_error(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: real("/dev/full", os.O_WRONLY))
    with pytest.raises(SpoolError, match="disk is full"):
        spool.write_dataset(StoredDataset(name="policies", state="collected", read=END))
    with pytest.raises(SpoolError, match="disk is full"):
        write(spool, START, END, os.urandom(1 << 20).replace(b"\n", b" "))


@pytest.mark.parametrize(
    "change",
    [
        {"window_start": "2026-13-01T00:00:00.0000000Z"},
        {"window_end": "soon"},
        {"attestation": {"setting": "maybe", "by": "x", "on": "y"}},
        {"datasets": "policies"},
        {"break_glass": "ada@contoso.com"},
        {"admin_sign_in_hours": 0},
    ],
)
def test_a_twisted_header_is_a_clear_error(spool: Spool, change: dict[str, object]) -> None:
    from auditor.audit import open_tenant

    path = spool.folder / "collection.json"
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | change))
    with pytest.raises(SpoolError, match="damaged"), open_tenant(Spool.open(spool.folder), lambda progress: None):
        pass


def test_datasets_that_only_a_later_version_knows_are_left_aside(spool: Spool) -> None:
    from auditor.audit import open_tenant

    path = spool.folder / "collection.json"
    path.write_bytes(
        msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | {"datasets": ["policies", "weather"]})
    )
    with open_tenant(Spool.open(spool.folder), lambda progress: None) as tenant:
        assert list(tenant.readings) == ["policies"]
