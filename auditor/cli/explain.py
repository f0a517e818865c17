"""`auditor explain`: a code, a pasted message, or an attempt to sign in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import ConfigFile, Format, From, Quiet, Redact
from auditor.cli.verb import say, verb

if TYPE_CHECKING:
    from auditor.explain.answer import Answer
    from auditor.explain.message import Message
    from auditor.look_up import LookedUp
    from auditor.redaction.redaction import Redaction
    from auditor.run import Unreached
    from auditor.sign_ins.one_attempt import Wanted


@verb(
    "auditor explain 50140",
    "auditor explain 88b0e952-1111-4222-8333-444444444444 --from FOLDER",
    "auditor explain 'AADSTS50199: ... Trace ID: ... Correlation ID: ...'",
    "auditor explain - --format json",
)
def explain(
    what: Annotated[
        list[str],
        typer.Argument(
            help="A code (50140, AADSTS50199), a request or correlation id, or a pasted error message; - reads a "
            "message from standard input."
        ),
    ],
    config: ConfigFile = None,
    source: From = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="table for people, json for machines.")] = Format.TABLE,
    redact: Redact = None,
    quiet: Quiet = False,
) -> None:
    """Explain a code, an error message, or all that happened in one attempt to sign in, and why.

    A code is explained by itself: no config, no network. For an id, what --from names is looked through; without it,
    and with a config at hand, Microsoft Graph is asked for those rows alone, in one tenant after the other.

    Ends with 3 where an attempt was looked for and not found, or not all of its log could be looked at.
    """
    from auditor.cli.offline import check_named
    from auditor.cli.redacting import redaction_by
    from auditor.errors import ConfigError
    from auditor.explain.message import read_message

    redaction = redaction_by(redact)
    check_named(config)
    message = read_message(_text(what))
    if not message:
        raise ConfigError(
            "What was given holds neither a code nor the id of a request or an attempt.",
            "Give a code like 50140, an id, or a message with its AADSTS code.",
        )
    answer = _answer(message, source, config, quiet, redaction)
    if redaction is not None:
        answer = redaction.shown(answer)
        redaction.save()
    _print(answer, form)
    raise typer.Exit(answer.exit_code)


def _text(what: list[str]) -> str:
    from auditor.errors import ConfigError
    from auditor.explain.message import LONGEST

    text = _from_standard_input(4 * LONGEST + 1) if what == ["-"] else " ".join(what)
    if len(text) > LONGEST:
        raise ConfigError(f"The message is longer than {LONGEST:,} characters.", "Give the part with the code.")
    return text


def _from_standard_input(most: int) -> str:
    """In UTF-8, or in UTF-16 as older Windows consoles redirect it. What is neither still has codes and ids in it."""
    from auditor.encoding import encoding_of

    given = sys.stdin.buffer.read(most)
    encoding, mark = encoding_of(given[:4])
    return given[mark:].decode(encoding or "utf-8", "replace")


def _answer(
    message: Message, source: Path | None, config: Path | None, quiet: bool, redaction: Redaction | None
) -> Answer:
    from auditor.cli.offline import config_if_any
    from auditor.explain.answer import Answer
    from auditor.explain.codes import code_answers
    from auditor.tenant.instant import to_seconds_text

    found: list[LookedUp] = []
    unreached: tuple[Unreached, ...] = ()
    why_not = ""
    if not message.ids:
        why_not = "" if source is None else f"Nothing was looked for in {source}: no request or attempt is named."
    elif source is not None:
        found.append(_in_files(message, source, config, quiet, redaction))
    elif message.codes and config_if_any(config) is None:
        why_not = "No log was looked through: name one with --from, or a tenant with --config."
    else:
        found, unreached = _live(message, config, quiet, redaction)
    return Answer(
        codes=code_answers(message.codes),
        ids=tuple(message.named_ids()),
        at="" if message.at is None else to_seconds_text(message.at),
        attempts=tuple(attempt for each in found for attempt in each.attempts),
        places=tuple(each.place for each in found),
        unreached=unreached,
        why_not=why_not,
    )


def _in_files(message: Message, path: Path, config: Path | None, quiet: bool, redaction: Redaction | None) -> LookedUp:
    from auditor.cli.offline import offline
    from auditor.cli.progress import showing
    from auditor.look_up import look_up_at

    source, _, said = offline(path, config, redacted=redaction is not None)
    with showing(quiet) as progress:
        return look_up_at(source, path, _wanted(message), progress, redaction, said)


def _live(
    message: Message, config: Path | None, quiet: bool, redaction: Redaction | None
) -> tuple[list[LookedUp], tuple[Unreached, ...]]:
    """One tenant after the other, until one has it. Where none could be asked, and there is no code that would be an
    answer by itself, the verb ends here."""
    from auditor.cli.collecting import surroundings
    from auditor.cli.offline import config_at
    from auditor.cli.progress import showing
    from auditor.errors import AuditorError
    from auditor.look_up import look_up_live
    from auditor.run import Unreached

    settings = config_at(config)
    found: list[LookedUp] = []
    unreached: list[Unreached] = []
    for tenant in settings.tenant:
        try:
            with showing(quiet) as progress:
                found.append(look_up_live(tenant, settings, _wanted(message), surroundings(progress), redaction))
        except AuditorError as error:
            if len(settings.tenant) == 1 and not message.codes:
                raise
            unreached.append(Unreached(tenant.id, error.what, error.remedy))
        if found and found[-1].attempts:
            break
    return found, tuple(unreached)


def _wanted(message: Message) -> Wanted:
    from auditor.sign_ins.one_attempt import Wanted

    return Wanted(frozenset(message.request_ids), frozenset(message.correlation_ids), frozenset(message.unnamed_ids))


def _print(answer: Answer, form: Format) -> None:
    if form is Format.JSON:
        from importlib.metadata import version

        from auditor.cli import clock
        from auditor.reports.explain_json import as_json
        from auditor.tenant.instant import from_datetime, to_seconds_text

        started = to_seconds_text(from_datetime(clock.now()))
        say(as_json(answer, version=version("auditor"), started=started))
    else:
        from auditor.cli.report import coloured, columns
        from auditor.reports.explain import as_table

        say(as_table(answer, width=columns(), colour=coloured()))
