"""Apps people sign in to: Microsoft's own under their well-known ids, other makers', and the tenant's.

Their redirect addresses differ on purpose: Microsoft's are often empty in a tenant, some apps use only https, some
use schemes of their own. The names of one or two are hostile on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.local_tenant.simulation.identity import Json, guid
from auditor.local_tenant.simulation.times import DAY, stamp_seconds

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

GRAPH = ("00000003-0000-0000-c000-000000000000", "Microsoft Graph")
EXCHANGE = ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online")
SHAREPOINT = ("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online")
TEAMS = ("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services")
MANAGEMENT = ("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API")
OFFICE_365 = frozenset({EXCHANGE[0], SHAREPOINT[0], TEAMS[0], "4765445b-32c6-49b0-83e6-1d93765276ca"})
ADMIN_PORTALS = frozenset({"c44b4083-3bb0-49c1-b47d-974e53cbdf3c"})
BROKER = "29d9ed98-a469-4536-ade2-f981bc1d605e"


@dataclass(frozen=True, slots=True)
class App:
    """An app and the resource it asks tokens for. `clients`: browser, desktop, mobile; `owner`: its home tenant."""

    id: str
    name: str
    resource: str
    resource_name: str
    clients: tuple[str, ...]
    owner: str
    redirects: tuple[str, ...]
    listed: bool = True
    weight: float = 1.0

    @property
    def first_party(self) -> bool:
        return self.owner == MICROSOFT

    @property
    def schemes(self) -> frozenset[str]:
        """Schemes of the redirect addresses, in lower case."""
        return frozenset(address.split(":", 1)[0].lower() for address in self.redirects)


def _own(app_id: str, name: str, clients: str, weight: float, resource: tuple[str, str] | None = None) -> App:
    target = resource or (app_id, name)
    return App(app_id, name, *target, tuple(clients.split()), MICROSOFT, (), True, weight)


FIRST_PARTY = (
    _own("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome", "browser", 9),
    _own("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal", "browser", 3),
    _own("9199bf20-a13f-4107-85dc-02114787ef48", "One Outlook Web", "browser", 8, EXCHANGE),
    _own("5e3ce6c0-2b1f-4285-8d4b-75ee78787346", "Microsoft Teams Web Client", "browser", 5, TEAMS),
    _own("08e18876-6177-487e-b8b5-cf950c1e598c", "SharePoint Online Web Client", "browser", 5, SHAREPOINT),
    _own("2793995e-0a7d-40d7-bd35-6968ba142197", "My Apps", "browser", 2, GRAPH),
    _own("19db86c3-b2b9-44cc-b339-36da233a3be2", "My Signins", "browser", 2, GRAPH),
    _own("de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer", "browser", 1, GRAPH),
    _own("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams", "desktop mobile", 6, TEAMS),
    _own("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office", "desktop", 5, EXCHANGE),
    _own("27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile", "mobile", 5, EXCHANGE),
    _own("ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine", "desktop", 3, SHAREPOINT),
    _own("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI", "desktop", 1, MANAGEMENT),
    _own(BROKER, "Microsoft Authentication Broker", "mobile desktop", 1, GRAPH),
)
RESOURCES = (GRAPH, EXCHANGE, SHAREPOINT, TEAMS, MANAGEMENT)


def other_apps(seed: int, tenant: str) -> tuple[App, ...]:
    """The tenant's own apps and those of other makers, with ids of this seed."""

    def app(
        key: str, name: str, clients: str, owner: str, *redirects: str, listed: bool = True, weight: float = 2
    ) -> App:
        app_id = guid(seed, "app", key)
        addresses = tuple(address.replace("{id}", app_id) for address in redirects)
        native = "browser" not in clients
        target = GRAPH if native else (app_id, name)
        return App(app_id, name, *target, tuple(clients.split()), owner, addresses, listed, weight)

    maker = guid("maker", "northwind software")
    return (
        app("expenses", "Expenses", "mobile", tenant, "msauth.com.example.expenses://auth", "msal{id}://auth"),
        app("field", "Field Service", "mobile", maker, "https://field.example.net/signin",
            "msauth://net.example.field/2pmj9i4rSx0yEb%2FviWBYkE%2FZQrk%3D"),
        app("reports", "Legacy Reporter", "desktop", tenant, "urn:ietf:wg:oauth:2.0:oob", "http://localhost"),
        app("travel", "Travel Portal", "browser", tenant, "https://travel.example.org/signin-oidc", weight=4),
        app("people", "People Self Service", "browser", maker, "https://people.example.net/saml/acs",
            "https://people.example.net/auth", weight=4),
        app("clipper", "Page Clipper", "browser", maker, "https://clipper.example.net/cb",
            "chrome-extension://mjkhgfdsapoiuytrewqlzxcvbnmasdfg/auth.html"),
        app("survey", "Old Survey Tool", "browser", maker, listed=False, weight=0.7),
        app("script", "<script>alert(1)</script>", "browser", maker, "https://odd.example.net/cb", weight=0.5),
    )  # fmt: skip


