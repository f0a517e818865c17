"""A standard output that takes nothing, as the real program meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Without the mark `program`: what shifts the clock for those keeps it in a file that all processes share, and where the
# standard output is closed that file gets its number, and is written over.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only some systems have a device that is always full"),
]

COMMANDS = (
    ["checks"],
    ["config"],
    ["run", "--from", "log.ndjson", "-q"],
    ["run", "--from", "log.ndjson", "-q", "-f", "json"],
    ["interrupts", "--from", "log.ndjson", "-q", "-f", "csv"],
)
ROW = (
    '{"id": "r1", "createdDateTime": "2026-11-02T08:00:00Z", "userId": "u1", "correlationId": "c1", '
    '"status": {"errorCode": 50140}}'
)


def ended(folder: Path, command: list[str], to: str) -> subprocess.CompletedProcess[str]:
    (folder / "log.ndjson").write_text(ROW)
    return subprocess.run(
        ["sh", "-c", f'"$@" {to}', "sh", sys.executable, "-m", "auditor", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("to", "why"), [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
def test_it_is_said_in_one_sentence(tmp_path: Path, command: list[str], to: str, why: str) -> None:
    done = ended(tmp_path, command, to)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(f"auditor: Standard output could not be written: {why}.")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_report_in_a_file_needs_none(tmp_path: Path) -> None:
    done = ended(tmp_path, ["run", "--from", "log.ndjson", "-q", "-f", "json", "-o", "run.json"], ">&-")
    assert done.returncode not in (1, 2), done.stderr
    assert (tmp_path / "run.json").exists()
