"""Is a policy aimed at what is asked for? It goes by the resources that a token is requested for, and by a confidential
client that asks for an ID token of its own, never by the id of a public client.

Three of Microsoft's rules decide here, and have a date. Microsoft Graph is an umbrella: policies are asked about the
services behind the scopes, which only beta rows name (concept-conditional-access-cloud-apps, 2026-03-24). A service
that depends on others is let in when their policies are satisfied, too (service-dependencies, 2022-07-06). And until a
change that began on 2026-06-15, and from which a tenant may opt out, a policy on all resources with an exception
passed over requests for nothing but basic scopes (concept-enforcement-resource-exclusions, 2026-05-27).
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.conditional_access.decision import NO, YES, Decision, all_of, any_of, chosen, not_known
from auditor.conditional_access.suites import (
    ADMIN_PORTALS,
    DEPENDS_ON,
    DIRECTORY,
    GRAPH,
    MICROSOFT,
    OFFICE_365,
    STANDS_FOR,
)
from auditor.tenant.circumstances import Target
from auditor.tenant.policy import ALL, NONE, Applications, Conditions

SUITES = {"Office365": OFFICE_365, "MicrosoftAdminPortals": ADMIN_PORTALS}


def resources(conditions: Conditions, target: Target) -> Decision:
    """Whether a resource that is asked for is included and not excluded."""
    if target.audiences:
        # The log names all that the policies were asked about: nothing is left to guess.
        return any_of(_aimed_at(conditions, target, audience) for audience in sorted(target.audiences))
    perhaps = (
        all_of((not_known(why), _aimed_at(conditions, each, audience))) for each, audience, why in _perhaps(target)
    )
    return any_of([_aimed_at(conditions, target, ""), *perhaps])


def _perhaps(target: Target) -> Iterator[tuple[Target, str, str]]:
    """What policies may have been asked about besides the row's resource, as `_aimed_at` takes it; and why that is not
    known."""
    if not target.app:
        yield target._replace(resource="", owner=""), "", "The log does not say which client asked."
    elif target.public is not True and target.app != target.resource:
        yield target, target.app, "The log does not say whether the client asked for a token of its own; beta rows do."
    for each in sorted(DEPENDS_ON.get(target.resource, frozenset()) | DEPENDS_ON.get(target.app, frozenset())):
        yield target, each, "The resource depends on others, and only beta rows say which were asked about."


def _aimed_at(conditions: Conditions, target: Target, audience: str) -> Decision:
    """`audience`: one that the log names, or "": then it is the row's resource, as far as that tells."""
    applications = conditions.applications
    strangers = [
        not_known(f"Among its resources stands what this version does not know: {each}.")
        for each in conditions.unknown_in("applications")
    ]
    return chosen(
        include=[
            *(_included(name, applications, target, audience) for name in applications.include if name != NONE),
            *(not_known(f"The log does not show the user action {action}.") for action in applications.user_actions),
            *(_context(context, target) for context in applications.authentication_contexts),
            *_filtered(applications, "include"),
            *strangers,
        ],
        exclude=[
            *(_requested(name, target, audience) for name in applications.exclude if name != NONE),
            *_filtered(applications, "exclude"),
            *strangers,
        ],
        what="The resource",
    )


def _included(name: str, applications: Applications, target: Target, audience: str) -> Decision:
    if name == ALL and applications.exclude and not audience and target.resource in (GRAPH, DIRECTORY):
        return not_known(
            "It excepts a resource, and whether such a policy sees requests for basic scopes has been a setting of the "
            "tenant since 2026-06-15."
        )
    return _requested(name, target, audience)


def _requested(name: str, target: Target, audience: str) -> Decision:
    if name == ALL:
        return YES
    if audience:
        return _is(name, audience, target.owner if audience == target.resource else "")
    if not target.resource:
        return not_known("The log does not say for which resource a token was asked.")
    if target.resource == GRAPH:
        return not_known("The log does not say which services behind Microsoft Graph were asked for; beta rows do.")
    if target.resource in STANDS_FOR.get(name, ()):
        return not_known(
            "It names Azure management, which stands for several resources; only beta rows tell them apart."
        )
    return _is(name, target.resource, target.owner)


def _is(name: str, resource: str, owner: str) -> Decision:
    """Is the resource the one that a policy names, or in the group that it names?"""
    suite = SUITES.get(name)
    if suite is None:
        return YES if name == resource else NO
    if resource in suite.inside:
        return YES
    if suite.outside is None or resource in suite.outside or owner not in ("", MICROSOFT):
        return NO
    return not_known(f"Whether the resource belongs to {suite.name} is not known: Microsoft publishes no ids.")


def _context(context: str, target: Target) -> Decision:
    if target.contexts is None:
        return not_known("The log does not say which authentication contexts were asked for; beta rows do.")
    return YES if context in target.contexts else NO


def _filtered(applications: Applications, side: str) -> Iterator[Decision]:
    chosen_apps = applications.filter
    if chosen_apps is not None and (chosen_apps.mode == side or chosen_apps.mode not in ("include", "exclude")):
        yield not_known("It filters resources by custom attributes, which are not read.")
