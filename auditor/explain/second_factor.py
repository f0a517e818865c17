"""50072, 50074, 50076, 50078, 50079: who asked for multifactor authentication, or for registering for it.

In this order: a policy that the row calls not satisfied (security defaults stand there as one, too); what the row says
that required it, which only beta rows do; security defaults, where they are on; a policy in force that reached the
sign-in, where the row shows none. What is left after all that was really looked at is registration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from auditor.explain.asked import MFA, asking, seen_in_row
from auditor.explain.causes import NOT_EVIDENCED
from auditor.explain.explanation import Explanation
from auditor.explain.general import fallback
from auditor.explain.in_force import InForce
from auditor.explain.phrases import listed
from auditor.explain.surroundings import HOUR, KEPT, Surroundings, ticks
from auditor.finding import Confidence, Evidence
from auditor.tenant.circumstances import Circumstances
from auditor.tenant.dataset import DATASETS
from auditor.tenant.policy import Policy
from auditor.tenant.records import Registration, UserEvent
from auditor.tenant.sign_in_log import Interrupt, PolicyResult, Seen

ENROLMENTS = (50072, 50079)
CHALLENGES = (50074, 50076, 50078)
CODES = (*ENROLMENTS, *CHALLENGES)

_REGISTRATION = "registration"
_PROVIDERS = {
    **dict.fromkeys(
        (
            "multiConditionalAccess",
            "v1ConditionalAccess",
            "v1ConditionalAccessDependency",
            "v1ConditionalAccessPolicyIdRequested",
            "authenticationStrengths",
            "gpsLocationCondition",
            "mfaRegistrationRequiredByMultiConditionalAccess",
        ),
        "policy",
    ),
    **dict.fromkeys(
        (
            "securityDefaults",
            "baselineProtection",
            "mfaRegistrationRequiredBySecurityDefaults",
            "mfaRegistrationRequiredByBaselineProtection",
        ),
        "security-defaults",
    ),
    "user": "per-user-mfa",
    **dict.fromkeys(("riskBasedPolicy", "tenantSessionRiskPolicy", "accountCompromisePolicies"), "risk-policy"),
    "mfaRegistrationRequiredByIdentityProtectionPolicy": _REGISTRATION,
    **dict.fromkeys(("request", "servicePrincipal", "proofUpCodeRequest"), "app-request"),
}
"""What Graph's requirementProvider means; the first of several that a row names counts, in this order."""

_ORDER = ("policy", "security-defaults", "per-user-mfa", "risk-policy", _REGISTRATION, "app-request")
_REQUIREMENTS = "Whether per-user MFA or the app asked for it is not known: the row does not say; beta rows do."
_RESULTS = (
    "Which policies asked for it is not known: the row shows none. Graph leaves them out without the permission "
    f"{DATASETS['policies'].permissions[0]}."
)

_Key = tuple[bool, int, Optional[tuple[PolicyResult, ...]], Optional[tuple[tuple[str, str], ...]]]


