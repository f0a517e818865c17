"""Everything a sign-in can be drawn from: people, apps, devices, places, and the policies that judge them.

What policies make of a sign-in depends on few things, so it is worked out once for each signature and remembered.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from threading import Lock

from auditor.local_tenant.simulation.apps import App
from auditor.local_tenant.simulation.conditions import How, Who
from auditor.local_tenant.simulation.devices import DESKTOPS, DEVICES, PHONES
from auditor.local_tenant.simulation.evaluation import Board, Reach
from auditor.local_tenant.simulation.groups import Group, roles_of
from auditor.local_tenant.simulation.identity import Json
from auditor.local_tenant.simulation.people import People, Person
from auditor.local_tenant.simulation.places import ABROAD, HOMES, OFFICES, PLACES, whereabouts
from auditor.local_tenant.simulation.policies import PolicyHistory
from auditor.local_tenant.simulation.shapes import Circumstance

_RISKS = ("low", "medium", "high")
_CLIENT_TYPES = {
    "browser": "browser",
    "desktop": "mobileAppsAndDesktopClients",
    "mobile": "mobileAppsAndDesktopClients",
    "legacy": "other",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a cause needs of the sign-in that shows it; None or empty where it does not matter.

    `residue`: the person's number modulo 8, which decides what password reset has to do with them.
    """

    residue: int | None = None
    client: str = ""
    app: Callable[[App], bool] | None = None
    user_risk: str = "none"


NO_WISH = Wish()


class World:
    """Draws sign-ins. Everything it gives depends on the random numbers it is handed and on the seed alone.

    `defaults`: security defaults are on. `prompts_until`: no stay-signed-in prompt is shown from this tick on.
    """

    def __init__(
        self,
        *,
        seed: int,
        people: People,
        groups: tuple[Group, ...],
        apps: tuple[App, ...],
        locations: list[Json],
        history: PolicyHistory,
        defaults: bool,
        begin: int,
        prompts_until: int,
        setting: str,
    ) -> None:
        self.seed, self.people, self.apps, self.history = seed, people, apps, history
        self.defaults, self.begin, self.prompts_until, self.setting = defaults, begin, prompts_until, setting
        self._mentioned = mentioned = frozenset(_mentioned(history))
        self._groups = tuple(group for group in groups if group.id in mentioned)
        self._inside = [whereabouts(locations, place.address(0), place.country).inside & mentioned for place in PLACES]
        # Each place -> the first that no location named by a policy tells from it.
        self._kin = [self._inside.index(inside) for inside in self._inside]
        self._pools: dict[Callable[[App], bool] | None, tuple[tuple[App, ...], list[float]]] = {}
        self._numbering = Lock()
        self._segments: dict[Who, int] = {}
        self._seen: list[Who] = []
        self.known = lru_cache(maxsize=32768)(self._known)
        self._reach = lru_cache(maxsize=32768)(self._judged)
        self._boards = [
            Board(history.at(epoch), history.persistent, defaults=defaults) for epoch in range(len(history.changes) + 1)
        ]

    def _known(self, index: int) -> tuple[Person, int]:
        """A person, and the number of what policies see of them."""
        person = self.people[index]
        held = frozenset(group.id for group in self._groups if group.holds(person))
        seen = Who(
            person.id if person.id in self._mentioned else "",
            person.external,
            person.home if person.home in self._mentioned else "",
            held,
            roles_of(person) & self._mentioned,
        )
        number = self._segments.get(seen)
        if number is None:
            with self._numbering:
                number = self._segments.setdefault(seen, len(self._seen))
                if number == len(self._seen):
                    self._seen.append(seen)
        return person, number

    def circumstance(self, rng: Random, tick: int, wish: Wish = NO_WISH, index: int | None = None) -> Circumstance:
        """Draw one sign-in at a moment; `index` fixes the person."""
        if index is None:
            index = int(rng.random() * self.people.count)
            if wish.residue is not None:
                index = index - index % 8 + wish.residue
                if index >= self.people.count:
                    index = max(index - 8, 0)
        person, segment = self.known(index)
        app = self._app(rng, wish)
        client = wish.client if wish.client in app.clients else app.clients[int(rng.random() * len(app.clients))]
        device = person.devices[int(rng.random() * len(person.devices))]
        if client == "mobile" and device not in PHONES:
            device = person.devices[-1]
        elif client == "desktop" and device in PHONES:
            device = DESKTOPS[index % len(DESKTOPS)]
        chance = rng.random()
        place = person.place
        if chance < 0.15:
            place = (HOMES + OFFICES + ABROAD)[int(chance / 0.15 * 7)]
        elif chance > 0.985:
            client = "legacy" if client == "desktop" else client
        risk = _RISKS[int(chance * 1000) % 3] if 0.5 < chance < 0.515 else "none"
        epoch = self.history.epoch(tick)
        reach = self._reach(segment, app.resource, device, self._kin[place], client, risk, wish.user_risk, epoch)
        return Circumstance(person, app, device, place, client, risk, reach)

    def _app(self, rng: Random, wish: Wish) -> App:
        pool = self._pools.get(wish.app)
        if pool is None:
            apps = tuple(app for app in self.apps if wish.app is None or wish.app(app))
            pool = self._pools[wish.app] = apps, list(accumulate(app.weight for app in apps))
        apps, weights = pool
        return apps[min(bisect(weights, rng.random() * weights[-1]), len(apps) - 1)]

    def _judged(
        self,
        segment: int,
        resource: str,
        device: int,
        place: int,
        client: str,
        risk: str,
        user_risk: str,
        epoch: int,
    ) -> Reach:
        kind = DEVICES[device]
        how = How(
            client=_CLIENT_TYPES[client],
            platform=kind.platform,
            device=kind,
            inside=self._inside[place],
            risk=risk,
            user_risk=user_risk,
            held=kind.controls,
        )
        return self._boards[epoch].reach(self._seen[segment], resource, how)


def _mentioned(history: PolicyHistory) -> Iterator[str]:
    """Ids of people, groups, roles, tenants and locations that any policy names, now or before a change."""
    everything: list[Json] = [*history.current, *(change.before for change in history.changes if change.before)]
    for policy in everything:
        conditions = policy["conditions"]
        users, locations = conditions.get("users") or {}, conditions.get("locations") or {}
        for side in ("include", "exclude"):
            yield from users.get(f"{side}Users") or ()
            yield from users.get(f"{side}Groups") or ()
            yield from users.get(f"{side}Roles") or ()
            yield from locations.get(f"{side}Locations") or ("All",)
            guests = users.get(f"{side}GuestsOrExternalUsers") or {}
            yield from (guests.get("externalTenants") or {}).get("members") or ()
