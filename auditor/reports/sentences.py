"""The three answers in sentences, and the words that formats for people share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from auditor.finding import Confidence
from auditor.run import (
    NO_CODE,
    DatasetResult,
    DeviceAnswer,
    Grounds,
    InterruptAnswer,
    InterruptsAnswer,
    PoliciesAnswer,
    PolicyAnswer,
    TenantRun,
)

QUESTIONS = (
    "Interrupts in the sign-in log: is anything broken?",
    'Is "Show option to remain signed in" on?',
    "Which Conditional Access policies set persistent browser sessions?",
)


_TITLES = 2

REDACTED = "Names in it are pseudonyms: the run was redacted."
"""To be said where `Run.redacted` is set."""


def name(tenant: TenantRun) -> str:
    """ "Contoso (contoso.com)", or what there is of it."""
    called = tenant.name or tenant.id or "A tenant that the files do not name"
    return f"{called} ({tenant.domain})" if tenant.domain else called


def dataset(tenant: TenantRun, named: str) -> DatasetResult | None:
    return next((each for each in tenant.datasets if each.name == named), None)


def window(tenant: TenantRun) -> str:
    """What part of time the log covers, and how much of it was read."""
    log = dataset(tenant, "sign_ins")
    if log is None:
        return "The sign-in log was not asked for."
    if tenant.window[0] == tenant.window[1]:
        return f"No sign-in log: {log.reason}"
    start, end = (instant(text) for text in tenant.window)
    source = dict(tenant.source)
    several = "the whole of {} files; whether they are the whole log the files do not say"
    one = "the whole file; whether it is the whole log the file does not say"
    whole = several.format(source["log_files"]) if "log_files" in source else one
    all_of_it = whole if source.get("kind") == "files" else "all of it read"
    read = {"collected": all_of_it, "partial": "only a part of it read"}.get(log.state, "not read")
    rows = "" if log.rows is None else f", {log.rows:,} rows"
    said = f"Sign-in log from {start} to {end} UTC{rows}, {read}."
    return f"{said} {tenant.interrupts.repeated}".rstrip()


def left_aside(tenant: TenantRun) -> str:
    """The files and rows that were given and are not used; "" where there are none."""
    source = dict(tenant.source)
    files = f"Left aside: {source['left_aside']}" if source.get("left_aside") else ""
    rows = f"Set aside: {source['set_aside']}." if source.get("set_aside") else ""
    return " ".join(filter(None, (files, rows)))


def answers(tenant: TenantRun) -> tuple[str, str, str]:
    """To `QUESTIONS`."""
    return _interrupts(tenant), _setting(tenant), _policies(tenant)


def grounds(tenant: TenantRun) -> tuple[str, ...]:
    """What each answer rests on and what it lacks, a line each; "" in runs that do not say."""
    said = [_grounds(tenant, each) for each in tenant.grounds]
    return (*said, *[""] * (len(QUESTIONS) - len(said)))


def _grounds(tenant: TenantRun, of: Grounds) -> str:
    read = [_read(found) for name in of.read if (found := dataset(tenant, name))]
    lacks = [found.title for name in of.lacks if (found := dataset(tenant, name))]
    rests = f"Rests on: {_first(read)}." if read else "Rests on nothing that was read."
    return f"{rests} Lacks: {_first(lacks) or 'nothing'}."


def _read(found: DatasetResult) -> str:
    about = [many(found.rows, "row")] if found.name == "sign_ins" and found.rows is not None else []
    about += ["a part"] if found.state == "partial" else []
    return f"{found.title} ({', '.join(about)})" if about else found.title


def _first(titles: Sequence[str]) -> str:
    """As many as one line holds; the others are counted. Where they are named in full, the report lists datasets."""
    more = len(titles) - _TITLES
    return "; ".join(titles[:_TITLES]) + (f" and {more} more" if more > 0 else "")


def _interrupts(tenant: TenantRun) -> str:
    answer = tenant.interrupts
    if not answer.known:
        return f"Not known: {answer.uncoded or 'the sign-in log could not be read (see below).'}"
    if not answer.interrupts:
        return no_interrupt(answer)
    total = sum(each.count for each in answer.interrupts)
    outcomes: Counter[str] = Counter()
    for each in answer.interrupts:
        outcomes.update(dict(each.outcomes))
    top = answer.interrupts[0]
    said = (
        f"{total:,} interrupts of {len(answer.interrupts)} kinds: {counted(outcomes.items())}. "
        f"Most frequent: {title(top)} ({top.count:,}). An interrupt is a step of a sign-in, not an error; "
        "the failed and abandoned ones are worth a look."
    )
    strangers = sum(count for _, count in uncatalogued(answer))
    said += f" {many(strangers, 'row has', 'rows have')} a code that is not in the catalogue." if strangers else ""
    explained = confidences(answer.interrupts)
    said += f" Why each happened: {counted(explained)}." if explained else ""
    return f"{said} {answer.uncoded}".rstrip()


def no_interrupt(answer: InterruptsAnswer) -> str:
    """What is to be said of a log in which none was seen."""
    if answer.uncoded:
        return f"Not known: {answer.uncoded} None of the others is one."
    return "No interrupt was seen in what was read of the log."


def uncatalogued(answer: InterruptsAnswer) -> tuple[tuple[str, int], ...]:
    """Codes that the catalogue does not hold, with their rows. Rows without a code are none of them where `uncoded`
    tells of them; the runs that version 0.1 saved do not have it."""
    return tuple(each for each in answer.uncatalogued if each[0] != NO_CODE or not answer.uncoded)


def nothing_claimed(answer: InterruptsAnswer) -> Iterator[str]:
    """Of which rows neither an interrupt nor a failure is claimed."""
    for code, count in uncatalogued(answer):
        yield f"{code}: {many(count, 'row')}. Not in the catalogue: neither an interrupt nor a failure is claimed."
    if answer.uncoded:
        yield answer.uncoded


def _setting(tenant: TenantRun) -> str:
    answer = tenant.stay_signed_in
    said = {"shown": "Yes, users are asked", "hidden": "No, the prompt is hidden"}.get(answer.verdict, "Not known")
    sure = f" ({answer.confidence})" if answer.confidence else ""
    return f"{said}{sure}. {answer.why}"


def _policies(tenant: TenantRun) -> str:
    answer = tenant.policies
    if not answer.known:
        return "Not known: the policies could not be read (see below)."
    read = dataset(tenant, "policies")
    whole = read is not None and read.state == "collected"
    if not answer.policies:
        return f"{share_of_policies(answer, whole=whole)}."
    effective = [policy for policy in answer.policies if not policy.inert]
    modes = Counter(policy.mode for policy in effective)
    by_mode = ", ".join(f"{count} {mode} persistent" for mode, count in sorted(modes.items())) or "none"
    inert = len(answer.policies) - len(effective)
    without = f" Without effect as they are: {inert}." if inert else ""
    return f"{share_of_policies(answer, whole=whole)}. In force: {by_mode}.{without}"


def share_of_policies(answer: PoliciesAnswer, *, whole: bool) -> str:
    """How many policies set a persistent browser session, out of how many."""
    read = "" if whole else " that could be read"
    if not answer.of:
        return f"None: there are no policies{read}"
    if answer.of == 1:
        return f"The only policy{read}" if answer.policies else f"None: the only policy{read} does not"
    return f"{len(answer.policies) or 'None'} of the {answer.of:,} policies{read}"


def unseen(tenant: TenantRun) -> str:
    """How much is missing among findings; "" where everything was looked at. Few findings then say little."""
    datasets = sum(each.state != "collected" for each in tenant.datasets)
    checks = sum(not each.looked_wholly for each in tenant.checks)
    left = [many(datasets, "dataset")] * (datasets > 0) + [many(checks, "check")] * (checks > 0)
    return f"Not, or not wholly, among this: {' and '.join(left)}, see below." if left else ""


def reach(policy: PolicyAnswer) -> str:
    """What the policy holds for, by the log and by its device filter; "" where neither says anything."""
    said = []
    if policy.reach is not None:
        total = policy.reach.applies + policy.reach.applies_not + policy.reach.not_known
        holds = f"Of {total:,} completed browser sign-ins its conditions hold for {policy.reach.applies:,}"
        if policy.reach.not_known:
            because = "".join(f" ({reason.rstrip('.')})" for reason, _ in policy.reach.because[:1])
            holds += f", and for {policy.reach.not_known:,} that is not known{because}"
        said.append(f"{holds}.")
    if policy.devices:
        said.append(f"Devices: {'; '.join(_device(row) for row in policy.devices)}.")
    return " ".join(said)


def _device(row: DeviceAnswer) -> str:
    compliant = {None: "", True: " compliant", False: " not compliant"}[row.compliant]
    return f"{row.device}{compliant} {row.reached}"


def state(policy: PolicyAnswer) -> str:
    return "report-only" if policy.state == "enabledForReportingButNotEnforced" else policy.state


def confidences(answers: Iterable[InterruptAnswer]) -> tuple[tuple[str, int], ...]:
    """How many interrupts were explained how surely."""
    found: Counter[str] = Counter()
    for answer in answers:
        for cause in answer.causes:
            found.update(dict(cause.confidence))
    return tuple((each.value, found[each.value]) for each in Confidence if found[each.value])


def title(answer: InterruptAnswer) -> str:
    return f"{answer.code} {answer.name}".rstrip()


def counted(counts: Iterable[tuple[str, int]]) -> str:
    """ "3 completed, 1 failed": zeros are left out."""
    return ", ".join(f"{count:,} {what}" for what, count in counts if count) or "none"


def many(count: int, one: str, more: str = "") -> str:
    """ "1 sign-in", "2,000 sign-ins"."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def instant(text: str) -> str:
    """ISO text to the minute, as people read it. Graph and this program write UTC only."""
    return text[:16].replace("T", " ")
