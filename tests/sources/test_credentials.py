"""Signing in with the real libraries, over TLS, against the local login service."""

import asyncio
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.errors import SignInError
from auditor.local_tenant.service import LocalTenant
from auditor.sources import patience
from auditor.sources.clouds import cloud_of
from auditor.sources.credentials import Person, credential_of

MakeConfig = Callable[..., Config]
PLANTED = "wrong~planted~secret"


def sign_in(config: Config) -> str:
    tenant = config.tenant[0]
    cloud = cloud_of(tenant.cloud)
    credential = credential_of(tenant, cloud, Person(("AuditLog.Read.All",), print, Path("no-cache-here")))
    return asyncio.run(credential.get_token(f"{cloud.graph}/.default")).token


def failure(config: Config) -> str:
    with pytest.raises(SignInError) as caught:
        sign_in(config)
    return f"{caught.value.what} | {caught.value.remedy}"


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.001)


def test_a_client_secret(local: LocalTenant, config_for: MakeConfig) -> None:
    assert sign_in(config_for(local)).count(".") == 2


def test_a_wrong_secret(local: LocalTenant, config_for: MakeConfig) -> None:
    said = failure(config_for(local, secret=PLANTED))
    assert f"application {local.client_id} with a client secret" in said
    assert "7000215" in said
    assert "correlation id" in said
    assert "Certificates & secrets" in said
    assert PLANTED not in said


def test_an_unknown_application(local: LocalTenant, config_for: MakeConfig) -> None:
    said = failure(config_for(local, client_id="99999999-0000-4000-8000-000000000000"))
    assert "700016" in said
    assert "check client_id" in said


def test_an_unknown_tenant(local: LocalTenant, config_for: MakeConfig) -> None:
    said = failure(config_for(local, tenant_id="99999999-0000-4000-8000-000000000000"))
    assert "heck the tenant's id and the cloud" in said


def test_a_login_service_that_nobody_can_reach(local: LocalTenant, config_for: MakeConfig) -> None:
    config = config_for(local)
    gone = config.tenant[0].cloud.login.rpartition(":")[0] + ":9"
    import msgspec

    cloud = msgspec.structs.replace(config.tenant[0].cloud, login=gone)
    tenant = msgspec.structs.replace(config.tenant[0], cloud=cloud)
    said = failure(msgspec.structs.replace(config, tenant=(tenant,)))
    assert "could not be reached" in said
    assert "HTTPS_PROXY" in said


def test_a_certificate_authority_that_is_not_trusted(local: LocalTenant, config_for: MakeConfig) -> None:
    import certifi

    said = failure(config_for(local, ca_file=certifi.where()))
    assert "is not trusted" in said
    assert "ca_file" in said


def test_the_configs_authority_goes_before_the_environments(
    local: LocalTenant, config_for: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    import certifi

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    assert sign_in(config_for(local))


def test_no_secret_in_any_traceback(local: LocalTenant, config_for: MakeConfig) -> None:
    with pytest.raises(SignInError) as caught:
        sign_in(config_for(local, secret=PLANTED))
    assert PLANTED not in "".join(traceback.format_exception(caught.value))


@pytest.fixture
def automation(local: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure Automation's environment."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", local.identity_endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", local.identity_header)


@pytest.mark.usefixtures("automation")
def test_a_system_assigned_managed_identity(local: LocalTenant, config_for: MakeConfig) -> None:
    assert sign_in(config_for(local, kind="managed-identity", client_id="")).count(".") == 2


@pytest.mark.usefixtures("automation")
def test_a_user_assigned_managed_identity(local: LocalTenant, config_for: MakeConfig) -> None:
    assert sign_in(config_for(local, kind="managed-identity", client_id=local.identity_client_id)).count(".") == 2


@pytest.mark.usefixtures("automation")
def test_a_managed_identity_that_is_not_assigned(local: LocalTenant, config_for: MakeConfig) -> None:
    said = failure(config_for(local, kind="managed-identity", client_id="99999999-0000-4000-8000-000000000000"))
    assert "user-assigned managed identity 99999999" in said
    assert "refused" in said


NO_IDENTITY = (
    "There is no managed identity here: IDENTITY_ENDPOINT is not set, and the metadata service of Azure does not "
    "answer as one. | Switch the identity on at the Automation account or the other Azure host and run it there, or "
    "choose another kind of credential."
)


class Somebody(BaseHTTPRequestHandler):
    """Answers at the metadata service's address, and is none: a captive portal, say."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"<html>Not found</html>" * bool(self.status != 404))

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("status", [200, 400, 403, 404, 405])
def test_no_managed_identity_though_somebody_answers(
    local: LocalTenant, config_for: MakeConfig, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
    monkeypatch.setattr(Somebody, "status", status)
    with HTTPServer(("127.0.0.1", 0), Somebody) as server:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        said = failure(config_for(local, kind="managed-identity", client_id=""))
        server.shutdown()
        thread.join()
    assert said == NO_IDENTITY


def test_no_managed_identity_and_nobody_answers(
    local: LocalTenant, config_for: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
    assert failure(config_for(local, kind="managed-identity", client_id="")) == NO_IDENTITY


def test_the_azure_cli(
    local: LocalTenant, config_for: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = tmp_path / "az"
    stub.write_text(
        "#!/bin/sh\n"
        'echo \'{"accessToken": "a.b.c", "expiresOn": "2036-11-21 00:00:00.000000", "expires_on": 2110838400, '
        '"tokenType": "Bearer"}\'\n'
    )
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert sign_in(config_for(local, kind="azure-cli")) == "a.b.c"


def test_the_azure_cli_is_not_there(
    local: LocalTenant, config_for: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = failure(config_for(local, kind="azure-cli"))
    assert "Install the Azure CLI" in said
    assert "az login" not in said
