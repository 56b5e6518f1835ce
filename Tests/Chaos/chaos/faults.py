"""Faults at every endpoint and page, over a good run, a worse world and back to good.

Each case is three runs over a kept store: the fault over the same world, the fault over a world that got worse, and
that world without the fault. No verdict is better than without the fault, nobody is gone, no finding ends, and a run
that calls itself complete tells what one without the fault tells.
"""

import copy
import random
import time

from .bench import DOCUMENTED, ORDER, Bench, difference, members, state
from .mock import Mock, worse

# Kinds with what they need; what is told by a kind's own number of calls comes from TIMES.
REFUSALS = [
    {"kind": "status", "status": status} for status in (400, 402, 404, 405, 408, 409, 410, 418, 422, 500, 501, 502, 503, 504)
] + [{"kind": kind} for kind in ("unauthorized", "expired-token", "forbidden", "not-found")] + [
    {"kind": "rate-limited", "seconds": 1}, {"kind": "rate-limited", "seconds": 1, "text": "86400"},
    {"kind": "rate-limited", "seconds": 1, "text": "soon"}, {"kind": "concurrency-limited"},
]  # fmt: skip
BODIES = [
    {"kind": "malformed"}, {"kind": "truncated"}, {"kind": "truncated", "bytes": 0}, {"kind": "truncated", "bytes": 1},
    {"kind": "reset"}, {"kind": "reset", "bytes": 0}, {"kind": "reset", "bytes": 20}, {"kind": "html"},
    {"kind": "slow", "seconds": 0.2}, {"kind": "slow", "seconds": 30}, {"kind": "drip", "bytes": 200, "seconds": 0.01},
    {"kind": "drip", "bytes": 1, "seconds": 1}, {"kind": "oversize", "bytes": 1 << 20}, {"kind": "oversize"},
    {"kind": "misdated", "seconds": 90000}, {"kind": "misdated", "seconds": -90000},
]  # fmt: skip
PAGES = [{"kind": kind} for kind in ("empty-page", "repeated-cursor", "foreign-next", "missing-next", "duplicate", "reordered")]
# Fields that say who or what a row is about; without them no row may pass for another.
FIELDS = [
    {"kind": kind, "text": text}
    for kind in ("wrong-type", "null-field", "missing-field")
    for text in (
        "id", "email", "user.email", "user.id", "profile.email", "profile.login", "status", "role", "federated", "name",
        "type", "two_factor_authentication", "credentials", "priority", "actions", "conditions", "system",
        "identity_provider", "_links", "label", "signOnMode", "provider", "settings", "owner", "actions.appSignOn",
        "conditions.people", "conditions.network", "scope", "gateways", "trusted", "policy", "permissions",
    )
]  # fmt: skip
# What changes no meaning: a run over it may be complete and is then as without it.
TIMES = [{"first": 1, "times": 1}, {"first": 1, "times": None}, {"first": 2, "times": None}, {"first": 3, "times": 1}]


def plan(options, counts):
    """Cases of one or two faults; in full at least 10,000 runs."""
    draw = random.Random(options.seed)
    single = []
    for vendor in ("heroku", "okta"):
        for endpoint in [*sorted(counts[vendor]), "*"]:
            number = counts[vendor].get(endpoint, 9)
            for fault in REFUSALS + BODIES + PAGES + (FIELDS if endpoint != "*" else []):
                for times in TIMES:
                    if times["first"] <= number and not (fault["kind"] == "oversize" and "bytes" not in fault and endpoint == "*"):
                        single.append([{"vendor": vendor, "endpoint": endpoint, **fault, **times}])
    draw.shuffle(single)
    pairs = [draw.choice(single) + draw.choice(single) for _ in range(len(single))]
    whole = [case for both in zip(single, pairs) for case in both]
    return whole[: options.count or (8 if options.short else 3400)]


def play(tally, options):
    scenes = [Scene(tally, options) for _ in range(max(1, options.jobs))]
    try:
        for scene in scenes:
            scene.prepare()
        cases = plan(options, scenes[0].counts)
        tally.spread(cases, lambda worker, number, case: scenes[worker].case(number, case))
    finally:
        for scene in scenes:
            scene.bench.close()
            scene.mock.close()


