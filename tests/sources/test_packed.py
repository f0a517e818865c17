"""A collected folder in a zip or tar file, or in another folder, is that folder; what is more than that is refused."""

from __future__ import annotations

import io
import json
import random
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


def windows_zipped(path: Path, files: Files) -> Path:
    """As some programs on Windows write it: folders, too, and backslashes."""
    folders = {name.rpartition("/")[0] for name in files}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**{f"{folder}/": b"" for folder in folders}, **files}.items():
            info = zipfile.ZipInfo()
            info.filename, info.compress_type = name.replace("/", "\\"), zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
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
            folder / "mac.zip",
            {**within("evidence", files), "__MACOSX/._evidence": b"x", ".DS_Store": b"y", ".git/x": b"z"},
        ),
        lambda folder, files: windows_zipped(folder / "windows.zip", within("evidence", files)),
        lambda folder, files: tarred(folder / "evidence.tar", files),
        lambda folder, files: tarred(folder / "sent.tar.gz", within("evidence", files)),
        lambda folder, files: tarred(folder / "sent.tar.xz", within("evidence", files)),
        lambda folder, files: written(folder / "parent" / "evidence", files).parent,
        lambda folder, files: zipped(written(folder / "parent", {}) / "evidence.zip", files).parent,
    ],
    ids=[
        "zip",
        "folder in a zip",
        "deep in a zip",
        "no suffix",
        "macOS",
        "Windows",
        "tar",
        "tar.gz",
        "tar.xz",
        "parent",
        "both",
    ],
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
    path = zipped(tmp_path / "evidence.zip", {**files, "datasets/x.json": bytes(300 << 20)})
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


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_lies_among_the_sign_ins_is_told_of_and_not_unpacked(
    pack: Callable[[Path, Files], Path], files: Files, tmp_path: Path
) -> None:
    more = {"sign_ins/notes.txt": b"x", "sign_ins/old/a.json": b"x", "run.exe": b"x", "set_aside/policies.json": b"x"}
    more |= {"datasets/readme.txt": b"x", "datasets/old/policies.json": b"x"}
    whole = report(written(tmp_path / "evidence", {**files, **more}))
    assert "sign_ins/notes.txt is no file that auditor wrote" in whole
    path = pack(tmp_path / "packed", {**files, **more})
    assert report(path) == whole
    spool = collection_at(path)
    assert spool is not None
    there = {each.relative_to(spool.folder).as_posix(): each.stat().st_size for each in spool.folder.rglob("*")}
    assert {name for name in there if name in more} == {"sign_ins/notes.txt"}
    assert there["sign_ins/notes.txt"] == 0


@pytest.mark.parametrize("pack", [zipped, tarred, written])
@pytest.mark.parametrize(
    "kept",
    [
        lambda name: name != "collection.json",
        lambda name: name.startswith("sign_ins/"),
        lambda name: name == "datasets/policies.json",
    ],
    ids=["all but the header", "sign-ins alone", "a dataset alone"],
)
def test_one_that_lost_its_header_is_never_read_as_exports(
    kept: Callable[[str], bool], pack: Callable[[Path, Files], Path], files: Files, tmp_path: Path
) -> None:
    for folder in ("", "evidence"):
        path = pack(tmp_path / f"sent{folder}", {str(Path(folder, name)): files[name] for name in files if kept(name)})
        with pytest.raises(SpoolError) as caught:
            audit.source_at(path)
        assert caught.value.what.startswith(f"{path / folder / 'collection.json'} is gone")
        assert caught.value.remedy


@pytest.mark.parametrize("name", ["datasets", "datasets/policies.json"])
def test_datasets_without_the_rest_are_no_exports(name: str, files: Files, tmp_path: Path) -> None:
    written(tmp_path / "evidence", files)
    with pytest.raises(
        ExportError, match=r"is a part of what auditor collected\..* Name the whole of it: .*evidence\."
    ):
        audit.source_at(tmp_path / "evidence" / name)


def test_exports_in_folders_of_these_names_are_exports(tmp_path: Path) -> None:
    row = b'{"id": "1", "displayName": "p", "state": "enabled", "conditions": {}, "grantControls": null}'
    for path in (
        zipped(tmp_path / "a.zip", {"datasets/policies.json": b"[%s]" % row}),
        written(tmp_path / "a", {"datasets/policies.json": b"[%s]" % row, "sign_ins/log.json": row}),
    ):
        assert collection_at(path) is None


def test_messages_name_the_archive(files: Files, tmp_path: Path) -> None:
    path = zipped(tmp_path / "sent.zip", within("evidence", {**files, "datasets/organization.json": b"{"}))
    source = audit.source_at(path)
    assert isinstance(source, Spool)
    with pytest.raises(SpoolError) as caught:
        source.dataset("organization")
    assert caught.value.what.startswith(f"{path}/evidence/datasets/organization.json is damaged")
    path = zipped(tmp_path / "header.zip", {**files, "collection.json": b"{"})
    with pytest.raises(SpoolError) as caught:
        audit.source_at(path)
    assert caught.value.what.startswith(f"{path}/collection.json is damaged")


@pytest.mark.parametrize("suffix", ["zip", "gz", "xz"])
def test_damage_within_is_told(suffix: str, files: Files, tmp_path: Path) -> None:
    noise = random.Random(7).randbytes(1 << 20)  # most of what is there
    pack = zipped if suffix == "zip" else tarred
    path = pack(tmp_path / f"evidence.{suffix}", {**files, "datasets/noise.json": noise})
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    path.write_bytes(data)
    with pytest.raises(
        SpoolError, match=r"datasets/noise\.json in .* cannot be unpacked: .|holds more than can be read"
    ):
        audit.source_at(path)


def test_an_encrypted_member_is_named(files: Files, tmp_path: Path) -> None:
    path = zipped(tmp_path / "evidence.zip", files)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02")
    path.write_bytes(data[: at + 8] + bytes([data[at + 8] | 1]) + data[at + 9 :])
    with pytest.raises(SpoolError, match="cannot be unpacked: it is encrypted"):
        audit.source_at(path)


def test_a_name_that_is_no_text_hides_no_collection(files: Files, tmp_path: Path) -> None:
    path = zipped(tmp_path / "evidence.zip", {**files, "nøtes": b"x"})
    whole = report(path)
    path.write_bytes(path.read_bytes().replace("nøtes".encode(), b"n\xff\xfetes"))
    assert report(path) == whole


def test_a_link_beside_a_collected_folder_is_something_else(files: Files, tmp_path: Path) -> None:
    written(tmp_path / "all" / "evidence", files)
    (tmp_path / "all" / "latest").symlink_to("evidence")
    with pytest.raises(ExportError, match="a collected folder beside other files: evidence"):
        audit.source_at(tmp_path / "all")


def test_a_zip_of_exports_stays_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "exports.zip", {"policies.json": b"[]"})
    assert collection_at(path) is None
    shutil.rmtree(tmp_path)
    assert collection_at(path) is None


def test_a_damaged_one_is_called_by_the_name_of_its_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "sent.zip", {"evidence/collection.json": b"{}"})
    with pytest.raises(SpoolError, match=r"sent\.zip/evidence/collection\.json is damaged") as caught:
        audit.source_at(path)
    assert "auditor-" not in caught.value.what
