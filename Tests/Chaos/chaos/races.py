"""Many processes on one store at the same time, round after round in a changing world.

Nobody doubles an alert, nothing told is lost, statuses are documented ones, and when all is quiet the state is that
of the world.
"""

import random

from . import hook as receiver
from .bench import Bench, difference, state
from .mock import Mock, fewer, other

COMMANDS = [
    ("sync",), ("sync",), ("sync", "--team", "acme-widgets"), ("sync", "--full"), ("sync", "--source", "okta"),
    ("alerts", "deliver"), ("alerts", "deliver", "--now"), ("alerts", "deliver", "--now"), ("alerts", "list"),
    ("status",), ("status", "--format", "json"), ("report", "--format", "html", "--output", "one.html"),
    ("report", "--format", "json", "--output", "one.json"), ("store", "check"), ("plan",), ("apply", "PLAN"), ("apply", "PLAN"),
    ("runs",), ("history",),
]  # fmt: skip


def play(tally, options):
    rounds = 2 if options.short else 210
    if options.count:
        rounds = options.count
    scene = Scene(tally, options)
    jobs, options.jobs = options.jobs, 1
    try:
        scene.prepare()
        tally.spread(range(rounds), lambda _, number, case: scene.round(number))
        scene.told(rounds - 1)
    finally:
        options.jobs = jobs
        scene.hook.close()
        scene.bench.close()
        scene.mock.close()


class Scene:
    """One store, a guard that holds some of the changes, and a receiver that sometimes refuses."""

    width = 5

    def __init__(self, tally, options):
        self.tally, self.options = tally, options
        self.mock = Mock(options.bin / "mock-idp")
        self.hook = receiver.Hook()
        extra = f"""alerts:
  hook: {{ kind: webhook, url: "{self.hook.url}", secret: env:HOOK_SECRET }}
policy: {{ guard: {{ max_changed: 10%, at_least: 1 }} }}
reports: [ {{ format: json, output: status.json }}, {{ format: html, output: page.html }} ]"""
        self.bench = Bench(options.bin / "idsync", self.mock, tally, extra)
        self.bench.configure(extra.replace("10%, at_least: 1", "100%"), "free.yaml")

    def prepare(self):
        """What each world comes to, by runs that nobody disturbs."""
        self.worlds = [self.mock.good, other(self.mock.good), fewer(self.mock.good)]
        self.quiet = []
        for world in (*self.worlds, self.worlds[0]):
            self.mock.play(world)
            outcome = self.bench.run("sync", "--config", "free.yaml")
            assert outcome.status == 0, outcome
            self.quiet.append(self.bench.report())
        self.settled = self.quiet[:3]
        self.taken = len(self.hook.deliveries)

    def round(self, number):
        draw = random.Random(self.options.seed * 100003 + number)
        bench = self.bench
        world = draw.randrange(3)
        self.mock.play(self.worlds[world])
        self.mock.forget()
        with self.hook.lock:
            self.hook.failing = draw.random() < 0.3
        if draw.random() < 0.6:
            bench.run("sync", case=number)
        plans = bench.run("plan", "--format", "json", case=number)
        plan = (plans.json().get("plan") if plans.status == 0 and plans.output.startswith(b"{") else None) or "none"
        commands = [tuple(plan if word == "PLAN" else word for word in draw.choice(COMMANDS)) for _ in range(self.width)]
        started = [(command, bench.start(*command)) for command in commands]
        for command, process in started:
            outcome = bench.finish(process, case=number)
            self.tally.add("raced processes")
            may = {"sync": {0, 30, 75}, "apply": {0, 64, 65, 75}, "alerts": {0, 69, 75}}.get(command[0], {0, 75})
            if command[:2] == ("plan",):
                may = {0, 65}
            if outcome.status not in may:
                self.tally.breach(number, f"{' '.join(command)} ends with {outcome.status} beside {commands}", str(outcome))
            elif outcome.status == 75:
                self.tally.add("processes that found the lock held")
            elif outcome.status == 30:
                self.tally.add("runs that the guard held")
            elif command[0] == "apply" and outcome.status == 0:
                self.tally.add("plans applied")
        with self.hook.lock:
            self.hook.failing = False
        quiet = bench.run("sync", "--config", "free.yaml", case=number)
        if quiet.status:
            self.tally.breach(number, f"the quiet run ends with {quiet.status}", str(quiet))
        elif state(bench.report()) != state(self.settled[world]):
            self.tally.breach(number, "the quiet run ends in another state", difference(self.settled[world], bench.report()))
        self.told(number)

    def told(self, number):
        """Every message was taken once, and the findings told open and resolve in turn."""
        self.bench.run("alerts", "deliver", "--now", case=number)
        ids = [identity for identity, _ in self.hook.deliveries]
        if len(set(ids)) != len(ids):
            self.tally.breach(number, f"{len(ids) - len(set(ids))} messages were taken twice")
            self.hook.deliveries = list(dict(reversed(self.hook.deliveries)).items())
        if self.hook.faults or self.hook.twofold():
            self.tally.breach(number, f"{self.hook.faults} {self.hook.twofold()}")
        self.tally.most("messages taken", len(ids))
        # A message leaves the outbox in order, so each finding is opened and resolved by turns.
        is_open = {}
        for row in (row for body in self.hook.told().values() for row in body):
            word, _, rest = row.partition(" ")
            if word == "notice":
                continue
            if is_open.get(rest, False) == (word == "opened"):
                self.tally.breach(number, f"told twice in a row: {row}")
                is_open = {}
                self.hook.reset()
                break
            is_open[rest] = word == "opened"
