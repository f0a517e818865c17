"""docs/adding-a-check.md, done as a new author would: files from the page, its commands, its output."""

from __future__ import annotations

import os
import re
import shlex
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from auditor.reports.checks_page import HEADINGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-check.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)).splitlines()
(REPORTED,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def environment(folder: Path) -> Path:
    """A virtual environment that has what this one has; its Python."""
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    scripts, python = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    packages = next(folder.glob("lib/python*/site-packages"), folder / "Lib" / "site-packages")
    lines = [f"import site; site.addsitedir({place!r})" for place in site.getsitepackages()]
    (packages / "surroundings.pth").write_text("\n".join([*lines, str(ROOT)]) + "\n")
    return folder / scripts / python


@pytest.mark.slow
@pytest.mark.program
def test_from_an_empty_folder_to_a_finding_in_the_report(tmp_path: Path) -> None:
    assert set(FILES) == {"pyproject.toml", "contoso_checks.py", "test_contoso_checks.py"}
    python = environment(tmp_path / "environment")
    folder = tmp_path / "contoso-checks"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")

    def run(line: str) -> str:
        word, *rest = shlex.split(line)
        program = {"python": [str(python)], "auditor": [str(python), "-m", "auditor"]}[word]
        surroundings = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
        surroundings.pop("PYTEST_ADDOPTS", None)
        done = subprocess.run(
            [*program, *rest], cwd=folder, env=surroundings, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    said = {line: run(line) for line in COMMANDS}

    assert "3 passed" in said["python -m pytest"]
    assert "From contoso-checks 1.0\n" in said["auditor checks"]
    assert "\npolicy-report-only  Policies that only look on  policies\n" in said["auditor checks"]
    page = said["auditor checks policy-report-only"]
    assert all(f"\n{heading}\n" in page for heading in HEADINGS)
    assert "It comes from contoso-checks 1.0." in page
    assert REPORTED in said["auditor demo"]

    run("python -m pip uninstall --yes contoso-checks")
    assert "contoso" not in run("auditor checks")


def test_the_example_is_clean(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for command in (["check", "--select", "E,F,I,B,UP"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", "--line-length", "120", "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
