"""Clocks that jump before, between and during runs, by libfaketime; the clock of waits goes on as it is.

A verdict lives no longer for it than twice `stale_after`, a later run with an earlier clock still counts, and no
delivery is put off beyond the longest wait of the schedule.
"""

import glob
import random
import threading
import time

from . import hook as receiver
from .bench import Bench, difference, members, state
from .mock import Mock, worse

HOUR = 3600
STALE = 72 * HOUR
# The longest wait of the schedule is a day, and a tenth by chance.
LONGEST = 27 * HOUR
JUMPS = [
    sign * seconds
    for seconds in (1, 59, 61, 900, HOUR, 5 * HOUR, 25 * HOUR, 71 * HOUR, 73 * HOUR, 145 * HOUR, 720 * HOUR, 8760 * HOUR, 87600 * HOUR, 271560 * HOUR)
    for sign in (1, -1)
]  # fmt: skip
WAYS = ["read", "again", "deliver", "during"]


def library():
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") + glob.glob("/usr/lib/faketime/libfaketimeMT.so.1")
    if not found:
        raise FileNotFoundError("libfaketime")
    return found[0]


def play(tally, options):
    preload = library()
    cases = [(way, jump) for way in WAYS for jump in JUMPS]
    random.Random(options.seed).shuffle(cases)
    cases = cases[: options.count or (4 if options.short else len(cases))]
    scenes = []
    try:
        scenes += [Scene(tally, options, preload) for _ in range(max(1, options.jobs))]
        for scene in scenes:
            scene.prepare()
        tally.spread(cases, lambda worker, number, case: scenes[worker].case(number, *case))
    finally:
        for scene in scenes:
            scene.bench.close()
            scene.hook.close()
            scene.mock.close()


