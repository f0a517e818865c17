"""Every AADSTS code that Microsoft documents, as data (`codes.csv`): name, class, meaning, advice.

What counts as an interrupt is the class `interrupt` and nothing else; every other catalogued code is a failure; a
code that is not in the catalogue is neither, and is shown as such. Codes and names are Microsoft's; the sentences
are ours. Codes are from Microsoft's reference of authentication and authorization error codes and its pages on
troubleshooting sign-ins, Conditional Access, pass-through authentication and Seamless SSO. 50203, 70044 and 81014 are
in none of them: the first two are known from what the sign-in service says of them, the third from a workbook.

Codes that nobody documents are left out on purpose, also where a workbook of Microsoft's counts them as interrupts
(29200, 50019 and 165100): what they mean for an attempt is not known.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SUCCESS = 0
KEEP_ME_SIGNED_IN = 50140

KINDS: Mapping[str, str] = {
    "interrupt": "The sign-in stopped for a step that the user, the device or the browser had to take.",
    "user error": "What the user entered, chose or left undone.",
    "policy": "A rule that somebody set keeps the user, the device or the app out.",
    "session": "A session, token or code came to its end, as all of them do; the user signs in again.",
    "configuration": "The app, its registration, a federation or an on-premises server is not set up as it should be.",
    "service": "Microsoft's service, or one it depends on: mostly passing faults, and steps that are nobody's fault.",
    "attack signal": "Somebody may be guessing passwords, or Microsoft holds the account or the tenant to be a danger.",
}
"""The classes, closed, each with what belongs to it. All but the first are failures."""


@dataclass(frozen=True, slots=True)
class Code:
    """`name`: Microsoft's, "" where it gives none. `kind`: its class, one of `KINDS`. `meaning`: one sentence.
    `advice`: what to do, or that nothing is to be done. `workbook`: which list of interrupts in Microsoft's own Azure
    Monitor workbooks has it, "base" or "extended" (the base list and a few more); "" for neither."""

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
    """All codes by number, in order. Read once; 0 (success) is not among them."""
    text = files("auditor.sign_ins").joinpath("codes.csv").read_text("utf-8")
    return {int(row["code"]): _code(row) for row in csv.DictReader(text.splitlines())}


def _code(row: Mapping[str, str]) -> Code:
    workbook = "" if row["workbook"] == "no" else row["workbook"]
    return Code(int(row["code"]), row["name"], row["class"], row["meaning"], row["advice"], workbook)


@cache
def interrupt_codes() -> frozenset[int]:
    return frozenset(code for code, entry in catalogue().items() if entry.interrupt)


def title(code: int) -> str:
    """A code as people read it: "50140 KmsiInterrupt", or the bare number where Microsoft gave no name."""
    entry = catalogue().get(code)
    return f"{code} {entry.name}" if entry and entry.name else str(code)
