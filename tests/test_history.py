import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from auditor import history
from auditor.audit import facts
from auditor.errors import RunFileError
from auditor.run import Run, Unreached
from auditor.testing import tenant
from auditor_checks import ALL


@pytest.fixture(scope="module")
def run() -> Run:
    with tenant() as made:
        audited = facts(made, ALL, {"kind": "test"})
    return Run("2026-11-21T03:42:00Z", "1.2.3", (), (audited,), (Unreached("x", "y", "z"),))


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Callable[..., Path]:
    def keep(started: str = run.started, keep: int = 30, **fields: str) -> Path:
        moment = replace(run, started=started)
        return history.save(moment, replace(run.tenants[0], **fields), tmp_path, keep)  # type: ignore[arg-type]

    return keep


def test_what_is_kept_is_read_again(run: Run, kept: Callable[..., Path], tmp_path: Path) -> None:
    path = kept()
    assert path == tmp_path / run.tenants[0].id / "20261121T034200Z.json"
    assert history.last(tmp_path, run.tenants[0].id) == replace(run, unreached=())


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by the folder's access list")
def test_it_is_private(kept: Callable[..., Path]) -> None:
    path = kept()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_the_oldest_go(run: Run, kept: Callable[..., Path], tmp_path: Path) -> None:
    days = [f"2026-11-{day}T03:42:00Z" for day in (11, 12, 13)]
    for day in days:
        kept(day, keep=2)
    assert [path.stem for path in history.kept(tmp_path, run.tenants[0].id)] == ["20261112T034200Z", "20261113T034200Z"]


def test_two_of_one_second_are_two(run: Run, kept: Callable[..., Path], tmp_path: Path) -> None:
    paths = [kept() for _ in range(11)]
    assert len(set(paths)) == 11
    assert history.kept(tmp_path, run.tenants[0].id) == paths


def test_another_tenants_run_is_not_the_last(kept: Callable[..., Path], tmp_path: Path) -> None:
    kept()
    assert history.last(tmp_path, "another") is None


@pytest.mark.parametrize("identity", ["../../etc", "", "a/b", "..", "C:\\x", "\x00"])
def test_a_hostile_tenant_stays_in_the_folder(kept: Callable[..., Path], tmp_path: Path, identity: str) -> None:
    path = kept(id=identity)
    assert path.resolve().parent.parent == tmp_path.resolve()


def test_a_damaged_file_is_named(run: Run, kept: Callable[..., Path], tmp_path: Path) -> None:
    path = kept()
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(RunFileError, match=path.name):
        history.last(tmp_path, run.tenants[0].id)


def test_a_folder_that_cannot_be_made_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFileError, match="could not be kept"):
        history.save(run, run.tenants[0], tmp_path / "file", 3)
