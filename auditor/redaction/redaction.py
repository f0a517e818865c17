"""What others may see of a tenant: stable pseudonyms for people, applications, policies, groups, places, addresses,
domains and the tenant itself. The table that turns them back stays with the caller.

It takes two steps. `tenant` puts pseudonyms in the place of names before anything is said of the tenant; ids and
addresses stay, so that policies are judged as ever. `run` and `shown` put them in the place of what is left in a
finished record, where its form tells it: ids, accounts, addresses, domains.

Left as they are: ids of rows of the log, which find a row for whoever may read the log and tell others nothing; times,
countries, browsers and systems; names that are the same in every tenant (roles, what Microsoft calls things).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from auditor.check import CheckResult
from auditor.explain.explanation import Explanation
from auditor.redaction.forms import Forms
from auditor.redaction.log import RedactedLog, found_row
from auditor.redaction.names import RENAMED, attestation, policy, rule
from auditor.redaction.shown import shown
from auditor.redaction.table import open_table
from auditor.run import Run, TenantRun
from auditor.sign_ins.one_attempt import FoundRow
from auditor.tenant.dataset import Missing, Partial, Reading
from auditor.tenant.policy import Policy
from auditor.tenant.records import Organization, PolicyListing
from auditor.tenant.sign_in_log import Interrupt, SignInLog
from auditor.tenant.tenant import Tenant

T = TypeVar("T")

_REMEMBERED = 16_384


class Redaction:
    """By the table in a file, which is made where there is none. ConfigError when it cannot be."""

    def __init__(self, path: Path) -> None:
        self._table = open_table(path)
        self._forms = Forms(self._table.pseudonym)
        self._rules: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._tenants: dict[str, str] = {}

    @property
    def path(self) -> Path:
        return self._table.path

    def save(self) -> None:
        """Keeps what stands for what was shown. ConfigError when the file cannot be written."""
        self._table.save()

    def tenant(self, tenant: Tenant, files: Iterable[str] = ()) -> Tenant:
        """The same tenant with pseudonyms for the names in it: whatever is made of it says the same of them. `files`:
        it was read from, which people name after their company, or after themselves."""
        name = self._table.pseudonym
        longest_first = sorted({*self._files, *files} - {""}, key=lambda each: (-len(each), each))
        self._files = {each: name("file", each) for each in longest_first}
        self._know(tenant)
        return replace(
            tenant,
            name=name("tenant", tenant.name),
            domain=name("domain", tenant.domain),
            readings={dataset: self._reading(dataset, reading) for dataset, reading in tenant.readings.items()},
            attestation=None if tenant.attestation is None else attestation(tenant.attestation, name),
            break_glass_unresolved=tuple(name("user", each) for each in tenant.break_glass_unresolved),
            listing=None if tenant.listing is None else self._listing(tenant.listing),
            portal="",  # links into it hold ids
        )

    def policy(self, found: Policy) -> Policy:
        """One that is not, or not yet, of the tenant."""
        self._know_rules((found,))
        return policy(found, self._table.pseudonym)

    def rows(self, found: Iterable[FoundRow]) -> tuple[FoundRow, ...]:
        """Rows of an attempt that was looked up, with pseudonyms for the names in them."""
        return tuple(found_row(each, self._table.pseudonym) for each in found)

    def interrupts(self, explained: Iterable[tuple[Interrupt, Explanation]]) -> Iterator[tuple[Interrupt, Explanation]]:
        """Interrupts of a tenant that `tenant` gave, as a list shows them: without the ids of people and apps, too. One
        explanation of many interrupts stays one."""
        remembered: dict[int, tuple[Explanation, Explanation]] = {}
        for each, explanation in explained:
            known = remembered.get(id(explanation))
            if known is None:
                if len(remembered) >= _REMEMBERED:
                    remembered.clear()
                known = remembered[id(explanation)] = explanation, self.shown(explanation)
            interrupt = each._replace(
                user=self._table.shown(each.user),
                user_id=self.name("id", each.user_id),
                app=self._table.shown(each.app),
                app_id=self.name("id", each.app_id),
            )
            yield interrupt, known[1]

    def accepted(
        self, tenants: Sequence[TenantRun], accepting: Callable[[Sequence[TenantRun]], Sequence[TenantRun]]
    ) -> tuple[TenantRun, ...]:
        """What the config accepts of runs of what `tenant` gave: the config has the subjects under their own names."""
        named = accepting([replace(each, checks=tuple(map(self._with_subjects, each.checks))) for each in tenants])
        return tuple(replace(each, acceptances=known.acceptances) for each, known in zip(tenants, named, strict=True))

    def run(self, run: Run) -> Run:
        """A run of what `tenant` gave, for the eyes of others and to be kept. It is not compared yet."""
        return replace(shown(run, self), redacted=self._table.id)

    def shown(self, record: T) -> T:
        """Any other record of what `tenant` gave: `Consequences`, or an `Answer`."""
        return shown(record, self)

    def text(self, text: str) -> str:
        """A text of this program about what `tenant` gave, without what its form tells."""
        for original, redacted in self._rules.items():
            if original in text:
                text = text.replace(original, redacted)
        return self._table.shown_in(self._forms.replaced(text))

    def words_of_others(self, text: str) -> str:
        """A text that was not wholly made here: a fault of Graph's, a line of the config."""
        for original, pseudonym in (*self._files.items(), *self._tenants.items()):
            if original.lower() in text.lower():
                whole = rf"(?<!\w){re.escape(original)}(?!\w)"
                text = re.sub(whole, pseudonym, text, flags=re.IGNORECASE)
        return self._table.shown_in(self._forms.replaced_in_words_of_others(text))

    def name(self, kind: str, original: str) -> str:
        """The pseudonym itself, which is going to be shown."""
        return self._table.shown(self._table.pseudonym(kind, original))

    def called(self, original: str) -> str:
        """Of whatever has that name, else of any text; of an id as everywhere."""
        found = self._forms.replaced(original)
        if found != original:
            return self._table.shown_in(found)
        known = next(self._table.called(original), None)
        return self.name("text", original) if known is None else self._table.shown(known)

    def _know(self, tenant: Tenant) -> None:
        """What the texts about this tenant will be searched for."""
        policies, changes = tenant.readings.get("policies"), tenant.readings.get("policy_changes")
        self._know_rules(_value(policies))
        self._know_rules(each for change in _value(changes) for each in (change.before, change.after) if each)
        organization = tenant.readings.get("organization")
        known: Organization | None = (
            None if isinstance(organization, Missing) or not organization else organization.value
        )
        domains = [tenant.domain, *(row.asked_for for row in _value(tenant.readings.get("sign_in_page")))]
        names = {tenant.name}
        if known is not None:
            domains += [known.initial_domain or "", known.default_domain or ""]
            domains += [*known.managed_domains, *known.federated_domains]
            names.add(known.name)
        self._forms.know_domains(domains)
        self._tenants.update((each, self._table.pseudonym("tenant", each)) for each in names if len(each) > 2)

    def _know_rules(self, policies: Iterable[Policy]) -> None:
        """Device filters stand in texts as they are written; what they name must be taken out there, for devices are
        judged by it."""
        for each in policies:
            if each.conditions.device_filter is not None:
                text = each.conditions.device_filter.rule
                self._rules[text] = rule(text, self._table.pseudonym)

    def _reading(self, dataset: str, reading: Reading[Any]) -> Reading[Any]:
        if isinstance(reading, Missing):
            return Missing(self.words_of_others(reading.reason), self.words_of_others(reading.remedy))
        name = self._table.pseudonym
        value = self._log(reading.value) if dataset == "sign_ins" else RENAMED[dataset](reading.value, name)
        if isinstance(reading, Partial):
            return Partial(value, self.words_of_others(reading.reason), self.words_of_others(reading.remedy))
        return replace(reading, value=value)

    def _listing(self, listing: PolicyListing) -> PolicyListing:
        words = self.words_of_others
        return replace(
            listing,
            beta=words(listing.beta),
            remedy=words(listing.remedy),
            plans=tuple(self._table.pseudonym("policy", each) for each in listing.plans),
            plans_unread=words(listing.plans_unread),
            plans_aside=words(listing.plans_aside),
            deleted_unread=words(listing.deleted_unread),
        )

    def _log(self, log: SignInLog) -> SignInLog:
        return RedactedLog(log, self._table.pseudonym, lambda row: self._forms.rows.add(row.lower()))

    def _with_subjects(self, result: CheckResult) -> CheckResult:
        return replace(
            result,
            findings=tuple(
                replace(each, subject=replace(each.subject, name=self._table.turned_back(each.subject.name)))
                for each in result.findings
            ),
        )


def _value(reading: Reading[Any] | None) -> Any:
    return () if reading is None or isinstance(reading, Missing) else reading.value
