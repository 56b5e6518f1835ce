"""What a campaign counted and what it found."""

import concurrent.futures
import threading
import time
import traceback


class Tally:
    """Counts and breaches of one campaign; safe to use from several threads."""

    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.counts = {}
        self.breaches = []
        self.lacks = []
        self.seconds = 0.0
        self.lock = threading.Lock()

    def add(self, what, number=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + number

    def most(self, what, number):
        with self.lock:
            self.counts[what] = max(self.counts.get(what, 0), number)

    def lack(self, text):
        self.lacks.append(text)
        print(f"{self.name}: left out: {text}", flush=True)

    def breach(self, case, text, detail=""):
        """Writes a breach down and prints how to play its case again."""
        again = f"Tests/Chaos/run.py {self.name} --seed {self.options.seed} --case {case}"
        if self.options.only:
            again += f" --only '{self.options.only}'"
        if self.options.count:
            again += f" --count {self.options.count}"
        if self.options.short:
            again += " --short"
        with self.lock:
            self.breaches.append(text)
            print(f"BREACH {self.name}: {text}\n    again: {again}", flush=True)
            for line in detail.strip().splitlines()[:12]:
                print(f"    | {line[:400]}", flush=True)

    def spread(self, cases, play):
        """Plays (number, case) pairs, several at a time; `play(worker, number, case)` with the worker's number."""
        cases = list(enumerate(cases))
        if self.options.case is not None:
            cases = [pair for pair in cases if pair[0] == self.options.case]
        jobs = max(1, self.options.jobs)
        end = time.monotonic() + self.options.minutes * 60 if self.options.minutes else None
        left, said = iter(cases), [time.monotonic()]

        def work(worker):
            while True:
                with self.lock:
                    pair = next(left, None)
                    if time.monotonic() - said[0] > 60:
                        said[0] = time.monotonic()
                        print(f"{self.name}: {self.counts.get('cases', 0)} of {len(cases)}, {len(self.breaches)} breaches", flush=True)
                if pair is None or (end and time.monotonic() > end):
                    return
                try:
                    play(worker, *pair)
                except Exception as error:  # a campaign that fails has not shown anything
                    self.breach(pair[0], f"the campaign itself failed: {error!r}", traceback.format_exc()[-1500:])
                self.add("cases")

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for future in [pool.submit(work, worker) for worker in range(jobs)]:
                future.result()

    @staticmethod
    def table(tallies):
        rows = [("CAMPAIGN", "COUNT", "OF WHAT")]
        for tally in tallies:
            for what, number in tally.counts.items():
                rows.append((tally.name, f"{number:g}", what))
            rows.append((tally.name, str(len(tally.breaches)), "breaches"))
            rows.append((tally.name, f"{tally.seconds:.0f}", "seconds"))
            rows += [(tally.name, "-", f"left out: {text}") for text in tally.lacks]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        return "\n".join(f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c}" for a, b, c in rows)
