"""What policies reach in the log, and how far the evaluation that says so agrees with what Microsoft Entra decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.reports.html.markup import NOTHING, Content, Html, code, el, joined, name, number, sentences, shown
from auditor.reports.html.place import Place
from auditor.reports.html.tables import Column, listed, table
from auditor.reports.sentences import many
from auditor.run import AgreementAnswer, DisagreementAnswer, PolicyAnswer

_LONGEST = 500


def reach(place: Place, policies: Sequence[PolicyAnswer]) -> Html | None:
    """The log's completed browser sign-ins that each policy's conditions hold for."""
    known = [(each, each.reach) for each in policies if each.reach is not None]
    if not known:
        return None
    rows = [
        (
            name(each.name, each.id),
            number(reach.applies),
            number(reach.applies_not),
            number(reach.not_known),
            shown(reach.because[0][0], 300) if reach.because else "",
        )
        for each, reach in known
    ]
    columns = (
        Column("Policy", "name"),
        Column("Hold", "number"),
        Column("Do not hold", "number"),
        Column("Not known", "number"),
        Column("Why not known"),
    )
    caption = "For how many completed browser sign-ins of the log each policy's conditions hold, whatever its state"
    return joined(place.heading(1, "Reach"), table(caption, columns, rows, what="policy", kind="stack"))


def agreement(place: Place, held: AgreementAnswer | None) -> Html:
    heading = place.heading(1, "How far the evaluation of policies agrees with the log")
    if held is None:
        return joined(heading, el("p", "Not known: there is no log, or it does not show what was decided on policies."))
    compared = held.agreed + held.disagreed + held.not_known
    # Rounded down: with disagreements it is never 100.0.
    tenths = 1000 * held.agreed // max(1, held.agreed + held.disagreed)
    share = f" ({tenths // 10}.{tenths % 10} % of those that it decides)" if held.agreed else ""
    said = sentences(
        f"{many(held.sign_ins, 'finished sign-in')} say what Microsoft Entra decided on each policy: "
        f"{many(compared, 'decision')}.",
        f"The evaluation agrees with {held.agreed:,}{share}, disagrees with {held.disagreed:,}, and does not know "
        f"{held.not_known:,}.",
        f"{held.changed_later:,} more are older than a policy's last change." if held.changed_later else None,
    )
    differing = [_disagreement(each) for each in held.disagreements]
    columns = (
        Column("Policy", "name"),
        Column("Evaluation"),
        Column("Log"),
        Column("Sign-ins", "number"),
        Column("Such as"),
    )
    because: Iterable[Content] = (shown(f"{count:,} times: {reason}", _LONGEST) for reason, count in held.because)
    reasons = listed(because, size=4_000, what="reason")
    return joined(
        heading,
        el("p", said, class_="lead"),
        table("Where they disagree", columns, differing, size=6_000, what="disagreement", kind="stack")
        if differing
        else NOTHING,
        joined(el("p", "Why the others are not known:"), reasons) if reasons else NOTHING,
    )


def _disagreement(each: DisagreementAnswer) -> Sequence[Content]:
    ours, log = ("applies", "did not apply") if each.evaluated else ("does not apply", "applied")
    return name(each.policy, each.policy_id), ours, log, number(each.count), code(each.example)
