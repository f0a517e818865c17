"""The tenant in a collected folder, or in exported files: what everything offline begins with, and a live run goes on
with once it has collected.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from auditor.conditional_access.directory import Directory
from auditor.conditional_access.reduction import Reduction
from auditor.config import TenantConfig
from auditor.errors import ExportError, SpoolError
from auditor.exports.part import Part
from auditor.exports.parts import cut
from auditor.judgement import judged
from auditor.sign_ins.embedded import EmbeddedLog
from auditor.sign_ins.formats.kinds import SETTINGS
from auditor.sign_ins.formats.recognise import format_of
from auditor.sign_ins.partition import PartRead
from auditor.sign_ins.told import uncoded
from auditor.sources.clouds import CLOUDS
from auditor.sources.exported import NAMED, Exports, described, exports_in, file_names
from auditor.sources.folder import doubted, missing_from, reading_of, readings
from auditor.sources.packed import collection_at
from auditor.sources.policy_list import policy_listing
from auditor.sources.progress import Progress, Report
from auditor.spool.account import Account, Found, LogAccount
from auditor.spool.manifest import Manifest
from auditor.spool.spool import Spool
from auditor.tenant.break_glass import resolved
from auditor.tenant.dataset import DATASETS, Collected, Missing, Partial, Reading, with_prerequisites
from auditor.tenant.instant import parse, to_text
from auditor.tenant.policy import Policy
from auditor.tenant.records import Attestation, Organization
from auditor.tenant.tenant import NOT_ASKED_FOR, Tenant

FILES = "files"
"""The kind of a source that is exported files."""

_READ_BACK = "sign-in log, read back"
_BESIDE = "Put sign-in logs, as JSON or CSV, beside the others."


def source_at(path: Path) -> Spool | Exports:
    """What lies at `path`: a folder that was collected, packed or not, else a folder of exports or a single file.
    SpoolError or ExportError when it is neither."""
    return collection_at(path) or exports_in(path, _is_log)


def _is_log(row: bytes) -> bool:
    return format_of(row) is not None


def whose(source: Spool | Exports) -> tuple[str, ...]:
    """The ids and domains, in lower case, that the tenant in a source goes by; none where it does not say."""
    if isinstance(source, Exports):
        reading = source.readings["organization"]
        known: Organization | None = None if isinstance(reading, Missing) else reading.value
        names = [*source.tenants]
    else:
        organization = reading_of(source, "organization")
        known = None if organization is None or isinstance(organization, Missing) else organization.value
        names = [source.header.tenant]
    if known is not None:
        names = [known.id, *names, known.default_domain or "", known.initial_domain or ""]
        names += [*known.managed_domains, *known.federated_domains]
    return tuple(dict.fromkeys(name.lower() for name in names if name))


def log_of(source: Spool | Exports) -> tuple[Part, ...]:
    """The parts of the sign-in log of a source, in the order of collecting; none where there is no log."""
    if isinstance(source, Exports):
        return source.log
    return tuple(Part(str(each.path), each.path.name, each.path.stat().st_size) for each in reversed(source.spans()))


def names_of(source: Spool | Exports) -> tuple[str, ...]:
    """Names of files and folders that sentences about a source may hold."""
    if isinstance(source, Spool):
        return (source.folder.name, *(path.name for path in source.strays()))
    return tuple(file_names(source))


def about(source: Spool | Exports, tenant: Tenant) -> Mapping[str, str]:
    """Where the data came from, as a report says it. `tenant`: as it was opened from this source."""
    if isinstance(source, Spool):
        return source.header.source
    log = tenant.reading("sign_ins")
    others = {} if isinstance(log, Missing) else log.value.totals.others
    said = {
        "kind": FILES,
        "caveat": "Files do not tell which time they cover: it is taken to be from their first row to their last.",
        "log_files": f"{len(source.log):,}" if len(source.log) > 1 else "",
        "left_aside": " ".join(f"{each.name}: {each.why}" for each in source.left_aside),
        "set_aside": _others({kind: others[kind] for kind in others if kind != SETTINGS}),
    }
    return {name: value for name, value in said.items() if value}


@contextmanager
def open_tenant(
    source: Spool | Exports,
    report: Report,
    also: Sequence[Policy] = (),
    *,
    said: TenantConfig | None = None,
    sights: bool = True,
    listed: bool = True,
) -> Iterator[Tenant]:
    """The tenant in a source. Its log's working files live as long as the block. `also`: policies that will be asked
    about besides its own, so that the log keeps what they would tell apart. `sights`: whether anybody will ask about
    policies at all: without, a log is read by several processes, and sooner. `listed`: see `EmbeddedLog`. `said`:
    by a config, which rules over what the folder kept of one."""
    with ExitStack() as stack:
        tenant = stack.enter_context(_opened(source, report, also, said, sights, listed))
        if isinstance(source, Exports) and _is_mixed(source, tenant.readings.get("sign_ins")):
            stack.close()
            whole = exports_in(source.path, _is_log, to_the_end=True)
            tenant = stack.enter_context(_opened(whole, report, also, said, sights, listed))
        yield tenant


def _is_mixed(exports: Exports, log: Reading[EmbeddedLog] | None) -> bool:
    """Whether the log's own reading met rows that are of settings, or that may be, where nobody looked for them."""
    if exports.to_the_end or log is None:
        return False
    return isinstance(log, Missing) or log.value.totals.refused > 0 or SETTINGS in log.value.totals.others