def service_principal(app: App, seed: int, begin: int) -> Json:
    """The app as the tenant's service principal; `begin` in ticks is where the log starts."""
    return {
        "id": guid(seed, "service principal", app.id),
        "deletedDateTime": None,
        "accountEnabled": True,
        "alternativeNames": [],
        "appDisplayName": app.name,
        "appDescription": None,
        "appId": app.id,
        "applicationTemplateId": None,
        "appOwnerOrganizationId": app.owner,
        "appRoleAssignmentRequired": False,
        "createdDateTime": stamp_seconds(begin - 400 * DAY),
        "description": None,
        "disabledByMicrosoftStatus": None,
        "displayName": app.name,
        "homepage": None,
        "loginUrl": None,
        "logoutUrl": None,
        "notes": None,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": None,
        "preferredTokenSigningKeyThumbprint": None,
        "replyUrls": list(app.redirects),
        "servicePrincipalNames": [app.id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs" if app.first_party else "AzureADMyOrg",
        "tags": [] if app.first_party else ["WindowsAzureActiveDirectoryIntegratedApp"],
        "tokenEncryptionKeyId": None,
        "samlSingleSignOnSettings": None,
        "addIns": [],
        "appRoles": [],
        "info": {
            "logoUrl": None,
            "marketingUrl": None,
            "privacyStatementUrl": None,
            "supportUrl": None,
            "termsOfServiceUrl": None,
        },
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None},
    }


def resource_principal(resource: tuple[str, str], seed: int, begin: int) -> Json:
    """A Microsoft resource (Graph, Exchange, ...) as the tenant's service principal."""
    return service_principal(App(*resource, *resource, (), MICROSOFT, ()), seed, begin)


def application(app: App, seed: int, begin: int, domain: str) -> Json:
    """The registration of one of the tenant's own apps."""
    web = [address for address in app.redirects if address.startswith("https:")]
    native = [address for address in app.redirects if address not in web]
    return {
        "id": guid(seed, "application", app.id),
        "deletedDateTime": None,
        "appId": app.id,
        "applicationTemplateId": None,
        "disabledByMicrosoftStatus": None,
        "createdDateTime": stamp_seconds(begin - 420 * DAY),
        "defaultRedirectUri": None,
        "displayName": app.name,
        "description": None,
        "groupMembershipClaims": None,
        "identifierUris": [],
        "isDeviceOnlyAuthSupported": None,
        "isFallbackPublicClient": True if native else None,
        "notes": None,
        "publisherDomain": domain,
        "serviceManagementReference": None,
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "tokenEncryptionKeyId": None,
        "samlMetadataUrl": None,
        "uniqueName": None,
        "optionalClaims": None,
        "servicePrincipalLockConfiguration": None,
        "requestSignatureVerification": None,
        "addIns": [],
        "api": {
            "acceptMappedClaims": None,
            "knownClientApplications": [],
            "requestedAccessTokenVersion": None,
            "oauth2PermissionScopes": [],
            "preAuthorizedApplications": [],
        },
        "appRoles": [],
        "info": {
            "logoUrl": None,
            "marketingUrl": None,
            "privacyStatementUrl": None,
            "supportUrl": None,
            "termsOfServiceUrl": None,
        },
        "keyCredentials": [],
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "passwordCredentials": [],
        "publicClient": {"redirectUris": native},
        "requiredResourceAccess": [],
        "verifiedPublisher": {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None},
        "web": {
            "homePageUrl": None,
            "logoutUrl": None,
            "redirectUris": web,
            "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": bool(web)},
            "redirectUriSettings": [{"uri": address, "index": None} for address in web],
        },
        "spa": {"redirectUris": []},
    }
