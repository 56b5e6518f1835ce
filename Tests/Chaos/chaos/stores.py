"""Damages a filled store in many ways, and asks every command about it.

A command says so with a documented status, or answers exactly as before; nobody vanishes unsaid. A log that was cut
may lose its last commit, as SQLite promises no more: then everything is as before that commit.
"""

import os
import random
import re
import sqlite3

from .bench import DOCUMENTED, Bench, difference, members, state
from .mock import Mock, other

READERS = [
    ("status", "--format", "csv"), ("status",), ("runs", "--format", "json"), ("runs",), ("history",),
    ("history", "--format", "json"), ("alerts", "list", "--format", "json"), ("plan",),
    ("report", "--format", "html", "--output", "-"), ("report", "--format", "markdown", "--output", "-"),
    ("report", "--format", "json", "--output", "-", "--as-of", "2100-01-01"),
    ("explain", "ana.lima@acme.com", "--team", "acme-widgets"), ("members", "list", "--team", "acme-widgets"),
]  # fmt: skip
TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?|\b\d+ (s|min|h|d)\b")


def plan(options):
    draw = random.Random(options.seed)
    kinds = list(DAMAGE)
    # What gives the same damage each time is there once.
    weights = [0 if kind in ("empty file", "empty log", "no log") else 3 if kind in ("flip a bit", "flip bytes", "garble a page", "edit a text", "delete a row") else 1 for kind in kinds]
    number = options.count or (8 if options.short else 700)
    cases = [(kind, draw.getrandbits(32)) for kind in kinds]
    cases += [(kind, draw.getrandbits(32)) for kind in draw.choices(kinds, weights, k=max(0, number - len(cases)))]
    draw.shuffle(cases)
    return cases[:number]


def play(tally, options):
    mock = Mock(options.bin / "mock-idp")
    scenes = []
    try:
        scenes += [Scene(mock, tally, options) for _ in range(max(1, options.jobs))]
        for scene in scenes:
            scene.prepare(options)
        tally.spread(plan(options), lambda worker, number, case: scenes[worker].case(number, *case))
    finally:
        for scene in scenes:
            scene.bench.close()
        mock.close()


class Scene:
    """A store with history, findings, waiting alerts and a log that is not yet in the file."""

    def __init__(self, mock, tally, options):
        self.mock, self.tally = mock, tally
        extra = """alerts:
  hook: { kind: webhook, url: "http://127.0.0.1:9/", secret: env:HOOK_SECRET }
policy: { guard: { max_changed: 100% } }"""
        self.bench = Bench(options.bin / "idsync", mock, tally, extra)

    def prepare(self, options):
        bench = self.bench
        for world in (self.mock.good, other(self.mock.good), self.mock.good):
            self.mock.play(world)
            outcome = bench.run("sync", "--full")
            assert outcome.status == 0, outcome
        self.older = bench.run("status", "--format", "json").json()
        bench.save("plain")
        # A reader that keeps the file open makes the next run leave its log beside it.
        self.mock.play(other(self.mock.good))
        holder = sqlite3.connect(bench.directory / "idsync.db")
        holder.execute("BEGIN")
        holder.execute("SELECT count(*) FROM members").fetchone()
        assert bench.run("sync", "--full").status == 0
        bench.save("log")
        holder.close()
        self.commits = commits((bench.directory / "log-wal").read_bytes())
        self.mock.play(self.mock.good)
        self.answers = {}
        bench.load("log")
        self.newer = bench.run("status", "--format", "json").json()
        bench.load("plain")
        assert bench.run("sync", "--full").status == 0
        self.again = bench.run("status", "--format", "json").json()

    def case(self, number, kind, seed):
        draw, bench = random.Random(seed), self.bench
        store = "log" if kind in LOG else "plain"
        bench.load(store)
        before = {path.name: path.read_bytes() for path in bench.store_files()}
        note = DAMAGE[kind](bench.directory, draw)
        same = before == {path.name: path.read_bytes() for path in bench.store_files()}
        breach = lambda text, detail="": self.tally.breach(number, f"{kind} ({note}): {text}", detail)  # noqa: E731
        bench.save("damaged")
        told = []
        for command in [("status", "--format", "json"), *draw.sample(READERS, 2)]:
            bench.load("damaged")
            outcome = bench.run(*command, case=number)
            told.append(self.judge(store, kind, command, outcome, breach))
        bench.load("damaged")
        check = bench.run("store", "check", case=number)
        if check.status not in (0, 65, 70, 77, 78):
            breach(f"store check ends with {check.status}", str(check))
        if "other" in told and check.status == 0:
            breach("an answer differs, and store check finds nothing")
        if same and check.status:
            breach("nothing was changed, and store check complains", str(check))
        self.tally.add("found by store check" if check.status else "not found by store check: answers as before")
        if draw.random() < 0.5:
            self.sync(number, breach)

    def judge(self, store, kind, command, outcome, breach):
        name = " ".join(command)
        if outcome.status not in DOCUMENTED:
            breach(f"{name} ends with {outcome.status}", str(outcome))
        status, answer = self.whole(store, command)
        if outcome.status != status:
            self.tally.add("commands that said so")
            if outcome.status == 0:
                breach(f"{name} ends with 0, before with {status}", str(outcome))
            elif len(outcome.errors.strip()) < 10:
                breach(f"{name} ends with {outcome.status} and says nothing")
            return "said"
        if plain(outcome.output) == answer:
            self.tally.add("commands that answered as before")
            return "same"
        if store == "log" and self.earlier(command, plain(outcome.output)):
            self.tally.add("commands that answered as before a commit that the log lost")
            return "older"
        if command[:3] == ("status", "--format", "json"):
            wanted = self.older if store == "plain" else self.newer
            lost = sorted(set(members(wanted)) - set(members(outcome.json())))
            breach(f"{name} answers otherwise{', gone: ' + str(lost) if lost else ''}", difference(wanted, outcome.json()))
        else:
            breach(f"{name} answers otherwise", changed(answer, plain(outcome.output)))
        return "other"

    def whole(self, store, command):
        """What a command answers over the whole store."""
        if (store, command) not in self.answers:
            self.bench.load(store)
            outcome = self.bench.run(*command)
            self.answers[store, command] = (outcome.status, plain(outcome.output))
        return self.answers[store, command]

    def earlier(self, command, answer):
        """Whether a command answered so when only the first commits of the log were there."""
        for end in self.commits:
            if (end, command) not in self.answers:
                self.bench.load("log")
                os.truncate(self.bench.directory / "idsync.db-wal", end)
                self.answers[end, command] = plain(self.bench.run(*command).output)
            if self.answers[end, command] == answer:
                return True
        return False

    def sync(self, number, breach):
        """A run over the damage ends as over a whole store, or says so."""
        bench = self.bench
        bench.load("damaged")
        run = bench.run("sync", "--full", case=number)
        self.tally.add("runs over damage")
        if run.status not in DOCUMENTED:
            breach(f"sync ends with {run.status}", str(run))
        if run.status:
            return
        after = bench.run("status", "--format", "json", case=number)
        if after.status == 70:
            self.tally.add("runs over damage whose store is refused later")
        elif after.status:
            breach(f"after a run that ended with 0 status ends with {after.status}", str(after))
        elif state(after.json()) != state(self.again):
            breach("after a run that ended with 0 status answers otherwise", difference(self.again, after.json()))


