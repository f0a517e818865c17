"""What is to be said of a log's rows by number: those without a code, those given again, those that share an id."""

from __future__ import annotations

from auditor.tenant.sign_in_log import Totals


def uncoded(totals: Totals) -> str:
    """That rows have no code, so that it is not known what became of them; "" where all have one."""
    if not totals.uncoded:
        return ""
    have, they = ("has", "it is an interrupt") if totals.uncoded == 1 else ("have", "they are interrupts")
    said = f"{totals.uncoded:,} of {totals.distinct:,} rows {have} no code: whether {they} is not known."
    called = " and ".join(f'{count:,} of them "{word}"' for word, count in sorted(totals.called.items(), reverse=True))
    return f"{said} The log calls {called}." if called else said


def repeated(totals: Totals) -> str:
    """How many rows were given again and count once; "" where none was."""
    if not totals.repeated:
        return ""
    are = "is a repeat of another and counts" if totals.repeated == 1 else "are repeats of others and count"
    return f"{totals.rows:,} rows were given, {totals.repeated:,} of them {are} no more."


def sharing(totals: Totals) -> str:
    """That rows bear one id and are not the same row; "" where none do."""
    if not totals.sharing:
        return ""
    return (
        f"{totals.sharing:,} rows share an id with a row of another user, another time or another attempt, as where "
        "ids were masked: each of them counts."
    )
