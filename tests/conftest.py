"""The running local tenant that the tests of sources and of the command line ask, and configs that point at it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from auditor import audit
from auditor.config import Cloud, Collect, Config, Credential, SpoolConfig, TenantConfig
from auditor.local_tenant.service import LocalTenant, running
from auditor.local_tenant.simulation import Simulation
from auditor.sources.progress import Progress
from auditor.spool.spool import Spool
from auditor.tenant.dataset import DATASETS, with_prerequisites

# A slow machine is no fault of what is tested, and CI must not fail by a draw that nobody made before: new examples are
# looked for at every desk.
settings.register_profile(
    "auditor", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
# For another Python or other versions, where what is tested was tested before: --hypothesis-profile=few
settings.register_profile("few", settings.get_profile("auditor"), max_examples=15)
settings.load_profile("auditor")

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


# All that a program may look at to find where its user keeps things, on any system.
_HOMES = (
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cases", type=int, default=20, help="cases of each kind of the campaign of damage")
    parser.addoption("--seeds", type=int, default=2, help="seeds of the fault campaign")
    parser.addoption("--kills", type=int, default=5, help="kills of the campaign of kills")
    parser.addoption(
        "--regenerate-golden", action="store_true", help="write tests/reports/golden anew; read what changed in review"
    )


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return Simulation(seed=1, users=60, days=3, end=NOW)


@pytest.fixture(scope="session")
def local(simulation: Simulation) -> Iterator[LocalTenant]:
    """Without throttles: pace is tested on its own."""
    with running(simulation, throttle=False) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def local_now() -> Iterator[LocalTenant]:
    """One whose log ends now: for tests that start the real program, whose clock is the real one."""
    simulation = Simulation(seed=1, users=60, days=3, end=datetime.now(timezone.utc))
    with running(simulation, throttle=False) as tenant:
        yield tenant


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own for every test and for every program that it starts: none writes into the developer's."""
    home = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp(), prefix="home-"))
    with pytest.MonkeyPatch.context() as patch:
        for name in _HOMES:
            patch.setenv(name, str(home))
        yield home


@pytest.fixture
def collect(tmp_path: Path) -> Callable[..., Spool]:
    """`collect(config, folder, datasets)`: collects the config's first tenant as of NOW."""

    def run(
        config: Config,
        folder: Path,
        datasets: tuple[str, ...] = with_prerequisites(DATASETS),
        told: list[Progress] | None = None,
    ) -> Spool:
        wanted = audit.question(config.tenant[0], config, datasets, NOW)
        spool = audit.open_collection_at(wanted, folder)
        surroundings = audit.Surroundings(
            now=lambda: NOW,
            report=[].append if told is None else told.append,
            tell=[].append,
            token_cache=tmp_path / "token-cache",
        )
        audit.collect(config.tenant[0], config, spool, surroundings)
        return spool

    return run


@pytest.fixture
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for a throttle that the local tenant does not have."""
    monkeypatch.setattr("auditor.sources.pace.Pace.due", lambda self: 0.0)


@pytest.fixture
def config_for(tmp_path: Path, no_pace: None) -> Callable[..., Config]:
    """`config_for(local)`, or with other credentials: `config_for(local, client_id=..., secret=...)`."""

    def make(
        local: LocalTenant,
        *,
        client_id: str | None = None,
        secret: str | None = None,
        tenant_id: str | None = None,
        kind: str = "client-secret",
        ca_file: str | None = None,
        collect: Collect | None = None,
        **credential: str,
    ) -> Config:
        path = tmp_path / "secret"
        path.write_text(secret or local.client_secret)
        return Config(
            tenant=(
                TenantConfig(
                    id=tenant_id or local.tenant_id,
                    credential=Credential(
                        kind=kind,  # type: ignore[arg-type]
                        client_id=local.client_id if client_id is None else client_id,
                        secret_file=str(path),
                        **credential,
                    ),
                    cloud=Cloud(
                        name="custom",
                        login=local.login_url,
                        graph=local.graph_url,
                        ca_file=str(local.ca_file) if ca_file is None else ca_file,
                    ),
                ),
            ),
            collect=collect or Collect(days=3),
            spool=SpoolConfig(folder=str(tmp_path / "shelf")),
        )

    return make
