"""What If: which Conditional Access policies would apply to a sign-in that the caller describes.

It is a POST because the question has a body; nothing is changed by it. The body is the one that Microsoft documents for
`conditionalAccessRoot: evaluate`, and what that does not know is refused. Microsoft gives defaults for what is left out
(no risk, any client); here it is not told, which is all that the answer `notEnoughInformation` can mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Annotated, Any, Literal

import msgspec

from auditor.local_tenant.service.graph.endpoint import POLICY_DENIAL, Call, Endpoint, bad_request
from auditor.local_tenant.service.graph.listing import Collection, simple
from auditor.local_tenant.service.graph.policies import READ_CONDITIONAL_ACCESS
from auditor.local_tenant.service.graph.preview import policies
from auditor.local_tenant.service.paging import JsonRow
from auditor.local_tenant.service.throttle import CONDITIONAL_ACCESS
from auditor.local_tenant.simulation.what_if import Answer, DescribedDevice, Question

_USER_ACTIONS = {
    "registerSecurityInformation": "urn:user:registersecurityinfo",
    "registerOrJoinDevices": "urn:user:registerdevice",
}
_DEVICE_TEXTS = {
    **{
        name: name.lower()
        for name in (
            "deviceId",
            "displayName",
            "enrollmentProfileName",
            "manufacturer",
            "mdmAppId",
            "model",
            "operatingSystem",
            "operatingSystemVersion",
            "profileType",
            "trustType",
            *(f"extensionAttribute{number}" for number in range(1, 16)),
        )
    },
    "ownership": "deviceownership",
}
"""deviceInfo's properties -> their names in a device filter, in lower case."""
_DEVICE_OTHERS = frozenset({"@odata.type", "isCompliant", "physicalIds", "systemLabels"})

_RESULTS = Collection(
    "Collection(microsoft.graph.whatIfAnalysisResult)",
    "microsoft.graph.conditionalAccessPolicy",
    size=1000,
    options=frozenset(),
)

_Risk = Literal["low", "medium", "high", "hidden", "none"]


class _Object(
    msgspec.Struct,
    forbid_unknown_fields=True,
    rename="camel",
    tag_field="@odata.type",
    tag=lambda name: f"#microsoft.graph.{name[0].lower()}{name[1:]}",
):
    """An object of the body, called after its type; where its type is fixed it need not be stated."""


class UserSignIn(_Object):
    user_id: str | None = None
    external_tenant_id: str | None = None
    external_user_type: (
        Literal[
            "none",
            "internalGuest",
            "b2bCollaborationGuest",
            "b2bCollaborationMember",
            "b2bDirectConnectUser",
            "otherExternalUser",
            "serviceProvider",
        ]
        | None
    ) = None


class ServicePrincipalSignIn(_Object):
    service_principal_id: str


class ApplicationContext(_Object):
    include_applications: Annotated[list[str], msgspec.Meta(min_length=1)]


class UserActionContext(_Object):
    user_action: Literal["registerSecurityInformation", "registerOrJoinDevices"]


class AuthContext(_Object):
    authentication_context_value: Annotated[str, msgspec.Meta(pattern="^c[1-9][0-9]?$")]


class AuthenticationFlow(_Object):
    transfer_method: Literal["none", "deviceCodeFlow", "authenticationTransfer"] | None = None


class SignInConditions(_Object):
    device_platform: Literal["android", "iOS", "windows", "windowsPhone", "macOS", "linux", "all"] | None = None
    client_app_type: (
        Literal["all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"] | None
    ) = None
    sign_in_risk_level: _Risk | None = None
    user_risk_level: _Risk | None = None
    service_principal_risk_level: _Risk | None = None
    insider_risk_level: Literal["none", "minor", "moderate", "elevated"] | None = None
    country: str | None = None
    ip_address: str | None = None
    authentication_flow: AuthenticationFlow | None = None
    device_info: dict[str, str | bool | list[str] | None] | None = None


