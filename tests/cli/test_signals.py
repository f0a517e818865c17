"""SIGTERM, sent to the real program as a shell starts it in the background: with SIGINT ignored."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.local_tenant.service import LocalTenant
from auditor.spool.spool import Header, Spool

pytestmark = [
    pytest.mark.slow,
    pytest.mark.program,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a program could notice"),
]

PATIENCE = 60.0  # seconds for what takes two on an idle machine


def ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def background(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The program with `folder` as working folder and `folder`/tmp for its temporary files."""
    (folder / "tmp").mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "auditor", *arguments],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=ignore_ctrl_c,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def until(holds: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds() and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()
    assert running.poll() is None


def terminated(running: subprocess.Popen[str]) -> str:
    """What it says on standard error when SIGTERM ends it."""
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 143, said
    assert "Traceback" not in said
    return said


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_served_demo_ends_and_takes_its_secret_along(tmp_path: Path) -> None:
    with background(tmp_path, "demo", "--serve", "--users", "16", "--days", "1") as running:
        assert running.stderr is not None
        assert "until Ctrl-C" in running.stderr.readline()
        assert any((each / "secret").exists() for each in (tmp_path / "tmp").iterdir())
        assert "Stopped." in terminated(running)
    assert left_in(tmp_path / "tmp") == []


def test_a_collection_ends_and_leaves_nothing_half_written(
    tmp_path: Path, local_now: LocalTenant, config_for: Callable[..., Path]
) -> None:
    config_for(local_now)
    evidence = tmp_path / "evidence"
    with background(tmp_path, "collect", "-o", "evidence") as running:
        until(lambda: (evidence / "datasets" / "policies.json").exists(), running)
        assert "goes on there" in terminated(running)
    assert [path.name for path in evidence.rglob("*.part")] == []
    assert left_in(tmp_path / "tmp") == []
    read = (evidence / "datasets" / "policies.json").stat().st_mtime_ns
    with background(tmp_path, "collect", "-o", "evidence") as running:  # the folder is held by nobody
        _, said = running.communicate(timeout=4 * PATIENCE)
    assert running.returncode == 0, said
    assert (evidence / "datasets" / "policies.json").stat().st_mtime_ns == read


def test_waiting_for_a_login_service_that_does_not_answer_ends(
    tmp_path: Path, local_now: LocalTenant, config_for: Callable[..., Path]
) -> None:
    path = config_for(local_now)
    path.write_text(path.read_text().replace(local_now.login_url, "https://localhost:1"))
    with background(tmp_path, "run") as running:
        until(lambda: any(tmp_path.glob("shelf/*/*/lock")), running)
        time.sleep(1)
        terminated(running)
    assert list(tmp_path.rglob("*.part")) == []


def long_log() -> Iterator[bytes]:
    for number in range(150_000):
        row = {
            "id": f"r{number}",
            "createdDateTime": "2026-11-02T08:00:00Z",
            "userId": f"u{number % 997}",
            "correlationId": f"c{number // 2}",
            "status": {"errorCode": 50140 if number % 2 else 0},
        }
        yield json.dumps(row).encode()


def test_a_long_log_is_given_up_with_its_working_files_and_processes(tmp_path: Path) -> None:
    with open(tmp_path / "big.ndjson", "wb") as file:
        file.writelines(row + b"\n" for row in long_log())
    with background(tmp_path, "interrupts", "--from", "big.ndjson", "-q") as running:
        until(lambda: any((tmp_path / "tmp").glob("auditor-*")), running)
        terminated(running)
    assert left_in(tmp_path / "tmp") == []


def test_what_was_unpacked_is_gone_with_the_program(tmp_path: Path) -> None:
    start, end = "2026-11-02T00:00:00.0000000Z", "2026-11-03T00:00:00.0000000Z"
    header = Header(
        tenant="contoso.com", started=end, window_start=start, window_end=end, datasets=("sign_ins",), source={}
    )
    spool = Spool.create(tmp_path / "evidence", header)
    with spool.new_span() as span:
        span.add(long_log())
        span.done(start, end)
    shutil.make_archive(str(tmp_path / "sent"), "zip", tmp_path, "evidence")
    with background(tmp_path, "interrupts", "--from", "sent.zip", "-q") as running:
        until(lambda: len(left_in(tmp_path / "tmp")) > 1, running)  # it is unpacked, and the log is being read
        terminated(running)
    assert left_in(tmp_path / "tmp") == []
