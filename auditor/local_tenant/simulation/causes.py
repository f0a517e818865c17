"""Why an interrupt happens: a closed list of causes per code, with what each needs of the sign-in that shows it.

A cause is drawn first, then a sign-in is looked for that the rest of the tenant (policies, redirect addresses,
registrations, audit log) bears out.

    50140   prompt-expected, policy-changed-since, policy-should-have-suppressed, setting-changed-since,
            prompt-unexpected-for-guest
    50199   custom-scheme-redirect, app-not-readable, redirects-all-safe, extension-outside-chrome
    50125   registration, reset, not-evidenced
    50072 50079         policy, security-defaults, registration
    50074 50076 50078   policy, security-defaults, per-user-mfa
    50097   device-filter, device-policy, not-evidenced
    50129   device-policy, not-evidenced            50127   app-policy, not-evidenced
    50158   terms-of-use, external-factor, not-evidenced
    50142   policy, not-evidenced                   70043 70044   sign-in-frequency, not-evidenced
    every other code has one cause
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from auditor.local_tenant.simulation.apps import App
from auditor.local_tenant.simulation.codes import INTERRUPTS
from auditor.local_tenant.simulation.devices import DEVICES
from auditor.local_tenant.simulation.shapes import Circumstance
from auditor.local_tenant.simulation.times import MINUTE
from auditor.local_tenant.simulation.world import NO_WISH, Wish, World

_MARGIN = 15 * MINUTE
"""Nothing is drawn this near to the change that would explain it."""


class Moment(NamedTuple):
    """A sign-in, when it happened (ticks), and whether the attempt succeeds after the interrupt."""

    circumstance: Circumstance
    tick: int
    completed: bool


Holds = Callable[[Moment, World], bool]


def _anywhere(world: World) -> bool:
    return True


def _shown(world: World) -> bool:
    return world.setting != "hidden"


def _hidden(world: World) -> bool:
    return world.setting == "hidden"


def _defaults_on(world: World) -> bool:
    return world.defaults


def _defaults_off(world: World) -> bool:
    return not world.defaults


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause. `stage` is how far the policies got when it interrupts (see `Reach.applied`).

    `weight` is how often it comes among the causes of its code; below 1 it is rare wherever it fits.
    """

    slug: str
    weight: float
    stage: str
    holds: Holds
    wish: Wish = NO_WISH
    possible: Callable[[World], bool] = _anywhere
    """Whether a tenant can have it at all."""


def _always(moment: Moment, world: World) -> bool:
    return True


def _demands(control: str, *never: str) -> Holds:
    def holds(moment: Moment, world: World) -> bool:
        demanded = moment.circumstance.reach.demanded
        return control in demanded and demanded.isdisjoint(never)

    return holds


def _without(*controls: str) -> Holds:
    return lambda moment, world: moment.circumstance.reach.demanded.isdisjoint(controls)


def _prompt(check: Callable[[tuple[int, ...], int], bool], *, guest: bool = False) -> Holds:
    """A stay-signed-in prompt in a browser; `check` sees when each policy that reaches it today was last changed."""

    def holds(moment: Moment, world: World) -> bool:
        circumstance = moment.circumstance
        changes = circumstance.reach.persistent
        return (
            circumstance.client == "browser"
            and circumstance.person.guest is guest
            and circumstance.risk == "none"
            and moment.tick < world.prompts_until
            and all(abs(change - moment.tick) > _MARGIN for change in changes)
            and check(changes, moment.tick)
        )

    return holds


def _none(changes: tuple[int, ...], tick: int) -> bool:
    return not changes


def _all_changed_after(changes: tuple[int, ...], tick: int) -> bool:
    return bool(changes) and min(changes) > tick


def _one_in_force(changes: tuple[int, ...], tick: int) -> bool:
    return any(change < tick for change in changes)


_BROWSER = Wish(client="browser")
_NOBODY = _prompt(_none)
_PROMPTS = (
    Cause("prompt-expected", 15, "satisfied", _NOBODY, _BROWSER, _shown),
    Cause("setting-changed-since", 15, "satisfied", _NOBODY, _BROWSER, _hidden),
    Cause("policy-changed-since", 5, "satisfied", _prompt(_all_changed_after), _BROWSER, _shown),
    Cause("policy-should-have-suppressed", 0.2, "satisfied", _prompt(_one_in_force), _BROWSER, _shown),
    Cause("prompt-unexpected-for-guest", 0.2, "satisfied", _prompt(_none, guest=True), Wish(7, "browser"), _shown),
)

_SAFE = frozenset({"http", "https"})
_EXTENSION = "chrome-extension"


def _custom(app: App) -> bool:
    return app.listed and bool(app.schemes - _SAFE - {_EXTENSION})


def _unreadable(app: App) -> bool:
    return app.first_party or not app.listed


def _safe(app: App) -> bool:
    return app.listed and not app.first_party and app.schemes <= _SAFE


def _extension(app: App) -> bool:
    return _EXTENSION in app.schemes


def _not_desktop_chrome(moment: Moment, world: World) -> bool:
    return not DEVICES[moment.circumstance.device].browser.startswith("Chrome ")


_CONFIRMATIONS = (
    Cause("custom-scheme-redirect", 5, "satisfied", _always, Wish(app=_custom)),
    Cause("app-not-readable", 3, "satisfied", _always, Wish(app=_unreadable)),
    Cause("redirects-all-safe", 1, "satisfied", _always, Wish(app=_safe)),
    Cause("extension-outside-chrome", 2, "satisfied", _not_desktop_chrome, Wish(app=_extension)),
)


