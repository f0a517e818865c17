"""Policies that set persistent browser sessions, as a matrix: whom each is for, on which devices, what it sets there;
then where they contradict each other, and what none of them reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.reports.html.agreement import agreement, reach
from auditor.reports.html.conflicts import conflicts_and_gaps, marks
from auditor.reports.html.markup import Html, el, joined, link, name, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import cut, rest
from auditor.reports.sentences import share_of_policies
from auditor.run import PolicyAnswer, TenantRun

_BYTES = 30_000

# Join type as a device filter has it -> what people call it.
_JOINED = {
    "unregistered": "Not registered",
    "AzureAD": "Entra joined",
    "ServerAD": "Hybrid joined",
    "Workplace": "Registered",
}
_DEVICES: tuple[tuple[str, bool | None], ...] = (
    ("unregistered", None),
    *((each, compliant) for each in ("AzureAD", "ServerAD", "Workplace") for compliant in (True, False)),
)
_COMPLIANT = {True: "compliant", False: "not compliant", None: ""}
_STATES = {"enabled": "on", "disabled": "off", "enabledForReportingButNotEnforced": "report-only"}


def policies_part(place: Place, tenant: TenantRun) -> Html:
    answer = tenant.policies
    title = "Persistent browser sessions"
    if not answer.known:
        said = "Not known: the policies could not be read. Why stands under what could not be looked at."
        return place.part("policies", title, el("p", said))
    if not answer.policies:
        whole = any(each.name == "policies" and each.state == "collected" for each in tenant.datasets)
        none = el("p", f"{share_of_policies(answer, whole=whole)}.")
        return place.part(
            "policies", title, none, *conflicts_and_gaps(place, tenant), agreement(place, answer.agreement)
        )
    return place.part(
        "policies",
        title,
        el(
            "p",
            "Whom each policy is for, on which devices, and what it sets there. A sign-in that two rows reach has the "
            "settings of both.",
            class_="lead",
        ),
        _matrix(place, tenant, answer.policies),
        *conflicts_and_gaps(place, tenant),
        reach(place, answer.policies),
        agreement(place, answer.agreement),
    )


def _matrix(place: Place, tenant: TenantRun, policies: Sequence[PolicyAnswer]) -> Html:
    marked = marks(tenant)
    acting = [each for each in policies if not each.inert]
    idle = [each for each in policies if each.inert]
    bodies = [
        _body(place, title, listed_policies, marked)
        for title, listed_policies in (("In force", acting), ("Without effect as they are", idle))
        if listed_policies
    ]
    caption = "Who, on which device, in which mode"
    whole = el("table", el("caption", caption), _heads(), *(body for body, _ in bodies), class_="matrix")
    left = sum(each for _, each in bodies)
    return joined(
        el("div", whole, class_="scroll", role="group", aria_label=caption, tabindex=0),
        rest(left, "policy in the matrix" if left == 1 else "policies in the matrix") if left else None,
        el(
            "p",
            "Always: browser sessions survive closing the browser. Never: they do not. A dash: the policy's device "
            "filter does not reach such devices. Struck through: the policy does nothing as it is.",
            class_="rest",
        ),
    )


def _heads() -> Html:
    first = el(
        "tr",
        *(
            el("th", each, scope="col", rowspan=2, class_="name" if each == "Policy" else None)
            for each in ("Policy", "For whom and what")
        ),
        *(
            el("th", each, scope="colgroup", colspan=2, class_="cell")
            if device != "unregistered"
            else el("th", each, scope="col", rowspan=2, class_="cell")
            for device, each in _JOINED.items()
        ),
    )
    second = el(
        "tr",
        *(
            el("th", _COMPLIANT[compliant], scope="col", class_="cell")
            for _, compliant in _DEVICES
            if compliant is not None
        ),
    )
    return el("thead", first, second)


def _body(place: Place, title: str, policies: Sequence[PolicyAnswer], marked: Mapping[str, str]) -> tuple[Html, int]:
    kept, left = cut(policies, lambda each: _row(each, marked.get(each.id)), place.room(_BYTES // 2))
    group = el("tr", el("th", title, colspan=2 + len(_DEVICES), scope="rowgroup", class_="group"))
    return el("tbody", group, kept), left


def _row(policy: PolicyAnswer, mark: str | None) -> Html:
    called = name(policy.name, policy.id)
    tags = [el("span", each, class_="tag") for each in (*((mark,) if mark else ()), *_notes(policy))]
    # Only lines: a name in it that holds the same sign makes one line more.
    aims = (el("li", shown(each, 300)) for each in policy.aim.split("; ")[:12])
    return el(
        "tr",
        el(
            "th",
            link(policy.link, called) or called,
            el("p", *_spaced(tags), class_="fine"),
            scope="row",
            class_="name",
        ),
        el("td", el("ul", *aims, class_="plain"), class_="aims"),
        *_cells(policy),
    )


def _notes(policy: PolicyAnswer) -> Iterator[str]:
    if policy.state != "enabled":
        yield _STATES.get(policy.state, shown(policy.state, 40))
    for each in policy.problems:
        if each not in ("always", "disabled", "report-only"):  # the mode and the state say so
            yield shown(each.replace("-", " "), 60)
    if policy.unknown:
        yield "sets what this version does not know"


def _cells(policy: PolicyAnswer) -> Iterator[Html]:
    """Without a device filter a policy reaches every device."""
    reached = {(each.device, each.compliant): each.reached for each in policy.devices}
    for device in _DEVICES:
        said = reached.get(device, "not known") if policy.devices else "yes"
        mode = shown(policy.mode, 20)
        if said == "no":
            yield el("td", "-", class_="cell open")
        elif said != "yes":
            yield el("td", mode, el("br"), "or not: not known", class_="cell")
        else:
            known = policy.mode if policy.mode in ("always", "never") else "open"
            yield el("td", mode, class_=f"cell {'idle' if policy.inert else known}")


def _spaced(tags: Sequence[Html]) -> Iterator[Html]:
    for tag in tags:
        yield tag
        yield Html(" ")
