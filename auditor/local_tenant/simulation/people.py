"""The people of the tenant: staff, administrators, break-glass accounts and guests.

A person is computed from the seed and a number, and the number is hidden in the last part of the id, so that any of a
million people is found by id without a table of them all.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.local_tenant.simulation.devices import DESKTOPS, PHONES
from auditor.local_tenant.simulation.identity import Json, digest, guid, guid_of
from auditor.local_tenant.simulation.places import ABROAD, HOMES, OFFICES
from auditor.local_tenant.simulation.times import DAY, stamp, stamp_seconds

_FIRST = (
    "Aisha", "Anneke", "Bram", "Carmen", "Daan", "Emeka", "Femke", "Gerrit", "Hanna", "Ilse", "Jasper", "Karin",
    "Lars", "Mehmet", "Nadia", "Olga", "Pieter", "Quinn", "Rosa", "Sven", "Tomas", "Usha", "Vera", "Wim", "Xiu",
    "Yara", "Zoltan", "Elif", "Noor", "Ruben",
)  # fmt: skip
_LAST = (
    "Akker", "Bakker", "Claes", "Dekker", "Evers", "Fischer", "Guerra", "Hendriks", "Ibrahim", "Jansen", "Kuiper",
    "Lemmens", "Mulder", "Nowak", "Okafor", "Peeters", "Quist", "Ramos", "Smit", "Tanaka", "Uysal", "Visser",
    "Wouters", "Xavier", "Yilmaz", "Zijlstra",
)  # fmt: skip
_DEPARTMENTS = ("Sales", "Finance", "Operations", "Engineering", "People", "Legal")
GUEST_HOMES = (("fabrikam.example", "Fabrikam"), ("tailspin.example", "Tailspin Toys"))


def home_tenant(domain: str) -> str:
    """The id of the tenant from which guests of a domain come."""
    return guid("home", domain)


BREAK_GLASS = 2
ADMINISTRATORS = 12
"""People 0 and 1 are the break-glass accounts; up to this number, everybody holds or may hold a role."""

_MASK = (1 << 48) - 1
_STEP = 0x5DEECE66D


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the log needs them. `home` is their home tenant's id; `devices` are numbers of kinds."""

    index: int
    id: str
    name: str
    upn: str
    guest: bool
    home: str
    home_name: str
    devices: tuple[int, ...]
    place: int
    strong: bool
    """Has a second factor registered."""
    reset: str
    """What self-service password reset has to do with them: outstanding, registering, resetting or settled."""

    @property
    def external(self) -> str:
        """The kind of guest as policies name it; empty for the tenant's own people."""
        return "b2bCollaborationGuest" if self.guest else ""


