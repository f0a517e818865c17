"""The resources that two policies can tell apart, and what else a sign-in may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.conditional_access.classes import Class, Pair, one_of_each
from auditor.conditional_access.guesses import Guess
from auditor.conditional_access.resources import SUITES
from auditor.conditional_access.suites import MICROSOFT
from auditor.tenant.circumstances import SOMEBODY, Target
from auditor.tenant.policy import ALL, NONE


def target_classes(pair: Pair) -> Iterator[Class[Target | str]]:
    """Each id that the policies name, a member of each suite, something else of Microsoft's and something else at all;
    without an authentication context, and with each that they name. User actions by their names."""
    lists = [side for both in pair for side in (both.applications.include, both.applications.exclude)]
    named = dict.fromkeys(app for each in lists for app in each if app not in (ALL, NONE, *SUITES))
    suites = [suite for name, suite in SUITES.items() if any(name in each for each in lists)]
    in_suites = (app for suite in suites for app in sorted(suite.inside | (suite.outside or frozenset())))
    apps = one_of_each(
        (*named, *in_suites),
        lambda app: (
            *(app in each for each in lists),
            *((app in each.inside, app in (each.outside or ())) for each in suites),
        ),
    )
    contexts = dict.fromkeys(context for both in pair for context in both.applications.authentication_contexts)
    owned = [*((app, "", app) for app in apps), (SOMEBODY, SOMEBODY, "any other resource")]
    if suites:
        owned.append((f"{SOMEBODY} of Microsoft", MICROSOFT, "another resource of Microsoft's"))
    for app, owner, label in owned:
        for context in (None, *contexts):
            asked = frozenset({context} if context else ())
            words = f"{label} with the authentication context {context}" if context else label
            yield Class(words, ((Target(app, "", frozenset({app}), asked, True, owner), Guess()),))
    for action in dict.fromkeys(action for both in pair for action in both.applications.user_actions):
        yield Class(f"the user action {action}", ((action, Guess()),))
