"""A run as tables for a spreadsheet: one CSV file each, as RFC 4180 has it, with a heading.

Every file begins with a byte order mark: without one Excel takes UTF-8 for the code page of its machine. Each row names
its tenant, so that files of several runs can be put together. Text is made harmless by `auditor.reports.spreadsheet`.

An empty table is no answer by itself: `tenants` says for each tenant whether it was looked at and what is known,
`datasets` and `checks` what was not, or not wholly, read or run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from auditor.comparison import Change
from auditor.finding import Confidence, Evidence, Severity
from auditor.reports.sentences import left_aside
from auditor.reports.spreadsheet import cell
from auditor.run import Run, TenantRun
from auditor.tenant.sign_in_log import Outcome

MARK = "\ufeff"

_OUTCOMES = tuple(each.value for each in Outcome)
_CONFIDENCES = tuple(each.value for each in Confidence)
_BETWEEN = " / "

Row = tuple[Any, ...]


class Table(NamedTuple):
    """`columns`: their headings, after the tenant's. `rows`: of one tenant."""

    columns: tuple[str, ...]
    rows: Callable[[TenantRun], Iterator[Row]]


def render(run: Run) -> Mapping[str, str]:
    """The text of each table by its name."""
    tables = {"tenants": _text(_TENANTS, _tenants(run))}
    for name, table in TABLES.items():
        rows = ((tenant.id, *row) for tenant in run.tenants for row in table.rows(tenant))
        tables[name] = _text(("tenant", *table.columns), rows)
    return tables


