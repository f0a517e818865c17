"""One canonical run, one golden file a format (of CSV, one a table). `pytest --regenerate-golden tests/reports` writes
them anew; what changed is read in review."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import cmarkgfm
import pytest

from auditor.finding import Finding, Severity
from auditor.reports import formats
from auditor.reports.formats import FORMATS
from auditor.reports.load import load
from auditor.reports.plain import plain
from auditor.run import Run

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("form", FORMATS)
def test_the_canonical_run_looks_as_it_did(canonical: Run, form: str, request: pytest.FixtureRequest) -> None:
    made = formats.files(canonical, form)
    if request.config.getoption("--regenerate-golden"):
        for name, content in made.items():
            path = GOLDEN / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    kept = {name: (GOLDEN / name).read_bytes() for name in made}
    assert made == kept, "run pytest --regenerate-golden, and read what changed"


def test_there_is_no_golden_file_too_many(canonical: Run) -> None:
    made = {name for form in FORMATS for name in formats.files(canonical, form)}
    assert {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file()} == made


def test_every_format_can_be_made_of_the_saved_run(canonical: Run) -> None:
    saved = load(formats.files(canonical, "json")["run.json"], "run.json")
    assert saved == canonical
    for form in FORMATS:
        assert formats.files(saved, form) == formats.files(canonical, form)


def read(form: str, run: Run) -> str:
    """What a reader sees of a report, without spaces: formats break lines in other places."""
    text = "\n".join(each.decode() for each in formats.files(run, form).values())
    if form == "markdown":
        text = cmarkgfm.github_flavored_markdown_to_html(text, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)
    if form in ("markdown", "html"):
        text = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?s)<style>.*?</style>", "", text)))
    if form == "junit":
        root = ElementTree.fromstring(text.encode())
        text = "\n".join(part for each in root.iter() for part in (*each.attrib.values(), each.text or ""))
    if form in ("json", "sarif"):
        text = "\n".join(_strings(json.loads(text)))
    if form == "sarif":
        text = text.replace("{{", "{").replace("}}", "}").replace("] (", "](")
    if form == "csv":
        text = text.replace('""', '"')
    return _closed(text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _closed(text: str) -> str:
    return "".join(text.split())


def findings(run: Run) -> Iterator[Finding]:
    for tenant in run.tenants:
        for result in tenant.checks:
            yield from result.findings


@pytest.mark.parametrize("form", FORMATS)
def test_every_finding_is_in_every_format(canonical: Run, form: str) -> None:
    """Sentence by sentence: the page says once what the findings of one check all end with. The terminal and the page
    leave out information, which their tables have."""
    seen = read(form, canonical)
    told = [each for each in findings(canonical) if each.severity is not Severity.INFO or form not in ("table", "html")]
    assert len(told) > 5
    for finding in told:
        for sentence in re.split(r"(?<=\.) ", finding.message):
            assert _closed(sentence if form == "json" else plain(sentence)) in seen, (finding.subject, sentence)


@pytest.mark.parametrize("form", FORMATS)
def test_every_reason_for_not_knowing_is_in_every_format(canonical: Run, form: str) -> None:
    seen = read(form, canonical)
    told = [(each.what, each.remedy) for each in canonical.unreached]
    for tenant in canonical.tenants:
        told += [(each.reason, each.remedy) for each in tenant.datasets if each.state != "collected"]
        told += [(each.reason, each.remedy) for each in tenant.checks if not each.looked_wholly]
        told += [(each, "") for each in tenant.interrupts.caveats]
    assert len(told) > 8
    for sentence in (sentence for pair in told for sentence in pair if sentence):
        assert _closed(sentence) in seen, sentence


@pytest.mark.parametrize("form", FORMATS)
def test_acceptances_are_told_with_their_reason(canonical: Run, form: str) -> None:
    seen = read(form, canonical)
    told = [each for tenant in canonical.tenants for each in tenant.acceptances]
    assert {each.state for each in told} == {"accepted", "expired", "matches nothing"}
    for each in told:
        assert _closed(each.reason) in seen
        assert _closed(each.state) in seen.casefold()


def test_the_canonical_run_has_a_hostile_name(canonical: Run) -> None:
    names = " ".join(each.subject.name for each in findings(canonical))
    assert "javascript:" in names
    assert any(
        unicodedata.category(letter) == "Cf"
        for tenant in canonical.tenants
        for app in tenant.interrupts.apps
        for letter in app.name
    )
