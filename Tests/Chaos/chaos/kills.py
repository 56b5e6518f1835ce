"""Kills a run at the N-th call of each kind, or lets the call fail, and looks at what is left.

Afterwards the store is whole, the next run ends where one that was never disturbed ends, and a receiver was told
everything, each thing under one id.
"""

import random
import shutil

from . import hook as receiver
from .bench import DOCUMENTED, Bench, difference, members, state
from .mock import Mock, other

# How many calls of a kind a run makes, at most; counted by strace per thread.
CALLS = {
    "pwrite64": 40, "write": 24, "fdatasync": 8, "fsync": 4, "rename,renameat,renameat2": 3, "unlink,unlinkat": 4,
    "ftruncate": 6, "sendto": 40, "openat": 110, "pread64": 80, "fcntl": 80, "mmap": 60, "recvfrom": 40, "close": 60,
    "futex": 60, "clone3": 16, "connect": 12, "poll": 40, "newfstatat": 60, "fchown,fchmod": 6, "flock": 2, "lseek": 4,
}  # fmt: skip
ERRORS = {
    "pwrite64": ["ENOSPC", "EIO"], "write": ["ENOSPC", "EIO"], "fdatasync,fsync": ["EIO", "ENOSPC"],
    "openat": ["EMFILE", "EACCES", "EIO"], "ftruncate": ["EIO", "ENOSPC"], "rename,renameat,renameat2": ["EACCES", "EIO"],
    "unlink,unlinkat": ["EACCES"], "sendto": ["EIO"], "connect": ["EACCES"], "pread64": ["EIO"], "socket": ["EMFILE"],
    "recvfrom": ["EIO"], "flock": ["EIO"], "clone3": ["EAGAIN"], "mmap": ["ENOMEM"],
}  # fmt: skip


def plan(options):
    """Cases (calls, what is injected, when); in full every call of each kind is met several times."""
    draw = random.Random(options.seed)
    deaths = [(calls, "signal=SIGKILL", str(n)) for calls, most in CALLS.items() for n in range(1, most + 1)]
    errors = [
        (calls, f"error={error}", when)
        for calls, names in ERRORS.items()
        for error in names
        for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70)
        for when in (str(n), f"{n}+")
    ]
    draw.shuffle(deaths)
    draw.shuffle(errors)
    dead, failed = (8, 3) if options.short else (1400, len(errors))
    if options.count:
        dead, failed = options.count, options.count // 3
    deaths = [deaths[n % len(deaths)] for n in range(dead)]
    cases = deaths + errors[:failed]
    return [case for case in cases if not options.only or options.only in f"{case[1]} {case[0]}"]


def play(tally, options):
    if not shutil.which("strace"):
        raise FileNotFoundError("strace")
    mock = Mock(options.bin / "mock-idp")
    benches = [Scene(mock, tally, options) for _ in range(max(1, options.jobs))]
    try:
        for scene in benches:
            scene.base()
        mock.play(other(mock.good))
        for scene in benches:
            scene.reference()
        tally.spread(plan(options), lambda worker, number, case: benches[worker].case(number, case))
    finally:
        for scene in benches:
            scene.hook.close()
            scene.bench.close()
        mock.close()


class Scene:
    """A store of before, what a run makes of it, and the receiver."""

    def __init__(self, mock, tally, options):
        self.tally = tally
        self.hook = receiver.Hook()
        extra = f"""alerts:
  hook: {{ kind: webhook, url: "{self.hook.url}", secret: env:HOOK_SECRET }}
policy: {{ guard: {{ max_changed: 100% }}, deadline: 60s }}
reports: [ {{ format: json, output: status.json }}, {{ format: html, output: page.html }} ]"""
        self.bench = Bench(options.bin / "idsync", mock, tally, extra)

    def base(self):
        """A good run whose alerts nobody took, so that they wait in the outbox."""
        self.hook.failing = True
        outcome = self.bench.run("sync")
        assert outcome.status == 0, outcome
        self.before = self.bench.report()
        self.bench.save("base")
        self.hook.reset()

    def reference(self):
        """A run that nobody disturbs."""
        outcome = self.bench.run("sync")
        assert outcome.status == 0, outcome
        outcome = self.bench.run("alerts", "deliver", "--now")
        assert outcome.status == 0, outcome
        self.after = self.bench.report()
        self.told = sorted(self.hook.told().values())
        assert len(self.told) == 2 and state(self.before) != state(self.after), self.told

    def case(self, number, case):
        calls, inject, when = case
        bench, hook = self.bench, self.hook
        bench.load("base")
        hook.reset()
        name = f"{inject} at call {when} of {calls}"
        before = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:{inject}:when={when}"]
        hurt = bench.run("sync", before=before, case=number, limit=180)
        breach = lambda text, detail="": self.tally.breach(number, f"{name}: {text}", detail)  # noqa: E731
        if inject.startswith("signal"):
            self.tally.add("killed" if hurt.status < 0 else "not met: the run ended before")
        else:
            self.tally.add("failed calls" if hurt.status else "failed calls, run ended with 0")
            if hurt.status not in DOCUMENTED | {127}:
                breach(f"status {hurt.status}, which is not documented", str(hurt))
        status = bench.run("status", "--format", "json", case=number)
        if status.status == 0:
            self.between(status.json(), breach)
        else:
            breach(f"status ends with {status.status}", str(status))
        check = bench.run("store", "check", case=number)
        if check.status:
            breach(f"store check ends with {check.status}", str(check))
        after = bench.run("sync", case=number)
        if after.status:
            breach(f"the next run ends with {after.status}", str(after))
            return
        if net(sum(hook.told().values(), [])) != net(sum(self.told, [])):
            last = bench.run("alerts", "deliver", "--now", case=number)
            if last.status:
                breach(f"deliver ends with {last.status}", str(last))
        if state(bench.report()) != state(self.after):
            breach("the next run ends in another state", difference(self.after, bench.report()))
        told = sorted(hook.told().values())
        if len(hook.deliveries) > len(hook.told()):
            self.tally.add("messages that came again under their id")
        # Of a source that failed meanwhile, and what was open only so long, it may be told, too.
        found, wanted = (net(sum(side, [])) for side in (told, self.told))
        if found != wanted:
            breach("what was told is not what an undisturbed run tells", f"{told}\nwanted {self.told}\nnet {found} {wanted}")
        if hook.twofold() or hook.faults:
            breach("an id with two contents, or no signature", f"{hook.twofold()} {hook.faults}")

    def between(self, document, breach):
        """Right after: everybody of before is there, and no verdict is one that neither state has."""
        now, old, new = members(document), members(self.before), members(self.after)
        lost = set(old) - set(now) - (set(old) - set(new))
        if lost:
            breach(f"gone: {sorted(lost)}")
        for email, member in now.items():
            may = {"cannot-tell"} | {side[email]["verdict"] for side in (old, new) if email in side}
            if member["verdict"] not in may:
                breach(f"{email} is {member['verdict']}, which is neither before nor after")


def net(rows):
    """What messages told altogether: how often each finding was opened more than resolved."""
    count = {}
    for row in rows:
        word, _, rest = row.partition(" ")
        if word != "notice":
            count[rest] = count.get(rest, 0) + (1 if word == "opened" else -1)
    return {rest: number for rest, number in count.items() if number}
