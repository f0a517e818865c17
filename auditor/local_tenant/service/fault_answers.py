"""The answers that a fault puts in the place of the service's own, in the shapes of Graph, the login service and a
gateway that stands before either."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from auditor.local_tenant.service.clock import graph_date, http_date, login_timestamp
from auditor.local_tenant.service.faults import STATUSES
from auditor.local_tenant.service.record import Service

Headers = list[tuple[bytes, bytes]]

_GRAPH = {
    "premium-403": (
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Tenant is not a B2C tenant and doesn't have premium license",
    ),
    "expired-token": (401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
    "expired-skiptoken": (400, "BadRequest", "Invalid Skip Token, skip token is null."),
    "forbidden-midway": (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
}
_CODES = {
    408: ("RequestTimeout", "The request was not completed in time."),
    429: ("TooManyRequests", "This request is throttled. Please try again after some time."),
    500: ("InternalServerError", "Something went wrong inside the service."),
    502: ("BadGateway", "A service behind this one sent no usable answer."),
    503: ("ServiceUnavailable", "The service cannot be reached just now. Please try again after some time."),
    504: ("GatewayTimeout", "A service behind this one did not answer in time."),
}
_PLAIN = {"408": 408, "outage": 503, **{name: 429 for name in ("429-seconds", "429-fraction", "429-date", "429-bare")}}

REFUSALS = frozenset({*_GRAPH, *_PLAIN, *STATUSES})
"""The faults that answer in the place of the service."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes out; its headers have no `content-length`, which is made of the body."""

    status: int
    headers: Headers
    body: bytes


def refusal(fault: str, service: Service, now: float, retry_after: float) -> Answer:
    """The answer of a fault of `REFUSALS`, at the time `now`."""
    status, form = STATUSES.get(fault, (_PLAIN.get(fault, 0), "json"))
    headers = {"Date": http_date(now)}
    if form == "html":
        said = f"{status} {HTTPStatus(status).phrase}"
        page = f"<html>\r\n<head><title>{said}</title></head>\r\n<body><h1>{said}</h1><hr></body>\r\n</html>\r\n"
        return Answer(status, _raw({**headers, "Content-Type": "text/html"}), page.encode())
    headers["Content-Type"] = "application/json"
    if fault in _GRAPH:
        status, code, message = _GRAPH[fault]
    else:
        code, message = _CODES[status]
    if fault == "expired-token":
        headers["WWW-Authenticate"] = 'Bearer realm=""'
    if wait := _waits(now, retry_after).get(fault):
        headers["Retry-After"] = wait
    request_id = str(uuid.uuid4())
    body = _graph_error(code, message, request_id, now) if service == "graph" else _login_error(request_id, now)
    if service == "graph":
        headers["request-id"] = headers["client-request-id"] = request_id
    return Answer(status, _raw(headers), json.dumps(body).encode())


def _waits(now: float, seconds: float) -> dict[str, str]:
    return {
        "429-seconds": str(math.ceil(seconds)),
        "429-fraction": f"{seconds:.3f}",
        "429-date": http_date(math.ceil(now + seconds)),
    }


def _graph_error(code: str, message: str, request_id: str, now: float) -> dict[str, Any]:
    inner = {"date": graph_date(now), "request-id": request_id, "client-request-id": request_id}
    return {"error": {"code": code, "message": message, "innerError": inner}}


def _login_error(request_id: str, now: float) -> dict[str, Any]:
    return {
        "error": "temporarily_unavailable",
        "error_description": f"AADSTS90033: A service behind this one cannot be reached now. Trace ID: {request_id}",
        "error_codes": [90033],
        "timestamp": login_timestamp(now),
        "trace_id": request_id,
        "correlation_id": request_id,
    }


def _raw(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
