"""The groups of applications that a policy may name in one word, as far as their ids are known.

Microsoft publishes the admin portals by id. What is in Office 365 it publishes by name only and changes without notice:
an id that stands in neither list below is *not known* to be in it. Those ids come from first-party applications of the
published names as tenants show them. Dates are those of the pages.
"""

from __future__ import annotations

from dataclasses import dataclass

GRAPH = "00000003-0000-0000-c000-000000000000"
DIRECTORY = "00000002-0000-0000-c000-000000000000"
"""Windows Azure Active Directory, the audience of the scopes that identify a person and no more."""

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns Microsoft's own applications."""


@dataclass(frozen=True, slots=True)
class Suite:
    """`inside`, `outside`: appIds that are known to be in the group, or not to be; `outside` None: all others are not.
    `source`: Microsoft's page, `date` its date."""

    name: str
    inside: frozenset[str]
    outside: frozenset[str] | None
    source: str
    date: str


_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
_AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
_EXCHANGE_ADMIN_CENTER = "497effe9-df71-4043-a8bb-14cf78c4b63b"
_OFFICE_PORTAL = "00000006-0000-0ff1-ce00-000000000000"
_PROTECTION_CENTER = "80ccca67-54bd-44ab-8625-4b79c4dc7775"

ADMIN_PORTALS = Suite(
    name="Microsoft admin portals",
    inside=frozenset({_AZURE_PORTAL, _EXCHANGE_ADMIN_CENTER, _OFFICE_PORTAL, _PROTECTION_CENTER}),
    outside=None,
    source="learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps",
    date="2026-03-24",
)

OFFICE_365 = Suite(
    name="Office 365",
    inside=frozenset(
        {
            "00000002-0000-0ff1-ce00-000000000000",  # Office 365 Exchange Online
            "00000003-0000-0ff1-ce00-000000000000",  # Office 365 SharePoint Online
            "00000004-0000-0ff1-ce00-000000000000",  # Skype for Business Online
            "00000005-0000-0ff1-ce00-000000000000",  # Viva Engage
            "00000006-0000-0ff1-ce00-000000000000",  # Microsoft Office 365 Portal
            "00000007-0000-0ff1-ce00-000000000000",  # Microsoft Exchange Online Protection
            "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",  # Microsoft Teams Services
            "1fec8e78-bce4-4aaf-ab1b-5451cc387264",  # Microsoft Teams
            "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",  # Microsoft Teams Web Client
            "e1829006-9cf1-4d05-8b48-2e665cb48e6a",  # Microsoft Teams Web Client
            "b55b276d-2b09-4ad2-8de5-f09cf24ffba9",  # Microsoft Teams - Teams And Channels Service
            "b1379a75-ce5e-4fa3-80c6-89bb39bf646c",  # Microsoft Teams Chat Aggregator
            "ab3be6b7-f5df-413d-ac2d-abf1e3fd9c0b",  # Microsoft Teams Graph Service
            "51133ff5-8e0d-4078-bcca-84fb7f905b64",  # Microsoft Teams Mailhook
            "75efb5bc-18a1-4e7b-8a66-2ad2503d79c6",  # Microsoft Teams Retail Service
            "8e14e873-35ba-4720-b787-0bed94370b17",  # Microsoft Teams Targeting Application
            "1996141e-2b07-4491-927a-5a024b335c78",  # Microsoft Teams UIS
            "48ac35b8-9aa8-4d74-927d-1f4a14a0b239",  # Skype and Teams Tenant Admin API
            "7557eb47-c689-4224-abcf-aef9bd7573df",  # Skype for Business
            "1e70cd27-4707-4589-8ec5-9bd20c472a46",  # Skype Presence Service
            "39aaf054-81a5-48c7-a4f8-0293012095b9",  # IC3 Gateway
            "6bc3b958-689b-49f5-9006-36d165f30e00",  # Teams CMD Services Artifacts
            "4580fd1d-e5a3-4f56-9ad1-aab0e3bf8f76",  # Call Recorder
            "e1979c22-8b73-4aed-a4da-572cc4d0b832",  # App Studio for Microsoft Teams
            "48af08dc-f6d2-435f-b2a7-069abd99c086",  # Connectors
            "8f348934-64be-4bb2-bc16-c54c96789f43",  # EDU Assignments
            "6b91db1b-f05b-405a-a0b2-e3f60b28d645",  # M365 Admin Services
            "0cd196ee-71bf-4fd6-a57c-b491ffd4fb1e",  # Media Analysis and Transformation Service
            "944f0bd1-117b-4b1c-af26-804ed95e767e",  # Media Analysis and Transformation Service
            "6f82282e-0070-4e78-bc23-e6320c5fa7de",  # Microsoft Discovery Service
            "6204c1d1-4712-4c46-a7d9-3ed63d992682",  # Microsoft Flow Portal
            "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87",  # Microsoft Forms
            "40775b29-2688-46b6-a3b5-b256bd04df9f",  # Microsoft Information Protection API
            "394866fc-eedb-4f01-8536-3ff84b16be2a",  # Microsoft People Cards Service
            "dcad865d-9257-4521-ad4d-bae3e137b345",  # Microsoft SharePoint Online - SharePoint Home
            "cf53fce8-def6-4aeb-8d30-b158e7b1cf83",  # Microsoft Stream Portal
            "2634dd23-5e5a-431c-81ca-11710d9079f4",  # Microsoft Stream Service
            "00695ed2-3202-4156-8da1-69f60065e255",  # Microsoft Visio Data Visualizer
            "95de633a-083e-42f5-b444-a4295d8e9314",  # Microsoft Whiteboard Services
            "23c898c1-f7e8-41da-9501-f16571f8d097",  # OCPS Checkin Service
            "66a88757-258c-4c72-893c-3e8bed4d6899",  # Office 365 Search Service
            "94c63fef-13a3-47bc-8074-75af8c65887a",  # Office Delve
            "166f1b03-5b19-416f-a94b-1d7aa2d247dc",  # Office Hive
            "62fd1447-0ef3-4ab7-a956-7dd05232ecc1",  # Office Scripts Service
            "b97b6bd4-a49f-4a0c-af18-af507d1da76c",  # Office Shredding Service
            "0f698dd4-f011-4d23-a33e-b36416dcb1e6",  # OfficeClientService
            "9e4a5442-a5c9-4f6f-b03f-5b9fcaaf24b1",  # OfficeServicesManager
            "9199bf20-a13f-4107-85dc-02114787ef48",  # One Outlook Web
            "2d4d3d8e-2be3-4bef-9f87-7875a61c29de",  # OneNote
            "475226c6-020e-4fb2-8a90-7a972cbfc1d4",  # PowerApps Service
            "09abbdfd-ed23-44ee-a2d9-a627aa1c90f3",  # ProjectWorkManagement
            "18f36947-75b0-49fb-8d1c-29584a55cac5",  # Reply-At-Mention
            "08e18876-6177-487e-b8b5-cf950c1e598c",  # SharePoint Online Web Client Extensibility
            "3bc2296e-aa22-4ed2-9e1e-946d05afa6a2",  # SharePoint Online Web Client Extensibility Isolated
            "905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba",  # Sway
            "4c4f550b-42b2-4a16-93f9-fdb9e01bb6ed",  # Targeted Messaging Service
            "d3590ed6-52b3-4102-aeff-aad2292ab01c",  # Microsoft Office
            "4345a7b9-9a63-4910-a426-35363201d503",  # O365 Suite UX
            "93d53678-613d-4013-afc1-62e9e444a0a5",  # Office Online Add-in SSO
            "243c63a3-247d-41c5-9d83-7788c43f1c43",  # Office Online Core SSO
            "4b233688-031c-404b-9a80-a4f3f2351f90",  # Office.com
            "89bee1f7-5e6e-4d8a-9f3d-ecd601259da7",  # Office365 Shell WCSS-Client
            "4765445b-32c6-49b0-83e6-1d93765276ca",  # OfficeHome
            "ab9b8c07-8f02-4f72-87fa-80105867a763",  # OneDrive SyncEngine
            "fb8d773d-7ef8-4ec0-a117-179f88add510",  # Enterprise Copilot Platform
            "66375f6b-983f-4c2c-9701-d680650f588f",  # Microsoft Planner
        }
    ),
    outside=frozenset(
        {
            DIRECTORY,
            _MANAGEMENT,
            _AZURE_PORTAL,
            _EXCHANGE_ADMIN_CENTER,
            "0000000a-0000-0000-c000-000000000000",  # Intune
            "d4ebce55-015a-49b5-a083-c84d1797ae8c",  # Intune Enrollment
            "00000009-0000-0000-c000-000000000000",  # Power BI
            "499b84ac-1321-427f-aa17-267ca6975798",  # Azure DevOps
            "2793995e-0a7d-40d7-bd35-6968ba142197",  # My Apps
            "0000000c-0000-0000-c000-000000000000",  # App Access Panel
            "00000012-0000-0000-c000-000000000000",  # Rights Management Services
        }
    ),
    source="learn.microsoft.com/entra/identity/conditional-access/reference-office-365-application-contents",
    date="2026-06-05",
)

_EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
_SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
_SKYPE = "00000004-0000-0ff1-ce00-000000000000"
_POWER_APPS = "475226c6-020e-4fb2-8a90-7a972cbfc1d4"

STANDS_FOR = {
    _MANAGEMENT: frozenset(
        {
            _AZURE_PORTAL,
            "e9f49c6b-5ce5-44c8-925d-015017e9f7ad",  # Azure Data Lake
            "f5c26e74-f226-4ae8-85f0-b4af0080ac9e",  # Application Insights API
            "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5",  # Log Analytics API
        }
    )
}
"""What a policy on one application is enforced for besides (concept-conditional-access-cloud-apps, 2026-03-24)."""

_OFFICE_SERVICES = frozenset({_EXCHANGE, _SHAREPOINT})

DEPENDS_ON = {
    **dict.fromkeys(STANDS_FOR[_MANAGEMENT], frozenset({_MANAGEMENT})),
    **dict.fromkeys(
        (
            "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",  # Microsoft Teams Services
            "1fec8e78-bce4-4aaf-ab1b-5451cc387264",  # Microsoft Teams
            "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",  # Microsoft Teams Web Client
            "e1829006-9cf1-4d05-8b48-2e665cb48e6a",  # Microsoft Teams Web Client
        ),
        _OFFICE_SERVICES | {_SKYPE},
    ),
    _SKYPE: frozenset({_EXCHANGE}),
    "7557eb47-c689-4224-abcf-aef9bd7573df": frozenset({_EXCHANGE}),  # Skype for Business
    "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87": _OFFICE_SERVICES,  # Microsoft Forms
    _POWER_APPS: _OFFICE_SERVICES | {_MANAGEMENT, DIRECTORY},
    "6204c1d1-4712-4c46-a7d9-3ed63d992682": frozenset({_POWER_APPS}),  # Power Automate
}
"""The services whose policies must be satisfied before an application is let in, as far as Microsoft lists them
(service-dependencies, 2022-07-06)."""
