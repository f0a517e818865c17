"""Who may import whom, what no import may do, and what a newcomer's tools rely on."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Package or module of ours -> what of ours it may import, besides itself.
CORE = {"auditor.errors", "auditor.finding", "auditor.check", "auditor.tenant"}
MAY_IMPORT: dict[str, set[str]] = {
    "auditor.errors": set(),
    "auditor.encoding": set(),
    "auditor.finding": CORE,
    "auditor.check": CORE,
    "auditor.tenant": CORE,
    "auditor.config": {"auditor.errors", "auditor.encoding"},
    "auditor.comparison": CORE,
    "auditor.run": {*CORE, "auditor.comparison"},
    "auditor.compare": {*CORE, "auditor.comparison", "auditor.run"},
    "auditor.acceptance": {*CORE, "auditor.run"},
    "auditor.history": {"auditor.errors", "auditor.run", "auditor.spool", "auditor.reports"},
    "auditor.spool": {"auditor.errors"},
    "auditor.exports": {"auditor.encoding"},
    "auditor.sign_ins": {*CORE, "auditor.spool", "auditor.exports"},
    "auditor.conditional_access": CORE,
    "auditor.sources": {"auditor.errors", "auditor.tenant", "auditor.spool", "auditor.config", "auditor.exports"},
    "auditor.stay_signed_in": {*CORE, "auditor.run", "auditor.sign_ins"},
    "auditor.explain": {
        *CORE,
        "auditor.run",
        "auditor.sign_ins",
        "auditor.conditional_access",
        "auditor.stay_signed_in",
    },
    "auditor.answers": {
        *CORE,
        "auditor.run",
        "auditor.sign_ins",
        "auditor.conditional_access",
        "auditor.explain",
        "auditor.stay_signed_in",
    },
    "auditor.examination": set(),
    "auditor.reports": {
        "auditor.errors",
        "auditor.encoding",
        "auditor.finding",
        "auditor.check",
        "auditor.comparison",
        "auditor.run",
        "auditor.tenant",
        "auditor.examination",
        "auditor.explain.answer",
        "auditor.explain.causes",
        "auditor.explain.explanation",
        "auditor.sign_ins.catalogue",
        "auditor.what_if.consequences",
    },
    "auditor.redaction": {
        *CORE,
        "auditor.run",
        "auditor.spool",
        "auditor.sign_ins",
        "auditor.conditional_access",
        "auditor.explain.answer",
        "auditor.explain.explanation",
        "auditor.what_if.consequences",
    },
    "auditor.explain.answer": {*CORE, "auditor.run"},
    "auditor.what_if.consequences": {*CORE, "auditor.run"},
    "auditor.what_if.change": {*CORE, "auditor.encoding"},
    "auditor.plugins": {"auditor.check", "auditor.errors"},
    "auditor.doubt": CORE,
    "auditor.local_tenant": set(),
    "auditor_checks": {"auditor.api"},
}
THIRD_PARTIES_OF_SOURCES = {
    "msal",
    "azure",
    "msgraph",
    "msgraph_core",
    "kiota_abstractions",
    "kiota_http",
    "httpx",
    "requests",
}
STANDARD_LIBRARY_ONLY = (
    "auditor/tenant",
    "auditor/errors.py",
    "auditor/finding.py",
    "auditor/check.py",
    "auditor/run.py",
)


def modules() -> Iterator[tuple[str, Path]]:
    for root, package in ((ROOT, "auditor"), (ROOT / "checks", "auditor_checks")):
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports of ours are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize(
    ("name", "path"), list(modules()), ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_who_imports_whom(name: str, path: Path) -> None:
    ours = {each for each in imports(path) if within(each, "auditor") or within(each, "auditor_checks")}
    if not within(name, "auditor_checks"):
        assert not {each for each in ours if within(each, "auditor_checks")}, "auditor never imports its checks"
    if not within(name, "auditor.cli") and name != "auditor.__main__":
        assert not {each for each in ours if within(each, "auditor.cli")}, "nobody imports cli"
    for package, allowed in MAY_IMPORT.items():
        if within(name, package):
            known = {*allowed, package}
            stray = {each for each in ours if each != "auditor" and not any(within(each, good) for good in known)}
            assert not stray, f"{package} may import only {sorted(known)}"


@pytest.mark.parametrize(
    ("name", "path"), list(modules()), ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_who_may_reach_for_the_network_and_for_libraries(name: str, path: Path) -> None:
    tops = {each.partition(".")[0] for each in imports(path)}
    if not within(name, "auditor.sources") and not within(name, "auditor.local_tenant"):
        assert not tops & THIRD_PARTIES_OF_SOURCES
    if any(path.is_relative_to(ROOT / place) for place in STANDARD_LIBRARY_ONLY):
        assert tops <= sys.stdlib_module_names | {"auditor"}


def loaded_by(statement: str) -> set[str]:
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_command_line_loads_nothing_heavy() -> None:
    heavy = THIRD_PARTIES_OF_SOURCES | {
        "msgspec",
        "rich",
        "tabulate",
        "zstandard",
        "starlette",
        "cryptography",
        "asyncio",
    }
    assert not loaded_by("import auditor.cli") & heavy


def test_reading_a_folder_loads_nothing_of_the_network() -> None:
    loaded = loaded_by("import auditor.audit, auditor.api, auditor.testing, auditor_checks")
    assert not loaded & THIRD_PARTIES_OF_SOURCES


def test_the_local_tenants_packages_are_not_needed_without_it() -> None:
    extra = {"starlette", "uvicorn", "trustme", "odata_query", "jwt"}
    assert not loaded_by("import auditor.audit, auditor.api, auditor.cli.demo, auditor.cli.run, auditor_checks") & extra


def test_importing_prints_nothing() -> None:
    names = [name for name, _ in modules() if name != "auditor.__main__"]
    code = "import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in names)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == done.stderr == ""
