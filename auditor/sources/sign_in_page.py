"""What the sign-in page tells anybody about a tenant: its branding rows, and in them the stay-signed-in setting.

No permission is needed and no sign-in is begun. Microsoft does not document the endpoint, so an answer that is not
understood is *not read*, and never a value.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from auditor.errors import SourceError
from auditor.sources.clouds import Cloud
from auditor.sources.graph_client import TIMEOUT, trust
from auditor.sources.patience import PASSING, Passing, Waiting, patiently
from auditor.tenant.records import Organization

if TYPE_CHECKING:
    import httpx

ROUTE = "userrealm"
_NOBODY = "nn"  # any name will do: the page answers for the domain


async def read_sign_in_page(
    cloud: Cloud, organization: Organization, now: Callable[[], str], waiting: Waiting, rows: list[msgspec.Raw]
) -> None:
    """Adds to `rows` the branding rows for the initial domain, then, if they do not tell, for one managed domain more.

    One JSON object each, as `graph_json.page_branding` reads it; for a domain without rows one that says so.
    SourceError when a domain could not be asked and no other told the setting: what was read is in `rows`.
    """
    import httpx

    fault = SourceError("The organization lists no domain to ask the sign-in page for.")
    unanswered = list(_domains(organization)) or [""]
    async with httpx.AsyncClient(verify=trust(cloud), timeout=TIMEOUT) as client:
        for domain in filter(None, tuple(unanswered)):
            address = f"{cloud.login}/common/userrealm/{_NOBODY}@{quote(domain, safe='')}?api-version=2.0"
            try:
                found = await patiently(functools.partial(_ask, client, address), waiting)
            except SourceError as error:
                fault = error
                continue
            about = {"asked_for": domain, "route": ROUTE, "read": now()}
            for row in found or [{}]:
                kept = {key: row[key] for key in ("Locale", "KeepMeSignedInDisabled") if key in row}
                rows.append(msgspec.Raw(json.dumps(kept | about).encode()))
            if any(row.get("Locale") == 0 and "KeepMeSignedInDisabled" in row for row in found):
                return
            unanswered.remove(domain)
    if unanswered:
        raise fault


async def _ask(client: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    import httpx

    try:
        answer = await client.get(address)
    except httpx.RequestError as error:
        raise Passing(f"the sign-in page could not be reached ({type(error).__name__})") from None
    return _rows(answer.status_code, answer.content)


def _domains(organization: Organization) -> Iterator[str]:
    if organization.initial_domain:
        yield organization.initial_domain
    yield from organization.managed_domains[:1]


def _rows(status: int, content: bytes) -> list[dict[str, Any]]:
    if status in PASSING:
        raise Passing(f"the sign-in page answered {status}")
    if status != 200:
        raise SourceError(f"The sign-in page answered {status}.", "Try again later.")
    try:
        rows = json.loads(content).get("TenantBrandingInfo") or []
        return [row for row in rows if isinstance(row, dict)]
    except (ValueError, AttributeError, TypeError):
        # A cut answer looks the same as one that Microsoft changed.
        raise Passing("the sign-in page's answer was not understood") from None