class People:
    """All people of one tenant, by number and by id."""

    def __init__(self, seed: int, count: int, tenant: str, name: str, domain: str, initial: str) -> None:
        self.count = count
        self._seed, self._tenant, self._name, self._domain, self._initial = seed, tenant, name, domain, initial
        self._key = int.from_bytes(digest(seed, "people")[:6], "big")
        self._unstep = pow(_STEP, -1, 1 << 48)

    def __getitem__(self, index: int) -> Person:
        bits = digest(self._seed, "person", index)
        first, last = _FIRST[bits[0] % len(_FIRST)], _LAST[bits[1] % len(_LAST)]
        glass = index < BREAK_GLASS
        guest = index >= ADMINISTRATORS and index % 16 == 15
        local = f"breakglass{index + 1}" if glass else f"{first}.{last}{index}".lower()
        home_domain, home_name = GUEST_HOMES[bits[2] % 2] if guest else (self._domain, self._name)
        domain = self._initial if glass else home_domain
        desktop, phone = DESKTOPS[bits[3] % len(DESKTOPS)], PHONES[bits[4] % len(PHONES)]
        return Person(
            index=index,
            id=self._id(index, bits),
            name=f"Break Glass {index + 1}" if glass else f"{first} {last}",
            upn=f"{local}@{domain}",
            guest=guest,
            home=home_tenant(home_domain) if guest else self._tenant,
            home_name=home_name,
            devices=(desktop, desktop, phone),
            place=(OFFICES + HOMES + ABROAD)[bits[5] % 7] if bits[5] > 30 else OFFICES[0],
            strong=glass or index % 7 != 4,
            reset={3: "outstanding", 4: "registering", 5: "resetting"}.get(index % 8, "settled"),
        )

    def _id(self, index: int, bits: bytes) -> str:
        scrambled = (index * _STEP + self._key) & _MASK
        return guid_of(int.from_bytes(bits[16:26], "big") << 48 | scrambled)

    def find(self, person_id: str) -> Person | None:
        """The person with the id, or None."""
        try:
            scrambled = int(person_id[-12:], 16)
        except ValueError:
            return None
        index = ((scrambled - self._key) * self._unstep) & _MASK
        if index >= self.count:
            return None
        person = self[index]
        return person if person.id == person_id else None

    def user(self, person: Person, begin: int) -> Json:
        """The person as Graph's user; `begin` in ticks is where the log starts."""
        bits = digest(self._seed, "user", person.index)
        created = stamp_seconds(begin - (200 + bits[0] * 4) * DAY)
        given, _, surname = person.name.partition(" ")
        local, _, domain = person.upn.partition("@")
        account = f"{local}_{domain}#EXT#@{self._initial}" if person.guest else person.upn
        signed = f"{local}_{domain}#ext#" if person.guest else local
        changed = stamp_seconds(begin - (10 + bits[1]) * DAY)
        return {
            "id": person.id,
            "deletedDateTime": None,
            "accountEnabled": True,
            "businessPhones": [],
            "city": None,
            "companyName": person.home_name if person.guest else None,
            "country": None,
            "createdDateTime": created,
            "creationType": "Invitation" if person.guest else None,
            "department": None if person.guest else _DEPARTMENTS[bits[2] % len(_DEPARTMENTS)],
            "displayName": person.name,
            "employeeId": None,
            "employeeType": None,
            "externalUserState": "Accepted" if person.guest else None,
            "externalUserStateChangeDateTime": created if person.guest else None,
            "givenName": given,
            "identities": [
                {
                    "signInType": "federated" if person.guest else "userPrincipalName",
                    "issuer": "ExternalAzureAD" if person.guest else self._initial,
                    "issuerAssignedId": None if person.guest else account,
                }
            ],
            "jobTitle": None,
            "lastPasswordChangeDateTime": changed,
            "mail": person.upn if person.index >= BREAK_GLASS else None,
            "mailNickname": signed,
            "mobilePhone": None,
            "officeLocation": None,
            "onPremisesExtensionAttributes": {f"extensionAttribute{number}": None for number in range(1, 16)},
            "onPremisesImmutableId": None,
            "onPremisesLastSyncDateTime": None,
            "onPremisesSamAccountName": None,
            "onPremisesSecurityIdentifier": None,
            "onPremisesSyncEnabled": None,
            "onPremisesUserPrincipalName": None,
            "otherMails": [person.upn] if person.guest else [],
            "passwordPolicies": "DisablePasswordExpiration" if person.index < BREAK_GLASS else None,
            "passwordProfile": None,
            "preferredLanguage": None,
            "proxyAddresses": [f"SMTP:{person.upn}"] if person.index >= BREAK_GLASS else [],
            "signInSessionsValidFromDateTime": changed,
            "state": None,
            "streetAddress": None,
            "surname": surname,
            "usageLocation": "NL",
            "userPrincipalName": account,
            "userType": "Guest" if person.guest else "Member",
        }

    def registration(self, person: Person, begin: int, days: int) -> Json:
        """The person's row of userRegistrationDetails, as it stands when the log ends."""
        reset = person.reset != "outstanding" and not person.guest
        methods = ["microsoftAuthenticatorPush", "softwareOneTimePasscode"] if person.strong else []
        if person.index < BREAK_GLASS:
            methods = ["fido2SecurityKey"]
        if reset:
            methods = [*methods, "mobilePhone"]
        return {
            "id": person.id,
            "userPrincipalName": person.upn,
            "userDisplayName": person.name,
            "userType": "guest" if person.guest else "member",
            "isAdmin": person.index < ADMINISTRATORS,
            "isSsprRegistered": reset,
            "isSsprEnabled": not person.guest,
            "isSsprCapable": reset,
            "isMfaRegistered": person.strong,
            "isMfaCapable": person.strong,
            "isPasswordlessCapable": person.strong,
            "methodsRegistered": methods,
            "isSystemPreferredAuthenticationMethodEnabled": True,
            "systemPreferredAuthenticationMethods": ["PhoneAppNotification"] if person.strong else [],
            "userPreferredMethodForSecondaryAuthentication": "push" if person.strong else "none",
            "lastUpdatedDateTime": stamp(begin + days * DAY - DAY // 6),
        }
