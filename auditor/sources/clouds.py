"""The Microsoft clouds: where to sign in, where Graph is, where the portal is. One table; the rest of the program
never writes a host name. `custom` is any other pair of addresses, the local tenant's among them.

Tokens of one cloud are worth nothing in another. The sign-in page has the login service's address. These addresses are
trusted as they stand here: MSAL would else ask the global cloud about a login service that its release does not know,
and a tenant in China has no business there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor import config


@dataclass(frozen=True, slots=True)
class Cloud:
    """Addresses without a slash at the end. `ca_file`: certificate authorities to trust instead of the usual ones, a
    path, or ""."""

    name: str
    login: str
    graph: str
    portal: str
    ca_file: str = ""


CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "global",
            login="https://login.microsoftonline.com",
            graph="https://graph.microsoft.com",
            portal="https://portal.azure.com",
        ),
        Cloud(
            "us-government-l4",
            login="https://login.microsoftonline.us",
            graph="https://graph.microsoft.us",
            portal="https://portal.azure.us",
        ),
        Cloud(
            "us-government-l5",
            login="https://login.microsoftonline.us",
            graph="https://dod-graph.microsoft.us",
            portal="https://portal.azure.us",
        ),
        Cloud(
            "china",
            login="https://login.partner.microsoftonline.cn",
            graph="https://microsoftgraph.chinacloudapi.cn",
            portal="https://portal.azure.cn",
        ),
    )
}


def cloud_of(chosen: config.Cloud) -> Cloud:
    """The cloud that the config chose."""
    if chosen.name == "custom":
        login, graph = chosen.login.rstrip("/"), chosen.graph.rstrip("/")
        return Cloud("custom", login, graph, portal="", ca_file=chosen.ca_file)
    return replace(CLOUDS[chosen.name], ca_file=chosen.ca_file)