class Scene:
    """A mock of its own with the two worlds, and what runs over them come to without a fault."""

    extra = """policy: { guard: { max_changed: 100% }DEADLINE }
reports: [ { format: json, output: status.json } ]"""

    def __init__(self, tally, options):
        self.tally = tally
        self.mock = Mock(options.bin / "mock-idp", bystanders=210)
        self.bench = Bench(options.bin / "idsync", self.mock, tally, self.extra.replace("DEADLINE", ""))
        # A run that meets a fault has less time, so that no retry is waited for in vain.
        self.bench.configure(self.extra.replace("DEADLINE", ", deadline: 6s"), "short.yaml")
        self.worse = worse(self.mock.good)
        self.world = None

    def enter(self, world):
        if self.world is not world:
            self.mock.play(world)
            self.world = world

    def prepare(self):
        self.enter(self.mock.good)
        outcome = self.bench.run("sync")
        assert outcome.status == 0, outcome
        self.counts = self.mock.counts()
        self.bench.run("sync")
        self.before = self.bench.report()
        self.bench.save("base")
        self.enter(self.worse)
        self.bench.run("sync")
        self.after = self.bench.report()
        assert state(self.before) != state(self.after)

    def case(self, number, faults):
        self.bench.load("base")
        self.mock.forget()
        # A reply with fields that are gone or other says something else; any other fault says nothing at all.
        self.honest = not any("field" in fault["kind"] or fault["kind"] == "wrong-type" for fault in faults)
        name = ", ".join(" ".join(f"{value}" for value in fault.values()) for fault in faults)
        breach = lambda text, detail="": self.tally.breach(number, f"{name}: {text}", detail)  # noqa: E731
        self.enter(self.mock.good)
        first = self.faulted(number, faults, breach)
        if first:
            self.compare(first, self.before, self.before, "the same world", breach)
        self.enter(self.worse)
        second = self.faulted(number, faults, breach)
        if second:
            self.compare(second, first or self.before, self.after, "a worse world", breach)
        self.mock.faults()
        # A page that was edited under its old ETag stays in the cache by right.
        last = self.bench.run("sync", *([] if self.honest else ["--full"]), case=number)
        self.tally.add("runs")
        if last.status:
            breach(f"the good run ends with {last.status}", str(last))
        elif state(self.bench.report()) != state(self.after):
            breach("the good run ends in another state", difference(self.after, self.bench.report()))

    def faulted(self, number, faults, breach):
        """A run that meets the faults; its report, or nothing when it could read nothing."""
        self.mock.faults(*copy.deepcopy(faults))
        report = self.bench.directory / "status.json"
        report.unlink(missing_ok=True)
        self.begin = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
        outcome = self.bench.run("sync", "--config", "short.yaml", case=number)
        self.tally.add("runs")
        if outcome.seconds > 16:
            breach(f"the run took {outcome.seconds:.1f} s of 6", str(outcome))
        if outcome.status not in DOCUMENTED - {70, 78}:
            breach(f"status {outcome.status}", str(outcome))
        if report.exists():
            return self.bench.report()
        status = self.bench.run("status", "--format", "json", case=number)
        if status.status:
            breach(f"status ends with {status.status}", str(status))
            return None
        return status.json()

    def compare(self, told, old, honest, where, breach):
        """What a faulted run tells against the run before it and the run without the fault."""
        now, kept, true = members(told), members(old), members(honest)
        run = told.get("run") or {}
        whole = bool(run.get("complete")) and run.get("started_at", "") >= self.begin
        self.tally.add("faulted runs that were complete" if whole else "faulted runs that were incomplete")
        if set(kept) & set(true) - set(now):
            breach(f"{where}: gone: {sorted(set(kept) & set(true) - set(now))}")
        if whole and set(true) - set(now):
            breach(f"{where}: complete without {sorted(set(true) - set(now))}")
        for email, member in now.items():
            verdict = member["verdict"]
            right = true[email]["verdict"] if email in true else None
            was = kept[email]["verdict"] if email in kept else None
            if verdict in (right, "cannot-tell"):
                pass
            elif whole and right and ORDER.index(verdict) > ORDER.index(right):
                breach(f"{where}: complete, and {email} is {verdict}, without the fault {right}")
            elif verdict == was:
                if right and ORDER.index(verdict) > ORDER.index(right) and member["observed_at"] > kept[email]["observed_at"]:
                    breach(f"{where}: {email} is {verdict} as of now, without the fault {right}", str(member))
                else:
                    self.tally.add("verdicts kept with their age")
            elif right and ORDER.index(verdict) > ORDER.index(right):
                breach(f"{where}: {email} is {verdict}, before {was}, without the fault {right}", str(member["reason"]))
            if self.honest:
                self.invented(where, email, member, kept.get(email), true.get(email), breach)
            ended = set(kept.get(email, member)["findings"]) - set(member["findings"])
            ended -= set(kept.get(email, member)["findings"]) - set(true[email]["findings"]) if email in true else set()
            if ended and not whole:
                breach(f"{where}: {email}: ended {sorted(ended)}, has {member['findings']}", str(member["reason"]))

    def invented(self, where, email, member, was, right, breach):
        """What is told is what was told before, what is true, or that it cannot be told: never something else."""
        sides = [side for side in (was, right) if side]
        may = {"cannot-tell"}
        # What is not known of a modifier counts as its worst case.
        if right and right["verdict"] == "enforced":
            may |= {"enforced-conditionally", "mfa-conditional"}
        if member["verdict"] not in may.union(side["verdict"] for side in sides):
            breach(f"{where}: invented: {email} is {member['verdict']}", str(member["reason"]))
        new = set(member["findings"]).difference({"stale"} | may, *(side["findings"] for side in sides))
        if new:
            breach(f"{where}: invented: {email} has {sorted(new)}", str(member["reason"]))
