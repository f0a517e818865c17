"""Help that helps: every command has examples that the parser accepts, and the first page comes at once."""

import shlex
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import typer.main
from typer.testing import Result

from auditor.cli import app

VERBS = [command.name or str(getattr(command.callback, "__name__", "")) for command in app.registered_commands]


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help_and_examples(auditor: Callable[..., Result], verb: str) -> None:
    result = auditor(verb, "--help")
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    examples = [line.strip() for line in result.stdout.partition("Examples:")[2].splitlines() if line.strip()]
    assert examples
    group = typer.main.get_command(app)
    for example in examples:
        for part in example.split("&&"):
            words = shlex.split(part.partition(">")[0])
            assert words[0] == "auditor"
            command = group.commands[words[1]]  # type: ignore[attr-defined]
            command.make_context(words[1], words[2:], resilient_parsing=False)


def test_the_first_page_shows_examples_and_exit_codes(auditor: Callable[..., Result]) -> None:
    said = auditor("--help").stdout
    assert "auditor demo" in said
    assert "Exit codes" in said
    assert all(verb in said for verb in VERBS)


def test_the_version(auditor: Callable[..., Result]) -> None:
    assert auditor("--version").stdout.startswith("auditor ")


def test_the_example_config(auditor: Callable[..., Result]) -> None:
    assert "[[tenant]]" in auditor("config").stdout


@pytest.mark.slow
def test_help_is_instant() -> None:
    """Within 1.5 times a bare `import typer`: the best of several of each, taken in turns."""

    def seconds(*arguments: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        return time.perf_counter() - began

    bare, helped = [], []
    for _ in range(15):
        bare.append(seconds("-c", "import typer"))
        helped.append(seconds("-m", "auditor", "--help"))
    assert min(helped) < 1.5 * min(bare)
