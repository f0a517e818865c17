"""What it costs to evaluate policies over a large sign-in log, and how that grows with rows and with policies.

Each line is a process of its own, which opens a collected folder as `auditor run --from` does (reading every row and
working out its outcome with it) and then asks for each sign-in which policies' conditions hold. The log is simulated.
Its rows do not show what Entra recorded, as for a caller without a permission on policies: with 240 policies the record
would make 40 GB of a million rows. Making the rows is not counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from tabulate import tabulate

from auditor import testing
from auditor.audit import open_tenant
from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.local_tenant.simulation import Simulation
from auditor.local_tenant.simulation.shapes import BETA_SIGN_IN_KEYS
from auditor.spool.spool import Header, Spool, StoredDataset
from auditor.tenant.dataset import DATASETS

LIMIT_SECONDS = 60.0
LIMIT_MB = 300
MOST_POLICIES = 240  # of one tenant
DAYS = 7
END = datetime(2026, 11, 8, tzinfo=timezone.utc)
HIDDEN = BETA_SIGN_IN_KEYS | {"appliedConditionalAccessPolicies"}


def main() -> None:
    options = _arguments()
    if options.folder:
        print(json.dumps(evaluated(Path(options.folder))))
        return
    lines = []
    with tempfile.TemporaryDirectory(prefix="auditor-benchmark-") as name:
        for rows in (options.rows // 10, options.rows // 3, options.rows):
            folder = Path(name) / str(rows)
            tenant = Simulation(seed=7, users=max(200, rows // 25), days=DAYS, end=END, sign_ins=rows)
            spool = collected(folder, tenant)
            for count in (1, 15, 60, MOST_POLICIES) if rows == options.rows else (MOST_POLICIES,):
                store(spool, "policies", policies(tenant, count))
                command = [sys.executable, __file__, "--folder", str(folder)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
                lines.append({"policies": count, **json.loads(done.stdout)})
    print(tabulate(lines, headers="keys", floatfmt=",.1f", intfmt=","))
    whole = lines[-1]
    if whole["seconds"] > LIMIT_SECONDS or whole["peak MB"] > LIMIT_MB:
        sys.exit(f"The limits are {LIMIT_SECONDS:.0f} seconds and {LIMIT_MB} MB.")


def evaluated(folder: Path) -> dict[str, Any]:
    """Opens the folder and judges every sign-in by every policy."""
    start = time.monotonic()
    with open_tenant(Spool.open(folder), lambda progress: None) as tenant:
        opened = time.monotonic()
        board = Board(tenant.policies, Directory.of(tenant))
        decisions = not_known = 0
        for sight in tenant.sign_ins.sights():
            yes, no = board.verdict(sight.circumstances)
            decisions += sight.completed * len(board.policies)
            not_known += sight.completed * (board.every & ~(yes | no)).bit_count()
        end = time.monotonic()
        return {
            "rows": tenant.sign_ins.totals.distinct,
            "told apart": len(tenant.sign_ins.sights()),
            "decisions": decisions,
            "not known %": 100 * not_known / max(1, decisions),
            "evaluation s": end - opened,
            "seconds": end - start,
            "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        }


def collected(folder: Path, tenant: Simulation) -> Spool:
    """A collected folder of that tenant, its log span by span, as collecting leaves it."""
    moments = [END - timedelta(hours=hours) for hours in range(DAYS * 24 + 1)]
    header = Header(
        tenant=tenant.tenant_id,
        started=_text(END),
        window_start=_text(moments[-1]),
        window_end=_text(END),
        datasets=tuple(DATASETS),
        source={"kind": "benchmark", "api": "v1.0"},
    )
    spool = Spool.create(folder, header)
    for last, first in pairwise(moments):
        with spool.new_span() as writer:
            writer.add(_rows(tenant, first, last))
            writer.done(_text(first), _text(last))
    groups = tenant.groups()
    store(spool, "organization", [tenant.organization()])
    store(spool, "named_locations", tenant.named_locations())
    store(spool, "role_assignments", tenant.role_assignments())
    store(spool, "role_templates", tenant.directory_role_templates())
    store(spool, "directory_objects", [{"@odata.type": "#microsoft.graph.group", **group} for group in groups])
    store(spool, "group_members", [_members(tenant, group["id"]) for group in groups])
    store(spool, "sign_ins", [])
    spool.finish()
    return spool


def policies(tenant: Simulation, count: int) -> list[dict[str, Any]]:
    """So many policies of many kinds, no two alike."""
    draw = Random(count)
    groups = [group["id"] for group in tenant.groups()]
    roles = [role["id"] for role in tenant.directory_role_templates()]
    locations = [location["id"] for location in tenant.named_locations()]
    resources = ["00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000", "Office365"]
    rules = [
        'device.isCompliant -ne True -or device.trustType -ne "ServerAD"',
        'device.trustType -in ["AzureAD", "ServerAD"] -and device.isCompliant -eq True',
        'device.displayName -startsWith "WIN"',
    ]
    made = []
    for number in range(count):
        made.append(testing.policy(f"Policy {number}", mode=draw.choice(["always", "never", None])))
        conditions = made[-1]["conditions"]
        conditions["clientAppTypes"] = draw.choice([["all"], ["browser"], ["exchangeActiveSync", "other"]])
        conditions["users"] = {
            "includeUsers": draw.choice([["All"], []]),
            "includeGroups": draw.sample(groups, 2),
            "includeRoles": draw.sample(roles, draw.choice([0, 5])),
            "excludeGroups": draw.sample(groups, 1),
        }
        if draw.random() < 0.4:
            conditions["applications"] = {"includeApplications": draw.sample(resources, 2)}
        if draw.random() < 0.3:
            conditions["locations"] = {"includeLocations": ["All"], "excludeLocations": draw.sample(locations, 1)}
        if draw.random() < 0.3:
            conditions["devices"] = {"deviceFilter": {"mode": "include", "rule": draw.choice(rules)}}
        if draw.random() < 0.3:
            conditions["platforms"] = {"includePlatforms": ["all"], "excludePlatforms": ["iOS", "android"]}
    return made


def store(spool: Spool, name: str, value: Sequence[Any]) -> None:
    raw = [msgspec.Raw(msgspec.json.encode(each)) for each in value]
    spool.write_dataset(StoredDataset(name=name, state="collected", read=_text(END), value=raw))


def _members(tenant: Simulation, group: str) -> dict[str, Any]:
    members = [member["id"] for member in tenant.group_members(group)]
    return {"id": group, "count": len(members), "members": members, "gone": False}


def _rows(tenant: Simulation, first: datetime, last: datetime) -> Iterator[bytes]:
    for row in tenant.sign_ins(first, last - timedelta(microseconds=1)):
        yield msgspec.json.encode({name: value for name, value in row.items() if name not in HIDDEN})


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.0000000Z"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="about how many sign-ins (full size: 1_000_000)")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
