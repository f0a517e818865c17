from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from auditor.errors import SpoolError
from auditor.spool import shelf
from auditor.spool.spool import Attested, Header, Spool

NOW = datetime(2026, 11, 8, tzinfo=timezone.utc)


def header(moment: datetime = NOW, **changes: object) -> Header:
    made = Header(
        tenant="contoso.com",
        started=moment.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
        window_start=(moment - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
        window_end=moment.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
        datasets=("policies",),
        source={"cloud": "global"},
    )
    return msgspec.structs.replace(made, **changes)


def made(root: Path, hours_ago: float, finished: bool = True, **changes: object) -> Spool:
    moment = NOW - timedelta(hours=hours_ago)
    spool = Spool.create(shelf.folder_for(root, "contoso.com", moment), header(moment, **changes))
    if finished:
        spool.finish()
    return spool


def test_a_stopped_run_is_gone_on_with(tmp_path: Path) -> None:
    stopped = made(tmp_path, 2, finished=False)
    found = shelf.unfinished(tmp_path, header(), NOW)
    assert found is not None
    assert found.folder == stopped.folder
    assert found.header == stopped.header


def test_what_is_finished_old_or_another_question_is_not(tmp_path: Path) -> None:
    made(tmp_path, 2)
    made(tmp_path, 30, finished=False)
    made(tmp_path, 3, finished=False, source={"cloud": "custom"})
    made(tmp_path, 4, finished=False, datasets=("policies", "sign_ins"))
    made(tmp_path, 5, finished=False, window_start="2026-10-01T00:00:00.0000000Z")
    assert shelf.unfinished(tmp_path, header(), NOW) is None
    assert shelf.unfinished(tmp_path, header(tenant="fabrikam.com"), NOW) is None


def test_other_emergency_accounts_are_another_question(tmp_path: Path) -> None:
    """They are looked up while collecting; the hours of administrators and an admin's word are not."""
    stopped = made(tmp_path, 2, finished=False, break_glass=("a@contoso.com",))
    assert shelf.unfinished(tmp_path, header(), NOW) is None
    word = Attested("hidden", "Ada", "2026-11-01")
    wanted = header(break_glass=("a@contoso.com",), admin_sign_in_hours=1, attestation=word)
    found = shelf.unfinished(tmp_path, wanted, NOW)
    assert found is not None
    assert found.folder == stopped.folder
    found.finish()
    kept = Spool.open(found.folder).header
    assert (kept.admin_sign_in_hours, kept.attestation) == (1, word)
    assert (kept.window_start, kept.started) == (stopped.header.window_start, stopped.header.started)


def test_purge_keeps_the_newest(tmp_path: Path) -> None:
    old, stale = made(tmp_path, 10), made(tmp_path, 30, finished=False)
    new, going = made(tmp_path, 1), made(tmp_path, 2, finished=False)
    shelf.purge(tmp_path, "contoso.com", keep=1, now=NOW)
    assert [each.folder.exists() for each in (old, stale, new, going)] == [False, False, True, True]
    shelf.purge(tmp_path, "contoso.com", keep=0, now=NOW)
    assert not new.folder.exists()


def test_purge_leaves_what_another_run_holds(tmp_path: Path) -> None:
    held = made(tmp_path, 10)
    made(tmp_path, 1)
    with held.held():
        shelf.purge(tmp_path, "contoso.com", keep=1, now=NOW)
    assert held.folder.exists()


def test_a_tenants_name_cannot_leave_the_shelf(tmp_path: Path) -> None:
    for name in ("../../etc", "..", "a/b\\c", "."):
        folder = shelf.folder_for(tmp_path / "root", name, NOW)
        assert folder.resolve().is_relative_to((tmp_path / "root").resolve()), name
        assert folder.resolve().parent != tmp_path.resolve()


def test_two_runs_of_one_second_have_two_folders(tmp_path: Path) -> None:
    first, second = made(tmp_path, 1), made(tmp_path, 1)
    assert first.folder != second.folder
    shelf.purge(tmp_path, "contoso.com", keep=1, now=NOW)
    assert (first.folder.exists(), second.folder.exists()) == (False, True)


def test_the_newest_finished_collection(tmp_path: Path) -> None:
    assert shelf.newest(tmp_path, "contoso.com") is None
    made(tmp_path, 50)
    newer = made(tmp_path, 30)
    made(tmp_path, 2, finished=False)
    found = shelf.newest(tmp_path, "contoso.com")
    assert found is not None
    assert found.folder == newer.folder


@pytest.mark.parametrize("change", [b"", b"{", b"schema", b"started", b"window_end"])
def test_a_damaged_collection_stops_nobody_and_is_told(tmp_path: Path, change: bytes) -> None:
    bad, good = made(tmp_path, 9), made(tmp_path, 5)
    stopped = made(tmp_path, 2, finished=False)
    path = bad.folder / "collection.json"
    if change in (b"", b"{"):
        path.write_bytes(change)
    else:
        path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | {change.decode(): "2026"}))
    (told,) = shelf.damaged(tmp_path, "contoso.com")
    assert str(path) in told
    newest, going = shelf.newest(tmp_path, "contoso.com"), shelf.unfinished(tmp_path, header(), NOW)
    assert newest is not None
    assert going is not None
    assert (newest.folder, going.folder) == (good.folder, stopped.folder)
    shelf.purge(tmp_path, "contoso.com", keep=0, now=NOW)
    assert [each.folder.exists() for each in (bad, good, stopped)] == [True, False, True]


def test_a_collection_that_a_wrong_clock_began_is_not_gone_on_with(tmp_path: Path) -> None:
    later = made(tmp_path, -24 * 365, finished=False)
    assert shelf.unfinished(tmp_path, header(NOW + timedelta(days=365)), NOW) is None
    shelf.purge(tmp_path, "contoso.com", keep=1, now=NOW)
    assert not later.folder.exists()


def test_what_cannot_be_deleted_is_told_after_the_rest_is_gone(tmp_path: Path) -> None:
    linked, other = made(tmp_path, 9), made(tmp_path, 5)
    linked.folder.rename(tmp_path / "elsewhere")
    linked.folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(SpoolError, match="could not be deleted"):
        shelf.purge(tmp_path, "contoso.com", keep=0, now=NOW)
    assert not other.folder.exists()
