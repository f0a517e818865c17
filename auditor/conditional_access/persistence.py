"""What policies do together to the prompt to stay signed in and to browser sessions, as far as Microsoft documents it.

An enabled persistent browser control, always or never, hides the prompt from whoever its policy reaches, and decides
instead of them. It wants all resources and acts in browsers: elsewhere its effect is not known. Which of always and
never wins where both reach is not documented, and not predicted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from auditor.conditional_access.board import Board, numbers
from auditor.conditional_access.decision import YES, Decision, all_of, no, not_known
from auditor.conditional_access.directory import Directory
from auditor.conditional_access.evaluate import in_force
from auditor.conditional_access.session import ALWAYS, NEVER
from auditor.conditional_access.three_values import Applies
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.policy import ALL, Policy, persists

BROWSER = "browser"


class Session(str, Enum):
    """What becomes of a browser session. `AS_ANSWERED`: no policy decides; it is up to the prompt, where one is shown.
    `CONTESTED`: policies say always and never."""

    ALWAYS = "always"
    NEVER = "never"
    AS_ANSWERED = "as answered"
    CONTESTED = "contested"
    NOT_KNOWN = "not known"


def acts(policy: Policy) -> Decision:
    """Whether the policy's control does anything to a browser session that its conditions reach."""
    control = policy.persistent_browser
    if control is None:
        return no("The policy sets no persistent browser session.")
    if control.enabled is False:
        return no("The policy's persistent browser control is not enabled.")
    return all_of((in_force(policy), *_doubts(policy)))


def _doubts(policy: Policy) -> Iterator[Decision]:
    control = policy.persistent_browser
    assert control is not None
    if control.enabled is None:
        yield not_known("The policy does not say whether its persistent browser control is enabled.")
    if control.mode not in (ALWAYS, NEVER):
        yield not_known(f"What the persistent browser mode {control.mode!r} does is not known to this version.")
    if policy.conditions.applications.include != (ALL,):
        yield not_known(
            "The policy is not set for all resources, which Microsoft Entra wants for this control: what it does then "
            "is not documented."
        )
    yield YES


def same_reach(one: Policy, other: Policy) -> bool:
    """Whether two versions of a policy certainly act on the same sign-ins, whichever these are."""
    return one.conditions == other.conditions and acts(one).applies is acts(other).applies is not Applies.NOT_KNOWN


def same_effect(one: Policy, other: Policy) -> bool:
    """Whether two versions of a policy certainly do the same to prompts and browser sessions."""
    if acts(one).applies is acts(other).applies is Applies.NO:
        return True
    return same_reach(one, other) and persists(one) == persists(other)


class Persistence:
    """The policies of one moment. Sets of policies are bits, by their place, see `board`. `always`, `never`: those that
    say so, or may."""

    def __init__(self, policies: Sequence[Policy], directory: Directory) -> None:
        self.policies = tuple(policies)
        self._board = Board(policies, directory)
        self._acting = self._perhaps = self.always = self.never = 0
        self._doubts: dict[int, tuple[str, ...]] = {}
        for number, policy in enumerate(policies):
            decision = acts(policy)
            if decision.applies is Applies.NO:
                continue
            assert policy.persistent_browser is not None
            bit = 1 << number
            self.always |= bit if policy.persistent_browser.mode != NEVER else 0
            self.never |= bit if policy.persistent_browser.mode != ALWAYS else 0
            if decision.applies is Applies.YES:
                self._acting |= bit
            else:
                self._perhaps |= bit
                self._doubts[number] = decision.reasons

    def deciding(self, seen: Circumstances) -> tuple[int, int]:
        """The policies that decide about a browser session, and with it hide the prompt: those that certainly do, and
        all that may."""
        holds, holds_not = self._board.verdict(seen)
        may = (self._acting | self._perhaps) & ~holds_not
        return (may & holds & self._acting if seen.way.client == BROWSER else 0), may

    def because(self, seen: Circumstances, bits: int) -> Iterator[str]:
        """Why it is not known whether these policies decide."""
        for number in numbers(bits):
            yield from self._doubts.get(number, ())
            yield from self._board.because(seen, number)
        if bits and not seen.way.client:
            yield "The log does not say with which kind of client the person signed in."
        elif bits and seen.way.client != BROWSER:
            yield "The client was not a browser: what a persistent browser control does there is not documented."

    def session(self, seen: Circumstances) -> Session:
        certain, may = self.deciding(seen)
        if not may:
            return Session.AS_ANSWERED
        if certain & self.always and certain & self.never:
            return Session.CONTESTED
        if certain and not may & self.never:
            return Session.ALWAYS
        if certain and not may & self.always:
            return Session.NEVER
        return Session.NOT_KNOWN

    def names(self, bits: int) -> Iterable[str]:
        return (self.policies[number].name or self.policies[number].id for number in numbers(bits))
