"""Interrupts in the sign-in log.

What it means: Microsoft Entra stopped a sign-in to ask or tell the user something, and wrote a row with a code that
looks like an error. Each code is listed with how the attempts went on.

Why it matters: most interrupts are steps of a sign-in and nothing is broken; those that end failed or abandoned are
what users complain about.

What to do: read the advice for the code. Nothing is to be done about interrupts whose attempts complete.

What it cannot see: silent follow-ups that the source leaves out, and what a user answered at a prompt. Why an
interrupt happened in this tenant is not decided here; the report's first answer and `auditor interrupts` tell that.
"""

from collections.abc import Iterator

from auditor.api import Check, Confidence, Evidence, Finding, Outcome, Severity, Subject, Tenant, catalogue, title


def run(tenant: Tenant) -> Iterator[Finding]:
    for each in tenant.sign_ins.counts():
        entry = catalogue()[each.code]
        ended = ", ".join(
            f"{each.outcomes[outcome]} {outcome.value}" for outcome in Outcome if outcome in each.outcomes
        )
        users = "1 user" if each.users == 1 else f"{each.users} users"
        yield Finding(
            severity=Severity.INFO,
            confidence=Confidence.GENERAL,
            subject=Subject("sign-in code", str(each.code), title(each.code)),
            message=f"{title(each.code)}: {each.count} in the window, by {users}: {ended}. {entry.meaning}",
            remedy=entry.advice,
            evidence=(Evidence("sign_ins", f"{each.count} rows with error code {each.code}"),),
        )


check = Check(
    id="interrupts",
    title="Interrupts in the sign-in log",
    needs=("sign_ins",),
    run=run,
    docs=__doc__ or "",
    severities=(Severity.INFO,),
)
