import json
import os
from pathlib import Path

import pytest

from auditor.errors import ConfigError
from auditor.redaction.table import DIGITS, PSEUDONYM, Table, open_table


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names.json"


def test_a_pseudonym_is_the_same_whenever_it_is_made(path: Path) -> None:
    first = open_table(path)
    ada, grace = first.pseudonym("user", "ada@contoso.com"), first.pseudonym("user", "grace@contoso.com")
    again = open_table(path)  # nothing was saved: the key alone decides
    assert again.pseudonym("user", "grace@contoso.com") == grace
    assert again.pseudonym("user", "ada@contoso.com") == ada != grace
    assert PSEUDONYM.fullmatch(ada)
    assert ada.startswith("user-")


def test_another_table_gives_others(path: Path, tmp_path: Path) -> None:
    one, other = open_table(path), open_table(tmp_path / "other.json")
    assert one.pseudonym("user", "ada@contoso.com") != other.pseudonym("user", "ada@contoso.com")
    assert one.id != other.id
    assert one.id == open_table(path).id


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("user", "Ada@Contoso.com", "ada@contoso.com", True),
        ("domain", "Contoso.com", "contoso.COM", True),
        ("id", "AAAAAAAA-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000001", True),
        ("policy", "Block", "BLOCK", False),
        ("policy", "Block", "Block ", False),
        ("app", "a", "b", False),
    ],
)
def test_what_means_the_same_in_either_case(path: Path, kind: str, one: str, other: str, same: bool) -> None:
    table = open_table(path)
    assert (table.pseudonym(kind, one) == table.pseudonym(kind, other)) is same


def test_no_name_has_no_pseudonym_and_kinds_share_none(path: Path) -> None:
    table = open_table(path)
    assert table.pseudonym("user", "") == ""
    digits = {table.pseudonym(kind, "Contoso").partition("-")[2] for kind in ("app", "policy", "group")}
    assert len(digits) == 3


@pytest.mark.parametrize("name", ["\ud800", "x" * 10_000, "\x00\x1b[31m", "'\"\\", "user-0123456789", "שלום"])
def test_any_text_can_be_a_name(path: Path, name: str) -> None:
    table = open_table(path)
    made = table.pseudonym("app", name)
    table.shown(made)
    table.save()
    assert open_table(path).turned_back(f"It is {made}.") == f"It is {name}."


def test_two_names_with_the_same_digits_are_told_apart_now_and_later(path: Path) -> None:
    table = open_table(path)
    made = table.pseudonym("user", "ada")
    taken = Table(path, bytes.fromhex(json.loads(path.read_text())["key"]), {made: ("user", "grace")})
    longer = taken.pseudonym("user", "ada")
    assert longer.startswith(made)
    assert len(longer) == len(made) + 1
    taken.shown(longer)
    taken.save()
    again = open_table(path)
    assert (again.pseudonym("user", "ada"), again.pseudonym("user", "grace")) == (longer, made)
    assert again.turned_back(f"{longer} {made}") == "ada grace"


def test_only_what_was_shown_is_written_down(path: Path) -> None:
    table = open_table(path)
    shown, hidden = table.pseudonym("user", "ada"), table.pseudonym("user", "grace")
    table.shown_in(f"It was {shown}, and user-{'0' * DIGITS} was never made here.")
    table.save()
    assert json.loads(path.read_text())["names"] == [{"kind": "user", "pseudonym": shown, "original": "ada"}]
    assert hidden not in path.read_text()


def test_what_another_run_put_in_meanwhile_stays(path: Path) -> None:
    open_table(path)
    one, other = open_table(path), open_table(path)
    for table, name in ((one, "ada"), (other, "grace")):
        table.shown(table.pseudonym("user", name))
        table.save()
    assert {each["original"] for each in json.loads(path.read_text())["names"]} == {"ada", "grace"}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by the folder's access list")
def test_it_is_private_from_the_first_moment_and_stays_so(path: Path) -> None:
    table = open_table(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    table.save()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="making links takes a privilege on Windows")
def test_where_the_name_is_a_link_the_file_behind_it_is_written(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    table = open_table(link)
    table.shown(table.pseudonym("user", "ada"))
    table.save()
    assert link.is_symlink()
    assert "ada" in path.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "not JSON",
        "[" * 100_000,
        '{"schema": "auditor/run/v1"}',
        '{"schema": "auditor/redaction/v1", "names": []}',
        '{"schema": "auditor/redaction/v1", "key": "00", "names": []}',
        json.dumps({"schema": "auditor/redaction/v1", "key": "00" * 32, "names": [{"kind": "user"}]}),
        json.dumps(
            {
                "schema": "auditor/redaction/v1",
                "key": "00" * 32,
                "names": [{"kind": "user", "pseudonym": "policy-0123456789", "original": "x"}],
            }
        ),
    ],
)
def test_what_is_no_table_is_refused_and_left_alone(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match="is no table of pseudonyms") as refused:
        open_table(path)
    assert "--redact" in refused.value.remedy
    assert path.read_text() == text


def test_where_it_cannot_be_made_or_read_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be made"):
        open_table(tmp_path / "no" / "names.json")
    with pytest.raises(ConfigError, match="no ordinary file"):
        open_table(tmp_path)


def test_a_table_that_was_replaced_meanwhile_is_not_overwritten(path: Path) -> None:
    table = open_table(path)
    path.unlink()
    open_table(path)
    there = path.read_text()
    with pytest.raises(ConfigError, match="replaced"):
        table.save()
    assert path.read_text() == there
