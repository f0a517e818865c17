"""Planted secrets are found nowhere: not in output, logs, spool, errors or tracebacks."""

import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from auditor.config import Config
from auditor.errors import SignInError
from auditor.local_tenant.service import Faults, LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources import patience
from auditor.spool.spool import Spool

TOKEN = b"eyJ"  # how every JWT begins: access tokens and client assertions


def everything_in(folder: Path, but: tuple[str, ...] = ()) -> bytes:
    found = b""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in but:
            content = path.read_bytes()
            if path.suffix == ".zst":
                with zstandard.ZstdDecompressor().stream_reader(content) as stream:
                    content = stream.read()
            found += content + str(path).encode()
    return found


@pytest.mark.parametrize("kind", ["client-secret", "certificate", "workload-identity"])
def test_with_every_library_logging_all_it_can(
    kind: str,
    local: LocalTenant,
    config_for: Callable[..., Config],
    collect: Callable[..., Spool],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    certificate = local.certificate_client
    chosen = {
        "client-secret": {},
        "certificate": {
            "client_id": certificate.client_id,
            "certificate_file": str(certificate.files.protected_pem_file),
            "secret": certificate.files.password,
        },
        "workload-identity": {
            "client_id": local.federated_client_id,
            "federated_token_file": str(local.federated_token_file()),
        },
    }[kind]
    collect(config_for(local, kind=kind, **chosen), tmp_path / "spool")
    written = everything_in(tmp_path / "spool")
    assert b"createdDateTime" in written
    planted = [local.client_secret.encode(), certificate.files.password.encode(), TOKEN]
    assert [secret for secret in planted if secret in written] == []
    assert [secret for secret in planted if secret in caplog.text.encode()] == []


def test_answers_of_the_login_service_that_are_cut_in_the_middle_of_a_token(
    simulation: Simulation,
    config_for: Callable[..., Config],
    collect: Callable[..., Spool],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """MSAL logs what it cannot read; without a handler of anybody's Python prints that to standard error."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)
    cut = 0
    for seed in range(3):
        with running(simulation, throttle=False, faults=Faults(frozenset({"cut-json"}), rate=0.8, seed=seed)) as local:
            collect(config_for(local), tmp_path / f"spool-{seed}", ("organization",))
            cut += sum(each.fault == "cut-json" and each.path.endswith("/token") for each in local.requests)
    assert cut > 0
    assert TOKEN not in caplog.text.encode()
    assert TOKEN.decode() not in capfd.readouterr().err


def test_an_error_in_any_depth_shows_no_secret(
    local: LocalTenant, config_for: Callable[..., Config], collect: Callable[..., Spool], tmp_path: Path
) -> None:
    planted = "planted~secret~value"
    with pytest.raises(SignInError) as caught:
        collect(config_for(local, secret=planted), tmp_path / "spool")
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=False).format())
    assert planted not in told
    assert planted not in repr(caught.value.__context__)
    assert planted.encode() not in everything_in(tmp_path / "spool")


@pytest.mark.slow
@pytest.mark.program
def test_a_secret_from_the_environment(local_now: LocalTenant, tmp_path: Path) -> None:
    local = local_now
    (tmp_path / "auditor.toml").write_text(
        f'[collect]\ndays = 1\n[spool]\nfolder = "shelf"\n[[tenant]]\nid = "{local.tenant_id}"\n'
        f'[tenant.credential]\nclient_id = "{local.client_id}"\n[tenant.cloud]\nname = "custom"\n'
        f"login = '{local.login_url}'\ngraph = '{local.graph_url}'\nca_file = '{local.ca_file}'\n"
    )
    for secret, code in ((local.client_secret, 0), ("planted~secret~value", 1)):
        done = subprocess.run(
            [sys.executable, "-m", "auditor", "run", "--fail-on", "never"],
            cwd=tmp_path,
            env={**os.environ, "AUDITOR_CLIENT_SECRET": secret},
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        seen = done.stdout + done.stderr + everything_in(tmp_path)
        assert secret.encode() not in seen
        assert TOKEN not in seen
