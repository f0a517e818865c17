"""What is said of one interrupt."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.finding import Confidence, Evidence


@dataclass(frozen=True, slots=True)
class Explanation:
    """`cause`: a slug out of `causes.CAUSES` of the interrupt's code. `evidence`: what was seen that speaks for it, or
    about it. `missing`: what would tell more and was not there, as sentences, each with what would bring it."""

    cause: str
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
