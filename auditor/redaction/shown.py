"""Finished records with pseudonyms for all that is told by its form. By then the names in them are pseudonyms already,
see `auditor.redaction.names`; fields that hold nothing but a name from elsewhere (the config, say) get theirs here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

import auditor.explain.answer as explained
import auditor.what_if.consequences as consequences
from auditor.check import CheckResult, Status
from auditor.finding import Finding
from auditor.redaction.forms import is_pseudonym
from auditor.run import (
    Acceptance,
    AppAnswer,
    AttemptAnswer,
    CauseAnswer,
    DisagreementAnswer,
    Run,
    TenantRun,
    Unreached,
)

T = TypeVar("T")


class Words(Protocol):
    """What is put in the place of words."""

    def text(self, text: str) -> str:
        """Of a text of this program."""
        ...

    def words_of_others(self, text: str) -> str:
        """Of a text that came from elsewhere, in part at least."""
        ...

    def name(self, kind: str, original: str) -> str: ...

    def called(self, original: str) -> str:
        """Of a name of whatever kind, or of any other text."""
        ...


_How = Callable[[Words, str], str]


def _as(kind: str) -> _How:
    return lambda words, text: words.name(kind, text)


def _row(words: Words, text: str) -> str:
    """Ids of rows stay: they say nothing to anybody who cannot read the log, and find the row for whoever can."""
    return text


def _of_others(words: Words, text: str) -> str:
    return words.words_of_others(text)


def _called(words: Words, text: str) -> str:
    return words.called(text)


def _tenant(words: Words, text: str) -> str:
    """By its name, or else by its domain or id."""
    return text if is_pseudonym(text) else words.name("tenant", text)


_CONTROL = re.compile(
    r"(?:require|mfa|multi|factor|multifactor|authentication|strength|compliant|device|domain|joined|hybrid|azure|ad|"
    r"approved|protected|client|app|application|protection|policy|block|grant|password|change|terms|of|use|sign|in|"
    r"frequency|persistent|browser|session|periodic|reauthentication|every|time|hour|hours|day|days|cloud|security|"
    r"enforced|restrictions|always|never|disable|resilience|defaults|continuous|access|evaluation|token|risk|"
    r"remediation|mode|binding|lifetime|federated|cert|[\W\d_]+)*",
    re.IGNORECASE,
)


def is_control_of_microsoft(text: str) -> bool:
    """In the log's words, which Microsoft does not publish; some are names of the tenant's own."""
    return _CONTROL.fullmatch(text) is not None


def _control(words: Words, text: str) -> str:
    return text if is_control_of_microsoft(text) else words.name("control", text)


_FIELDS: Mapping[tuple[type, str], _How] = {
    (Run, "version"): _row,
    (TenantRun, "id"): _as("tenant"),
    (TenantRun, "source"): _of_others,
    (Unreached, "tenant"): _as("tenant"),
    (Unreached, "what"): _of_others,
    (Unreached, "remedy"): _of_others,
    (Acceptance, "subject"): _called,
    (Acceptance, "reason"): _as("text"),
    (Acceptance, "owner"): _as("user"),
    (AppAnswer, "id"): _as("id"),
    (CauseAnswer, "example"): _row,
    (AttemptAnswer, "id"): _row,
    (DisagreementAnswer, "example"): _row,
    (Finding, "link"): lambda words, text: "",
    (consequences.Consequences, "tenant_id"): _as("tenant"),
    (consequences.Consequences, "source"): _of_others,
    (consequences.OpinionDiffers, "example"): _row,
    (consequences.GraphOpinion, "reason"): _of_others,
    (explained.Step, "id"): _row,
    (explained.Step, "user_id"): _as("id"),
    (explained.Step, "app_id"): _as("id"),
    (explained.AskingPolicy, "controls"): _control,
    (explained.AttemptAnswer, "tenant"): _tenant,
    (explained.AttemptAnswer, "user_id"): _as("id"),
    (explained.AttemptAnswer, "correlation_id"): _row,
    (explained.Answer, "ids"): _row,
    (explained.Answer, "why_not"): _of_others,
    (explained.Place, "caveats"): _of_others,
}
"""Fields whose texts are not treated as texts of this program."""


def shown(record: T, words: Words) -> T:
    """The same record for the eyes of others. ValueError for a run that was compared already: the run that it was
    compared with may not have been redacted."""
    return cast("T", _shown(record, words, lambda given, text: given.text(text)))


def _shown(record: Any, words: Words, how: _How) -> Any:
    kind = type(record)
    if kind is str:
        return how(words, record)
    if kind is tuple:
        return tuple(_shown(each, words, how) for each in record)
    if not dataclasses.is_dataclass(kind):
        return record  # numbers and words of ours
    if kind is TenantRun and record.since is not None:
        raise ValueError("a run is redacted before it is compared")
    found = dataclasses.replace(
        record,
        **{
            name: _shown(getattr(record, name), words, _FIELDS.get((kind, name), how) if kind in _OWN else how)
            for name in _fields(kind)
        },
    )
    if kind is TenantRun:
        return _with_fingerprints(record, found)
    if kind is CheckResult and record.status is Status.FAILED:
        return dataclasses.replace(found, reason=words.words_of_others(found.reason))
    if kind is explained.Place:
        return dataclasses.replace(found, name=words.name("tenant" if record.live else "path", record.name))
    if kind is consequences.Consequences:
        return dataclasses.replace(found, findings=_findings(found))
    return found


_OWN = frozenset(kind for kind, _ in _FIELDS)


@lru_cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind))


def _with_fingerprints(before: TenantRun, after: TenantRun) -> TenantRun:
    """Acceptances name findings by their fingerprints, which follow from ids, and by their subjects."""
    renewed = dict(zip((each for each, _ in _findings_of(before)), _findings_of(after), strict=True))

    def renamed(old: Acceptance, new: Acceptance) -> Acceptance:
        known = [renewed[each] for each in old.fingerprints]
        subject = next((finding.subject.name or finding.subject.id for _, finding in known), new.subject)
        return dataclasses.replace(new, subject=subject, fingerprints=tuple(each for each, _ in known))

    acceptances = map(renamed, before.acceptances, after.acceptances)
    return dataclasses.replace(after, acceptances=tuple(acceptances))


def _findings_of(run: TenantRun) -> list[tuple[str, Finding]]:
    """With their fingerprints."""
    return [(each.fingerprint(run.id, result.id), each) for result in run.checks for each in result.findings]


def _findings(found: consequences.Consequences) -> consequences.FindingsAnswer:
    def renewed(change: consequences.FindingChange) -> consequences.FindingChange:
        return dataclasses.replace(change, fingerprint=change.finding.fingerprint(found.tenant_id, change.check))

    said = found.findings
    return dataclasses.replace(
        said, disappear=tuple(map(renewed, said.disappear)), arise=tuple(map(renewed, said.arise))
    )
