"""A collected folder in a zip or tar file, or in another folder, is that folder; what is more than that is refused."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from auditor import audit
from auditor.config import Config
from auditor.errors import AuditorError, ExportError, SpoolError
from auditor.local_tenant.service import LocalTenant
from auditor.reports.json import document
from auditor.run import Run
from auditor.sources.packed import collection_at
from auditor.spool.spool import Spool

Files = Mapping[str, bytes]


def zipped(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: Files) -> Path:
    with tarfile.open(path, f"w:{path.suffix[1:] if path.suffix in ('.gz', '.xz') else ''}") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def written(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def within(folder: str, files: Files) -> Files:
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("collected")


@pytest.fixture
def files(local: LocalTenant, config_for: Callable[..., Config], collect: Callable[..., Spool], scratch: Path) -> Files:
    """Of a collected folder, which is collected once."""
    folder = scratch / "evidence"
    if not folder.exists():
        collect(config_for(local), folder, ("organization", "policies", "sign_ins"))
        (folder / "lock").unlink(missing_ok=True)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def report(path: Path) -> str:
    return json.dumps(document(Run("", "", (), (audit.audit(audit.source_at(path), (), lambda progress: None),))))


@pytest.mark.parametrize(
    "pack",
    [
        lambda folder, files: zipped(folder / "evidence.zip", files),
        lambda folder, files: zipped(folder / "sent.zip", within("evidence", files)),
        lambda folder, files: zipped(folder / "sent.zip", within("a/b/evidence", files)),
        lambda folder, files: zipped(folder / "sent", within("./evidence", files)),
        lambda folder, files: zipped(
            folder / "mac.zip", {**within("evidence", files), "__MACOSX/._evidence": b"x", ".DS_Store": b"y"}
        ),
        lambda folder, files: tarred(folder / "evidence.tar", files),
        lambda folder, files: tarred(folder / "sent.tar.gz", within("evidence", files)),
        lambda folder, files: tarred(folder / "sent.tar.xz", within("evidence", files)),
        lambda folder, files: written(folder / "parent" / "evidence", files).parent,
        lambda folder, files: zipped(written(folder / "parent", {}) / "evidence.zip", files).parent,
    ],
    ids=["zip", "folder in a zip", "deep in a zip", "no suffix", "macOS", "tar", "tar.gz", "tar.xz", "parent", "both"],
)
def test_it_gives_the_same_report(pack: Callable[[Path, Files], Path], files: Files, tmp_path: Path) -> None:
    (tmp_path / "parent").mkdir()
    whole = report(written(tmp_path / "evidence", files))
    assert report(pack(tmp_path, files)) == whole


def test_what_was_unpacked_is_private_and_does_not_stay(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    spool = collection_at(zipped(tmp_path / "evidence.zip", files))
    assert spool is not None
    place = spool.folder.parent
    assert place.is_relative_to(tmp_path / "temporary")
    assert {path.stat().st_mode & 0o077 for path in place.rglob("*")} == {0}
    del spool
    assert not place.exists()


@pytest.mark.parametrize("pack", [zipped, tarred, written])
def test_several_are_refused_by_name(pack: Callable[[Path, Files], Path], files: Files, tmp_path: Path) -> None:
    path = pack(tmp_path / "all", {**within("contoso", files), **within("fabrikam", files)})
    with pytest.raises(ExportError, match=r"2 collected folders: contoso, fabrikam\..*ame one of them"):
        audit.source_at(path)


@pytest.mark.parametrize("pack", [zipped, tarred, written])
def test_one_beside_other_files_is_refused_by_name(
    pack: Callable[[Path, Files], Path], files: Files, tmp_path: Path
) -> None:
    path = pack(tmp_path / "all", {**within("contoso", files), "policies.json": b"[]"})
    with pytest.raises(ExportError, match=r"a collected folder beside other files: contoso\..*ame one of them"):
        audit.source_at(path)


def test_a_packed_one_beside_other_files_is_refused(files: Files, tmp_path: Path) -> None:
    zipped(tmp_path / "evidence.zip", files)
    (tmp_path / "policies.json").write_text("[]")
    with pytest.raises(ExportError, match=r"beside other files: evidence\.zip"):
        audit.source_at(tmp_path)


@pytest.mark.parametrize("name", ["../outside.json", "/outside.json", "C:/outside.json", "evidence/../../outside.json"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_nothing_is_written_outside(
    pack: Callable[[Path, Files], Path], name: str, files: Files, tmp_path: Path
) -> None:
    path = pack(
        tmp_path / "in" / "evidence.zip" if (tmp_path / "in").mkdir() is None else tmp_path, {**files, name: b"x"}
    )
    before = set(tmp_path.rglob("*"))
    with pytest.raises(SpoolError, match="outside of its folder"):
        audit.source_at(path)
    assert set(tmp_path.rglob("*")) == before


def test_links_and_devices_in_a_tar_file_are_refused(files: Files, tmp_path: Path) -> None:
    path = tarred(tmp_path / "evidence.tar", files)
    with tarfile.open(path, "a") as archive:
        link = tarfile.TarInfo("datasets/policies.link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(SpoolError, match="no ordinary file"):
        audit.source_at(path)


def test_two_members_of_one_name_are_refused(files: Files, tmp_path: Path) -> None:
    path = zipped(tmp_path / "evidence.zip", files)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        archive.writestr("datasets/policies.json", b"{}")
    with pytest.raises(SpoolError, match=r"holds datasets/policies\.json twice"):
        audit.source_at(path)


def test_a_bomb_is_given_up(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.sources.packed._SLACK", 1 << 20)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = zipped(tmp_path / "evidence.zip", {**files, "sign_ins/x": bytes(300 << 20)})
    with pytest.raises(SpoolError, match="unpacks to more than"):
        audit.source_at(path)
    assert [each.name for each in tmp_path.iterdir()] == ["evidence.zip"]


def test_a_cut_one_lacks_what_was_cut_off(files: Files, tmp_path: Path) -> None:
    path = tarred(tmp_path / "evidence.tar", dict(sorted(files.items())))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    try:
        source = audit.source_at(path)
    except AuditorError:
        return
    run = audit.audit(source, (), lambda progress: None)
    assert {each.state for each in run.datasets} != {"collected"}


def test_a_zip_of_exports_stays_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "exports.zip", {"policies.json": b"[]"})
    assert collection_at(path) is None
    shutil.rmtree(tmp_path)
    assert collection_at(path) is None


def test_a_damaged_one_is_called_by_the_name_of_its_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "sent.zip", {"evidence/collection.json": b"{}"})
    with pytest.raises(SpoolError, match=r"sent\.zip/collection\.json is damaged") as caught:
        audit.source_at(path)
    assert "auditor-" not in caught.value.what
