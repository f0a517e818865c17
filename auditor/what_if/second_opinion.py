"""A second opinion on today's policies: a sample of the log's sign-ins, put to Graph's own what-if.

It says how far the evaluation here can be trusted. Graph answers for the policies, groups and roles as they are now; a
policy that changed since it was collected is left out.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.tenant.dataset import Missing
from auditor.tenant.policy import DISABLED, Policy
from auditor.tenant.sign_in_log import Sight
from auditor.tenant.tenant import Tenant
from auditor.what_if.consequences import GraphOpinion, OpinionDiffers

if TYPE_CHECKING:
    from auditor.sources.graph import Asked
    from auditor.sources.progress import Report
    from auditor.sources.what_if_action import Applied, Opinions

SAMPLE = 20  # Graph takes one question a second

NOT_ENOUGH = "notEnoughInformation"


def second_opinion(tenant: Tenant, asked: Asked, report: Report, most: int = SAMPLE) -> GraphOpinion:
    """Asks Graph about at most so many sign-ins, and compares. A refusal is its result, not an error."""
    from auditor.sources.what_if_action import Question, ask_graph

    for name in ("policies", "sign_ins"):
        reading = tenant.reading(name)
        if isinstance(reading, Missing):
            return GraphOpinion(reason=reading.reason, remedy=reading.remedy)
    board = Board(tenant.policies, Directory.of(tenant))
    chosen = sample(board, tenant.sign_ins.sights(), most)
    if not chosen:
        return GraphOpinion(reason="The log holds no completed sign-in that Graph could be asked about.")
    questions = [Question(sight.example.user_id, sight.circumstances) for sight in chosen if sight.example]
    opinions = asyncio.run(ask_graph(asked, questions, report))
    return compared(board, chosen, opinions)


def sample(board: Board, sights: Iterable[Sight], most: int) -> tuple[Sight, ...]:
    """Sign-ins that can be described to Graph, spread over what the evaluation says of them: of each verdict the most
    frequent first, and of the verdicts in turn."""
    by_verdict: dict[tuple[int, int], list[Sight]] = defaultdict(list)
    for sight in sights:
        if _can_be_described(sight):
            by_verdict[board.verdict(sight.circumstances)].append(sight)
    ordered = [sorted(each, key=lambda sight: -sight.completed) for each in by_verdict.values()]
    turns = deque(deque(each) for each in sorted(ordered, key=lambda each: -sum(sight.completed for sight in each)))
    chosen: list[Sight] = []
    while turns and len(chosen) < most:
        queue = turns.popleft()
        chosen.append(queue.popleft())
        if queue:
            turns.append(queue)
    return tuple(chosen)


def _can_be_described(sight: Sight) -> bool:
    """A person and a resource are the least; an authentication context, or a registered device of a kind that the log
    does not tell, would make it another sign-in."""
    target, device = sight.circumstances.target, sight.circumstances.way.device
    if sight.example is None or not sight.example.user_id or target.contexts:
        return False
    return bool(target.resource or target.audiences) and not (device.registered and not device.trust)


def compared(board: Board, sights: Sequence[Sight], opinions: Opinions) -> GraphOpinion:
    """Policies that are switched off are left out: Graph says no more of them than that."""
    agree = disagree = not_enough = not_known = changed = 0
    differences: dict[tuple[int, bool, str], list[str]] = defaultdict(list)
    for place, answers in opinions.answers.items():
        sight = sights[place]
        yes, no = board.verdict(sight.circumstances)
        told = {each.id: each for each in answers}
        for number, policy in enumerate(board.policies):
            graph = told.get(policy.id)
            if policy.state == DISABLED:
                continue
            if graph is None or _changed(policy, graph):
                changed += 1
            elif not (yes | no) >> number & 1:
                not_known += 1
            elif graph.applies is None or (not graph.applies and NOT_ENOUGH in (graph.reasons or "")):
                not_enough += 1
            elif graph.applies == bool(yes >> number & 1):
                agree += 1
            else:
                disagree += 1
                assert sight.example is not None
                said = "it applies" if graph.applies else graph.reasons or "it does not apply"
                differences[number, not graph.applies, said].append(sight.example.id)
    return GraphOpinion(
        len(opinions.answers),
        agree,
        disagree,
        not_enough,
        not_known,
        changed,
        tuple(
            OpinionDiffers(board.policies[number].id, board.policies[number].name, ours, said, len(rows), rows[0])
            for (number, ours, said), rows in sorted(differences.items(), key=lambda each: -len(each[1]))
        ),
        opinions.reason,
        opinions.remedy,
        opinions.api,
    )


def _changed(policy: Policy, graph: Applied) -> bool:
    now = graph.modified or graph.created
    return now is not None and policy.modified is not None and now != policy.modified
