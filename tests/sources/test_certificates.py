"""Signing in with a certificate, through the real MSAL: PEM and PFX, with and without a password."""

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


def config_with(config_for: MakeConfig, local: LocalTenant, client_id: str, file: Path, password: str = "") -> Config:
    made = config_for(
        local, kind="certificate", client_id=client_id, certificate_file=str(file), secret=password or "unused"
    )
    if not password:
        import msgspec

        credential = msgspec.structs.replace(made.tenant[0].credential, secret_file="", secret_env="NO_SUCH_VARIABLE")
        tenant = msgspec.structs.replace(made.tenant[0], credential=credential)
        made = msgspec.structs.replace(made, tenant=(tenant,))
    return made


@pytest.mark.parametrize("form", ["pem", "protected_pem", "pfx", "protected_pfx"])
def test_every_form_of_file(form: str, local: LocalTenant, config_for: MakeConfig) -> None:
    known = local.certificate_client
    file = getattr(known.files, f"{form}_file")
    password = known.files.password if form.startswith("protected") else ""
    assert sign_in(config_with(config_for, local, known.client_id, file, password)).count(".") == 2


def failure(config: Config) -> str:
    with pytest.raises(SignInError) as caught:
        sign_in(config)
    return f"{caught.value.what} | {caught.value.remedy}"


def test_a_certificate_that_is_not_registered(local: LocalTenant, config_for: MakeConfig) -> None:
    stranger = local.create_certificate("stranger")
    said = failure(config_with(config_for, local, local.certificate_client.client_id, stranger.pem_file))
    assert "AADSTS700027" in said
    assert "not registered for this application" in said
    assert "with the certificate stranger.pem" in said


def test_a_certificate_that_has_expired(local: LocalTenant, config_for: MakeConfig) -> None:
    expired = local.create_certificate("expired", days=-2)
    client = local.register_certificate(expired)
    said = failure(config_with(config_for, local, client.client_id, expired.pem_file))
    assert "AADSTS" in said
    assert "correlation id" in said


@pytest.mark.parametrize("form", ["protected_pem", "protected_pfx"])
@pytest.mark.parametrize("password", ["", "wrong~planted~password"])
def test_a_wrong_password(form: str, password: str, local: LocalTenant, config_for: MakeConfig) -> None:
    known = local.certificate_client
    file = getattr(known.files, f"{form}_file")
    with pytest.raises(ConfigError, match=f"The certificate file .*{file.name} cannot be used") as caught:
        sign_in(config_with(config_for, local, known.client_id, file, password))
    assert "Check its password" in caught.value.remedy
    assert "wrong~planted~password" not in str(caught.value)


def test_files_that_are_no_certificate(local: LocalTenant, config_for: MakeConfig, tmp_path: Path) -> None:
    key_only = local.certificate_client.files.pem_file.read_bytes().partition(b"-----BEGIN CERTIFICATE")[0]
    for name, content in (("empty.pem", b""), ("empty.pfx", b""), ("key.pem", key_only)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigError, match=f"{name} cannot be used"):
            sign_in(config_with(config_for, local, local.certificate_client.client_id, tmp_path / name))
    with pytest.raises(ConfigError, match="cannot be read"):
        sign_in(config_with(config_for, local, local.certificate_client.client_id, tmp_path / "none.pem"))
