"""A code by itself: what the catalogue and the list of causes say of it. No log, no tenant."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.explain.answer import CodeAnswer, KnownCause
from auditor.explain.cause import Cause
from auditor.explain.causes import CAUSES
from auditor.explain.needed import needed_for
from auditor.sign_ins.catalogue import SUCCESS, catalogue
from auditor.tenant.dataset import DATASETS


def code_answers(codes: Iterable[int]) -> tuple[CodeAnswer, ...]:
    return tuple(map(code_answer, codes))


def code_answer(code: int) -> CodeAnswer:
    if code == SUCCESS:
        return CodeAnswer(SUCCESS, kind="success", meaning="The sign-in succeeded: 0 is no error.")
    entry = catalogue().get(code)
    if entry is None:
        return CodeAnswer(code)
    causes = tuple(map(cause_answer, CAUSES.get(code, ())))
    evidence = tuple(DATASETS[name].title for name in needed_for(code))
    return CodeAnswer(code, entry.name, entry.kind, entry.meaning, entry.advice, entry.workbook, causes, evidence)


def cause_answer(cause: Cause) -> KnownCause:
    return KnownCause(cause.slug, cause.title, cause.meaning, cause.advice)


def kind_of(code: int | None) -> str:
    """As in `CodeAnswer`; "" also for no code at all."""
    if code == SUCCESS:
        return "success"
    entry = None if code is None else catalogue().get(code)
    return entry.kind if entry else ""
