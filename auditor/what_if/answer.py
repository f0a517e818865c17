"""The short answer to a what-if: a sentence or two."""

from __future__ import annotations

from typing import Any

from auditor.conditional_access.persistence import acts, same_effect
from auditor.conditional_access.three_values import Applies
from auditor.run import StaySignedIn
from auditor.stay_signed_in import HIDDEN
from auditor.tenant.dataset import Missing, Reading
from auditor.what_if.change import DISABLE_POLICY, HIDE_PROMPT, Change
from auditor.what_if.consequences import AtMost, PromptsAnswer

_HOW = {
    "prompt-not-shown": "no longer asked",
    "always-lifted": "by policy",
    "always-set": "by policy",
    "prompt-shown-again": "by answering the prompt",
}


def short_answer(
    change: Change,
    setting: StaySignedIn,
    policies: Reading[Any],
    prompts: PromptsAnswer | None,
    again: AtMost | None,
    lose: tuple[AtMost, ...] | None,
    gain: tuple[AtMost, ...] | None,
) -> str:
    """As `what_if` worked them out; None: it could not."""
    if change.kind != HIDE_PROMPT and isinstance(policies, Missing):
        return "Not known: the Conditional Access policies could not be read."
    if change.kind == HIDE_PROMPT and setting.verdict == HIDDEN:
        return f"Nothing changes: the prompt is hidden already. {setting.why}"
    if change.kind != HIDE_PROMPT and (why := _without_effect(change)):
        return f"Nothing changes for prompts and browser sessions. {why}"
    if prompts is None:
        return "Not known: the sign-in log could not be read."
    said = [] if change.kind == DISABLE_POLICY else [_prompts(prompts)]
    if change.kind == DISABLE_POLICY or (again is not None and again.sign_ins):
        said.append(_prompts_again(again, setting.verdict))
    return " ".join(filter(None, (*said, _sessions(lose or (), gain or ()))))


def _without_effect(change: Change) -> str:
    """Why the change touches no browser session; "" when it does, or may."""
    before, after = change.before, change.after
    assert after is not None
    if acts(after).applies is Applies.NO and (before is None or acts(before).applies is Applies.NO):
        # Of a policy that is to be disabled the present tells, of any other what is to become of it.
        return acts(before if before is not None and change.kind == DISABLE_POLICY else after).reasons[0]
    if before is not None and same_effect(before, after):
        return "What the policy does to them stays as it is."
    return ""


def _prompts(prompts: PromptsAnswer) -> str:
    if not prompts.total:
        return "The log holds no prompt to stay signed in."
    vanish = prompts.vanish
    said = f"Of {_many(prompts.total, 'prompt')} to stay signed in, {vanish.prompts:,} would not be shown any more"
    if vanish.people:
        said += f" ({_many(vanish.people, 'person', 'people')})"
    rest = [
        f"{count:,} {what}"
        for count, what in (
            (prompts.stay.prompts, "would"),
            (prompts.gone.prompts, "would not today either"),
            (prompts.not_known.prompts, "not known"),
        )
        if count
    ]
    answer = f"{said}; {', '.join(rest)}." if rest else f"{said}."
    if prompts.unless.prompts:
        answer += f" {_unless(prompts)}"
    return answer


def _unless(prompts: PromptsAnswer) -> str:
    """What is known all the same of prompts that are not known."""
    every = prompts.unless.prompts == prompts.not_known.prompts
    which = "Those" if every else f"{prompts.unless.prompts:,} of those"
    return f"{which} not known would not be shown, unless the person is among {prompts.unless_in}."


def _prompts_again(again: AtMost | None, setting: str) -> str:
    if again is None or not again.sign_ins:
        why = ": the tenant's setting hides it" if setting == HIDDEN else ""
        return f"No sign-in of the log would meet the prompt again{why}."
    return f"At most {_many(again.sign_ins, 'sign-in')} may meet the prompt to stay signed in again."


def _sessions(lose: tuple[AtMost, ...], gain: tuple[AtMost, ...]) -> str:
    parts = [
        f"at most {' and '.join(amounts)} may {what}"
        for what, amounts in (("lose", _amounts(lose)), ("gain", _amounts(gain)))
        if amounts
    ]
    if not parts:
        return ""
    parts[0] += " a session that survives closing the browser"
    said = "; ".join(part if number == 0 else f"{part} one" for number, part in enumerate(parts))
    return f"{said[:1].upper()}{said[1:]}."


def _amounts(found: tuple[AtMost, ...]) -> list[str]:
    some = [each for each in found if each.sign_ins]
    if len(some) == 1:
        return [_amount(some[0])]
    return [f"{_amount(each)} ({_HOW[each.reason]})" for each in some]


def _amount(each: AtMost) -> str:
    return _many(each.sign_ins, "sign-in") if each.people is None else _many(each.people, "person", "people")


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
