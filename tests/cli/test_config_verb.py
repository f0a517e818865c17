"""`auditor config`, as a person types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from auditor.config import example

Invoke = Callable[..., Result]


def test_printed(auditor: Invoke) -> None:
    result = auditor("config")
    assert (result.exit_code, result.stdout, result.stderr) == (0, example(), "")


def test_written_to_a_file_that_doctor_reads(auditor: Invoke, tmp_path: Path) -> None:
    result = auditor("config", "-o", "auditor.toml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "auditor.toml" in result.stderr
    assert (tmp_path / "auditor.toml").read_bytes() == example().encode()
    assert "client_id is missing" in auditor("doctor").stderr


@pytest.mark.parametrize("there", ["file", "folder", "broken link"])
def test_what_is_there_stays_as_it_is(auditor: Invoke, tmp_path: Path, there: str) -> None:
    path = tmp_path / "auditor.toml"
    if there == "file":
        path.write_text("mine")
    elif there == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    result = auditor("config", "-o", "auditor.toml")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["auditor.toml"]
    assert there != "file" or path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(auditor: Invoke) -> None:
    result = auditor("config", "-o", "none/auditor.toml")
    assert result.exit_code == 1
    assert "none/auditor.toml could not be written: No such file or directory." in result.stderr
