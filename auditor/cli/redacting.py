"""`--redact`: pseudonyms in outputs, and the table that turns them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.redaction.redaction import Redaction


def redaction_by(table: Path | None) -> Redaction | None:
    """By the table in that file; None where nothing is to be redacted. ConfigError when the file cannot serve, which is
    told before anything is read."""
    if table is None:
        return None
    from auditor.redaction.redaction import Redaction

    return Redaction(table)
