"""Graph's own what-if: which policies would apply to a sign-in that one describes. It is a POST that changes nothing.

The body is written by hand: msgraph-sdk has the action only since it came to v1.0, and one request object is not worth
a newer SDK. Where v1.0 has not got it, which a national cloud may be late with, beta is asked.

What a sign-in does not tell is left out, as Graph cannot evaluate a condition that it is not told about
("notEnoughInformation"); for some it assumes a default (no risk, any client), so an answer is worth no more than what
was known of the sign-in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.errors import AuditorError, Refused, SourceError
from auditor.sources.graph_client import GraphClient, graph_client
from auditor.sources.pace import Pace
from auditor.sources.progress import Progress, Report
from auditor.sources.reasons import why
from auditor.tenant.circumstances import Circumstances, Device
from auditor.tenant.dataset import DATASETS

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from auditor.sources.graph import Asked

APIS = ("v1.0", "beta")
"""The versions of Graph that may have it, in the order of asking."""

_NO_SUCH_ROUTE = (400, 404)
_PATH = "/identity/conditionalAccess/evaluate"
_PERMISSION = "Grant the application permission Policy.Read.ConditionalAccess or Policy.Read.All and consent to it."
_USELESS_RISKS = ("", "hidden", "unknownFutureValue")


class Applied(msgspec.Struct, frozen=True):
    """What Graph says of one policy. `applies`: None when it does not say. `reasons`: why it does not apply, in Graph's
    words, divided by commas."""

    id: str
    applies: bool | None = msgspec.field(default=None, name="policyApplies")
    reasons: str | None = msgspec.field(default=None, name="analysisReasons")
    modified: str | None = msgspec.field(default=None, name="modifiedDateTime")
    created: str | None = msgspec.field(default=None, name="createdDateTime")


@dataclass(frozen=True, slots=True)
class Opinions:
    """`answers`: by the question's place, for those that Graph answered. `reason`, `remedy`: why not for all. `api`:
    the version of Graph that answered; "" where none did."""

    answers: Mapping[int, tuple[Applied, ...]]
    reason: str = ""
    remedy: str = ""
    api: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    user_id: str
    circumstances: Circumstances


async def ask_graph(asked: Asked, questions: Iterable[Question], report: Report) -> Opinions:
    """One question a second, as Graph takes them about Conditional Access. A refusal of one question (the user
    is gone) costs that one; a refusal of the caller, or no answer at all, ends the asking with the reason."""
    answers: dict[int, tuple[Applied, ...]] = {}
    refused: list[Refused] = []
    pace = Pace(1, 1.0)
    api = ""
    try:
        async with graph_client(asked.cloud, asked.credential, "v1.0") as graph:
            for number, question in enumerate(questions):
                try:
                    answers[number], api = await _answered(graph, question, (api,) if api else APIS, pace, report)
                except Refused as error:
                    if error.status in (401, 403):
                        raise
                    refused.append(error)
                report(Progress("what_if", number + 1))
    except AuditorError as error:
        return Opinions(answers, *_why(error), api)
    if refused:
        reason = f"{len(refused)} of {len(refused) + len(answers)} questions were refused: {refused[0].what}"
        return Opinions(answers, f"{reason}.".replace("..", "."), api=api)
    return Opinions(answers, api=api)


def _why(error: AuditorError) -> tuple[str, str]:
    if isinstance(error, Refused):
        reason, remedy = why(error, "policies")
        return reason, _PERMISSION if remedy == DATASETS["policies"].remedy else remedy
    return error.what, error.remedy


async def _answered(
    graph: GraphClient, question: Question, apis: Sequence[str], pace: Pace, report: Report
) -> tuple[tuple[Applied, ...], str]:
    """The answer, and the version that gave it. A version that has no such action says so in words that are also those
    for a question that it does not take: then the next one tells which it was."""
    refused: Refused | None = None
    for api in apis:
        try:
            return await _asked(graph, question, api, pace, report), api
        except Refused as error:
            if error.status not in _NO_SUCH_ROUTE:
                raise
            refused = refused or error
    assert refused is not None  # there is a version to ask
    raise refused


async def _asked(graph: GraphClient, question: Question, api: str, pace: Pace, report: Report) -> tuple[Applied, ...]:
    request = _request(graph, api, body(question))

    def waiting(seconds: float, reason: str) -> None:
        report(Progress("what_if", waiting=seconds, why=reason))

    rows = [bytes(raw) async for page in graph.pages(request, pace, waiting) for raw in page.value]
    try:
        return tuple(msgspec.json.decode(row, type=Applied) for row in rows)
    except ValueError as error:
        raise SourceError(f"Graph's what-if answered with what it does not document ({error}).") from None


def _request(graph: GraphClient, api: str, content: Mapping[str, Any]) -> RequestInformation:
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation

    request = RequestInformation(Method.POST)
    request.url = f"{graph.address(api)}{_PATH}"
    request.headers.try_add("Accept", "application/json")
    request.set_stream_content(json.dumps(content).encode(), "application/json")
    return request


def body(question: Question) -> dict[str, Any]:
    """The action's parameters for a sign-in."""
    target, way = question.circumstances.target, question.circumstances.way
    conditions = {
        "clientAppType": way.client,
        "devicePlatform": way.platform,
        "ipAddress": way.address,
        "country": way.country,
        "signInRiskLevel": "" if way.risk in _USELESS_RISKS else way.risk,
        "authenticationFlow": {"transferMethod": way.flow} if way.flow else None,
        "deviceInfo": _device(way.device),
    }
    return {
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": question.user_id},
        "signInContext": {
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": sorted(target.audiences) if target.audiences else [target.resource],
        },
        "signInConditions": {name: value for name, value in conditions.items() if value},
        "appliedPoliciesOnly": False,
    }


def _device(device: Device) -> dict[str, Any] | None:
    if device.registered is None:
        return None
    told = {
        "trustType": device.trust,
        "isCompliant": device.compliant,
        "deviceId": device.id,
        "displayName": device.name,
    }
    known = {name: value for name, value in told.items() if value is not None}
    return known if device.registered else {"isCompliant": False}
