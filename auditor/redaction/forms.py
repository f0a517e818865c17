"""What can be told by its form, wherever it stands in a text: ids, user principal names, addresses, domains."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence

from auditor.redaction.table import PSEUDONYM

Name = Callable[[str, str], str]
"""Kind and original -> pseudonym; "" -> ""."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
# A match begins where the run of such characters does, so that a long text without an "@" takes one pass.
_LOCAL = r"\w.!#$%&'*+/=?^`{|}~-"
_ACCOUNT = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]+@[\w-]+(?:\.[\w-]+)*")
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)", re.ASCII)
_V6 = re.compile(r"(?<![\w:.])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]{2,45}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])", re.I)
_HOST = re.compile(r"(?<![\w-])[\w-]+(?:\.[\w-]+)+")
_OF_TENANTS = frozenset(
    tuple(each.split("."))
    for each in (
        *("onmicrosoft.com", "onmicrosoft.us", "onmicrosoft.de", "partner.onmschina.cn"),
        *("sharepoint.com", "sharepoint.us", "sharepoint.de", "sharepoint.cn"),
    )
)
"""Domains of Microsoft's in which tenants have theirs."""

_MICROSOFT = re.compile(
    r"(?:.+\.)?(?:microsoft|microsoftonline|windows|azure|office|live)(?:-us)?\.(?:com|net|us|de)"
    r"|(?:.+\.)?(?:chinacloudapi|microsoftonline|azure|partner\.microsoftonline)\.cn",
    re.IGNORECASE,
)
_ADDRESS_OF_A_SITE = re.compile(r"(?<=://)[^/\s:'\"<>]+")
_PATH = re.compile(r"(?<![\w/.:\\])(?:~|[A-Za-z]:)?[/\\][^\s'\":;,()]+")
_QUOTED = re.compile(r"(?<!\w)(?:'([^'\n]+)'|\"([^\"\n]+)\")(?!\w)")


class Forms:
    """`pseudonym` gives them. `rows`: ids, in lower case, that are left as they are: those of rows of the log."""

    def __init__(self, pseudonym: Name) -> None:
        self._pseudonym = pseudonym
        self._domains: set[tuple[str, ...]] = set()
        self._lengths = {len(each) for each in _OF_TENANTS}
        self.rows: set[str] = set()

    def know_domains(self, domains: Iterable[str]) -> None:
        """Hosts in them are names, too."""
        self._domains |= {tuple(each.lower().split(".")) for each in domains if each}
        self._lengths = {len(each) for each in (*self._domains, *_OF_TENANTS)}

    def replaced(self, text: str) -> str:
        """The text with pseudonyms in their place."""
        if "@" in text:
            text = _ACCOUNT.sub(self._account, text)
        if "." in text:
            text = _HOST.sub(self._host, text)
            text = _V4.sub(self._address, text)
        if "-" in text:
            text = _GUID.sub(self._id, text)
        if ":" in text:
            text = _V6.sub(self._address, text)
        return text

    def replaced_in_words_of_others(self, text: str) -> str:
        """The same for a text that this program did not make all of: also what stands in quotes, the hosts of sites
        that are not Microsoft's, and paths."""
        text = _QUOTED.sub(self._quoted, self.replaced(text))
        text = _ADDRESS_OF_A_SITE.sub(self._site, text)
        return _PATH.sub(lambda found: self._pseudonym("path", found[0]), text)

    def _account(self, found: re.Match[str]) -> str:
        account = found[0].lstrip("'")  # which may have stood before it in quotes
        return "'" * (len(found[0]) - len(account)) + self._pseudonym("user", account)

    def _host(self, found: re.Match[str]) -> str:
        """Whatever follows a domain of the tenant's stays."""
        labels = found[0].split(".")
        lowered = [each.lower() for each in labels]
        for end in range(len(labels), 0, -1):
            if any(self._is_of_a_tenant(lowered, end - length, end) for length in self._lengths if length <= end):
                return ".".join([self._pseudonym("domain", ".".join(labels[:end])), *labels[end:]])
        return found[0]

    def _is_of_a_tenant(self, labels: Sequence[str], start: int, end: int) -> bool:
        domain = tuple(labels[start:end])
        return domain in self._domains or (start > 0 and domain in _OF_TENANTS)

    def _id(self, found: re.Match[str]) -> str:
        return found[0] if found[0].lower() in self.rows else self._pseudonym("id", found[0])

    def _address(self, found: re.Match[str]) -> str:
        """Of an address that somebody wrote in another way the pseudonym is the same."""
        text = found[0] if found[0].endswith("::") else found[0].rstrip(":")
        if text == "::":
            return found[0]
        try:
            return self._pseudonym("ip", str(ipaddress.ip_address(text))) + found[0][len(text) :]
        except ValueError:
            return found[0]

    def _quoted(self, found: re.Match[str]) -> str:
        inner = found[1] or found[2]
        return found[0].replace(inner, inner if is_pseudonym(inner) else self._pseudonym("text", inner))

    def _site(self, found: re.Match[str]) -> str:
        host = found[0]
        return host if _MICROSOFT.fullmatch(host) or is_pseudonym(host) else self._pseudonym("domain", host)


def is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def is_pseudonym(text: str) -> bool:
    return PSEUDONYM.fullmatch(text) is not None
