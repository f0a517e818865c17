"""The evaluation of policies against what the simulated Entra recorded of its finished sign-ins, over many tenants.

An independent piece of code in the local tenant decided what the rows record. One decision is one policy on one
sign-in. Disagreement anywhere is an error; what is not known is listed by its reason.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import datetime, timezone

from tabulate import tabulate

from auditor import testing
from auditor.conditional_access.agreement import Agreement, agreement
from auditor.conditional_access.board import Board
from auditor.conditional_access.directory import Directory
from auditor.local_tenant.simulation import Simulation

END = datetime(2026, 11, 8, tzinfo=timezone.utc)  # of testing.tenant()'s window


def main() -> None:
    options = _arguments()
    lines = []
    disagreed = 0
    because: dict[str, Counter[str]] = {"v1.0": Counter(), "beta": Counter()}
    for api, reasons in because.items():
        found = [compared(seed, api, options.users) for seed in range(1, options.seeds + 1)]
        disagreed += sum(each.disagreed for each in found)
        for each in found:
            reasons.update(dict(each.because))
            for wrong in each.disagreements:
                print(f"DISAGREES on {api}: {wrong.name!r}, {wrong.count} sign-ins, such as {wrong.example}")
        lines.append(
            (
                api,
                sum(each.sign_ins for each in found),
                sum(each.agreed for each in found),
                sum(each.disagreed for each in found),
                sum(each.not_known for each in found),
                sum(each.changed_later for each in found),
            )
        )
    headers = ("rows of", "finished sign-ins", "agree", "disagree", "not known", "policy changed later")
    print(tabulate(lines, headers=headers, intfmt=","))
    for api, reasons in because.items():
        for reason, count in reasons.most_common():
            print(f"not known on {api}, {count:,} times: {reason}")
    if disagreed:
        sys.exit(f"{disagreed:,} decisions disagree.")


def compared(seed: int, api: str, users: int) -> Agreement:
    """One simulated tenant: the evaluation of its policies on its own log."""
    simulation = Simulation(seed=seed, users=users, days=7, end=END)
    with testing.tenant(**testing.parts_of(simulation, api)) as tenant:
        return agreement(tenant.sign_ins, Board(tenant.policies, Directory.of(tenant)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="so many tenants (default: 20)")
    parser.add_argument("--users", type=int, default=200, help="people in each (default: 200)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
