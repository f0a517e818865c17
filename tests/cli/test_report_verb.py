"""`auditor report`, and where `run` and `demo` put their reports."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from auditor import history
from auditor.cli.options import Form
from auditor.config import parse
from auditor.local_tenant.service import LocalTenant
from auditor.reports import formats
from auditor.reports.formats import FORMATS

Invoke = Callable[..., Result]

SAVED = Path(__file__).parents[1] / "reports" / "golden" / "run.json"
PRINTED = [name for name, form in FORMATS.items() if not form.folder]
EVERYTHING = [word for name in FORMATS for word in ("--format", name)]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """All files of all formats of the saved run."""
    run = history.read(SAVED)
    return {name: content for form in FORMATS for name, content in formats.files(run, form).items()}


def test_options_and_config_name_the_formats_that_there_are() -> None:
    assert [each.value for each in Form] == list(FORMATS)
    text = f'[report]\nformats = {json.dumps(list(FORMATS))}\n[[tenant]]\nid = "c.example"\n'
    assert parse(text + '[tenant.credential]\nclient_id = "c"\n', "auditor.toml").report.formats == tuple(FORMATS)


@pytest.mark.parametrize("form", PRINTED)
def test_a_format_is_printed_as_it_is_written(auditor: Invoke, made: dict[str, bytes], form: str) -> None:
    result = auditor("report", SAVED, "--format", form)
    assert result.stdout_bytes == made[FORMATS[form].file]
    assert result.exit_code == 13


def test_several_formats_fill_a_folder(auditor: Invoke, made: dict[str, bytes], tmp_path: Path) -> None:
    result = auditor("report", SAVED, *EVERYTHING, "--output", "new/reports")
    assert result.exit_code == 13
    assert result.stdout == ""
    assert "The report is in new" in result.stderr
    assert files(tmp_path / "new" / "reports") == made


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by the folder's access list")
def test_what_is_written_is_private(auditor: Invoke, tmp_path: Path) -> None:
    auditor("report", SAVED, *EVERYTHING, "-o", "reports")
    assert not [path for path in (tmp_path / "reports").rglob("*") if path.stat().st_mode & 0o077]


def test_one_format_is_written_to_the_file_whatever_it_is_called(
    auditor: Invoke, made: dict[str, bytes], tmp_path: Path
) -> None:
    result = auditor("report", SAVED, "-f", "html", "-o", "seen.txt", "-q")
    assert (result.stdout, result.stderr) == ("", "")
    assert (tmp_path / "seen.txt").read_bytes() == made["report.html"]


def test_one_format_goes_into_a_folder_that_is_there(auditor: Invoke, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    auditor("report", SAVED, "-f", "sarif", "-o", "reports")
    assert list(files(tmp_path / "reports")) == ["report.sarif"]


def test_a_format_that_is_asked_for_twice_is_one(auditor: Invoke) -> None:
    assert auditor("report", SAVED, "-f", "json", "-f", "json").stdout_bytes == SAVED.read_bytes()


def test_an_older_report_is_replaced(auditor: Invoke, made: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "r.md").write_text("older")
    auditor("report", SAVED, "-f", "markdown", "-o", "r.md")
    assert (tmp_path / "r.md").read_bytes() == made["report.md"]
    assert [path.name for path in tmp_path.iterdir()] == ["r.md"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-f", "html", "-f", "json"], "Several formats cannot be printed. Name a folder for the files"),
        (["-f", "csv"], "The format csv cannot be printed. Name a folder for the files"),
        (["-f", "html", "-f", "json", "-o", "a-file"], "a-file is no folder"),
        (["-f", "csv", "-o", "a-file"], "a-file is no folder"),
        (["-f", "xml"], "xml"),
    ],
)
def test_what_does_not_go_together_is_an_error_of_usage(
    auditor: Invoke, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "a-file").write_text("kept")
    result = auditor("report", "no-such-run.json", *words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert (tmp_path / "a-file").read_text() == "kept"


@pytest.mark.parametrize("fail_on", ["low", "critical", "never"])
def test_the_exit_code_is_the_same_in_every_format(auditor: Invoke, fail_on: str) -> None:
    codes = {
        auditor("report", SAVED, "-f", form, "-o", "out", "--fail-on", fail_on, "-q").exit_code
        for form in PRINTED
    }  # fmt: skip
    codes.add(auditor("report", SAVED, *EVERYTHING, "-o", "folder", "--fail-on", fail_on, "-q").exit_code)
    assert codes == {13 if fail_on == "low" else 3}


def test_the_threshold_reaches_junit(auditor: Invoke) -> None:
    assert "<failure" in auditor("report", SAVED, "-f", "junit").stdout
    assert "<failure" not in auditor("report", SAVED, "-f", "junit", "--fail-on", "never").stdout


@pytest.mark.parametrize("content", [None, "{}", '{"schema": "auditor/run/v9"}', "no JSON"])
def test_what_is_no_saved_run_is_an_error(auditor: Invoke, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "odd.json").write_text(content)
    result = auditor("report", "odd.json")
    assert result.exit_code == 1
    assert "odd.json" in result.stderr
    assert result.stdout == ""


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_read(
    auditor: Invoke, config_file: Path, local: LocalTenant, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    before = len(local.requests)
    for output, code, said in (("file/x.html", 2, "file is no folder"), ("file/reports/x.html", 1, "cannot be made")):
        result = auditor("run", "-f", "html", "-o", output)
        assert result.exit_code == code
        assert said in result.stderr
    assert auditor("run", "-f", "csv").exit_code == 2
    assert len(local.requests) == before


def test_the_config_says_which_formats_go_where(auditor: Invoke, config_file: Path, tmp_path: Path) -> None:
    wanted = "[report]\nformats = ['json', 'markdown']\noutput = 'kept reports'\n"
    config_file.write_text(wanted + config_file.read_text())
    result = auditor("run", "-q")
    assert (result.exit_code, result.stdout) == (13, "")
    written = files(tmp_path / "kept reports")
    assert set(written) == {"run.json", "report.md"}
    assert auditor("report", "kept reports/run.json", "-f", "markdown").stdout_bytes == written["report.md"]
    shown = auditor("run", "-q", "--format", "table")
    assert "1. Interrupts in the sign-in log" in shown.stdout


def test_the_demo_writes_too(auditor: Invoke, tmp_path: Path) -> None:
    result = auditor("demo", "--users", 30, "--days", 2, "-f", "html", "-f", "csv", "-o", "demo", "-q")
    assert result.exit_code == 0
    assert {name.partition("/")[0] for name in files(tmp_path / "demo")} == {"report.html", "csv"}
