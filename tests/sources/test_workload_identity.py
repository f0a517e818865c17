"""Workload identity federation through the real azure-identity."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.config import Config
from auditor.errors import ConfigError, SignInError
from auditor.local_tenant.service import LocalTenant
from auditor.sources.clouds import cloud_of
from auditor.sources.credentials import Person, credential_of

MakeConfig = Callable[..., Config]


def sign_in(config: Config) -> str:
    tenant = config.tenant[0]
    cloud = cloud_of(tenant.cloud)
    credential = credential_of(tenant, cloud, Person((), print, Path("no-cache-here")))
    return asyncio.run(credential.get_token(f"{cloud.graph}/.default")).token


def config_with(config_for: MakeConfig, local: LocalTenant, file: Path) -> Config:
    return config_for(
        local, kind="workload-identity", client_id=local.federated_client_id, federated_token_file=str(file)
    )


def test_a_federated_token(local: LocalTenant, config_for: MakeConfig) -> None:
    assert sign_in(config_with(config_for, local, local.federated_token_file())).count(".") == 2


def test_by_the_environment(local: LocalTenant, config_for: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_ID", local.federated_client_id)
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(local.federated_token_file()))
    assert sign_in(config_for(local, kind="workload-identity", client_id=""))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"subject": "somebody-else"}, "has this subject"),
        ({"issuer": "https://evil.example"}, "trusts this issuer"),
        ({"audience": "api://Other"}, "another audience"),
        ({"forged": True}, "AADSTS"),
        ({"expires_in": -600}, "AADSTS"),
    ],
)
def test_a_bad_token(changes: dict[str, object], words: str, local: LocalTenant, config_for: MakeConfig) -> None:
    file = local.federated_token_file(**changes)
    with pytest.raises(SignInError) as caught:
        sign_in(config_with(config_for, local, file))
    said = f"{caught.value.what} {caught.value.remedy}"
    assert words in said
    assert f"application {local.federated_client_id} with the federated token" in said
    assert file.read_text()[:40] not in said


def test_no_token_file(
    local: LocalTenant, config_for: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_FEDERATED_TOKEN_FILE", raising=False)
    with pytest.raises(ConfigError, match="there is no federated token file"):
        sign_in(config_with(config_for, local, tmp_path / "none"))
    with pytest.raises(ConfigError, match="needs a client id and a federated token file"):
        sign_in(config_for(local, kind="workload-identity", client_id="x"))
