#!/usr/bin/env python3
"""`make bench`: what a run of idsync costs, against curl and against the script one would write instead.

An organisation is generated, its pages are written to files, and nginx serves them on loopback. Then, in turns so that
whatever else the machine does hits all alike:

  curl     downloads the very pages that idsync asks for, one after the other over one connection, to nowhere
  idsync   a first full run into an empty store, then a run in which nothing changed
  script   bench/plain_script.py does the same job with requests and sqlite3

Printed are ratios from the same turn and their median; seconds are there for orientation only.

usage: run.py [quick|full] [--rounds N] [--sizes 10000,100000] [--keep]
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("BIN", ROOT / ".build/release"))
TEAM, APP = "acme-widgets", "0oa1mockheroku000001"
SECRETS = {"BENCH_HEROKU": "bench", "BENCH_OKTA": "bench"}


# -- Processes ---------------------------------------------------------------------------------------------------------


class Ran:
    """How long a command took and the most memory it had."""

    def __init__(self, seconds, cpu, peak, output):
        self.seconds, self.cpu, self.peak, self.output = seconds, cpu, peak, output


def run(command, place, environment=None):
    """Runs a command to its end and measures it."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=place,
            env=os.environ | SECRETS | (environment or {}),
            stdout=output,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        text = output.read().decode(errors="replace")
        if process.returncode != 0:
            sys.exit(f"{command[0]} ended with {process.returncode}:\n{text}{errors.read().decode(errors='replace')}")
        return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def free_ports(count):
    """Ports nobody listens on at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(condition, process, what):
    """Waits until a server is there."""
    for _ in range(1200):
        if condition():
            return
        if process.poll() is not None:
            sys.exit(f"{what} ended with {process.returncode}")
        time.sleep(0.05)
    sys.exit(f"{what} did not start")


def is_open(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A server process for the time of a with block."""

    def __init__(self, command, ready, what):
        self.command, self.ready, self.what = [str(word) for word in command], ready, what

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.ready, self.process, self.what)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


# -- Organisations -----------------------------------------------------------------------------------------------------


def configuration(heroku, okta):
    return f"""store: sqlite:idsync.db
sources:
  heroku: {{ kind: heroku, url: "{heroku}", token: env:BENCH_HEROKU }}
  okta: {{ kind: okta, url: "{okta}", token: env:BENCH_OKTA }}
teams:
  {TEAM}:
    roster: heroku
    sign_in: [ {{ provider: okta, app: {APP} }} ]
"""


def against_mock(people, place):
    """One run against the mock itself: which requests it makes, counted by source and endpoint."""
    ports = place / f"mock-{people}.json"
    store = place / f"mock-{people}"
    store.mkdir()
    command = [BIN / "mock-idp", "serve", "--people", people, "--port-file", ports]
    with Server(command, ports.exists, "mock-idp"):
        mock = json.loads(ports.read_text())
        heroku, okta = mock["heroku"], mock["okta"]
        (store / "idsync.yaml").write_text(configuration(heroku["baseURL"], okta["baseURL"]))
        tokens = {"BENCH_HEROKU": heroku["token"], "BENCH_OKTA": okta["token"]}
        run([BIN / "idsync", "sync", "--config", store / "idsync.yaml"], store, tokens)
        counts = json.load(urllib.request.urlopen(okta["baseURL"] + "/_mock/counts"))
        requests = urllib.request.urlopen(okta["baseURL"] + "/_mock/requests").read()
    return counts, requests


def export(people, team_size, requests, place):
    """Writes the pages of an organisation as files; gives the two ports that nginx is to serve them on."""
    folder = place / f"pages-{people}-{team_size}"
    heroku, okta = free_ports(2)
    run(
        [BIN / "mock-idp", "export-pages", "--people", people, "--team-size", team_size, "--output", folder]
        + ["--heroku-port", heroku, "--okta-port", okta, "--requests-file", requests],
        place,
    )
    return folder, heroku, okta


def nginx(folder, heroku, okta):
    # Workers of an nginx started by root would otherwise be somebody who cannot read a temporary folder.
    user = ["-g", "user root;"] if os.getuid() == 0 else []
    command = ["nginx", "-p", folder, "-c", "nginx.conf", *user]
    return Server(command, lambda: is_open(heroku) and is_open(okta), "nginx")