class Body(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Parameters of the action."""

    sign_in_identity: UserSignIn | ServicePrincipalSignIn
    sign_in_context: ApplicationContext | UserActionContext | AuthContext
    sign_in_conditions: SignInConditions
    applied_policies_only: bool | None = None


def _evaluate(call: Call) -> dict[str, Any]:
    body = _read(call.body)
    answers = _answers(call, body)
    bodies = {policy["id"]: policy for policy in policies(call)}

    def results(_call: Call) -> Iterator[JsonRow]:
        for policy, reasons in answers:
            if policy["id"] in bodies and not (reasons and body.applied_policies_only):
                yield {
                    **bodies[policy["id"]],
                    "policyApplies": not reasons,
                    "analysisReasons": ",".join(reasons) or "notSet",
                }

    return simple(_RESULTS, results)(call)


def _answers(call: Call, body: Body) -> Iterable[Answer]:
    identity = body.sign_in_identity
    if isinstance(identity, ServicePrincipalSignIn):
        # No policy of the simulation is for workload identities.
        return [(policy, ("workloadIdentities",)) for policy in call.simulation.policies()]
    question = _question(body, identity)
    if question.user_id and call.simulation.user(question.user_id) is None:
        raise bad_request(f"The tenant has no user '{question.user_id}'.")
    return call.simulation.what_if(question)


def _read(content: bytes) -> Body:
    try:
        return msgspec.json.decode(content, type=Body)
    except ValueError as refused:
        raise bad_request(f"The request body is not valid: {refused}.") from refused


def _question(body: Body, identity: UserSignIn) -> Question:
    external = identity.external_user_type
    guest = external if external and external != "none" else ""
    if not identity.user_id and not (guest and identity.external_tenant_id):
        raise bad_request("A userSignIn names a user, or the type and the tenant of an external user.")
    told = body.sign_in_conditions
    return Question(
        targets=_targets(body.sign_in_context),
        user_id=(identity.user_id or "").lower(),
        external=guest,
        home=identity.external_tenant_id or "",
        client=_one(told.client_app_type),
        platform=_one(told.device_platform),
        device=None if told.device_info is None else _device(told.device_info),
        address=_address(told.ip_address),
        country=_country(told.country),
        risk=told.sign_in_risk_level,
        user_risk=told.user_risk_level,
        insider_risk=told.insider_risk_level,
        flow=told.authentication_flow.transfer_method if told.authentication_flow else None,
    )


def _targets(context: ApplicationContext | UserActionContext | AuthContext) -> tuple[str, ...]:
    if isinstance(context, ApplicationContext):
        return tuple(context.include_applications)
    if isinstance(context, UserActionContext):
        return (_USER_ACTIONS[context.user_action],)
    return (context.authentication_context_value,)


def _one(choice: str | None) -> str | None:
    """The choice, None if it is every one of them."""
    return None if choice == "all" else choice


def _address(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return str(ip_address(text))
    except ValueError as refused:
        raise bad_request(f"'{text}' is not an IP address.") from refused


def _country(text: str | None) -> str | None:
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise bad_request(f"'{text}' is not the two-letter code of a country.")
    return text or None


def _device(told: dict[str, str | bool | list[str] | None]) -> DescribedDevice:
    """The directory knows a device that has an id, is joined or is compliant; of any other, filters see nothing."""
    for name, value in told.items():
        fits = value is None or isinstance(value, str)
        if name == "isCompliant":
            fits = value is None or isinstance(value, bool)
        elif name in ("physicalIds", "systemLabels"):
            fits = value is None or isinstance(value, list)
        if not fits or name not in {*_DEVICE_TEXTS, *_DEVICE_OTHERS}:
            raise bad_request(f"The property '{name}' of 'microsoft.graph.deviceInfo' is unknown or of another type.")
    if not (told.get("deviceId") or told.get("trustType") or told.get("isCompliant")):
        return DescribedDevice()
    texts = ((filtered, told.get(name) or None) for name, filtered in _DEVICE_TEXTS.items())
    return DescribedDevice(
        (
            ("iscompliant", str(bool(told.get("isCompliant")))),
            *((name, None if value is None else str(value)) for name, value in texts),
        )
    )


ENDPOINTS = (
    Endpoint(
        "/identity/conditionalAccess/evaluate",
        READ_CONDITIONAL_ACCESS,
        POLICY_DENIAL,
        _evaluate,
        method="POST",
        limit=CONDITIONAL_ACCESS,
    ),
)
