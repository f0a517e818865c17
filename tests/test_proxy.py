"""A corporate proxy, and the real host names of every cloud: no setting but the standard variables.

The program runs in a process of its own, as in life: libraries read these variables when they are imported.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.local_tenant.service import LocalTenant, proxy
from auditor.sources.clouds import CLOUDS


@pytest.fixture(scope="module")
def before(local_now: LocalTenant) -> Iterator[proxy.Proxy]:
    with proxy.running(local_now) as running:
        yield running


@pytest.mark.slow
@pytest.mark.program
@pytest.mark.parametrize("name", sorted(CLOUDS))
def test_a_cloud_through_a_proxy(name: str, local_now: LocalTenant, before: proxy.Proxy, tmp_path: Path) -> None:
    local = local_now
    (tmp_path / "auditor.toml").write_text(
        f'[collect]\ndays = 1\n[spool]\nfolder = "shelf"\n[[tenant]]\nid = "{local.tenant_id}"\n'
        f'[tenant.credential]\nclient_id = "{local.client_id}"\n[tenant.cloud]\nname = "{name}"\n'
    )
    environment = {
        **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
        "HTTPS_PROXY": before.proxy_url,
        "REQUESTS_CA_BUNDLE": str(local.ca_file),
        "SSL_CERT_FILE": str(local.ca_file),
        "AUDITOR_CLIENT_SECRET": local.client_secret,
    }
    asked = len(before.tunnels)
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "run", "-q", "--format", "json", "--fail-on", "never"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tenant = json.loads(done.stdout)["tenants"][0]
    assert tenant["source"]["cloud"] == name
    assert {each["state"] for each in tenant["datasets"]} == {"collected"}
    hosts = {tunnel.target.partition(":")[0] for tunnel in before.tunnels[asked:]}
    cloud = CLOUDS[name]
    assert hosts == {cloud.login.removeprefix("https://"), cloud.graph.removeprefix("https://")}
    assert all(tunnel.granted for tunnel in before.tunnels[asked:])
