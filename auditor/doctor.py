"""Examining a setup: can it sign in, what may it read, which checks can run, and what would make the others run.

It asks for the beginning of each dataset only, and keeps nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from pathlib import Path

from auditor import audit
from auditor.check import Check
from auditor.config import Config, TenantConfig
from auditor.errors import AuditorError
from auditor.examination import CheckExamined, DatasetExamined, Examination, SignedIn
from auditor.spool.spool import Spool
from auditor.tenant.dataset import DATASETS


def examine(
    tenant: TenantConfig, config: Config, checks: Iterable[Check], surroundings: audit.Surroundings
) -> Examination:
    """Signs in and asks. An error that ends a run is a finding here."""
    from auditor.sources.graph import probe

    checks = tuple(checks)
    wanted = audit.question(tenant, config, audit.datasets_for(checks), surroundings.now())
    with tempfile.TemporaryDirectory(prefix="auditor-doctor-") as name:
        spool = Spool.create(Path(name) / "probe", wanted)
        described: str = tenant.credential.kind
        try:
            asked = audit.asked_of(tenant, config, wanted.datasets, surroundings)
            described = asked.credential.described
            facts = asyncio.run(probe(asked, spool))
        except AuditorError as error:
            return Examination(tenant.id, described, None, error.what, error.remedy)
        datasets = tuple(_examined(spool, dataset) for dataset in wanted.datasets)
    return Examination(
        tenant=tenant.id,
        credential=described,
        signed_in=SignedIn(facts.kind, facts.name, facts.id, facts.tenant, facts.permissions),
        datasets=datasets,
        checks=tuple(_can_run(check, {each.name: each for each in datasets}) for check in checks),
    )


def _examined(spool: Spool, name: str) -> DatasetExamined:
    stored = spool.dataset(name)
    assert stored is not None  # probe writes one for each
    readable = stored.state == "collected"
    return DatasetExamined(name, DATASETS[name].title, readable, stored.reason, stored.remedy)


def _can_run(check: Check, datasets: dict[str, DatasetExamined]) -> CheckExamined:
    if check.fault:
        return CheckExamined(check.id, "cannot run", remedies=(check.fault,))
    lacking = [datasets[name] for name in (*check.needs, *check.wants) if not datasets[name].readable]
    verdict = "runs"
    if lacking:
        verdict = "cannot run" if any(each.name in check.needs for each in lacking) else "runs with less"
    remedies = tuple(dict.fromkeys(each.remedy for each in lacking if each.remedy))
    return CheckExamined(check.id, verdict, tuple(each.name for each in lacking), remedies)