class Scene:
    """A store with verdicts and a waiting message, and the clock of each command."""

    def __init__(self, tally, options, preload):
        self.tally, self.preload = tally, preload
        self.mock = Mock(options.bin / "mock-idp")
        self.hook = receiver.Hook()
        extra = f"""alerts:
  hook: {{ kind: webhook, url: "{self.hook.url}", secret: env:HOOK_SECRET }}
policy: {{ guard: {{ max_changed: 100% }}, deadline: 20s }}"""
        self.bench = Bench(options.bin / "idsync", self.mock, tally, extra)
        self.worse = worse(self.mock.good)

    def prepare(self):
        self.hook.failing = True
        self.before = self.at(0, "sync", "--full")
        assert self.before.status == 0, self.before
        self.before = self.status(0)
        self.bench.save("base")
        self.mock.play(self.worse)
        self.at(0, "sync", "--full")
        self.after = self.status(0)
        assert members(self.at(0, "status", "--format", "json").json()).keys() == members(self.after).keys()
        old = self.status(STALE + HOUR)
        assert not good(old), "the clock of the commands does not move"

    def at(self, jump, *arguments, case="-", file=None):
        """A command whose wall clock is ahead by so many seconds."""
        if not jump and not file:
            return self.bench.run(*arguments, case=case, limit=90)
        clock = {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"} if file else {"FAKETIME": f"{jump:+d}"}
        environment = {"LD_PRELOAD": self.preload, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", **clock}
        return self.bench.run(*arguments, environment=environment, case=case, limit=90)

    def status(self, jump, case="-"):
        outcome = self.at(jump, "status", "--format", "json", case=case)
        assert outcome.status == 0, outcome
        return outcome.json()

    def case(self, number, way, jump):
        self.bench.load("base")
        self.mock.faults()
        self.mock.play(self.mock.good)
        self.hook.reset()
        breach = lambda text, detail="": self.tally.breach(number, f"{way}, clock {jump:+d} s: {text}", detail)  # noqa: E731
        getattr(self, way)(number, jump, breach)
        check = self.bench.run("store", "check", case=number)
        if check.status:
            breach(f"store check ends with {check.status}", str(check))
        self.mock.faults()
        self.mock.play(self.worse)
        last = self.at(0, "sync", "--full", case=number)
        if last.status:
            breach(f"a run with the right clock ends with {last.status}", str(last))
        elif state(self.status(0)) != state(self.after):
            breach("a run with the right clock ends in another state", difference(self.after, self.status(0)))
        self.tally.add("jumps")

    def read(self, number, jump, breach):
        """Read under a wrong clock, then asked with the right one, now and later."""
        run = self.at(jump, "sync", "--full", case=number)
        if run.status:
            breach(f"the run ends with {run.status}", str(run))
        now = self.status(0, number)
        for email, member in members(now).items():
            right = members(self.before)[email]["verdict"]
            if member["verdict"] not in (right, "cannot-tell"):
                breach(f"{email} is {member['verdict']}, was {right}")
        if -jump > STALE + 60 and good(now):
            breach(f"of long ago, and still good: {good(now)[:3]}")
        if jump > STALE + 60 and good(now):
            breach(f"of the far future, and good: {good(now)[:3]}")
        if good(self.status(STALE + HOUR, number)):
            self.tally.add("clocks ahead by which verdicts lived longer than stale_after")
        if jump <= 0 and good(self.status(STALE + HOUR, number)):
            breach("still good after stale_after")
        for later in (2 * STALE + HOUR, 3 * STALE):
            if jump < later - STALE and good(self.status(later, number)):
                breach(f"still good {later // HOUR} h later")

    def again(self, number, jump, breach):
        """A run under a wrong clock, then a worse world under the right one: the later run counts."""
        self.at(jump, "sync", case=number)
        self.mock.play(self.worse)
        run = self.at(0, "sync", case=number)
        if run.status not in (0, 30):
            breach(f"the run ends with {run.status}", str(run))
        now, right = members(self.status(0, number)), members(self.after)
        for email, member in right.items():
            have = now.get(email, {}).get("verdict")
            if have != member["verdict"]:
                breach(f"{email} is {have}, right {member['verdict']}")
        for command in (("history",), ("runs",), ("alerts", "list"), ("report", "--format", "html", "--output", "-")):
            outcome = self.at(0, *command, case=number)
            if outcome.status:
                breach(f"{' '.join(command)} ends with {outcome.status}", str(outcome))

    def deliver(self, number, jump, breach):
        """A try that failed under a wrong clock comes again within the schedule of the right one."""
        self.hook.failing = True
        for _ in range(2):
            self.at(jump, "alerts", "deliver", "--now", case=number)
        if not self.hook.refused:
            breach("the message was not tried")
        self.hook.failing = False
        # What was put off beyond the schedule is due at once; all else by its end.
        self.at(0, "alerts", "deliver", case=number)
        self.at(LONGEST, "alerts", "deliver", case=number)
        if not self.hook.deliveries:
            listed = self.at(0, "alerts", "list", case=number)
            breach("not delivered after the longest wait of the schedule", str(listed))
        if len(self.hook.deliveries) > len(self.hook.told()):
            breach("delivered twice")

    def during(self, number, jump, breach):
        """The clock jumps while a run waits for its sources, and back."""
        file = self.bench.directory / "clock"
        file.write_text("+0")
        self.mock.faults(*({"vendor": vendor, "endpoint": "*", "kind": "slow", "seconds": 0.15, "times": None} for vendor in ("heroku", "okta")))
        # Replaced as a whole: the library never reads half a line.
        def move(text):
            other = self.bench.directory / "clock.new"
            other.write_text(text)
            other.replace(file)

        timers = [threading.Timer(1, move, (f"{jump:+d}",)), threading.Timer(2, move, ("+0",))]
        for timer in timers:
            timer.start()
        start = time.monotonic()
        run = self.at(0, "sync", "--full", case=number, file=file)
        for timer in timers:
            timer.cancel()
            timer.join()
        if run.status not in (0, 30) or time.monotonic() - start > 30:
            breach(f"the run ends with {run.status} after {run.seconds:.0f} s", str(run))
        now = members(self.status(0, number))
        for email, member in members(self.before).items():
            have = now.get(email, {}).get("verdict")
            if have not in (member["verdict"], "cannot-tell"):
                breach(f"{email} is {have}, right {member['verdict']}")


def good(document):
    """Who has a verdict that rests on what a provider said."""
    return [m["email"] for m in document["members"] if m["verdict"] in ("enforced", "enforced-conditionally")]
