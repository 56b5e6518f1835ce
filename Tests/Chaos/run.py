#!/usr/bin/env python3
"""Chaos: kills, faults, evil servers, damaged stores, jumping clocks and races against the built `idsync`.

Prints its seed, every breach with a line that plays it again, and a table of counts; ends with 1 when there was a
breach, with 2 when something that a campaign needs is missing. `--case N` plays one case of one campaign.
"""

import argparse
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from chaos import clocks, evil, faults, kills, races, stores  # noqa: E402
from chaos.tally import Tally  # noqa: E402

CAMPAIGNS = {
    "kills": kills,
    "faults": faults,
    "evil": evil,
    "stores": stores,
    "clocks": clocks,
    "races": races,
}


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaigns", nargs="*", metavar="CAMPAIGN", help=", ".join(CAMPAIGNS))
    parser.add_argument("--short", action="store_true", help="a sample of each campaign")
    parser.add_argument("--bin", default=str(root / ".build/debug"), help="where idsync and mock-idp are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="how many cases of each campaign, instead of its own number")
    parser.add_argument("--case", type=int, help="only the case of this number, and say all about it")
    parser.add_argument("--only", metavar="TEXT", help="of kills and evil: only cases whose name holds this")
    parser.add_argument("--jobs", type=int, default=2, help="cases at the same time")
    parser.add_argument("--minutes", type=float, help="begin no case of a campaign after so many minutes")
    options = parser.parse_args()
    unknown = set(options.campaigns) - set(CAMPAIGNS)
    if unknown:
        parser.error(f"no such campaign: {', '.join(sorted(unknown))}")
    options.bin = pathlib.Path(options.bin).resolve()
    for name in ("idsync", "mock-idp"):
        if not os.access(options.bin / name, os.X_OK):
            parser.error(f"{options.bin / name} is not there: swift build")
    print(f"seed {options.seed}, programs of {options.bin}", flush=True)
    tallies = []
    for name in options.campaigns or CAMPAIGNS:
        tally = Tally(name, options)
        start = time.monotonic()
        try:
            CAMPAIGNS[name].play(tally, options)
        except FileNotFoundError as error:
            tally.lack(str(error))
        tally.seconds = time.monotonic() - start
        tallies.append(tally)
    print("\n" + Tally.table(tallies))
    if any(tally.breaches for tally in tallies):
        return 1
    return 2 if any(tally.lacks for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
