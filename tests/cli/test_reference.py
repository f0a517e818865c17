"""docs/cli.md: that every verb is wholly told, and how Typer's declarations are read."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Optional

import pytest
import typer

from auditor.cli import app
from auditor.cli.reference import Command, commands, page

COMMANDS = commands(app)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_verb_has_help_examples_and_how_it_ends(command: Command) -> None:
    assert command.help, f"auditor {command.name} has no help: its docstring"
    assert command.help[0].endswith(".")
    assert command.examples, f"auditor {command.name} has no example: @verb(...)"
    assert all(line.startswith(f"auditor {command.name}") for line in command.examples)
    ends = [sentence for paragraph in command.help for sentence in paragraph.split(". ") if "Ends " in sentence]
    assert ends, f"auditor {command.name} does not say with which exit code it ends: 'Ends with ...'"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_argument_and_option_says_what_it_is_for(command: Command) -> None:
    assert [each for each in command.parameters if not each.help] == []


def test_every_verb_of_the_program_is_told() -> None:
    known = typer.main.get_command(app)
    assert {each.name for each in COMMANDS} == set(known.commands)  # type: ignore[attr-defined]
    assert not app.registered_groups
    for command in COMMANDS:
        parsed = known.commands[command.name].params  # type: ignore[attr-defined]
        assert [set(each.names) for each in command.parameters if not each.argument] == [
            {*each.opts, *each.secondary_opts} for each in parsed if each.param_type_name == "option"
        ]
        assert [each.required for each in command.parameters] == [each.required for each in parsed]


def test_every_verb_has_a_section_and_a_line() -> None:
    text = page(app)
    for command in COMMANDS:
        assert f"\n## auditor {command.name}\n" in text
        assert f"\n| [`auditor {command.name}`](#auditor-{command.name}) | " in text
        for each in command.parameters:
            assert f"| `{each.value if each.argument else each.names[0]}" in text.replace("\\|", "|")


class Shape(str, Enum):
    ROUND = "round"
    SQUARE = "square"


def made(example: str = "auditor go") -> typer.Typer:
    small = typer.Typer()

    @small.callback(epilog=f"\b\nExamples:\n  {example}")
    def root(loud: bool = typer.Option(False, "--loud", help="Shout.")) -> None:
        """The root. It has words.

        Exit codes: told elsewhere.
        """

    @small.command("go", epilog="\b\nExamples:\n  auditor go\n  auditor go --shape round")
    def go(
        where: Annotated[list[str], typer.Argument(help="Where to.")],
        plain: Annotated[int, typer.Option(min=1, max=9, help="How | plain.")],
        shape: Annotated[Optional[list[Shape]], typer.Option("--shape", "-s", help="Which shape.")] = None,
        folder: Annotated[Path, typer.Option("--folder", help="Whither.", envvar="FOLDER")] = Path("here"),
        share: Annotated[float, typer.Option("--share", min=0, help="How much.")] = 0.5,
        quick: Annotated[bool, typer.Option("--quick/--slow", help="How fast.")] = False,
    ) -> None:
        """Go. There is more to say,
        over two lines.

        And a paragraph.
        """

    @small.command("secret", hidden=True)
    def secret() -> None:
        """Nobody is told."""

    return small


def test_what_is_read_of_a_declaration() -> None:
    (go,) = commands(made())
    assert go.name == "go"
    assert go.help == ("Go. There is more to say, over two lines.", "And a paragraph.")
    assert go.examples == ("auditor go", "auditor go --shape round")
    told = {each.names[0] if not each.argument else each.value: each for each in go.parameters}
    assert told["WHERE"].required
    assert told["WHERE"].repeatable
    assert told["--plain"].required
    assert (told["--plain"].value, told["--plain"].range) == ("NUMBER", "From 1 to 9")
    assert told["--shape"].names == ("--shape", "-s")
    assert (told["--shape"].value, told["--shape"].repeatable) == ("round|square", True)
    assert told["--folder"].variable == "FOLDER"
    assert told["--folder"].default == "here"
    assert told["--share"].range == "At least 0"
    assert told["--quick/--slow"].value == ""


def test_the_page_of_a_small_program() -> None:
    text = page(made())
    assert "Exit codes: told elsewhere." not in text
    assert "| [`auditor go`](#auditor-go) | Go |" in text
    assert "| `--plain NUMBER` | How \\| plain. Required. From 1 to 9. |" in text
    assert "| `--shape round\\|square`, `-s` | Which shape. Several may be given. |" in text
    assert "| `--folder PATH` | Whither. Default: `here`. Or in the environment variable `FOLDER`. |" in text
    assert "| `--loud` | Shout. |" in text
    assert "secret" not in text
    assert text.endswith("|\n")
    assert "\n\n\n" not in text
