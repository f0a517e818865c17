"""Every built-in check documents itself the same way, is named after its problem, and declares what it may find."""

import ast
import inspect
import re
import sys

import pytest

from auditor.check import Check
from auditor.finding import Confidence, Finding, Severity, Subject
from auditor.reports.checks_page import HEADINGS, documented
from auditor.testing import run_check
from auditor_checks import ALL


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_a_check_documents_itself(check: Check) -> None:
    told = documented(check)
    assert told.summary.endswith(".")
    assert told.lacks == ()
    assert [heading for heading, _ in told.sections] == list(HEADINGS)
    assert told.other == ()
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.id)
    assert check.title


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_the_docs_are_the_modules_own(check: Check) -> None:
    module = sys.modules[check.run.__module__]
    assert check.docs == module.__doc__
    assert module.__name__ == f"auditor_checks.{check.id.replace('-', '_')}"


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_the_severities_are_those_that_the_module_speaks_of(check: Check) -> None:
    tree = ast.parse(inspect.getsource(sys.modules[check.run.__module__]))
    body = [
        node for node in tree.body if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "check")
    ]
    spoken_of = {
        Severity[node.attr]
        for part in body
        for node in ast.walk(part)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Severity"
    }
    if any(isinstance(node, ast.Name) and node.id == "told" for node in ast.walk(tree)):
        spoken_of.add(Severity.INFO)  # a doubt beside a finding
    assert set(check.severities) == spoken_of
    assert list(check.severities) == sorted(check.severities, key=lambda severity: severity.rank)


def test_a_finding_of_another_severity_fails_in_tests() -> None:
    finding = Finding(Severity.HIGH, Confidence.STATED, Subject("policy", "p", "P"), "Seen.", "Do.")

    def check(*severities: Severity) -> Check:
        return Check(id="a", title="A", needs=(), run=lambda tenant: [finding], severities=severities)

    assert run_check(check(Severity.LOW, Severity.HIGH)).findings == (finding,)
    assert run_check(check()).findings == (finding,)  # whoever declares none may find any
    with pytest.raises(AssertionError, match="does not declare the severity high"):
        run_check(check(Severity.LOW))
