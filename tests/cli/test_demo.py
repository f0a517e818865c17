import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from typer.testing import Result

from auditor.local_tenant import service
from auditor.local_tenant.service import Faults, LocalTenant, running
from auditor.local_tenant.simulation import Simulation

Invoke = Callable[..., Result]
SMALL = ("--users", 30, "--days", 2)


def test_the_demo_ends_with_0_whatever_it_found(auditor: Invoke) -> None:
    result = auditor("demo", *SMALL)
    assert result.exit_code == 0, result.output
    assert "Findings:" in result.stdout


def test_unless_fail_on_says_otherwise(auditor: Invoke) -> None:
    assert auditor("demo", *SMALL, "--fail-on", "low").exit_code == 13
    assert auditor("demo", *SMALL, "--fail-on", "never").exit_code == 0


def test_another_seed_is_another_tenant(auditor: Invoke) -> None:
    names = {
        json.loads(auditor("demo", *SMALL, "--seed", seed, "--format", "json").stdout)["tenants"][0]["id"]
        for seed in (1, 2)
    }
    assert len(names) == 2


def test_truth(auditor: Invoke, tmp_path: Path) -> None:
    result = auditor("demo", *SMALL, "--format", "json", "--truth", "truth.ndjson")
    lines = [json.loads(line) for line in (tmp_path / "truth.ndjson").read_text().splitlines()]
    told = json.loads(result.stdout)["tenants"][0]
    truth = [line for line in lines if line["kind"] == "interrupt"]
    assert {"id", "code", "outcome", "cause"} <= set(truth[0])
    assert sum(each["count"] for each in told["interrupts"]) == len(truth)


def test_truth_that_cannot_be_written(auditor: Invoke) -> None:
    result = auditor("demo", *SMALL, "--truth", "no/such/folder/truth.ndjson")
    assert result.exit_code == 1
    assert "could not be written" in result.stderr


def test_faults_are_passed_on(auditor: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Faults | None] = []

    def spying(simulation: Simulation, *, faults: Faults | None = None) -> AbstractContextManager[LocalTenant]:
        seen.append(faults)
        return running(simulation, faults=faults)

    monkeypatch.setattr(service, "running", spying)
    result = auditor("demo", *SMALL, "--faults", "reset, 503-html", "--fault-rate", 0, "--fault-seed", 7)
    assert result.exit_code == 0, result.output
    assert seen == [Faults(frozenset({"reset", "503-html"}), rate=0, seed=7)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--faults", "reset,gremlins"), "Unknown fault: gremlins"),
        (("--faults", ""), "No fault is named"),
        (("--faults", "all", "--fault-rate", "2"), "--fault-rate"),
    ],
)
def test_faults_that_there_are_not(auditor: Invoke, options: tuple[str, ...], said: str) -> None:
    result = auditor("demo", *SMALL, *options)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


def test_without_its_packages_it_says_what_to_install(auditor: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("auditor.local_tenant")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    monkeypatch.setitem(sys.modules, "starlette", None)
    result = auditor("demo")
    assert result.exit_code == 1
    assert "pip install 'auditor[demo]'" in result.stderr


COMMAND = [sys.executable, "-m", "auditor"]
no_sigint = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[None]:
    """`auditor demo --serve` in a process of its own, its config as auditor.toml in `folder`; ended by Ctrl-C."""
    with subprocess.Popen(
        [*COMMAND, "demo", "--serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            assert "until Ctrl-C" in server.stderr.readline()
            config = '[spool]\nfolder = "shelf"\n'
            while "ca_file" not in config:
                config += server.stdout.readline()
            (folder / "auditor.toml").write_text(config)
            yield
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=20)
        assert server.returncode == 0, said
        assert "Traceback" not in said


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.program
@no_sigint
def test_serve_prints_a_config_that_works_until_ctrl_c(tmp_path: Path) -> None:
    with serving(tmp_path, *map(str, SMALL)):
        done = run(tmp_path, "run", "-q", "--format", "json")
    assert done.returncode == 13, done.stderr
    assert json.loads(done.stdout)["tenants"][0]["source"]["cloud"] == "custom"


@pytest.mark.slow
@pytest.mark.program
@no_sigint
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle_what_was_read_is_kept(number: signal.Signals, code: int, tmp_path: Path) -> None:
    """A big log under the throttle takes long enough to be stopped; then the same command goes on."""
    with serving(tmp_path, "--users", "3000", "--days", "2"):
        with subprocess.Popen(
            [*COMMAND, "collect", "-o", "evidence"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
        ) as running:
            deadline = time.monotonic() + 30
            while not list((tmp_path / "evidence").glob("sign_ins/*")) and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(4)
            running.send_signal(number)
            _, said = running.communicate(timeout=20)
        assert running.returncode == code, said
        assert "goes on there" in said
        assert "Traceback" not in said
        (span,) = (tmp_path / "evidence" / "sign_ins").iterdir()
        assert span.suffix == ".zst"
        done = run(tmp_path, "run", "--from", "evidence", "--format", "json", "--fail-on", "never")
        assert done.returncode == 3, done.stderr
        log = next(each for each in json.loads(done.stdout)["tenants"][0]["datasets"] if each["name"] == "sign_ins")
        assert log["state"] == "partial"
        assert log["rows"] >= 1000