def page_list(folder, heroku, okta):
    """A curl configuration that downloads every exported page once, in the order of their export."""
    lines, pages = [], 0
    section = None
    for line in (folder / "maps.conf").read_text().splitlines():
        if line.startswith("map "):
            section = line.split("$")[-1].split(" ")[0]
            continue
        if section not in ("heroku_page", "okta_page") or not line.startswith('  "'):
            continue
        key, file = line.strip().rstrip(";").rsplit(" ", 1)
        path, *values, span = key.strip('"').split("|")
        names = ["type", "status", "expand", "limit", "filter", "search", "q", "fields", "after"]
        query = "&".join(f"{name}={value}" for name, value in zip(names, values) if value)
        port = heroku if section == "heroku_page" else okta
        if pages:
            lines.append("next")
        lines.append(f'url = "http://127.0.0.1:{port}{path}{"?" + query if query else ""}"')
        lines.append('output = "/dev/null"')
        lines.append("fail")
        lines.append("silent")
        lines.append("show-error")
        if span:
            lines.append(f'header = "Range: {span}"')
        pages += 1
    config = folder / "curl.conf"
    config.write_text("\n".join(lines) + "\n")
    size = sum(file.stat().st_size for file in (folder / "pages").rglob("*.json"))
    return config, pages, size


# -- Measuring ---------------------------------------------------------------------------------------------------------


class Turn:
    """One turn of all contestants over the same pages."""

    def __init__(self, place, folder, heroku, okta, curl_config, with_script, number):
        store = place / f"store-{folder.name}-{number}"
        store.mkdir()
        (store / "idsync.yaml").write_text(configuration(f"http://127.0.0.1:{heroku}", f"http://127.0.0.1:{okta}"))
        sync = [BIN / "idsync", "sync", "--format", "json", "--config", store / "idsync.yaml"]
        self.curl = run(["curl", "-K", curl_config], store)
        self.first = run(sync, store)
        self.second = run(sync, store)
        self.script = None
        if with_script:
            script = [sys.executable, ROOT / "bench/plain_script.py", f"http://127.0.0.1:{heroku}"]
            self.script = run(script + [f"http://127.0.0.1:{okta}", TEAM, APP, store / "plain.db"], store)
        added = json.loads(self.first.output)["teams"][0]
        again = json.loads(self.second.output)["teams"][0]
        self.members, self.gaps = added["added"], added["gaps"]
        if again["added"] or again["changed"] or again["removed"]:
            sys.exit(f"the second run changed something: {again}")
        self.store_size = sum(file.stat().st_size for file in store.glob("idsync.db*"))
        shutil.rmtree(store)


def measure(people, team_size, rounds, script_rounds, requests, place, keep):
    folder, heroku, okta = export(people, team_size, requests, place)
    config, pages, size = page_list(folder, heroku, okta)
    with nginx(folder, heroku, okta):
        run(["curl", "-K", config], place)  # once, so that the files are in memory for everybody
        turns = [
            Turn(place, folder, heroku, okta, config, number < script_rounds, number) for number in range(rounds)
        ]
    if not keep:
        shutil.rmtree(folder)
    return {"people": people, "team": team_size, "pages": pages, "bytes": size, "turns": turns}


def median(values):
    values = list(values)
    return statistics.median(values) if values else None


def spread(values):
    values = sorted(values)
    if not values:
        return "–"
    text = f"{statistics.median(values):.2f}"
    return text if len(values) == 1 else f"{text} ({values[0]:.2f}–{values[-1]:.2f})"


def table(head, rows):
    """A table that is Markdown as well."""
    rows = [head] + rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print(flush=True)


def mark(holds):
    return "met" if holds else "MISSED"


def print_requests(counts):
    print("Requests of a full run against the mock, by source and endpoint (lists grow by pages, never by members):\n")
    sizes = sorted(counts)
    endpoints = sorted({(source, call) for each in counts.values() for source in each for call in each[source]})
    rows = [
        [source, f"`{call}`"] + [str(counts[size].get(source, {}).get(call, 0)) for size in sizes]
        for source, call in endpoints
    ]
    totals = [sum(sum(calls.values()) for calls in counts[size].values()) for size in sizes]
    rows.append(["all", ""] + [str(total) for total in totals])
    rows.append(["", "members for each request"] + [f"{size / total:.0f}" for size, total in zip(sizes, totals)])
    table(["source", "call"] + [f"{size:,} people" for size in sizes], rows)


def print_times(results):
    print("Wall time as a ratio within the same turn: median (lowest–highest):\n")
    rows = []
    for result in results:
        turns = result["turns"]
        scripted = [turn for turn in turns if turn.script]
        rows.append(
            [
                f"{result['people']:,}",
                f"{turns[0].members:,}",
                f"{result['pages']:,}",
                f"{result['bytes'] / 1e6:.0f} MB",
                spread(turn.first.seconds / turn.curl.seconds for turn in turns),
                spread(turn.second.seconds / turn.curl.seconds for turn in turns),
                spread(turn.script.seconds / turn.first.seconds for turn in scripted),
                f"{median(turn.first.peak for turn in turns):.0f} MB",
                f"{turns[0].store_size / 1e6:.0f} MB",
            ]
        )
    head = ["accounts", "members", "pages", "bytes", "first run / curl", "nothing changed / curl", "script / first run"]
    table(head + ["peak memory", "store"], rows)
    print("In seconds, for orientation (medians; the machine is what it is):\n")
    rows = [
        [
            f"{result['people']:,}",
            f"{median(turn.curl.seconds for turn in result['turns']):.2f}",
            f"{median(turn.first.seconds for turn in result['turns']):.2f}",
            f"{median(turn.first.cpu for turn in result['turns']):.2f}",
            f"{median(turn.second.seconds for turn in result['turns']):.2f}",
            f"{median(turn.second.cpu for turn in result['turns']):.2f}",
            f"{median(turn.script.seconds for turn in result['turns'] if turn.script):.2f}",
        ]
        for result in results
    ]
    table(["accounts", "curl", "first run", "its CPU", "nothing changed", "its CPU", "script"], rows)


