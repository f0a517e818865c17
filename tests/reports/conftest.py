from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.audit import facts
from auditor.run import Run
from auditor.testing import tenant
from checks import ALL


@pytest.fixture
def run_of() -> Callable[..., Run]:
    """`run_of(policies=[...], ...)`: the run of a tenant made of parts, see `auditor.testing.tenant`."""

    def make(**parts: Any) -> Run:
        with tenant(**parts) as made:
            audited = facts(made, ALL, {"kind": "test", "api": "v1.0"})
        return Run("2026-11-21T00:00:00Z", "1.2.3", (("auditor", "1.2.3"),), (audited,))

    return make
