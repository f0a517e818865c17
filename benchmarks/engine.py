"""How fast the embedded engine answers, against DuckDB and against what C++ can do at best, and in how much memory.

The question: of each interrupt code, how many ended in which outcome. The log is a file of Graph rows, simulated and
written once (5 GB for a million rows); every contestant reads it warm, in a process of its own. The log ten times over
is the same file read ten times, each time with other ids (`salted.py`), as is the single time it is compared with.
The command lists each interrupt with its cause besides, as NDJSON into a file.

DuckDB (`pip install duckdb`) answers by `outcomes.sql`, and its answers have to be the engine's. The limit is a thread
of C++ (simdjson's on-demand parser) that goes through the fields of each row, reads six and does nothing with them:
`six_fields.cpp`. It takes g++ and the library (Debian: libsimdjson-dev). What is not there is left out, and said.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from auditor.exports.part import Part
from auditor.exports.parts import parts_of
from auditor.sign_ins.catalogue import catalogue, interrupt_codes
from auditor.sign_ins.embedded import EmbeddedLog

HERE = Path(__file__).parent
DAYS = 7
END = datetime(2026, 11, 8, tzinfo=timezone.utc)
EVERY = 0.05  # seconds between samples of memory
ROUNDS = 3
TIMES = 10
COMMAND = "auditor interrupts"
SEVERAL = f"salted {TIMES} times"
PROCESSES = 2
FULL_SIZE = 900_000
"""Rows from which on the limits are looked at: below, starting up is most of what is measured."""

Answers = list[tuple[int, str, int]]


@dataclass(slots=True)
class Measured:
    """`seconds`: of the process from its start to its end, the best of some. `mb`: its peak with its children, PSS in
    10^6 bytes, in a run of its own, as looking at it takes time."""

    name: str
    command: Sequence[str]
    rows: int = 0
    seconds: float = math.inf
    mb: float = 0.0
    printed: str = ""

    @property
    def rate(self) -> float:
        return self.rows / self.seconds

    def run(self) -> None:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            start = time.monotonic()
            subprocess.run(self.command, check=True, stdout=out)
            self.seconds = min(self.seconds, time.monotonic() - start)
            out.seek(0)
            if self.name == COMMAND:
                self.rows = sum(1 for _ in out)
                return
            self.printed = out.read()
        self.rows = int(self.printed.split()[0]) if self.name == "simdjson" else json.loads(self.printed)["rows"]

    def weigh(self) -> None:
        from memory import memory, tree

        peak = 0
        with subprocess.Popen(self.command, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                peak = max(peak, sum(memory(each)["Pss"] for each in tree(process.pid)))
                time.sleep(EVERY)
        self.mb = peak / 1e6


def main() -> None:
    options = _arguments()
    if options.job:
        print(json.dumps(JOBS[options.job](options.file)))
        return
    file = written(options.folder, options.rows)
    with tempfile.TemporaryDirectory(prefix="auditor-benchmark-") as name:
        found = {each.name: each for each in contestants(file, Path(name))}
        with file.open("rb") as whole:
            while whole.read(1 << 24):  # warm
                ...
        for _ in range(ROUNDS):
            for each in found.values():
                each.run()
        for each in found.values():
            each.weigh()
    told = differences(found)
    found[COMMAND].rows = found["engine"].rows  # from here on: those that it read
    show(found)
    broken = [*told, *(limits(found) if found["engine"].rows >= FULL_SIZE else ())]
    if broken:
        sys.exit("\n".join(broken))


def contestants(file: Path, folder: Path) -> Iterator[Measured]:
    for name in JOBS:
        if name == "DuckDB" and find_spec("duckdb") is None:
            print("DuckDB is left out: the package duckdb is not installed.")
        else:
            yield Measured(name, [sys.executable, __file__, "--job", name, "--file", str(file)])
    listing = ("interrupts", "--from", str(file), "--format", "ndjson", "--quiet")
    yield Measured(COMMAND, [sys.executable, "-m", "auditor", *listing])
    program = compiled(folder)
    if program is not None:
        yield Measured("simdjson", [str(program), str(file)])


def show(found: dict[str, Measured]) -> None:
    from tabulate import tabulate

    engine = found["engine"]
    lines = [
        (each.name, each.rows, each.seconds, each.rate, each.mb, engine.seconds / each.seconds)
        for each in found.values()
    ]
    headers = ("", "rows", "seconds", "rows/s", "peak PSS MB", "engine, times its time")
    print(tabulate(lines, headers=headers, floatfmt=(",.0f", ",.0f", ",.2f", ",.0f", ",.0f", ",.2f"), intfmt=","))


def differences(found: dict[str, Measured]) -> list[str]:
    """Who answers otherwise than the engine."""
    expected = json.loads(found["engine"].printed)["outcomes"]
    told = []
    for name in ("one process", "DuckDB", "salted once"):
        if name in found and json.loads(found[name].printed)["outcomes"] != expected:
            told.append(f"{name}: the answers are not the engine's.")
    interrupts = sum(count for _, _, count in expected)
    if found[COMMAND].rows != interrupts:
        told.append(f"{COMMAND}: {found[COMMAND].rows} lines for {interrupts} interrupts.")
    times = json.loads(found[SEVERAL].printed)["outcomes"]
    if times != [[code, outcome, TIMES * count] for code, outcome, count in expected]:
        told.append(f"{TIMES} times the log are not {TIMES} times the answers.")
    return told


def limits(found: dict[str, Measured]) -> list[str]:
    engine, once, times = found["engine"], found["salted once"], found[SEVERAL]
    kept: list[tuple[str, float, float]] = [
        ("rows a second, at least", -engine.rate, -150_000),
        ("rows a second of the command, at least", -found[COMMAND].rate, -75_000),
        ("one process, times the time of two", found["one process"].seconds / engine.seconds, 2),
        (f"{TIMES} times the log, times its time", times.seconds / once.seconds, 1.1 * TIMES),
        (f"{TIMES} times the log, MB", times.mb, 120),
        (f"{TIMES} times the log, times its memory", times.mb / once.mb, 1.5),
    ]
    if "DuckDB" in found:
        kept.append(("times DuckDB's time", engine.seconds / found["DuckDB"].seconds, 1.6))
        kept.append(("times DuckDB's memory", engine.mb / found["DuckDB"].mb, 1 / 3))
    if "simdjson" in found:
        kept.append(("times simdjson's time", engine.seconds / found["simdjson"].seconds, 2.5))
    return [
        f"{what}: {abs(value):,.2f}; the limit is {abs(limit):,.2f}." for what, value, limit in kept if value > limit
    ]


def written(folder: Path, rows: int) -> Path:
    """The log, as it was written before or as it is written now."""
    import msgspec

    from auditor.local_tenant.simulation import Simulation
    from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"sign-ins-{rows}.ndjson"
    if not file.exists():
        part = file.with_suffix(".part")
        tenant = Simulation(seed=7, users=max(200, rows // 25), days=DAYS, end=END, sign_ins=rows)
        with part.open("wb", 1 << 20) as out:
            for row in tenant.sign_ins(END - timedelta(days=DAYS), END):
                shown = {name: value for name, value in row.items() if name not in BETA_SIGN_IN_KEYS}
                out.write(msgspec.json.encode(shown) + b"\n")
        part.rename(file)
    return file


def compiled(folder: Path) -> Path | None:
    compiler = shutil.which("g++")
    if compiler is None:
        print("simdjson is left out: there is no g++.")
        return None
    program = folder / "six_fields"
    command = [compiler, "-O3", "-march=native", "-std=c++17", "-o", str(program), str(HERE / "six_fields.cpp")]
    done = subprocess.run([*command, "-lsimdjson"], capture_output=True, text=True)
    if done.returncode:
        print(f"simdjson is left out: {done.stderr.strip().splitlines()[0]}")
        return None
    return program


def engine(file: Path, parts: Sequence[Part] = (), processes: int = PROCESSES) -> dict[str, Any]:
    with EmbeddedLog(parts or parts_of([file], processes), processes=processes, listed=False) as log:
        outcomes = sorted(
            (each.code, outcome.value, count) for each in log.counts() for outcome, count in each.outcomes.items()
        )
        return {"rows": log.totals.rows, "outcomes": outcomes}


def salted(file: Path, times: int) -> dict[str, Any]:
    import salted

    return engine(file, salted.parts(parts_of([file], PROCESSES), times))


def duckdb(file: Path) -> dict[str, Any]:
    import duckdb

    with duckdb.connect(config={"threads": PROCESSES}) as connection:
        query = (HERE / "outcomes.sql").read_text("utf-8")
        connection.execute("SET VARIABLE interrupts = ?", [sorted(interrupt_codes())])
        connection.execute("SET VARIABLE catalogued = ?", [sorted(catalogue())])
        connection.execute("SET VARIABLE file = ?", [str(file)])
        found = connection.execute(query).fetchall()
    return {"rows": found[0][3], "outcomes": [row[:3] for row in found]}


JOBS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "engine": engine,
    "one process": lambda file: engine(file, processes=1),
    "DuckDB": duckdb,
    "salted once": lambda file: salted(file, 1),
    SEVERAL: lambda file: salted(file, TIMES),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="about how many sign-ins (default: 1,000,000)")
    folder = Path(tempfile.gettempdir()) / "auditor-benchmark"
    parser.add_argument("--folder", type=Path, default=folder, help=f"where the log is kept (default: {folder})")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
