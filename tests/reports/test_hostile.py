"""Every text of a run that a tenant, a file or a plug-in can choose, made hostile: each format shows it as text."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cmarkgfm
import jsonschema
import pytest
import xmlschema

from auditor.reports import formats, sentences
from auditor.reports.formats import FORMATS
from auditor.reports.portal import PORTALS
from auditor.run import Run

SCHEMAS = Path(__file__).parent / "schemas"
SARIF = jsonschema.Draft7Validator(
    json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text("utf-8")),
    format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER,
)
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")

TEXTS = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "]]> <!-- --> <?xml?> &lt; &#0; \" ' </style>",
    "[here](javascript:alert(1)) ![x](http://evil.example/x.png) [a][b]",
    "https://evil.example www.evil.example me@evil.example @octocat #1 GH-2 :smile: $x$",
    '=HYPERLINK("http://evil.example")',
    "\uff0bcmd|' /C calc'!A0",
    "\t@SUM(1+1)*cmd|' /C calc'!A0",
    "\r\n-1+1",
    "| a | b |\n| --- | --- |\n# heading\n- item\n```\ncode",
    "`code` *strong* _em_ ~~gone~~ \\",
    "\x1b[31mred\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x9b31m",
    "right\u202eleft \u2066isolate\u2069 \u200f\u061c",
    "nul\x00 \x07 \ufffe \uffff \U000e0001",
    "lone \ud800 and \udfff",
    "{0} {{1}} ${x} %s",
    "\u65e5\u672c\u8a9e e\u0301" + "\u0300" * 50,
    "x" * 10_000,
    "@" * 10_000,
)

# What decides how a run is read, or is an instant, a link or an enumeration: none of it is shown as it comes.
KEPT = {
    *("started", "window", "state", "verdict", "confidence", "start", "at", "since"),
    *("status", "severity", "fate", "before", "after", "until", "outcomes", "fingerprint", "fingerprints", "device"),
    *("reached", "key", "link"),
}


def hostile(record: Any, text: str) -> Any:
    """The same record, all its other texts replaced."""
    if isinstance(record, str):
        return record and text  # what is empty says so by being empty
    if isinstance(record, tuple):
        return tuple(hostile(each, text) for each in record)
    if not dataclasses.is_dataclass(record) or isinstance(record, type):
        return record
    kept = KEPT | ({"name"} if type(record).__name__ == "DatasetResult" else set())
    # An acceptance is found by fingerprint, which is made of these.
    kept |= {"id", "kind"} if type(record).__name__ in ("TenantRun", "CheckResult", "Subject") else set()
    fields = [each.name for each in dataclasses.fields(record) if each.name not in kept]
    return dataclasses.replace(record, **{name: hostile(getattr(record, name), text) for name in fields})  # type: ignore[type-var]


@pytest.fixture(scope="module", params=TEXTS, ids=lambda text: ascii(text)[:30])
def run(request: pytest.FixtureRequest, canonical: Run) -> Run:
    made: Run = hostile(canonical, request.param)
    assert made != canonical
    return made


def made(run: Run, form: str) -> str:
    return "\n".join(each.decode() for each in formats.files(run, form).values())


@pytest.mark.parametrize("form", FORMATS)
def test_no_character_acts_on_a_terminal_or_turns_text_around(run: Run, form: str) -> None:
    allowed = {"\n", "\r", "\ufeff"} if form == "csv" else {"\n"}
    stray = {each for each in set(made(run, form)) if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn")}
    assert stray <= allowed


def test_the_table_keeps_its_width(run: Run) -> None:
    assert max(map(len, made(run, "table").splitlines())) <= 80


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs).get("href") or ""))


def tags(markdown: str) -> list[tuple[str, str]]:
    """As GitHub's own renderer makes them, without its filter."""
    parser = Tags()
    parser.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE))
    return parser.found


def test_markdown_gets_no_markup_of_a_tenant(run: Run, canonical: Run) -> None:
    text = made(run, "markdown")
    assert len(text) < 65_536
    ours = {tag for tag, _ in tags(made(canonical, "markdown"))}
    assert {tag for tag, _ in tags(text)} <= ours
    assert not ours & {"img", "script", "code", "em", "del", "pre", "input"}
    links = {re.match(r"https://([^/]*)/", address)[1] for tag, address in tags(text) if tag == "a"}  # type: ignore[index]
    assert links <= PORTALS


def test_csv_has_the_same_cells_and_no_formula(run: Run, canonical: Run) -> None:
    def rows(content: bytes) -> list[list[str]]:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    same = formats.files(canonical, "csv")
    for name, content in formats.files(run, "csv").items():
        cells = rows(content)
        assert [len(row) for row in cells] == [len(row) for row in rows(same[name])]
        for cell in (cell for row in cells for cell in row):
            assert len(cell) <= 32_767
            assert unicodedata.normalize("NFKC", cell).lstrip()[:1] not in ("=", "+", "-", "@") or not cell.strip()


def test_sarif_keeps_to_its_schema_and_links_nowhere(run: Run, canonical: Run) -> None:
    text = made(run, "sarif")
    SARIF.validate(json.loads(text))
    messages = re.findall(r'"text": "(.*)"', text)
    assert messages
    assert not [each for each in messages if "](" in each]
    assert not [each for each in messages if re.search(r"(?<!\{)(\{\{)*\{\d", each)]
    results = [len(each.get("results", ())) for each in json.loads(text)["runs"]]
    assert results == [len(each.get("results", ())) for each in json.loads(made(canonical, "sarif"))["runs"]]


def test_junit_keeps_to_its_schema(run: Run, canonical: Run) -> None:
    root = ElementTree.fromstring(made(run, "junit").encode())
    JUNIT.validate(root)
    same = ElementTree.fromstring(made(canonical, "junit").encode())
    assert [each.tag for each in root.iter()] == [each.tag for each in same.iter()]


def test_a_name_is_still_to_be_read(canonical: Run) -> None:
    name = "Caf\u00e9 \u65e5\u672c\u8a9e 100%"
    run: Run = hostile(canonical, name)
    for form in FORMATS:
        seen = (
            json.dumps(json.loads(made(run, form)), ensure_ascii=False)
            if form in ("json", "sarif")
            else made(run, form)
        )
        assert name in seen, form
    assert sentences.name(run.tenants[0]) == f"{name} ({name})"
