"""Peak memory of `auditor` while it collects and audits a large sign-in log, imports included.

Counted is the whole process tree of the command: the sum of the proportional set sizes (PSS) in /proc, sampled. Memory
that several processes share counts in parts, so the sum of the resident set sizes (RSS) stands beside it. Between two
samples a peak can hide. Where /proc does not tell, as on macOS and Windows, nothing is measured.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from served import served
from tabulate import tabulate

from auditor.run import NOT_LOOKED_AT

LIMIT = 200  # MB
EVERY = 0.02  # seconds between samples
UNPACED = Path(__file__).with_name("unpaced.py")

_SIZES = re.compile(r"^(Pss|Rss): +(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one command: how long it took, its peaks in MB (10^6 bytes), how often it was looked at, what it printed."""

    seconds: float
    pss: float
    rss: float
    samples: int
    printed: str


def main() -> None:
    options = _arguments()
    if not Path("/proc/self/smaps_rollup").exists():
        print("Skipped: this system has no /proc/PID/smaps_rollup to read memory from.")
        return
    with served(options.rows, throttle=False) as tenant:
        config, folder = ("--config", str(tenant.config)), str(tenant.folder / "collection")
        report = ("--format", "json", "--fail-on", "never")
        commands = {
            "collect": ("collect", *config, "--output", folder),
            "audit": ("run", "--from", folder, *report),
            "both in one process": ("run", *config, *report),
        }
        found = {name: measured(tenant.folder, *command) for name, command in commands.items()}
    print(
        tabulate(
            [(name, each.seconds, each.pss, each.rss, each.samples) for name, each in found.items()],
            headers=("", "seconds", "peak PSS MB", "peak RSS MB", "samples"),
            floatfmt=",.1f",
            intfmt=",",
        )
    )
    rows = {audited(found[name].printed) for name in ("audit", "both in one process")}
    print(f"{min(rows):,} sign-ins were audited.")
    if min(rows) < 0.9 * options.rows:
        sys.exit(f"About {options.rows:,} were to be audited.")
    worst = max(each.pss for each in found.values())
    if worst >= LIMIT:
        sys.exit(f"The peak is {worst:.0f} MB; the limit is {LIMIT} MB.")


def measured(folder: Path, *arguments: str) -> Measured:
    """Runs `auditor` with these arguments, without its pace."""
    out = folder / "out"
    start = time.monotonic()
    pss = rss = samples = 0
    with out.open("wb") as file, subprocess.Popen([sys.executable, str(UNPACED), *arguments], stdout=file) as process:
        while process.poll() is None:
            sizes = [memory(each) for each in tree(process.pid)]
            pss = max(pss, sum(each["Pss"] for each in sizes))
            rss = max(rss, sum(each["Rss"] for each in sizes))
            samples += 1
            time.sleep(EVERY)
    seconds = time.monotonic() - start
    # In a large tenant not everybody's last change of password is asked for, which is an exit code of its own.
    if process.returncode not in (0, NOT_LOOKED_AT):
        sys.exit(f"auditor {arguments[0]} ended with {process.returncode}.")
    return Measured(seconds, pss / 1e6, rss / 1e6, samples, out.read_text("utf-8"))


def tree(root: int) -> Iterator[int]:
    """The process and everything it started that still runs."""
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text("utf-8", "replace").rpartition(")")[2].split()[1]
        except OSError:
            continue  # it has ended
        children[int(parent)].append(int(path.parent.name))
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        waiting += children[process]


def memory(process: int) -> dict[str, int]:
    """`Pss` and `Rss` in bytes; 0 when the process has ended."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        text = ""
    return {"Pss": 0, "Rss": 0} | {name: int(size) * 1024 for name, size in _SIZES.findall(text)}


def audited(report: str) -> int:
    """How many rows of the sign-in log the JSON report speaks of."""
    (tenant,) = json.loads(report)["tenants"]
    rows: int = next(each["rows"] for each in tenant["datasets"] if each["name"] == "sign_ins") or 0
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rows", type=int, default=100_000, help="about how many sign-ins (default: 100,000; full size: 1_000_000)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