def plain(output):
    """An answer without the time at which it was given."""
    return TIMES.sub(b"(time)", output)


def commits(log):
    """Where each commit of a log ends, the empty log first."""
    frame = PAGE + 24
    ends = [at + frame for at in range(32, len(log) - frame + 1, frame) if log[at + 4 : at + 8] != bytes(4)]
    return [0, *ends]


def changed(old, new):
    old, new = old.decode("utf-8", "replace").splitlines(), new.decode("utf-8", "replace").splitlines()
    lines = [f"- {a}\n+ {b}" for a, b in zip(old, new) if a != b]
    return "\n".join(lines[:4] or [f"{len(old)} lines before, {len(new)} now"])


PAGE = 16384


def flip_bit(path, draw):
    return edit(path, draw, lambda data, at: data.__setitem__(at, data[at] ^ (1 << draw.randrange(8))))


def flip_bytes(path, draw):
    def change(data, at):
        for place in range(at, min(len(data), at + draw.randrange(1, 64))):
            data[place] = draw.randrange(256)

    return edit(path, draw, change)


def edit(path, draw, change):
    data = bytearray(path.read_bytes())
    at = draw.randrange(len(data))
    change(data, at)
    path.write_bytes(data)
    return f"{path.name} at {at}"


def pages(path):
    return path.stat().st_size // PAGE


def write_page(path, number, content):
    with open(path, "r+b") as file:
        file.seek(number * PAGE)
        file.write(content)


def read_page(path, number):
    with open(path, "rb") as file:
        file.seek(number * PAGE)
        return file.read(PAGE)


def database(change):
    return lambda directory, draw: change(directory / "idsync.db", draw)


def log(change):
    return lambda directory, draw: change(directory / "idsync.db-wal", draw)


def zero_page(path, draw):
    number = draw.randrange(pages(path))
    write_page(path, number, bytes(PAGE))
    return f"page {number + 1}"


def garble_page(path, draw):
    number = draw.randrange(pages(path))
    write_page(path, number, draw.randbytes(PAGE))
    return f"page {number + 1}"


def swap_pages(path, draw):
    one, two = draw.sample(range(1, pages(path)), 2)
    first, second = read_page(path, one), read_page(path, two)
    write_page(path, one, second)
    write_page(path, two, first)
    return f"pages {one + 1} and {two + 1}"


