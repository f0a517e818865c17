"""Every AADSTS code that is documented, as data (`codes.csv`): name, class, meaning, advice.

What counts as an interrupt is the class `interrupt` and nothing else; every other catalogued code is a failure; a
code that is not in the catalogue is neither, and is shown as such. Codes and names are Microsoft's; the sentences
are ours. `workbook` tells whether Microsoft's own Azure Monitor workbooks count the code as an interrupt.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SUCCESS = 0
KEEP_ME_SIGNED_IN = 50140


@dataclass(frozen=True, slots=True)
class Code:
    code: int
    name: str
    kind: str
    meaning: str
    advice: str
    workbook: str

    @property
    def interrupt(self) -> bool:
        return self.kind == "interrupt"


@cache
def catalogue() -> Mapping[int, Code]:
    """All codes by number. Read once; 0 (success) is not among them."""
    text = files("auditor.sign_ins").joinpath("codes.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        int(row["code"]): Code(
            int(row["code"]), row["name"], row["class"], row["meaning"], row["advice"], row["workbook"]
        )
        for row in rows
    }


@cache
def interrupt_codes() -> frozenset[int]:
    return frozenset(code for code, entry in catalogue().items() if entry.interrupt)


def title(code: int) -> str:
    """A code as people read it: "50140 KmsiInterrupt", or the bare number where Microsoft gave no name."""
    entry = catalogue().get(code)
    return f"{code} {entry.name}" if entry and entry.name else str(code)