@contextmanager
def _opened(
    source: Spool | Exports,
    report: Report,
    also: Sequence[Policy],
    said: TenantConfig | None,
    sights: bool,
    listed: bool,
) -> Iterator[Tenant]:
    tenant = _collected(source) if isinstance(source, Spool) else _exported(source)
    if said is not None:
        tenant = judged(tenant, said)
    policies = tenant.readings.get("policies")
    reduction = None
    if sights and policies is not None and not isinstance(policies, Missing):
        reduction = Reduction((*policies.value, *also), Directory.of(tenant))
    with open_log(source, report, reduction, listed) as log:
        if "sign_ins" not in tenant.readings:
            yield tenant
            return
        window = tenant.window
        if isinstance(source, Exports) and not isinstance(log, Missing):
            window = log.value.coverage.asked
        yield replace(tenant, window=window, readings={**tenant.readings, "sign_ins": log})


@contextmanager
def open_log(
    source: Spool | Exports, report: Report, reduction: Reduction | None = None, listed: bool = True
) -> Iterator[Reading[EmbeddedLog]]:
    """The sign-in log in a source: whole, in part, or why it is not there. `reduction`, `listed`: see `EmbeddedLog`.
    ExportError when it has rows and none of them can be read."""
    if isinstance(source, Spool):
        with _spooled_log(source, report, reduction, listed) as log:
            yield log
    else:
        with _exported_log(source, report, reduction, listed) as log:
            yield log


@contextmanager
def _spooled_log(
    spool: Spool, report: Report, reduction: Reduction | None, listed: bool
) -> Iterator[Reading[EmbeddedLog]]:
    kept, spans = spool.manifest(), spool.spans()
    ended, to_its_end = _ending(spool, kept)
    asked = _ticks(spool, spool.header.window_start, spool.header.window_end)
    account = LogAccount(spool, kept, (to_text(asked[0]), to_text(asked[1])), to_its_end=to_its_end)
    if not spans:
        yield doubted(ended or Missing(""), account.held_against({}).faults)
        return
    rows = sum(span.rows for span in spans)

    def held_against(read: Iterable[PartRead]) -> Account:
        found = zip(reversed(spans), read, strict=True)  # as `log_of` orders them
        return account.held_against({span.file: _found(part) for span, part in found})

    with EmbeddedLog(
        log_of(spool),
        rows=rows,
        asked=asked,
        intervals=lambda read: _merged(_ticks(spool, span.start, span.end) for span in held_against(read).covered),
        reduction=reduction,
        listed=listed,
        progress=lambda read: report(Progress(_READ_BACK, read, share=min(1.0, read / max(1, rows)))),
    ) as log:
        reading: Reading[EmbeddedLog] = Collected(log)
        if ended is not None:
            reading = Partial(log, ended.reason, ended.remedy)
        elif lacking := _lacking(log):
            reading = Partial(log, " ".join(lacking))
        yield doubted(reading, held_against(log.read).faults)


def _ending(spool: Spool, kept: Manifest | None) -> tuple[Missing | None, bool]:
    """Why the log was not read whole, None when it was; and whether it should reach to the window's beginning for all
    that the collection says."""
    try:
        stored = spool.dataset("sign_ins")
    except SpoolError as error:
        return Missing(error.what, error.remedy), True
    if stored is None:
        return missing_from(spool, kept, "sign_ins"), spool.header.complete
    if stored.state == "collected":
        return None, True
    return Missing(stored.reason, stored.remedy), False


