"""The whole program, without printing and without exits: `collect` reads a tenant into a folder, `audit` makes a
report's facts out of a folder. A live run is the one and then the other, so an offline one says the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import answers
from auditor.check import Check, run_check
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.config import Config, TenantConfig
from auditor.errors import SpoolError
from auditor.run import DatasetResult, TenantRun
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.sources.clouds import CLOUDS, cloud_of
from auditor.sources.folder import missing_from, readings
from auditor.sources.progress import Progress, Report
from auditor.spool import shelf
from auditor.spool.private_files import PART
from auditor.spool.spool import Attested, Header, Spool
from auditor.stay_signed_in import stay_signed_in
from auditor.tenant.break_glass import resolved
from auditor.tenant.dataset import (
    DATASETS,
    Collected,
    Missing,
    Partial,
    Reading,
    permissions_for,
    with_prerequisites,
)
from auditor.tenant.instant import from_datetime, parse, to_text
from auditor.tenant.policy import Policy
from auditor.tenant.records import Attestation
from auditor.tenant.tenant import Tenant

if TYPE_CHECKING:
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


def audit(spool: Spool, checks: Iterable[Check], report: Report) -> TenantRun:
    """The facts of a report on one collected tenant."""
    with open_tenant(spool, report) as tenant:
        return facts(tenant, checks, spool.header.source)


def facts(tenant: Tenant, checks: Iterable[Check], source: Mapping[str, str]) -> TenantRun:
    """The three answers, the datasets and the results of the checks. `source`: where the data came from."""
    return TenantRun(
        id=tenant.id,
        name=tenant.name,
        domain=tenant.domain,
        source=tuple(source.items()),
        window=(to_text(tenant.window[0]), to_text(tenant.window[1])),
        datasets=tuple(_dataset_result(name, reading) for name, reading in tenant.readings.items()),
        stay_signed_in=stay_signed_in(tenant),
        interrupts=answers.interrupts(tenant, source.get("api", "")),
        policies=answers.persistent_browser(tenant),
        checks=tuple(run_check(check, tenant) for check in checks),
    )


@contextmanager
def open_tenant(spool: Spool, report: Report, also: Sequence[Policy] = ()) -> Iterator[Tenant]:
    """The tenant in a collected folder. Its log's working files live as long as the block. `also`: policies that will
    be asked about besides its own, so that the log keeps what they would tell apart."""
    tenant = _tenant_but_log(spool)
    policies = tenant.readings.get("policies")
    reduction = None
    if policies is not None and not isinstance(policies, Missing):
        reduction = Reduction((*policies.value, *also), Directory.of(tenant))
    with open_log(spool, report, reduction) as log:
        asked = "sign_ins" in tenant.readings
        yield replace(tenant, readings={**tenant.readings, "sign_ins": log}) if asked else tenant


def _tenant_but_log(spool: Spool) -> Tenant:
    header, said = spool.header, spool.header.attestation
    found = readings(spool)
    organization = found.get("organization")
    # What a later version asked for and this one does not know is left aside.
    asked = with_prerequisites(name for name in header.datasets if name in DATASETS)
    known = None if organization is None or isinstance(organization, Missing) else organization.value
    break_glass, unresolved = resolved(header.break_glass, found.get("directory_objects", missing_from(spool)))
    # A folder may come from anybody, and links are made of this.
    portal = next((each.portal for each in CLOUDS.values() if each.portal == header.source.get("portal")), "")
    return Tenant(
        id=known.id if known else header.tenant,
        name=known.name if known else "",
        domain=(known.default_domain or known.initial_domain or "") if known else "",
        window=_ticks(spool, header.window_start, header.window_end),
        readings={name: found.get(name, missing_from(spool)) for name in asked},
        attestation=Attestation(said.setting, said.by, said.on) if said else None,
        break_glass=break_glass,
        break_glass_unresolved=unresolved,
        admin_sign_in_hours=header.admin_sign_in_hours,
        portal=portal,
    )


@contextmanager
def open_log(spool: Spool, report: Report, reduction: Reduction | None = None) -> Iterator[Reading[EmbeddedLog]]:
    """The sign-in log in a collected folder: whole, in part, or why it is not there."""
    stored = spool.dataset("sign_ins")
    spans = spool.spans()
    if not spans:
        yield Missing(stored.reason, stored.remedy) if stored else missing_from(spool)
        return
    rows = sum(span.rows for span in spans)

    def say(read: int) -> None:
        report(Progress("sign-in log, read back", read, share=read / max(1, rows)))

    intervals = _merged(_ticks(spool, span.start, span.end) for span in spans)
    asked = _ticks(spool, spool.header.window_start, spool.header.window_end)
    with EmbeddedLog(
        spool.sign_in_lines(), rows=rows, asked=asked, intervals=intervals, reduction=reduction, progress=say
    ) as log:
        if stored is not None and stored.state == "collected" and not log.totals.refused:
            yield Collected(log)
        elif stored is not None and stored.state == "collected":
            yield Partial(log, f"{log.totals.refused} of {log.totals.rows} rows could not be read.")
        else:
            why = stored or missing_from(spool)
            yield Partial(log, why.reason, why.remedy)


def _ticks(spool: Spool, start: str, end: str) -> tuple[int, int]:
    try:
        return parse(start), parse(end)
    except ValueError as error:
        raise SpoolError(f"{spool.folder} is damaged: {error}.", "Collect again into another folder.") from error


def _merged(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _dataset_result(name: str, reading: Reading[Any]) -> DatasetResult:
    title = DATASETS[name].title
    if isinstance(reading, Missing):
        return DatasetResult(name, title, "missing", None, reading.reason, reading.remedy)
    value = reading.value
    rows = value.totals.distinct if name == "sign_ins" else len(value) if hasattr(value, "__len__") else 1
    if isinstance(reading, Partial):
        return DatasetResult(name, title, "partial", rows, reading.reason, reading.remedy)
    return DatasetResult(name, title, "collected", rows)
