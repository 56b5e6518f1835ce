"""Servers that do what no server may: each run ends in time, in little memory, with `cannot-tell` and no secret.

Okta is the evil one, Heroku the mock; for some, Heroku or the mail server is. Where an attack waits for a path, all
else is answered by the mock. `hook` is a webhook receiver that does the same.
"""

import random
import time

from . import evil_http1, evil_http2, evil_smtp, evil_tls
from .bench import DOCUMENTED, Bench, members
from .mock import Mock
from .wire import Certificates, Server

DEADLINE, GRACE = 4, 10
CEILING = 200 << 10  # KiB


def plan(options):
    """(name, attack, where) of all kinds; in full each once or at several places."""
    cases = []
    for kind, attacks, places in (
        ("http/1", evil_http1.attacks(), ["*", "/api/v1/users", "/api/v1/apps"]),
        ("http/2", evil_http2.attacks(), ["*"]),
        ("tls", evil_tls.attacks(), ["*"]),
        ("smtp", evil_smtp.attacks(), ["*"]),
        ("hook", evil_http1.attacks(), ["*"]),
    ):
        cases += [(kind, name, attack, place) for place in places for name, attack in attacks]
    if options.only:
        cases = [case for case in cases if options.only in f"{case[0]}, {case[1]}, at {case[3]}"]
    random.Random(options.seed).shuffle(cases)
    if options.short:
        first = {}
        for case in cases:
            first.setdefault(case[0], []).append(case)
        cases = [case for group in first.values() for case in group[:2]]
    return cases[: options.count] if options.count else cases


def play(tally, options):
    scenes = []
    try:
        scenes += [Scene(tally, options) for _ in range(max(1, options.jobs))]
        tally.spread(plan(options), lambda worker, number, case: scenes[worker].case(number, *case))
    finally:
        for scene in scenes:
            scene.mock.close()
            scene.certificates.close()


class Scene:
    """A mock, certificates, and a new store for each server."""

    def __init__(self, tally, options):
        self.tally, self.options = tally, options
        self.mock = Mock(options.bin / "mock-idp")
        self.certificates = Certificates()

    def case(self, number, kind, name, attack, place):
        server = Server(attack, kind, place, self.mock, self.certificates)
        bench = Bench(self.options.bin / "idsync", self.mock, self.tally, sources=self.sources(kind, server))
        breach = lambda text, detail="": self.tally.breach(number, f"{kind}, {name}, at {place}: {text}", detail)  # noqa: E731
        try:
            bench.configure(self.extra(kind, server))
            begin = time.monotonic()
            run = bench.run("sync", "--verbose", case=number, limit=200)
            seconds = time.monotonic() - begin
            self.judge(kind, run, seconds, server, bench, number, breach)
        finally:
            server.close()
            bench.close(number)

    def sources(self, kind, server):
        okta = self.mock.url("okta") if kind in ("smtp", "hook") else server.url
        return {"heroku": self.mock.url("heroku"), "okta": okta}

    def extra(self, kind, server):
        lines = [f"policy: {{ deadline: {DEADLINE}s }}"]
        if kind in ("tls", "http/2"):
            lines.append(f"transport: {{ ca_file: {self.certificates.ca} }}")
        if kind == "hook":
            lines.append(f'alerts: {{ hook: {{ kind: webhook, url: "{server.url}/hook", secret: env:HOOK_SECRET }} }}')
        if kind == "smtp":
            lines.append(f"transport: {{ ca_file: {self.certificates.ca} }}")
            lines.append(f"""alerts:
  admins: {{ kind: email, server: "{server.url}", security: {server.security}, user: idsync, password: env:MAIL_PASSWORD,
            from: idsync@acme.com, to: [security@acme.com] }}""")
        return "\n".join(lines)

    def judge(self, kind, run, seconds, server, bench, number, breach):
        self.tally.most("KiB of memory at most", run.peak)
        self.tally.most("seconds at most", round(seconds, 1))
        if run.status not in DOCUMENTED:
            breach(f"status {run.status} after {seconds:.1f} s", str(run))
            return
        if run.status == 70:
            breach("internal error", str(run))
        if seconds > DEADLINE + GRACE:
            breach(f"{seconds:.1f} s with a deadline of {DEADLINE} s", str(run)[:60] + run.output.decode("utf-8", "replace")[-600:])
        if run.peak > CEILING:
            breach(f"{run.peak >> 10} MiB of memory")
        if run.status == 78:
            breach("the configuration was not taken", str(run))
            return
        if server.stray:
            breach(f"credentials went elsewhere: {server.stray}")
        if server.connections:
            self.tally.add(f"{kind} servers met")
        else:
            breach("the server was never asked", str(run))
        status = bench.run("status", "--format", "json", case=number)
        if status.status:
            breach(f"status ends with {status.status}", str(status))
            return
        document = status.json()
        run_row = document["run"] or {}
        if kind in ("smtp", "hook"):
            if not run_row.get("complete"):
                breach("a receiver made the reading incomplete", str(run))
            elif kind == "smtp" and server.refuses and b'"state": "delivered"' in bench.run("alerts", "list", "--format", "json").output:
                breach("a message that nobody took counts as delivered")
            return
        good = [e for e, m in members(document).items() if m["app"] and m["verdict"] in ("enforced", "enforced-conditionally")]
        if good and server.hurts:
            breach(f"good verdicts: {good[:3]}", str(run)[-900:])
        if server.hurts and run_row.get("complete"):
            breach("the run calls itself complete", str(run)[-900:])
        for command in (("runs",), ("report", "--format", "html", "--output", "page.html")):
            told = bench.run(*command, case=number)
            if told.status:
                breach(f"{command[0]} ends with {told.status}", str(told))