def _text(columns: tuple[str, ...], rows: Iterator[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return MARK + text.getvalue()


_TENANTS = (
    "tenant",
    "name",
    "domain",
    "looked at",
    "why not",
    "remedy",
    "run",
    "window start",
    "window end",
    "interrupts",
    "stay signed in",
    "stay signed in, confidence",
    "stay signed in, why",
    "persistent browser policies",
    "open findings",
    "accepted findings",
)


def _tenants(run: Run) -> Iterator[Row]:
    for each in run.unreached:
        yield (each.tenant, "", "", "no", each.what, each.remedy, run.started, *["not known"] * 9)
    for tenant in run.tenants:
        setting = tenant.stay_signed_in
        yield (
            tenant.id,
            tenant.name,
            tenant.domain,
            "yes",
            "",
            "",
            run.started,
            *tenant.window,
            sum(each.count for each in tenant.interrupts.interrupts) if tenant.interrupts.known else "not known",
            setting.verdict,
            setting.confidence,
            setting.why,
            len(tenant.policies.policies) if tenant.policies.known else "not known",
            sum(finding.severity is not Severity.INFO for _, finding in tenant.open_findings()),
            len(tenant.accepted),
        )


def _findings(tenant: TenantRun) -> Iterator[Row]:
    accepted = tenant.accepted
    fates = {each.fingerprint: each.fate.value for each in tenant.since.findings} if tenant.since else {}
    for result in tenant.checks:
        for finding in result.findings:
            fingerprint = finding.fingerprint(tenant.id, result.id)
            by = accepted.get(fingerprint)
            yield (
                fingerprint,
                result.id,
                finding.severity.value,
                finding.confidence.value,
                finding.subject.kind,
                finding.subject.id,
                finding.subject.name,
                finding.message,
                finding.remedy,
                "accepted" if by else "open",
                by.reason if by else "",
                fates.get(fingerprint, ""),
                _evidence(finding.evidence),
                finding.link,
            )


def _interrupts(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.interrupts.interrupts:
        again = "" if each.again is None else each.again
        yield each.code, each.name, each.count, each.users, again, *_counts(each.outcomes), each.meaning, each.advice


def _causes(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.interrupts.interrupts:
        for cause in each.causes:
            yield (
                each.code,
                each.name,
                cause.slug,
                cause.title,
                cause.count,
                *_counts(cause.confidence, _CONFIDENCES),
                *_counts(cause.outcomes),
                cause.meaning,
                cause.advice,
                cause.example,
                _evidence(cause.evidence),
            )


def _clusters(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.interrupts.interrupts:
        for what, names in each.clusters:
            for called, count in names:
                yield each.code, each.name, what, called, count


def _apps(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.interrupts.apps:
        yield each.id, each.name if each.id else "all other applications", *_counts(each.outcomes)


def _over_time(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.interrupts.over_time:
        yield each.start, tenant.interrupts.span_hours, *_counts(each.outcomes)


def _policies(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.policies.policies:
        reach = each.reach
        devices = (
            f"{row.device}{ {None: '', True: ' compliant', False: ' not compliant'}[row.compliant] }: {row.reached}"
            for row in each.devices
        )
        yield (
            each.id,
            each.name,
            each.state,
            each.mode,
            "yes" if each.inert else "no",
            _BETWEEN.join(each.problems),
            each.aim,
            *((reach.applies, reach.applies_not, reach.not_known) if reach else ("not known",) * 3),
            _BETWEEN.join(reason for reason, _ in reach.because) if reach else "",
            _BETWEEN.join(devices),
            _BETWEEN.join(each.unknown),
            each.link,
        )


def _datasets(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.datasets:
        rows = "not known" if each.rows is None else each.rows
        yield each.name, each.title, each.state, rows, each.reason, each.remedy


def _checks(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.checks:
        yield each.id, each.title, each.status.value, len(each.findings), each.reason, each.remedy


def _not_known(tenant: TenantRun) -> Iterator[Row]:
    if aside := left_aside(tenant):
        yield "files", aside, ""
    for note in tenant.notes:
        yield "report", note, ""
    for caveat in tenant.interrupts.caveats:
        yield "sign-in log", caveat, ""
    for reason, count in tenant.interrupts.missing:
        yield "why interrupts happened", reason, count
    for said in filter(None, (tenant.interrupts.uncoded, tenant.interrupts.repeated)):
        yield "sign-in log", said, ""
    for code, count in tenant.interrupts.uncatalogued:
        yield "code that is not in the catalogue", code, count
    if tenant.policies.agreement:
        for reason, count in tenant.policies.agreement.because:
            yield "evaluation of policies", reason, count


def _acceptances(tenant: TenantRun) -> Iterator[Row]:
    for each in tenant.acceptances:
        until, fingerprints = each.until, _BETWEEN.join(each.fingerprints)
        yield each.check, each.subject, each.state, each.reason, each.owner, until, fingerprints


def _changes(tenant: TenantRun) -> Iterator[Row]:
    since = tenant.since
    if since is None:
        return
    for found in since.findings:
        sides = (each.value if each else "" for each in (found.before, found.after))
        name = found.finding.subject.name or found.finding.subject.id
        yield since.since, "finding", name, found.fate.value, *sides, found.check, found.fingerprint
    changes: tuple[tuple[str, tuple[Change, ...]], ...] = (
        ("changed", ((since.setting,) if since.setting else ()) + since.policies),
        ("not looked at any more", since.unable),
        ("looked at again", since.able),
    )
    for became, those in changes:
        for each in those:
            yield since.since, each.what, each.name, became, each.before, each.after, "", ""
    for trend in since.trends or ():
        became = "beyond noise" if trend.beyond_noise else "within noise"
        name = f"{trend.code} {trend.name}".rstrip()
        yield since.since, "interrupts a day", name, became, trend.before, trend.after, "", ""
    if since.trends is None:
        yield since.since, "interrupts a day", "", "not known", "", "", "", ""


def _counts(counts: tuple[tuple[str, int], ...], names: tuple[str, ...] = _OUTCOMES) -> Iterator[int]:
    """One for each name; what a run leaves out is zero."""
    found = dict(counts)
    return (found.get(name, 0) for name in names)


def _evidence(found: tuple[Evidence, ...]) -> str:
    return _BETWEEN.join(each.statement for each in found)


TABLES: Mapping[str, Table] = {
    "findings": Table(
        (
            "fingerprint",
            "check",
            "severity",
            "confidence",
            "subject kind",
            "subject id",
            "subject",
            "message",
            "remedy",
            "state",
            "accepted because",
            "since last run",
            "evidence",
            "link",
        ),
        _findings,
    ),
    "interrupts": Table(
        ("code", "name", "rows", "users", "users who met it again", *_OUTCOMES, "meaning", "advice"), _interrupts
    ),
    "clusters": Table(("code", "name", "what", "which", "failed or abandoned"), _clusters),
    "causes": Table(
        (
            *("code", "name", "cause", "title", "rows", *_CONFIDENCES, *_OUTCOMES),
            *("meaning", "advice", "example", "evidence"),
        ),
        _causes,
    ),
    "apps": Table(("app id", "app", *_OUTCOMES), _apps),
    "over_time": Table(("start", "hours", *_OUTCOMES), _over_time),
    "policies": Table(
        (
            *("id", "name", "state", "mode", "inert", "problems", "aim", "applies", "applies not", "not known"),
            *("not known because", "devices", "not understood", "link"),
        ),
        _policies,
    ),
    "datasets": Table(("name", "title", "state", "rows", "reason", "remedy"), _datasets),
    "checks": Table(("id", "title", "status", "findings", "reason", "remedy"), _checks),
    "not_known": Table(("about", "what", "rows"), _not_known),
    "acceptances": Table(("check", "subject", "state", "reason", "owner", "until", "fingerprints"), _acceptances),
    "changes": Table(("since", "what", "name", "became", "before", "after", "check", "fingerprint"), _changes),
}
"""By the file's name, all but `tenants`, which also has those that were not looked at."""