def _registers(moment: Moment, world: World) -> bool:
    """A registration that finished leaves an audit entry; one that did not leaves the person unregistered."""
    person = moment.circumstance.person
    return not person.guest and person.reset == ("registering" if moment.completed else "outstanding")


def _resets(moment: Moment, world: World) -> bool:
    person = moment.circumstance.person
    return not person.guest and person.reset == "resetting" and moment.tick > world.begin + _MARGIN


def _settled(moment: Moment, world: World) -> bool:
    person = moment.circumstance.person
    return not person.guest and person.reset == "settled"


_RESETS = (
    Cause("registration", 2, "satisfied", _registers, Wish(residue=4)),
    Cause("registration", 2, "satisfied", _registers, Wish(residue=3)),
    Cause("reset", 3, "satisfied", _resets, Wish(residue=5)),
    Cause("not-evidenced", 1, "satisfied", _settled),
)


def _enrolled_after(holds: Holds) -> Holds:
    """Who finished enrolling is registered now and left an audit entry; who did not is not registered."""

    def both(moment: Moment, world: World) -> bool:
        person = moment.circumstance.person
        fits = person.strong and person.reset == "registering" if moment.completed else not person.strong
        return fits and not person.guest and holds(moment, world)

    return both


def _registered(holds: Holds) -> Holds:
    return lambda moment, world: moment.circumstance.person.strong and holds(moment, world)


def _by_policy(moment: Moment, world: World) -> bool:
    return "mfa" in moment.circumstance.reach.demanded


def _by_neither(moment: Moment, world: World) -> bool:
    return "mfa" not in moment.circumstance.reach.demanded


_ENROLMENTS = tuple(
    Cause(slug, weight, stage, _enrolled_after(holds), Wish(residue=residue), possible)
    for slug, weight, stage, holds, possible in (
        ("policy", 3, "mfa", _by_policy, _defaults_off),
        ("security-defaults", 3, "mfa", _by_policy, _defaults_on),
        ("registration", 2, "before", _by_neither, _defaults_off),
    )
    for residue in (4, None)
)
_CHALLENGES = (
    Cause("policy", 6, "mfa", _registered(_by_policy), NO_WISH, _defaults_off),
    Cause("security-defaults", 6, "mfa", _registered(_by_policy), NO_WISH, _defaults_on),
    Cause("per-user-mfa", 2, "before", _registered(_by_neither), NO_WISH, _defaults_off),
)
_FREQUENCY = (
    Cause("sign-in-frequency", 3, "frequency", _demands("frequency")),
    Cause("not-evidenced", 1, "before", _without("frequency")),
)


def _one(slug: str, stage: str = "before", wish: Wish = NO_WISH) -> tuple[Cause, ...]:
    return (Cause(slug, 1, stage, _always, wish),)


def _third_party(app: App) -> bool:
    return app.listed and not app.first_party


_CONSENT = Wish(app=_third_party)
_MOBILE = Wish(client="mobile", app=lambda app: "mobile" in app.clients)

CAUSES: dict[int, tuple[Cause, ...]] = {
    50140: _PROMPTS,
    50199: _CONFIRMATIONS,
    50125: _RESETS,
    50072: _ENROLMENTS,
    50079: _ENROLMENTS,
    50074: _CHALLENGES,
    50076: _CHALLENGES,
    50078: _CHALLENGES,
    50097: (
        Cause("device-filter", 3, "filter", _demands("filter")),
        Cause("device-policy", 3, "device", _demands("device", "filter")),
        Cause("not-evidenced", 1, "before", _without("device", "filter")),
    ),
    50129: (
        Cause("device-policy", 3, "device", _demands("device")),
        Cause("not-evidenced", 1, "before", _without("device", "filter")),
    ),
    50127: (
        Cause("app-policy", 3, "app", _demands("app"), _MOBILE),
        Cause("not-evidenced", 1, "before", _without("app"), _MOBILE),
    ),
    50158: (
        Cause("terms-of-use", 3, "terms", _demands("terms")),
        Cause("external-factor", 3, "factor", _demands("factor", "terms"), Wish(residue=7)),
        Cause("not-evidenced", 1, "before", _without("terms", "factor")),
    ),
    50142: (
        Cause("policy", 3, "password", _demands("password"), Wish(user_risk="high")),
        Cause("not-evidenced", 1, "before", _without("password")),
    ),
    70043: _FREQUENCY,
    70044: _FREQUENCY,
    50058: _one("no-session"),
    50059: _one("tenant-not-named"),
    50055: _one("password-expired"),
    50144: _one("on-premises-password-expired"),
    50137: _one("password-change-by-security-policy"),
    50143: _one("session-of-another-tenant"),
    50168: _one("browser-extension-token", wish=_BROWSER),
    51006: _one("integrated-authentication"),
    52004: _one("linkedin-consent", "satisfied"),
    16000: _one("account-choice"),
    16001: _one("account-choice"),
    16003: _one("account-not-in-tenant"),
    50203: _one("registration-campaign", "satisfied"),
    65001: _one("consent", "satisfied", _CONSENT),
    90094: _one("administrator-consent", "satisfied", _CONSENT),
    90095: _one("administrator-consent-request", "satisfied", _CONSENT),
    81010: _one("seamless-sign-on"),
    81012: _one("seamless-sign-on"),
    81014: _one("seamless-sign-on"),
}

assert CAUSES.keys() == INTERRUPTS.keys()
