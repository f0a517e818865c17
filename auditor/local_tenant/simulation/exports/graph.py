"""The log as Microsoft Graph answers: pages, one list, NDJSON, single objects; v1.0 or beta.

Sources: Microsoft Graph "List signIns" and "signIn resource type", v1.0 and beta.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from auditor.local_tenant.simulation.identity import Json
from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

_PAGE = 1000
_HOST = "https://graph.microsoft.com"


def v1_row(row: Json) -> Json:
    """The row as v1.0 answers: without what only beta has."""
    return {key: value for key, value in row.items() if key not in BETA_SIGN_IN_KEYS}


def pages(rows: Iterable[Json], *, api: str = "beta", size: int = _PAGE, indent: int | None = None) -> Iterator[str]:
    """Answers of the list, a document each: `{"@odata.context", "@odata.nextLink", "value"}`; the last has no link."""
    written = map(v1_row, rows) if api == "v1.0" else iter(rows)
    page = list(islice(written, size))
    number = 0
    while True:
        number += 1
        following = list(islice(written, size))
        answer: Json = {"@odata.context": f"{_HOST}/{api}/$metadata#auditLogs/signIns"}
        if following:
            answer["@odata.nextLink"] = f"{_HOST}/{api}/auditLogs/signins?$top={size}&$skiptoken={number:032x}_{number}"
        yield json.dumps({**answer, "value": page}, indent=indent, ensure_ascii=False)
        if not following:
            return
        page = following


def listing(rows: Iterable[Json], *, indent: int | None = None) -> Iterator[str]:
    """One JSON list in pieces, as scripts write it that gather all pages."""
    between = "[\n"
    for row in rows:
        yield f"{between}{json.dumps(row, indent=indent, ensure_ascii=False)}"
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "[]\n"


def lines(rows: Iterable[Json], *, end: str = "\n") -> Iterator[str]:
    """NDJSON: an object a line."""
    for row in rows:
        yield f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}{end}"


def single(row: Json) -> str:
    """One object as "Get signIn" answers, indented as tools save it."""
    return json.dumps({"@odata.context": f"{_HOST}/beta/$metadata#auditLogs/signIns/$entity", **row}, indent=2)
