"""What a check says: findings, and how sure it is of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """`INFO` does not count towards the exit code; the others are 11, 12, 13, 14."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Confidence(str, Enum):
    """`STATED`: the tenant's data say it. `INFERRED`: it follows from them. `GENERAL`: it holds for any tenant, nothing
    in this one's data bears on it."""

    STATED = "stated"
    INFERRED = "inferred"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about. `kind`: policy, sign-in code, setting, ..."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing seen. `source`: the dataset. `at`: the instant it speaks of, as ISO text, or ""."""

    source: str
    statement: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`message`: what was seen, naming the thing. `remedy`: what to do, or that nothing is to be done. `key` tells
    apart two findings of one check about one subject; it is part of the fingerprint, so it must stay the same as long
    as the problem does: never a count, a date or a wording. `link`: where to look at it in the portal, or ""."""

    severity: Severity
    confidence: Confidence
    subject: Subject
    message: str
    remedy: str
    evidence: tuple[Evidence, ...] = ()
    key: str = ""
    link: str = ""

    def fingerprint(self, tenant: str, check: str) -> str:
        """The same for the same problem in every run: of declared identity only, not of wording, severity or counts."""
        identity = "\x1f".join((tenant, check, self.subject.kind, self.subject.id, self.key))
        return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:20]