class SecondFactor:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._in_force = InForce(surroundings, lambda policy: MFA.held(policy) and not _or_else(policy))
        self._defaults: bool | None = surroundings.value("security_defaults")
        self._registrations: dict[str, Registration] = surroundings.value("registrations") or {}
        self._no_policies = surroundings.lacking("policies", "Which policies were in force is not known.")
        self._in_row: dict[_Key, Explanation | None] = {}
        self._around_row: dict[tuple[_Key, Circumstances], Explanation] = {}

    def explain(self, interrupt: Interrupt) -> Explanation:
        around, seen = self._around, interrupt.seen
        if seen is None or around.unseen(interrupt):
            return fallback(interrupt.code, around.unseen(interrupt))
        enrolment = interrupt.code in ENROLMENTS
        key = (enrolment, around.history.epoch(interrupt.at), seen.policies, seen.required_by)
        if key not in self._in_row:
            if len(self._in_row) >= KEPT:
                self._in_row.clear()
            self._in_row[key] = self._by_row(key, seen)
        found = self._in_row[key]
        if found is None:
            wider = key, self._in_force.alike(seen.circumstances)
            found = self._around_row.get(wider)
            if found is None:
                if len(self._around_row) >= KEPT:
                    self._around_row.clear()
                found = self._around_row[wider] = self._by_tenant(key, wider[1])
        return self._with_person(interrupt, found) if enrolment else found

    def _by_row(self, key: _Key, seen: Seen) -> Explanation | None:
        """What the row itself says; None: nothing."""
        enrolment, epoch, _, required_by = key
        unsatisfied = self._around.unsatisfied(seen, epoch)
        if any(_is_defaults(each.result) for each in unsatisfied):
            said = Evidence("sign_ins", "The row calls the security defaults not satisfied.")
            return Explanation("security-defaults", Confidence.STATED, (said,))
        asked = asking(unsatisfied, MFA, or_unknown=True)
        if asked.policies and asked.sure:
            return Explanation("policy", Confidence.STATED, (seen_in_row(asked.policies, MFA),))
        slugs = {_PROVIDERS.get(provider, "") for provider, _ in required_by or ()}
        if _REGISTRATION in slugs and not enrolment:
            slugs |= {"risk-policy"}
        slug = next((each for each in _ORDER if each in slugs and (enrolment or each != _REGISTRATION)), None)
        if slug is not None:
            said = Evidence("sign_ins", f"The row says what required it: {_required(required_by)}.")
            named = (seen_in_row(asked.policies, MFA),) if slug == "policy" and asked.policies else ()
            return Explanation(slug, Confidence.STATED, (said, *named))
        if asked.policies:
            return Explanation("policy", Confidence.INFERRED, (seen_in_row(asked.policies, MFA),), asked.missing)
        return None

    def _by_tenant(self, key: _Key, circumstances: Circumstances) -> Explanation:
        """Where the row does not say."""
        enrolment, epoch, results, required_by = key
        if self._defaults:
            said = Evidence("security_defaults", "Security defaults are on today, so no policy can be in force.")
            return Explanation("security-defaults", Confidence.INFERRED, (said,))
        if required_by is None:
            reaching = self._in_force.reaching(epoch, circumstances)
            if reaching:
                names = listed(policy.name or policy.id for policy in reaching)
                said = Evidence("policies", f"In force, and reached this sign-in: {names}. Asked for: {MFA.name}.")
                missing = ("The row does not say that the policy was not satisfied: it was worked out anew.",)
                return Explanation("policy", Confidence.INFERRED, (said,), missing)
        missing = (
            *(() if results is not None else (_RESULTS, *self._no_policies)),
            *(() if required_by is not None else (_REQUIREMENTS,)),
            *self._around.lacking("security_defaults", "Whether security defaults asked for it is not known."),
        )
        eliminated = tuple(self._eliminated(results, required_by))
        strange = [provider for provider, _ in required_by or ()]
        if enrolment and not missing and not strange:
            return Explanation(_REGISTRATION, Confidence.INFERRED, eliminated)
        return Explanation(NOT_EVIDENCED, Confidence.GENERAL, eliminated, missing)

    def _eliminated(
        self, results: tuple[PolicyResult, ...] | None, required_by: tuple[tuple[str, str], ...] | None
    ) -> Iterator[Evidence]:
        if results is not None:
            yield Evidence("sign_ins", "The row calls no policy not satisfied that asks for it.")
        if required_by:
            yield Evidence(
                "sign_ins",
                f"The row says what required it, in words that this version does not know: {_required(required_by)}.",
            )
        elif required_by is not None:
            yield Evidence("sign_ins", "The row says that nothing required multifactor authentication.")
        if self._defaults is False:
            yield Evidence("security_defaults", "Security defaults are off today.")

    def _with_person(self, interrupt: Interrupt, found: Explanation) -> Explanation:
        """With what is known of the person's registration."""
        evidence = [*self._registered(interrupt)]
        if not evidence:
            return found
        return Explanation(found.cause, found.confidence, (*found.evidence, *evidence), found.missing)

    def _registered(self, interrupt: Interrupt) -> Iterator[Evidence]:
        events = self._around.events(interrupt.user_id)
        near = next((each for each in events if each.kind == "registered" and _follows(each, interrupt.at)), None)
        if near is not None:
            yield Evidence("user_events", "The person registered security information then.", near.at)
            return
        snapshot = self._registrations.get(interrupt.user_id.lower())
        if snapshot is not None and snapshot.mfa_registered is False:
            yield Evidence("registrations", "The person had not registered for MFA when it was read.", snapshot.updated)


def _follows(event: UserEvent, at: int) -> bool:
    when = ticks(event.at)
    return when is not None and at <= when <= at + HOUR


def _is_defaults(result: PolicyResult) -> bool:
    """The log shows security defaults as one more policy, whose id is a word and no GUID."""
    return result.id.replace(" ", "").lower() == "securitydefaults"


def _or_else(policy: Policy) -> bool:
    """Whether another control will do in place of MFA."""
    grant = policy.grant
    others = [each for each in grant.controls if each != "mfa"]
    if grant.authentication_strength is not None and "mfa" in grant.controls:
        others.append("mfa")
    others += [*grant.terms_of_use, *grant.custom_factors]
    return grant.operator != "AND" and bool(others)


def _required(required_by: tuple[tuple[str, str], ...] | None) -> str:
    return listed(detail or provider for provider, detail in required_by or ())
