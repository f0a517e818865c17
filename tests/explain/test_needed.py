"""What is said to bear on a code is all that bears on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from auditor.explain.causes import CAUSES
from auditor.explain.explainer import Explainer
from auditor.explain.needed import WANTS, needed_for
from auditor.local_tenant.simulation import Simulation
from auditor.tenant.tenant import Tenant
from auditor.testing import END, parts_of, tenant


@pytest.fixture(scope="module")
def simulated() -> Iterator[Tenant]:
    end = datetime.fromisoformat(f"{END[:19]}+00:00").astimezone(timezone.utc)
    with tenant(**parts_of(Simulation(seed=2, users=60, days=7, end=end), "beta")) as made:
        yield made


def test_every_explanation_is_the_same_with_nothing_else(simulated: Tenant) -> None:
    found = list(simulated.sign_ins.interrupts())
    whole = Explainer(simulated)
    codes = {each.code for each in found}
    assert len(codes) > 20
    for code in codes:
        few = {name: simulated.reading(name) for name in needed_for(code)}
        least = Explainer(replace(simulated, readings=few))
        for interrupt in found:
            if interrupt.code == code:
                assert least.explain(interrupt) == whole.explain(interrupt)


def test_names() -> None:
    assert needed_for(None) == needed_for(65001) == needed_for(987654) == ()
    named = [name for code in CAUSES for name in needed_for(code)]
    assert set(named) == set(WANTS)
