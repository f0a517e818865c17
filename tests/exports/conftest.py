from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.exports.part import Unreadable
from auditor.exports.parts import parts_of
from auditor.exports.rows import rows_in

Read = Callable[..., tuple[list[Any], list[Unreadable]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """`read(data)`: the decoded rows of a file with these bytes, and what could not be read of it. `wanted`: for how
    many processes it is cut."""

    def rows(data: bytes, name: str = "log", wanted: int = 1) -> tuple[list[Any], list[Unreadable]]:
        path = tmp_path / name
        path.write_bytes(data)
        found = [row for part in parts_of([path], wanted, tmp_path) for row in rows_in(part)]
        good = [json.loads(row) for row in found if not isinstance(row, Unreadable)]
        return good, [row for row in found if isinstance(row, Unreadable)]

    return rows
