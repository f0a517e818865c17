"""The whole program, without printing and without exits: `collect` reads a tenant into a folder, `audit` makes a
report's facts out of a folder. A live run is the one and then the other, so an offline one says the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import answers
from auditor.check import Check, run_check
from auditor.conditional_access.account import account, held
from auditor.config import Config, TenantConfig
from auditor.errors import SpoolError
from auditor.judgement import emergency_accounts
from auditor.licence import REFUSED_BY_MISTAKE, licence_note, premium_where_refused, within_means
from auditor.run import DatasetResult, TenantRun
from auditor.sources.clouds import cloud_of
from auditor.sources.exported import Exports
from auditor.sources.progress import Report
from auditor.spool import shelf
from auditor.spool.private_files import PART
from auditor.spool.spool import Attested, Header, Spool
from auditor.stay_signed_in import stay_signed_in
from auditor.tenant.dataset import (
    DATASETS,
    Missing,
    Partial,
    Reading,
    permissions_for,
    with_prerequisites,
)
from auditor.tenant.instant import from_datetime, to_text
from auditor.tenant.tenant import Tenant
from auditor.tenant_at import about as about
from auditor.tenant_at import names_of as names_of
from auditor.tenant_at import open_log as open_log
from auditor.tenant_at import open_tenant as open_tenant
from auditor.tenant_at import source_at as source_at

if TYPE_CHECKING:
    from auditor.redaction.redaction import Redaction
    from auditor.sources.graph import Asked


def datasets_for(checks: Iterable[Check]) -> tuple[str, ...]:
    """What has to be read for these checks and the three answers, in the order to read it in."""
    named = {name for check in checks for name in (*check.needs, *check.wants)}
    return with_prerequisites({*answers.NEEDS, *answers.WANTS, *named})


def question(tenant: TenantConfig, config: Config, datasets: tuple[str, ...], now: datetime) -> Header:
    """What collecting will ask: fixed here once, so that a resumed run is the same run. The window ends at `now`, cut
    to the second."""
    cloud = cloud_of(tenant.cloud)
    end = now.replace(microsecond=0)
    said = tenant.stay_signed_in
    return Header(
        tenant=tenant.id,
        started=to_text(from_datetime(end)),
        window_start=to_text(from_datetime(end - timedelta(days=config.collect.days))),
        window_end=to_text(from_datetime(end)),
        datasets=datasets,
        source={
            "kind": "Microsoft Graph",
            "cloud": cloud.name,
            "graph": cloud.graph,
            "api": config.collect.api,
            "signed_in_as": tenant.credential.kind,
            "sign_in_page": "asked" if config.collect.sign_in_page else "not asked",
            "portal": cloud.portal,
        },
        break_glass=tenant.administrators.break_glass,
        admin_sign_in_hours=tenant.administrators.sign_in_hours,
        attestation=Attested(said.attested, said.by, said.on) if said.attested else None,
    )


def open_collection(wanted: Header, root: Path, now: datetime) -> Spool:
    """The folder to collect into: one that a stopped run left for the same question, else a new one under `root`."""
    return shelf.unfinished(root, wanted, now) or Spool.create(shelf.folder_for(root, wanted.tenant, now), wanted)


def open_collection_at(wanted: Header, folder: Path) -> Spool:
    """The named folder: new, or left by a stopped run for the same question. SpoolError when it holds anything else."""
    if not (folder / "collection.json").exists():
        if folder.exists() and any(child.suffix != PART for child in folder.iterdir()):
            raise SpoolError(f"{folder} is not empty and is no collection of auditor.", "Name another folder.")
        return Spool.create(folder, wanted)
    spool = Spool.open(folder)
    if spool.header.complete:
        raise SpoolError(
            f"{folder} holds a finished collection of {spool.header.tenant}.",
            f"Report on it with `auditor run --from {folder}`, or name another folder.",
        )
    if not shelf.same_question(spool.header, wanted):
        raise SpoolError(
            f"{folder} holds an unfinished collection of something else (tenant, window, source or datasets differ).",
            "Name another folder.",
        )
    return shelf.gone_on_with(spool, wanted)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the program needs of the place it runs in. `now`: the clock. `report`: shows progress. `tell`: shows a
    message to a person who has to act. `token_cache`: the folder for a person's encrypted token."""

    now: Callable[[], datetime]
    report: Report
    tell: Callable[[str], None]
    token_cache: Path


