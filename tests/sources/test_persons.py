"""People who sign in, by device code and in a browser, through the real MSAL."""

import asyncio
import base64
import html
import json
import re
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from ssl import create_default_context

import pytest

from auditor.config import Config
from auditor.errors import SignInError
from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources.clouds import cloud_of
from auditor.sources.credentials import Credential, Person, credential_of

MakeConfig = Callable[..., Config]
ASKED = ("AuditLog.Read.All", "Policy.Read.All")


@pytest.fixture(scope="module")
def people(simulation: Simulation) -> Iterator[LocalTenant]:
    """A tenant of its own: these tests decide who signs in and how soon."""
    with running(simulation, throttle=False) as tenant:
        yield tenant


@pytest.fixture(autouse=True)
def _polling_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """MSAL polls as often as the login service says, and sleeps in between."""
    asleep = time.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: asleep(min(seconds, 0.01)))


def credential(config: Config, told: list[str], folder: Path) -> Credential:
    tenant = config.tenant[0]
    return credential_of(tenant, cloud_of(tenant.cloud), Person(ASKED, told.append, folder))


def token_of(made: Credential, config: Config) -> str:
    graph = cloud_of(config.tenant[0].cloud).graph
    return asyncio.run(made.get_token(f"{graph}/.default")).token


def claims(token: str) -> dict[str, str]:
    payload = token.split(".")[1]
    loaded: dict[str, str] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return loaded


def by_device_code(config_for: MakeConfig, people: LocalTenant) -> Config:
    return config_for(people, kind="device-code", client_id=people.public_client_id)


def test_a_device_code(people: LocalTenant, config_for: MakeConfig, tmp_path: Path) -> None:
    told: list[str] = []
    config = by_device_code(config_for, people)
    found = claims(token_of(credential(config, told, tmp_path), config))
    assert set(ASKED) <= set(found["scp"].split())
    assert any("code" in message for message in told)


def test_the_person_is_asked_once_and_the_token_refreshed(
    people: LocalTenant, config_for: MakeConfig, tmp_path: Path
) -> None:
    told: list[str] = []
    config = by_device_code(config_for, people)
    made = credential(config, told, tmp_path)
    first = token_of(made, config)
    asked = len(told)
    assert token_of(made, config) == first
    made.renew()
    second = token_of(made, config)
    assert second != first
    assert len(told) == asked


def test_where_no_keyring_encrypts_the_token_stays_in_memory_and_that_is_said(
    people: LocalTenant, config_for: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_keyring(location: str) -> None:
        raise ImportError("gi")

    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", no_keyring)
    told: list[str] = []
    config = by_device_code(config_for, people)
    token_of(credential(config, told, tmp_path), config)
    assert told[0] == "No keyring encrypts the token here (ImportError): it is kept in memory, for this run alone."
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "secret"] == []


def test_a_kept_token_spares_the_next_run_the_question(
    people: LocalTenant, config_for: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msal_extensions

    # A stand-in for the keyring: what is kept, and that it is asked for again, is msal-extensions' own doing.
    monkeypatch.setattr("msal_extensions.build_encrypted_persistence", msal_extensions.FilePersistence)
    config = by_device_code(config_for, people)
    token_of(credential(config, [], tmp_path), config)
    told: list[str] = []
    token_of(credential(config, told, tmp_path), config)
    assert told == []


@pytest.mark.parametrize("answer", ["decline", "expire"])
def test_a_code_that_is_not_used(answer: str, people: LocalTenant, config_for: MakeConfig, tmp_path: Path) -> None:
    config = by_device_code(config_for, people)
    people.approve_device_codes_after(None)

    def tell(message: str) -> None:
        for code in people.pending_device_codes():
            getattr(people, f"{answer}_device_code")(code)

    made = credential_of(config.tenant[0], cloud_of(config.tenant[0].cloud), Person(ASKED, tell, tmp_path))
    try:
        with pytest.raises(SignInError, match="by device code"):
            token_of(made, config)
    finally:
        people.approve_device_codes_after(2)


def test_an_application_that_is_none_for_people(people: LocalTenant, config_for: MakeConfig, tmp_path: Path) -> None:
    config = config_for(people, kind="device-code", client_id=people.client_id)
    with pytest.raises(SignInError, match="AADSTS"):
        token_of(credential(config, [], tmp_path), config)


def test_a_browser(
    people: LocalTenant, config_for: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = create_default_context(cafile=str(people.ca_file))

    def browse(address: str) -> None:
        """What a browser does: it loads the page and sends the form in it on to MSAL, which listens on loopback."""
        page = urllib.request.urlopen(address, context=trusted).read().decode()
        action = re.search(r'action="([^"]+)"', page)
        assert action is not None
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        urllib.request.urlopen(html.unescape(action[1]), urllib.parse.urlencode(fields).encode()).read()

    def open_browser(address: str, *_: object, **__: object) -> bool:
        threading.Thread(target=browse, args=(address,), daemon=True).start()
        return True

    monkeypatch.setattr("webbrowser.open", open_browser)
    monkeypatch.setattr("webbrowser.get", lambda *_: type("Browser", (), {"open": staticmethod(open_browser)})())
    monkeypatch.setenv("no_proxy", "*")
    told: list[str] = []
    config = config_for(people, kind="browser", client_id=people.public_client_id)
    found = claims(token_of(credential(config, told, tmp_path), config))
    assert found["upn"] == people.administrator
    assert told[-1] == "Sign in in the browser window that opens."
