"""The host names of Microsoft's clouds, and what the local tenant is when it is reached under one of them.

A client that comes through a proxy speaks to `login.microsoftonline.us` and knows nothing of a port on loopback. So the
services look at the `Host` header: under a real name they are that cloud's login or Graph, with its addresses in their
discovery documents and its name in their tokens; under any other name they are the local tenant. As in life, one
cloud's login issues no token for another cloud's Graph, and its Graph takes none that another cloud issued.
"""

from __future__ import annotations

from dataclasses import dataclass

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Graph's own id, an audience in every cloud."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One of Microsoft's clouds. The first of `logins` is the name it prefers; `graphs` are its Graphs (US Government
    has two, for L4 and L5, behind one login)."""

    logins: tuple[str, ...]
    graphs: tuple[str, ...]
    cache: str
    """The name under which token caches file what they got here."""
    instance: str
    """What discovery documents call it."""
    device_login: str
    """Where people type the code of a device."""


CLOUDS = (
    Cloud(
        ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com"),
        ("graph.microsoft.com",),
        "login.windows.net",
        "microsoftonline.com",
        "https://microsoft.com/devicelogin",
    ),
    Cloud(
        ("login.microsoftonline.us", "login.usgovcloudapi.net"),
        ("graph.microsoft.us", "dod-graph.microsoft.us"),
        "login.microsoftonline.us",
        "microsoftonline.us",
        "https://microsoft.com/deviceloginus",
    ),
    Cloud(
        ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
        ("microsoftgraph.chinacloudapi.cn",),
        "login.partner.microsoftonline.cn",
        "partner.microsoftonline.cn",
        "https://microsoft.com/deviceloginchina",
    ),
)
LOGIN_HOSTS = tuple(host for cloud in CLOUDS for host in cloud.logins)
GRAPH_HOSTS = tuple(host for cloud in CLOUDS for host in cloud.graphs)


@dataclass(frozen=True, slots=True)
class Place:
    """The login service as one client reached it."""

    login_url: str
    """Scheme and authority, without a slash at the end."""
    graph_url: str
    """The Graph that is meant by a scope without a resource."""
    issuer: str
    """Of access tokens."""
    audiences: frozenset[str]
    """The names of Graph for which tokens are issued here."""
    instance: str
    device_login: str


class Places:
    """What the services of one tenant are under each name. The local ones are `https://localhost:PORT`."""

    def __init__(self, *, login_url: str, graph_url: str, tenant_id: str) -> None:
        everywhere = frozenset(f"https://{host}" for host in GRAPH_HOSTS)
        self.local = Place(
            login_url=login_url,
            graph_url=graph_url,
            issuer=f"{login_url}/{tenant_id}/",
            audiences=everywhere | {graph_url, GRAPH_APP_ID},
            instance=login_url.partition("//")[2],
            device_login=f"{login_url}/devicelogin",
        )
        self._logins: dict[str, Place] = {}
        self._graphs: dict[str, Place] = {}
        for cloud in CLOUDS:
            places = [_place(cloud, host, tenant_id) for host in cloud.logins]
            self._logins.update(zip(cloud.logins, places, strict=True))
            self._graphs.update(dict.fromkeys(cloud.graphs, places[0]))

    def login(self, host: str) -> Place:
        """The login service under the name in a `Host` header."""
        return self._logins.get(_name(host), self.local)

    def graph(self, host: str) -> Place:
        """The login service that the Graph under this name belongs to."""
        return self._graphs.get(_name(host), self.local)

    def graph_audiences(self, host: str) -> frozenset[str]:
        """For whom a token must have been issued, for the Graph under this name to take it."""
        name = _name(host)
        if name in self._graphs:
            return frozenset({f"https://{name}", GRAPH_APP_ID})
        return frozenset({self.local.graph_url, "https://graph.microsoft.com", GRAPH_APP_ID})

    def graph_issuers(self, host: str) -> frozenset[str]:
        """Who must have issued it: the cloud's login, or the local one, whose tokens managed identities get."""
        return frozenset({self.local.issuer, self.graph(host).issuer})


def _place(cloud: Cloud, host: str, tenant_id: str) -> Place:
    return Place(
        login_url=f"https://{host}",
        graph_url=f"https://{cloud.graphs[0]}",
        issuer=f"https://{cloud.logins[0]}/{tenant_id}/",
        audiences=frozenset({*(f"https://{graph}" for graph in cloud.graphs), GRAPH_APP_ID}),
        instance=cloud.instance,
        device_login=cloud.device_login,
    )


def _name(host: str) -> str:
    return host.lower().removesuffix(":443")
