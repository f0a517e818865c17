"""Looking up attempts to sign in by their ids: in what was collected or exported, or at Microsoft Graph.

Graph is asked for the rows of those attempts alone, and then for what bears on why they happened. All of it goes into
a folder that is gone with the answer, and the answer is made from that as from any other.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from auditor.audit import Surroundings, asked_of, collect, question
from auditor.config import Config, TenantConfig
from auditor.explain.answer import AttemptAnswer, Place
from auditor.explain.needed import WANTS, needed_for
from auditor.explain.timeline import attempt_answers
from auditor.sign_ins.attempts import GAP
from auditor.sign_ins.one_attempt import Wanted, find
from auditor.sign_ins.told import repeated, sharing
from auditor.sources.attempt import rows_of_attempts
from auditor.sources.exported import Exports
from auditor.sources.progress import Progress, Report
from auditor.spool.spool import Spool, StoredDataset
from auditor.tenant.dataset import Missing, Partial, Reading, with_prerequisites
from auditor.tenant.instant import MINUTE, from_datetime, parse, to_seconds_text, to_text
from auditor.tenant.mending import mended
from auditor.tenant.sign_in_log import Coverage, SignInLog
from auditor.tenant.tenant import Tenant
from auditor.tenant_at import about, log_of, names_of, open_tenant

if TYPE_CHECKING:
    from auditor.redaction.redaction import Redaction

KEPT = 30 * 24 * 60 * MINUTE
"""How long Graph keeps sign-ins for a tenant with Microsoft Entra ID P1 or P2; others cannot be asked for any."""

_INTERACTIVE = "Graph's v1.0 log holds interactive sign-ins only: what an app did silently is not among the rows."

_ALWAYS = ("organization", "sign_ins")


class _Status(msgspec.Struct):
    errorCode: int | None = None


class _Key(msgspec.Struct):
    createdDateTime: str | None = None
    status: _Status | None = None


_decode_key = msgspec.json.Decoder(_Key).decode


class LookedUp(NamedTuple):
    attempts: tuple[AttemptAnswer, ...]
    place: Place


def look_up_at(
    source: Spool | Exports,
    path: Path,
    wanted: Wanted,
    report: Report,
    redaction: Redaction | None = None,
    said: TenantConfig | None = None,
) -> LookedUp:
    """In what lies at `path`: a collected folder, or exports. With a `redaction` it has pseudonyms for names, and goes
    through its `shown` before anybody sees it. `said`: see `audit.audit`."""
    with open_tenant(source, report, said=said, sights=False, listed=False) as tenant:
        if redaction is not None:
            tenant = redaction.tenant(tenant, names_of(source))
        reading = tenant.reading("sign_ins")
        if isinstance(reading, Missing):
            why = f"{reading.reason} {reading.remedy}".rstrip()
            return LookedUp((), Place(str(path), False, False, None, 0, (why,), partial=True))
        log: SignInLog = reading.value
        attempts = _attempts(source, tenant, log, log.coverage, wanted, report, path.name, redaction)
        intervals, totals = log.coverage.intervals, log.totals
        place = Place(
            str(path),
            live=False,
            found=bool(attempts),
            window=_texts(intervals[0][0], intervals[-1][1]) if intervals else None,
            rows=totals.rows,
            caveats=(*_caveats(reading, about(source, tenant)), *filter(None, (repeated(totals), sharing(totals)))),
            partial=isinstance(reading, Partial),
        )
    return LookedUp(attempts, place)


def look_up_live(
    tenant: TenantConfig,
    config: Config,
    wanted: Wanted,
    surroundings: Surroundings,
    redaction: Redaction | None = None,
) -> LookedUp:
    """At Graph. SignInError or SourceError when it cannot be asked, or refuses the log. `redaction`: as above."""
    now = from_datetime(surroundings.now())
    asked = asked_of(tenant, config, with_prerequisites((*_ALWAYS, *WANTS)), surroundings)
    rows = asyncio.run(
        rows_of_attempts(asked, wanted.requests, wanted.correlations, wanted.either, surroundings.report)
    )
    place = Place(
        tenant.id,
        live=True,
        found=bool(rows),
        window=_texts(now - KEPT, now),
        rows=len(rows),
        caveats=(_INTERACTIVE,) if config.collect.api == "v1.0" else (),
    )
    if not rows:
        return LookedUp((), place)
    with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
        spool, covered = _spooled(Path(folder) / "attempt", tenant, config, rows, surroundings)
        collect(tenant, config, spool, surroundings)
        with open_tenant(spool, surroundings.report, sights=False, listed=False) as opened:
            if redaction is not None:
                opened = redaction.tenant(opened, names_of(spool))
            # Nothing was filtered but for the ids, though the rows may hold no success.
            coverage = Coverage(covered, (covered,))
            log = opened.sign_ins
            name = tenant.id
            attempts = _attempts(spool, opened, log, coverage, wanted, surroundings.report, name, redaction)
            return LookedUp(attempts, place)


def _attempts(
    source: Spool | Exports,
    tenant: Tenant,
    log: SignInLog,
    coverage: Coverage,
    wanted: Wanted,
    report: Report,
    name: str,
    redaction: Redaction | None,
) -> tuple[AttemptAnswer, ...]:
    """`name`: of the tenant, where nothing that was read tells it."""

    def say(read: int) -> None:
        report(Progress("sign-in log, searched", read, share=min(1.0, read / max(1, log.totals.rows))))

    rows = find(log_of(source), wanted, say, ordered=isinstance(source, Spool))
    if redaction is not None:
        rows = redaction.rows(rows)
    known = tenant.name or tenant.domain or tenant.id or name
    return attempt_answers(rows, coverage, tenant, known, wanted.requests | wanted.either)


def _spooled(
    folder: Path, tenant: TenantConfig, config: Config, rows: Sequence[bytes], surroundings: Surroundings
) -> tuple[Spool, tuple[int, int]]:
    """A folder that holds the rows, and for the rest is still to be collected; and the time that it is to cover: from
    an hour before them until now."""
    keys = [_key(row) for row in rows]
    codes = {key.status.errorCode for key in keys if key.status is not None}
    header = question(tenant, config, _datasets(codes), surroundings.now())
    end = parse(header.window_end)
    start = min((at for key in keys if (at := _ticks(key.createdDateTime)) is not None), default=end) - GAP
    covered = (start, max(start, end))
    header = msgspec.structs.replace(header, window_start=to_text(covered[0]), window_end=to_text(covered[1]))
    spool = Spool.create(folder, header)
    with spool.new_span() as span:
        span.add(rows)
        span.done(header.window_start, header.window_end)
    spool.write_dataset(StoredDataset(name="sign_ins", state="collected", read=header.started))
    return spool, covered


def _datasets(codes: Iterable[int | None]) -> tuple[str, ...]:
    """All of `WANTS` would tell the same, and takes minutes in a large tenant."""
    return with_prerequisites({*_ALWAYS, *(name for code in codes for name in needed_for(code))})


def _caveats(reading: Reading[SignInLog], said: Mapping[str, str]) -> Iterator[str]:
    if isinstance(reading, Partial):
        yield f"{reading.reason} {reading.remedy}".rstrip()
    if said.get("api") == "v1.0":
        yield _INTERACTIVE
    if "caveat" in said:
        yield said["caveat"]
    if "left_aside" in said:
        yield f"Left aside: {said['left_aside']}"


def _key(row: bytes) -> _Key:
    try:
        return _decode_key(mended(row))
    except ValueError:
        return _Key()


def _texts(start: int, end: int) -> tuple[str, str]:
    return to_seconds_text(start), to_seconds_text(end)


def _ticks(text: str | None) -> int | None:
    try:
        return parse(text or "")
    except ValueError:
        return None
