"""Wall time of collecting under Graph's throttle against the least that the throttle allows.

Graph answers five report requests in ten seconds, of up to 1,000 rows each. The floor is what that costs alone;
loading the SDK, signing in and everything else that is read count against the product.
"""

from __future__ import annotations

import argparse
import math
import sys
import time

from served import collected, served
from tabulate import tabulate

LIMIT = 1.1
REPORTS = 60
REQUESTS, SECONDS = 5, 10


def main() -> None:
    options = _arguments()
    with served(options.rows, throttle=True) as tenant:
        start = time.monotonic()
        spool = collected(tenant, lambda progress: None)
        wall = time.monotonic() - start
        rows = sum(span.rows for span in spool.spans())
    floor = (math.ceil(tenant.reports / REQUESTS) - 1) * SECONDS
    refused = tenant.answers[429]
    print(
        tabulate(
            [(rows, tenant.reports, floor, wall, wall / max(floor, 1), refused)],
            headers=("rows", "report requests", "floor s", "wall s", "times the floor", "answers 429"),
            floatfmt=",.2f",
            intfmt=",",
        )
    )
    if tenant.reports < REPORTS:
        print(f"The limits hold for {REPORTS} requests or more: with fewer, starting up weighs too much.")
        return
    if wall > LIMIT * floor:
        sys.exit(f"Collecting takes {wall / floor:.2f} times the floor; the limit is {LIMIT} times.")
    if refused:
        sys.exit(f"Graph refused {refused} requests with 429; the limit is none.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rows", type=int, default=62_000, help="about how many sign-ins the tenant has (default: 62,000; two minutes)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
