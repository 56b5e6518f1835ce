#!/usr/bin/env python3
"""What a run over a large Entra ID tenant costs beside its download: 100,000 people, 2,000 groups, 300 policies.

The mock serves the tenant of mocks/scenarios/entra-scale.yaml. idsync makes first full runs; once, curl downloads what idsync
asked for, one after the other over one connection, to nowhere, each part of a batch by itself. Printed are the requests of a run,
the verdicts, and how much processor time idsync takes more than curl; more than two seconds is a failure.

usage: entra_scale.py [--people N] [--rounds N]     (BIN names the folder of the binaries, by default .build/release)
"""

import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("BIN", ROOT / ".build/release")).resolve()
APP = "e4444444-0000-4000-8000-000000000004"
TENANT, CLIENT = "0aa0a0aa-0000-4000-8000-00000000000a", "1bb1b1bb-0000-4000-8000-00000000000b"
LIMIT = 2.0


def measured(command, place, environment):
    """Runs a command to its end: seconds, processor seconds and what it printed."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], cwd=place, env=os.environ | environment, stdout=subprocess.PIPE
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}:\n{output.decode(errors='replace')}")
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, output


def configuration(ports):
    return f"""store: sqlite:idsync.db
sources:
  heroku: {{ kind: heroku, url: "{ports['heroku']['baseURL']}", token: env:BENCH_HEROKU }}
  entra:
    kind: entra
    url: "{ports['entra']['baseURL']}"
    login_url: "{ports['entra']['baseURL']}"
    tenant: {TENANT}
    client_id: {CLIENT}
    client_secret: env:BENCH_ENTRA
teams:
  acme-widgets:
    roster: heroku
    sign_in: [ {{ provider: entra, app: {APP} }} ]
"""


def bearer(ports):
    """A token as idsync asks for one."""
    form = {
        "client_id": CLIENT,
        "client_secret": ports["entra"]["token"],
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
    }
    url = f"{ports['entra']['baseURL']}/{TENANT}/oauth2/v2.0/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as reply:
        return json.load(reply)["access_token"]


def curl_list(ports, requests, token):
    """A configuration that has curl download every page that a run asked for."""
    lines = ["silent"]
    for request in requests:
        if request["method"] != "GET" or request["status"] not in (200, 206):
            continue
        vendor = ports[request["vendor"]]
        query = "?" + request["query"] if request["query"] else ""
        secret = token if request["vendor"] == "entra" else vendor["token"]
        lines += ["next", f'url = "{vendor["baseURL"]}{request["path"]}{query}"', 'output = "/dev/null"']
        lines += ["silent", f'header = "Authorization: Bearer {secret}"']
        for name in ("range", "accept", "user-agent"):
            if request["vendor"] == "heroku" and name in request["headers"]:
                lines.append(f'header = "{name}: {request["headers"][name]}"')
    return "\n".join(lines[2:]) + "\n"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        scenario = (ROOT / "mocks/scenarios/entra-scale.yaml").read_text()
        (place / "scenario.yaml").write_text(scenario.replace("people: 100000", f"people: {options.people}"))
        mock = subprocess.Popen(
            [BIN / "mock-idp", "--scenario", place / "scenario.yaml", "--port-file", place / "ports.json"],
            stdout=subprocess.DEVNULL,
        )
        try:
            while not (place / "ports.json").exists():
                if mock.poll() is not None:
                    sys.exit("mock-idp did not start")
                time.sleep(0.05)
            bench(options, place, json.loads((place / "ports.json").read_text()))
        finally:
            mock.terminate()
            mock.wait()


def bench(options, place, ports):
    admin = ports["entra"]["baseURL"] + "/_mock/requests"
    secrets = {"BENCH_HEROKU": ports["heroku"]["token"], "BENCH_ENTRA": ports["entra"]["token"]}
    (place / "idsync.yaml").write_text(configuration(ports))
    extra, curl_cpu = [], 0
    for number in range(options.rounds):
        (place / "idsync.db").unlink(missing_ok=True)
        urllib.request.urlopen(urllib.request.Request(admin, method="DELETE"))
        seconds, cpu, _ = measured([BIN / "idsync", "sync", "--quiet"], place, secrets)
        if number == 0:
            requests = json.load(urllib.request.urlopen(admin))
            (place / "curl.txt").write_text(curl_list(ports, requests, bearer(ports)))
            _, curl_cpu, _ = measured(["curl", "--config", place / "curl.txt"], place, {})
            show(requests, place, secrets)
        extra.append(cpu - curl_cpu)
        print(f"turn {number + 1}: {seconds:.1f} s, processor {cpu:.2f} s, curl's {curl_cpu:.2f} s")
    median = statistics.median(extra)
    print(f"beside the download: {median:.2f} s of processor time, {LIMIT:.0f} s allowed")
    sys.exit(0 if median < LIMIT else 1)


def show(requests, place, secrets):
    counts = collections.Counter((each["vendor"], each["endpoint"]) for each in requests)
    parts = {"GET /v1.0/groups/{group}", "GET /v1.0/groups/{group}/transitiveMembers"}
    for (vendor, endpoint), count in sorted(counts.items()):
        print(f"{count:6}  {vendor:7} {endpoint}{'  (inside batches)' if endpoint in parts else ''}")
    _, _, output = measured([BIN / "idsync", "status", "--format", "json"], place, secrets)
    summary = json.loads(output)["summary"]
    print({key: value for key, value in summary.items() if isinstance(value, int)})


if __name__ == "__main__":
    main()
