"""On whom and what interrupts cluster, and who meets one again and again; counted in passing, in bounded memory."""

from __future__ import annotations

from auditor.tenant.instant import MINUTE
from auditor.tenant.sign_in_log import Interrupt

MOST = 5
KEPT = 20_000
"""Names counted at a time. With more than that, counts of the most frequent ones are lower bounds."""

_GAP = 60 * MINUTE

Names = tuple[tuple[str, int], ...]


class Clusters:
    """Of interrupts, as a rule the failed and abandoned ones of one code: the users, apps and browsers they are of."""

    def __init__(self, kept: int = KEPT) -> None:
        self._users, self._apps, self._browsers = Frequent(kept), Frequent(kept), Frequent(kept)

    def add(self, interrupt: Interrupt) -> None:
        """What the row does not say is nobody's and nothing's."""
        self._users.add(interrupt.user_id, interrupt.user or interrupt.user_id)
        self._apps.add(interrupt.app_id, interrupt.app or interrupt.app_id)
        browser = interrupt.seen.browser if interrupt.seen is not None else ""
        self._browsers.add(browser, browser)

    def most(self, count: int = MOST) -> tuple[tuple[str, Names], ...]:
        """As ("users", names with counts), ("apps", ...), ("browsers", ...): those most met, most frequent first, and
        none of which nothing is known."""
        counted = (("users", self._users), ("apps", self._apps), ("browsers", self._browsers))
        return tuple((what, names) for what, each in counted if (names := each.most(count)))


class Frequent:
    """Counts by an id with its name. Once there are more than `kept` of them, every count loses the middle one, and
    those that come to nothing are let go: of n counted, no count falls short by more than 2 n / `kept`."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._counts: dict[str, int] = {}
        self._names: dict[str, str] = {}

    def add(self, identity: str, name: str) -> None:
        if not identity:
            return
        count = self._counts.get(identity)
        if count is None:
            if len(self._counts) >= self._kept:
                self._let_go()
            self._names[identity] = name
            self._counts[identity] = 1
        else:
            self._counts[identity] = count + 1

    def _let_go(self) -> None:
        ordered = sorted(self._counts.values())
        least = ordered[len(ordered) // 2]  # half of them at once, so that it is seldom done
        self._counts = {each: count - least for each, count in self._counts.items() if count > least}
        self._names = {each: self._names[each] for each in self._counts}

    def most(self, count: int) -> Names:
        ordered = sorted(self._counts.items(), key=lambda each: (-each[1], each[0]))
        return tuple((self._names[identity], number) for identity, number in ordered[:count])


class Returning:
    """Whether a prompt keeps coming back: users who met it in two attempts or more. Interrupts come in order of time.
    What is kept grows with the users who met it."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, int]] = {}
        self._attempts: dict[str, int] = {}

    def add(self, interrupt: Interrupt) -> None:
        user = interrupt.user_id
        if not user:
            return
        last = self._last.get(user)
        again = last is not None and last[0] == interrupt.correlation_id != "" and interrupt.at - last[1] <= _GAP
        self._last[user] = interrupt.correlation_id, interrupt.at
        if not again:
            self._attempts[user] = self._attempts.get(user, 0) + 1

    @property
    def users(self) -> int:
        """Who met it at all."""
        return len(self._attempts)

    @property
    def again(self) -> int:
        """Who met it in two attempts or more."""
        return sum(1 for count in self._attempts.values() if count > 1)