def copy_page(path, draw):
    one, two = draw.sample(range(1, pages(path)), 2)
    write_page(path, one, read_page(path, two))
    return f"page {two + 1} over {one + 1}"


def truncate(path, draw):
    size = draw.randrange(path.stat().st_size)
    os.truncate(path, size)
    return f"{path.name} to {size} bytes"


def truncate_at_page(path, draw):
    size = draw.randrange(1, pages(path)) * PAGE
    os.truncate(path, size)
    return f"to {size} bytes"


def header(path, draw):
    data = bytearray(path.read_bytes())
    at = draw.choice([0, 5, 16, 17, 18, 19, 20, 21, 22, 23, *range(24, 72), 96, 99])
    data[at] = draw.randrange(256)
    path.write_bytes(data)
    return f"byte {at}"


def empty(path, draw):
    path.write_bytes(b"")
    return path.name


def text_file(path, draw):
    path.write_bytes(b"<html>not a database</html>\n" * draw.randrange(1, 4000))
    return path.name


def append(path, draw):
    with open(path, "ab") as file:
        file.write(draw.randbytes(draw.randrange(1, 3 * PAGE)))
    return path.name


def edit_text(path, draw):
    """Changes a word that somebody could want to read otherwise."""
    data = path.read_bytes()
    pairs = [(b"not-enforced", b"cannot-tell!"), (b"acme.com", b"acme.org"), (b"mfa-conditional", b"mfa-conditionel"),
             (b"okta", b"0kta"), (b"admin", b"adnim"), (b"open", b"0pen"), (b"member", b"nember"), (b"2026-", b"2027-")]  # fmt: skip
    old, new = draw.choice([pair for pair in pairs if pair[0] in data])
    places = [match.start() for match in re.finditer(re.escape(old), data)]
    at = draw.choice(places)
    path.write_bytes(data[:at] + new + data[at + len(old) :])
    return f"{old.decode()} at {at}"


def delete_row(path, draw):
    """Takes a row away, or changes one, in good order for SQLite."""
    store = sqlite3.connect(path, isolation_level=None)
    try:
        store.execute("PRAGMA foreign_keys = OFF")
        table = draw.choice(["members", "open_findings", "member_versions", "judgements", "runs", "readings", "teams", "outbox",
                             "resolved_findings", "source_attempts", "team_readings", "meta", "finding_kinds"])  # fmt: skip
        where = f"(SELECT rowid, * FROM {table})"
        number = store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if not number:
            return f"{table} is empty"
        columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
        keys = [row[1] for row in store.execute(f"PRAGMA table_info({table})") if row[5]] or ["rowid"]
        row = store.execute(f"SELECT {', '.join(keys)} FROM {table} LIMIT 1 OFFSET {draw.randrange(number)}").fetchone()
        where = " AND ".join(f"{key} IS ?" for key in keys)
        try:
            if draw.random() < 0.6:
                store.execute(f"DELETE FROM {table} WHERE {where}", row)
                return f"a row of {table} deleted"
            column = draw.choice(columns)
            store.execute(f"UPDATE {table} SET {column} = NULL WHERE {where}", row)
            return f"{table}.{column} made null"
        except sqlite3.Error as error:
            return f"nothing, since {error}"
    finally:
        store.close()


def remove_log(path, draw):
    path.unlink()
    return path.name


def swap_frames(path, draw):
    data = bytearray(path.read_bytes())
    frame = PAGE + 24
    one, two = (32 + frame * n for n in draw.sample(range((len(data) - 32) // frame), 2))
    data[one : one + frame], data[two : two + frame] = data[two : two + frame], data[one : one + frame]
    path.write_bytes(data)
    return f"frames at {one} and {two}"


def log_header(path, draw):
    data = bytearray(path.read_bytes())
    at = draw.randrange(32)
    data[at] ^= 1 << draw.randrange(8)
    path.write_bytes(data)
    return f"log header byte {at}"


LOG = {
    "flip a bit of the log": log(flip_bit), "flip bytes of the log": log(flip_bytes), "truncate the log": log(truncate),
    "empty log": log(empty), "no log": log(remove_log), "swap frames of the log": log(swap_frames),
    "log header": log(log_header), "append to the log": log(append), "no log and a text": log(text_file),
}  # fmt: skip
DAMAGE = {
    "flip a bit": database(flip_bit), "flip bytes": database(flip_bytes), "zero a page": database(zero_page),
    "garble a page": database(garble_page), "swap pages": database(swap_pages), "copy a page": database(copy_page),
    "truncate": database(truncate), "truncate at a page": database(truncate_at_page), "header": database(header),
    "empty file": database(empty), "a text instead": database(text_file), "append": database(append),
    "edit a text": database(edit_text), "delete a row": database(delete_row), **LOG,
}  # fmt: skip