def marginal_costs(by_size):
    """What a further member costs at each size: what a run takes beyond the smallest, start-up left out."""
    smallest = min(by_size)

    def cpu(people):
        return median(turn.first.cpu for turn in by_size[people])

    return {
        people: (cpu(people) - cpu(smallest)) / (people - smallest) for people in by_size if people >= 10_000 > smallest
    }


def print_targets(results, memory):
    """The figures that were wanted, each with what was measured."""
    by_size = {result["people"]: result["turns"] for result in results}
    rows = []

    def row(what, wanted, got, holds):
        rows.append([what, wanted, got, mark(holds)])

    size = 100_000 if 100_000 in by_size else max(by_size)
    turns = by_size[size]
    first = median(turn.first.seconds / turn.curl.seconds for turn in turns)
    row(f"first full run, {size:,} members", "≤ 4 × curl", f"{first:.2f}", first <= 4)
    faster = median(turn.script.seconds / turn.first.seconds for turn in turns if turn.script)
    row("the script against it", "≥ 5 ×", f"{faster:.2f}", faster >= 5)
    second = median(turn.second.seconds / turn.curl.seconds for turn in turns)
    row("a run in which nothing changed", "≤ 2 × curl", f"{second:.2f}", second <= 2)
    costs = marginal_costs(by_size)
    if len(costs) > 1:
        base = costs[min(costs)]
        text = ", ".join(f"{people:,}: {cost / base:.2f}" for people, cost in sorted(costs.items()))
        holds = all(0.75 <= cost / base <= 1.25 for cost in costs.values())
        row("CPU time of a further member, against that at 10,000", "0.75–1.25", text, holds)
    if memory:
        peak = median(turn.first.peak for turn in memory["turns"])
        what = f"peak memory, {memory['turns'][0].members:,} members in {memory['people']:,} accounts"
        row(what, "≤ 64 MB", f"{peak:.0f} MB", peak <= 64)
    if 1_000_000 in by_size:
        peak = max(max(turn.first.peak, turn.second.peak) for turn in by_size[1_000_000])
        row("peak memory, 1,000,000 members", "≤ 400 MB", f"{peak:.0f} MB", peak <= 400)
    table(["figure", "wanted", "measured", ""], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extent", nargs="?", choices=["quick", "full"], default="full")
    parser.add_argument("--rounds", type=int, help="turns of each size; fewer for a million")
    parser.add_argument("--sizes", help="instead of 1000,10000,100000,1000000")
    parser.add_argument("--keep", action="store_true", help="keep the pages, in .build/bench")
    options = parser.parse_args()
    sizes = [1_000, 10_000] if options.extent == "quick" else [1_000, 10_000, 100_000, 1_000_000]
    if options.sizes:
        sizes = [int(size) for size in options.sizes.split(",")]
    for program in ("nginx", "curl"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: scripts/deps installs it")

    place = ROOT / ".build/bench"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    begun = time.perf_counter()
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    print(f"{cores} cores, load {load:.1f} at the beginning\n", flush=True)

    counts, requests = {}, place / "requests.json"
    for size in [size for size in sizes if size <= 100_000]:
        counts[size], recorded = against_mock(size, place)
        if not requests.exists():
            requests.write_bytes(recorded)
    print_requests(counts)

    results = []
    for size in sizes:
        rounds = options.rounds or (7 if size <= 10_000 else 5 if size <= 100_000 else 2)
        script_rounds = rounds if size <= 10_000 else 3 if size <= 100_000 else 1
        results.append(measure(size, size, rounds, script_rounds, requests, place, options.keep))
        print(f"measured {size:,} after {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    memory = None
    if max(sizes) >= 1_000_000:
        memory = measure(1_000_000, 1_000, 2, 0, requests, place, options.keep)
    print_times(results)
    print_targets(results, memory)
    print(f"took {time.perf_counter() - begun:.0f} s; load {os.getloadavg()[0]:.1f} at the end")
    if not options.keep:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
