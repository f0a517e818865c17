"""`auditor demo`: the whole tool on a simulated tenant, over the real protocols."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from auditor.cli.options import FailOn, FailOnSeverity, Forms, Output, Quiet, Redact
from auditor.cli.verb import Terminated, say, verb

if TYPE_CHECKING:
    from auditor.config import Config
    from auditor.local_tenant.service import Faults, LocalTenant
    from auditor.local_tenant.simulation import Simulation


@verb(
    "auditor demo",
    "auditor demo --seed 7 --users 2000 --days 30 --format json",
    "auditor demo --format html --output demo.html",
    "auditor demo --serve",
    "auditor demo --truth truth.ndjson",
    "auditor demo --faults transient --fault-rate 0.5",
)
def demo(
    seed: Annotated[int, typer.Option("--seed", help="Another number, another tenant.")] = 1,
    users: Annotated[int, typer.Option("--users", min=16, help="How many people the tenant has.")] = 200,
    days: Annotated[int, typer.Option("--days", min=1, max=30, help="How many days of sign-ins.")] = 7,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the tenant running and print a config that points at it.")
    ] = False,
    truth: Annotated[
        Optional[Path],
        typer.Option(
            "--truth", help="Write what is true of the simulated tenant, one JSON object a line.", metavar="FILE"
        ),
    ] = None,
    faults: Annotated[
        Optional[str],
        typer.Option(
            "--faults",
            help="What shall go wrong: all, transient, or faults by name, with commas between.",
            metavar="NAMES",
        ),
    ] = None,
    fault_rate: Annotated[
        float, typer.Option("--fault-rate", min=0, max=1, help="The share of requests that meet a fault.")
    ] = 0.2,
    fault_seed: Annotated[int, typer.Option("--fault-seed", help="Another number, other requests.")] = 0,
    forms: Forms = None,
    output: Output = None,
    fail_on: FailOnSeverity = None,
    redact: Redact = None,
    quiet: Quiet = False,
) -> None:
    """Audit a simulated tenant that runs inside this process: no account, no permission, no network.

    Ends with 0 when it ran, whatever it found, unless --fail-on says otherwise.
    """
    import tempfile  # heavy, and --help must not pay for it

    from auditor import audit, plugins
    from auditor.cli import clock
    from auditor.cli.collecting import collected
    from auditor.cli.progress import showing
    from auditor.cli.redacting import redaction_by
    from auditor.cli.report import give, run_of, wanted
    from auditor.config import Report
    from auditor.local_tenant.simulation import Simulation
    from auditor.run import exit_code

    wrong = _faults(faults, fault_rate, fault_seed)
    reports = wanted(forms, output, Report(), redact)
    redaction = redaction_by(redact)
    started = clock.now()
    simulation = Simulation(seed=seed, users=users, days=days, end=started)
    if truth is not None:
        _write_truth(truth, simulation.truth())
    loaded = plugins.load()
    checks = plugins.checks_of(loaded)
    with ExitStack() as stack:
        local = _running(stack, simulation, wrong)
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="auditor-demo-"))
        settings = _config(local, Path(name), days)
        if serve:
            _serve(settings)
            return
        with showing(quiet) as progress:
            spool = collected(settings.tenant[0], settings, audit.datasets_for(checks), progress)
            tenant = audit.audit(spool, checks, progress, redaction, now=started)
    report = run_of([tenant], loaded, started)
    if redaction is not None:
        report = redaction.run(report)
        redaction.save()
    give(report, reports, fail_on.value if fail_on else Report().fail_on, quiet)
    if fail_on is not None and fail_on is not FailOn.NEVER:
        raise typer.Exit(exit_code(report, fail_on.value))


def _faults(names: str | None, rate: float, seed: int) -> Faults | None:
    """What shall go wrong, as the options say."""
    if names is None:
        return None
    from auditor.local_tenant.service.faults import Faults, parse

    try:
        return Faults(parse(names), rate=rate, seed=seed)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--faults") from None


def _running(stack: ExitStack, simulation: Simulation, faults: Faults | None) -> LocalTenant:
    """The local tenant, until the stack is closed."""
    from auditor.errors import AuditorError

    try:
        from auditor.local_tenant.service import running

        return stack.enter_context(running(simulation, faults=faults))
    except ImportError as missing:
        raise AuditorError(
            f"The demo's packages are not installed ({missing.name} is missing).",
            "Install them: pip install 'auditor[demo]'",
        ) from None


def _config(local: LocalTenant, folder: Path, days: int) -> Config:
    """The config that points at the running local tenant; the secret stands in a file beside it, as in life."""
    from auditor.config import Cloud, Collect, Config, Credential, SpoolConfig, TenantConfig
    from auditor.spool.private_files import written_whole

    secret = folder / "secret"
    with written_whole(secret) as file:
        file.write(local.client_secret.encode())
    return Config(
        tenant=(
            TenantConfig(
                id=local.tenant_id,
                credential=Credential(kind="client-secret", client_id=local.client_id, secret_file=str(secret)),
                cloud=Cloud(name="custom", login=local.login_url, graph=local.graph_url, ca_file=str(local.ca_file)),
            ),
        ),
        collect=Collect(days=days),
        spool=SpoolConfig(folder=str(folder / "spool")),
    )


def _serve(settings: Config) -> None:
    """Prints the config and waits for Ctrl-C. The spool's folder goes with the demo, so the config names none."""
    tenant = settings.tenant[0]
    lines = [
        f"[collect]\ndays = {settings.collect.days}\n",
        f"[[tenant]]\nid = {_toml(tenant.id)}\n",
        "[tenant.credential]",
        f"client_id = {_toml(tenant.credential.client_id)}",
        f"secret_file = {_toml(tenant.credential.secret_file)}\n",
        '[tenant.cloud]\nname = "custom"',
        *(f"{key} = {_toml(getattr(tenant.cloud, key))}" for key in ("login", "graph", "ca_file")),
    ]
    say("\n".join(lines) + "\n")
    typer.echo("The tenant runs until Ctrl-C. Save the lines above as auditor.toml, then: auditor run", err=True)
    try:
        while True:
            time.sleep(3600)
    except Terminated:
        raise
    except KeyboardInterrupt:
        typer.echo("The tenant is gone.", err=True)


def _toml(text: str) -> str:
    return json.dumps(text)


def _write_truth(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    from auditor.errors import AuditorError

    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    except OSError as error:
        raise AuditorError(f"{path} could not be written: {error.strerror}.") from error