def collect(tenant: TenantConfig, config: Config, spool: Spool, surroundings: Surroundings) -> None:
    """Reads what the spool still lacks. SignInError and ConfigError end it; other faults stand in the spool."""
    from auditor.sources.graph import collect

    asked = asked_of(tenant, config, spool.header.datasets, surroundings)
    with spool.held():
        for each in spool.set_aside_damaged():
            surroundings.tell(f"{each} That part is collected again.")
        asyncio.run(collect(asked, spool, surroundings.report))


def asked_of(tenant: TenantConfig, config: Config, datasets: Iterable[str], surroundings: Surroundings) -> Asked:
    """What the Graph source is to read, whence and as whom."""
    from auditor.sources.credentials import Person, credential_of
    from auditor.sources.graph import Asked

    cloud = cloud_of(tenant.cloud)
    person = Person(permissions_for(datasets), surroundings.tell, surroundings.token_cache)
    return Asked(
        cloud=cloud,
        credential=credential_of(tenant, cloud, person),
        api=config.collect.api,
        ask_sign_in_page=config.collect.sign_in_page,
        now=lambda: to_text(from_datetime(surroundings.now())),
    )


def audit(
    source: Spool | Exports,
    checks: Iterable[Check],
    report: Report,
    redaction: Redaction | None = None,
    said: TenantConfig | None = None,
    now: datetime | None = None,
) -> TenantRun:
    """The facts of a report on one tenant, from what was collected or exported of it. With a `redaction` they have
    pseudonyms for names, and go through its `run` before anybody sees them. `said`: what a config says of the tenant,
    which rules over what was collected of it. `now`: of what is said of today; None: the end of the window."""
    with open_tenant(source, report, said=said) as tenant:
        if now is not None:
            tenant = replace(tenant, now=from_datetime(now))
        if redaction is not None:
            tenant = redaction.tenant(tenant, names_of(source))
        return facts(tenant, checks, about(source, tenant))


def facts(tenant: Tenant, checks: Iterable[Check], source: Mapping[str, str]) -> TenantRun:
    """The three answers, the datasets and the results of the checks. `source`: where the data came from."""
    found = account(tenant)
    tenant = held(tenant, found)
    checks = tuple(checks)
    results = tuple(run_check(check, tenant) for check in checks)
    notes = emergency_accounts(tenant)
    premium = premium_where_refused(tenant)
    if premium:
        notes = (REFUSED_BY_MISTAKE, *notes)
    elif premium is False:
        results = tuple(within_means(check, result) for check, result in zip(checks, results, strict=True))
        notes = (licence_note(tenant, checks, results), *notes)
    return TenantRun(
        id=tenant.id,
        name=tenant.name,
        domain=tenant.domain,
        source=tuple(source.items()),
        window=(to_text(tenant.window[0]), to_text(tenant.window[1])),
        datasets=tuple(_dataset_result(name, reading) for name, reading in tenant.readings.items()),
        stay_signed_in=stay_signed_in(tenant),
        interrupts=answers.interrupts(tenant, source.get("api", ""), source.get("caveat", "")),
        policies=answers.persistent_browser(tenant, found),
        checks=results,
        grounds=answers.grounds(tenant),
        notes=notes,
    )


def _dataset_result(name: str, reading: Reading[Any]) -> DatasetResult:
    title = DATASETS[name].title
    if isinstance(reading, Missing):
        return DatasetResult(name, title, "missing", None, reading.reason, reading.remedy)
    value = reading.value
    rows = value.totals.distinct if name == "sign_ins" else len(value) if hasattr(value, "__len__") else 1
    if isinstance(reading, Partial):
        return DatasetResult(name, title, "partial", rows, reading.reason, reading.remedy)
    return DatasetResult(name, title, "collected", rows)
