"""65001, 90094, 90095: consent that an app lacked. The code says what was lacking, the row which app."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.explain.causes import CAUSES
from auditor.explain.confirmation import MICROSOFT
from auditor.explain.explanation import Explanation
from auditor.explain.phrases import quoted
from auditor.explain.surroundings import KEPT, Surroundings
from auditor.finding import Confidence, Evidence
from auditor.tenant.sign_in_log import Interrupt

CODES = (65001, 90094, 90095)


class Consent:
    def __init__(self, surroundings: Surroundings) -> None:
        self._tenant = surroundings.tenant_id
        self._known: dict[tuple[int, str, str, str, str], Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        seen = interrupt.seen
        owner, resource = (seen.app_owner.lower(), seen.resource) if seen is not None else ("", "")
        key = (interrupt.code, interrupt.app_id, interrupt.app, owner, resource)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = self._explained(*key)
        return found

    def _explained(self, code: int, app_id: str, app: str, owner: str, resource: str) -> Explanation:
        slug = CAUSES[code][0].slug
        if not app_id and not app:
            return Explanation(slug, Confidence.GENERAL, (), ("The row does not name the app.",))
        asked = f" for {quoted(resource)}" if resource else ""
        said = f"The app {quoted(app, app_id)} asked{asked}. {' '.join(self._maker(owner))}".rstrip()
        return Explanation(slug, Confidence.STATED, (Evidence("sign_ins", said),))

    def _maker(self, owner: str) -> Iterator[str]:
        if owner in MICROSOFT:
            yield "It is one of Microsoft's."
        elif owner and owner == self._tenant:
            yield "It is the tenant's own."
        elif owner:
            yield f"It belongs to another tenant, {quoted(owner)}."