def _found(part: PartRead) -> Found:
    first, last = (to_text(part.first), to_text(part.last)) if part.first <= part.last else ("", "")
    return Found(part.given, part.refused, first, last)


@contextmanager
def _exported_log(
    exports: Exports, report: Report, reduction: Reduction | None, listed: bool
) -> Iterator[Reading[EmbeddedLog]]:
    if not exports.log:
        where = "It is not among the files" + (" that could be read" if exports.log_doubts else "")
        yield Missing(" ".join((f"{where}.", *exports.log_doubts)), _BESIDE)
        return
    with EmbeddedLog(
        cut(exports.log, 1 if reduction is not None else os.cpu_count() or 1),
        ordered=False,
        reduction=reduction,
        listed=listed,
        progress=lambda read: report(Progress(_READ_BACK, read)),
    ) as log:
        totals = log.totals
        if totals.refused == totals.rows:
            none, remedy = _none(log), "Export them again." if totals.rows else _BESIDE
            nothing = all(isinstance(reading, Missing) for reading in exports.readings.values())
            if nothing and totals.rows and exports.to_the_end:
                raise ExportError(none, remedy)
            yield Missing(" ".join((none, *exports.log_doubts)), remedy)
            return
        reasons = [*_lacking(log), *exports.log_doubts]
        if len(exports.tenants) > 1:
            named = ", ".join(exports.tenants[:NAMED])
            reasons.append(f"The files are of {len(exports.tenants)} tenants, which nothing here tells apart: {named}.")
        yield Partial(log, " ".join(reasons)) if reasons else Collected(log)


def _none(log: EmbeddedLog) -> str:
    """Why a log of which no row was read is none."""
    totals = log.totals
    if not totals.rows:
        return f"The files hold no sign-in of a person, but {_others(totals.others)}."
    return (
        f"None of the {totals.rows:,} rows in the sign-in logs could be read. "
        f"{described(log.unreadable, totals.refused)}"
    )


def _others(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} rows of {kind}" for kind, count in sorted(counts.items()))


def _lacking(log: EmbeddedLog) -> list[str]:
    """What of the rows themselves is not known."""
    return [*filter(None, (_refused(log) if log.totals.refused else "", uncoded(log.totals)))]


def _refused(log: EmbeddedLog) -> str:
    totals = log.totals
    return (
        f"{totals.refused:,} of {totals.rows:,} rows could not be read. {described(log.unreadable, totals.refused)}"
    ).rstrip()


def _exported(exports: Exports) -> Tenant:
    reading = exports.readings["organization"]
    known: Organization | None = None if isinstance(reading, Missing) else reading.value
    return Tenant(
        id=known.id if known else exports.tenants[0] if len(exports.tenants) == 1 else "",
        name=known.name if known else "",
        domain=_domain(known),
        window=(0, 0),
        readings={name: exports.readings.get(name, NOT_ASKED_FOR) for name in with_prerequisites(DATASETS)},
    )


def _domain(known: Organization | None) -> str:
    return (known.default_domain or known.initial_domain or "") if known else ""


def _collected(spool: Spool) -> Tenant:
    header, said = spool.header, spool.header.attestation
    found = readings(spool)
    organization = found.get("organization")
    # What a later version asked for and this one does not know is left aside.
    asked = with_prerequisites(name for name in header.datasets if name in DATASETS)
    known: Organization | None = (
        None if organization is None or isinstance(organization, Missing) else organization.value
    )
    break_glass, unresolved = resolved(header.break_glass, found.get("directory_objects", NOT_ASKED_FOR))
    # A folder may come from anybody, and links are made of this.
    portal = next((each.portal for each in CLOUDS.values() if each.portal == header.source.get("portal")), "")
    return Tenant(
        id=known.id if known else header.tenant,
        name=known.name if known else "",
        domain=_domain(known),
        window=_ticks(spool, header.window_start, header.window_end),
        readings={name: found.get(name, NOT_ASKED_FOR) for name in asked},
        attestation=Attestation(said.setting, said.by, said.on) if said else None,
        break_glass=break_glass,
        break_glass_unresolved=unresolved,
        admin_sign_in_hours=header.admin_sign_in_hours,
        listing=policy_listing(spool) if isinstance(found.get("policies"), (Collected, Partial)) else None,
        portal=portal,
    )


def _ticks(spool: Spool, start: str, end: str) -> tuple[int, int]:
    try:
        return parse(start), parse(end)
    except ValueError as error:
        raise SpoolError(f"{spool.called} is damaged: {error}.", "Collect again into another folder.") from error


def _merged(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
