"""A directory with a configuration and a store, and the built `idsync` run in it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from .leaks import Leaks

HOOK_SECRET = "whsec_Y2hhb3MtY2FtcGFpZ25zLW9mLWlkc3luYy0wMQ=="
MAIL_PASSWORD = "mail/PASS+word=of&chaos 0123456789"

# What --help prints; 127 is the loader's.
DOCUMENTED = {0, 10, 20, 30, 40, 64, 65, 69, 70, 71, 75, 77, 78}
# In the order of DESIGN: the weakest first.
ORDER = ["not-enforced", "cannot-tell", "enforced-conditionally", "enforced", "not-evaluated"]
KEPT = [
    "team", "email", "role", "sso", "platform_mfa", "verdict", "provider", "reason", "witness", "enrolled",
    "factors", "exempt", "findings", "standing", "held", "name", "reason_code", "stale",
]  # fmt: skip


class Outcome:
    """What a command came to; the status is negative after a signal."""

    def __init__(self, status, output, errors, seconds, peak):
        self.status, self.output, self.errors = status, output, errors
        self.seconds, self.peak = seconds, peak

    @property
    def text(self):
        return (self.output + self.errors).decode("utf-8", "replace")

    def json(self):
        return json.loads(self.output)

    def __str__(self):
        return f"status {self.status} after {self.seconds:.1f} s\n{self.text}"


class Bench:
    """One directory; whatever is written in it is searched for secrets."""

    def __init__(self, program, mock, tally, extra="", sources=None, secrets=None):
        self.program, self.tally = program, tally
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="idsync-chaos-"))
        self.secrets = {"HOOK_SECRET": HOOK_SECRET, "MAIL_PASSWORD": MAIL_PASSWORD, **(secrets or {})}
        if mock:
            self.secrets |= {"HEROKU_TOKEN": mock.token("heroku"), "OKTA_TOKEN": mock.token("okta")}
        self.leaks = Leaks(self.secrets)
        self.environment = {**self.secrets, "PATH": "/usr/bin:/bin", "HOME": str(self.directory)}
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        if sources is None:
            sources = {"heroku": mock.url("heroku"), "okta": mock.url("okta")}
        self.sources = sources
        self.configure(extra)

    def configure(self, extra="", name="idsync.yaml", sources=None):
        """Writes a configuration: one team on Heroku whose people sign in through Okta."""
        urls = {**self.sources, **(sources or {})}
        text = f"""store: sqlite:idsync.db
sources:
  heroku: {{ kind: heroku, url: "{urls['heroku']}", token: env:HEROKU_TOKEN }}
  okta: {{ kind: okta, url: "{urls['okta']}", token: env:OKTA_TOKEN }}
teams:
  acme-widgets: {{ roster: heroku, sign_in: [ {{ provider: okta, app: 0oaAcmeHeroku1 }} ] }}
{extra}
"""
        path = self.directory / name
        path.write_text(text)
        path.chmod(0o600)

    def close(self, case="-"):
        """Searches the directory for secrets and takes it away."""
        for name, file in self.leaks.below(self.directory):
            self.tally.breach(case, f"secret {name} in the file {file}")
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, *arguments, before=(), environment=None):
        """Starts a command; its output goes to files, so that no pipe can fill."""
        files = [tempfile.TemporaryFile() for _ in range(2)]
        process = subprocess.Popen(
            [*before, str(self.program), *arguments],
            cwd=self.directory, env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=files[0], stderr=files[1], start_new_session=True,
        )  # fmt: skip
        return process, files, time.monotonic()

    def finish(self, started, case="-", limit=120):
        """Waits for a command, with its peak memory in KiB; what takes longer than the limit is killed."""
        process, files, start = started
        peak, end = 0, start + limit
        while True:
            found, status = os.waitpid(process.pid, os.WNOHANG)
            if found:
                break
            peak = max(peak, high_water(process.pid))
            if time.monotonic() > end:
                os.killpg(process.pid, signal.SIGKILL)
                end = float("inf")
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in files:
            file.seek(0)
            texts.append(file.read())
            file.close()
        outcome = Outcome(process.returncode, *texts, time.monotonic() - start, peak)
        for name in self.leaks.of(texts[0] + texts[1]):
            self.tally.breach(case, f"secret {name} in the output of {process.args}", outcome.text)
        self.tally.add("processes")
        return outcome

    def run(self, *arguments, before=(), environment=None, case="-", limit=120):
        return self.finish(self.start(*arguments, before=before, environment=environment), case, limit)

    def save(self, name):
        """Keeps a copy of the store, which nobody has open."""
        for suffix in ("", "-wal", "-shm"):
            (self.directory / (name + suffix)).unlink(missing_ok=True)
        for path in self.store_files():
            shutil.copy(path, self.directory / (name + path.name[len("idsync.db") :]))

    def load(self, name):
        """Puts a kept copy of the store in its place."""
        for path in self.store_files():
            path.unlink()
        for suffix in ("", "-wal", "-shm"):
            if (self.directory / (name + suffix)).exists():
                shutil.copy(self.directory / (name + suffix), self.directory / ("idsync.db" + suffix))

    def store_files(self):
        files = [self.directory / ("idsync.db" + suffix) for suffix in ("", "-wal", "-shm")]
        return [path for path in files if path.exists()]

    def report(self, name="status.json"):
        return json.loads((self.directory / name).read_bytes())


def high_water(process):
    """VmHWM of a process in KiB; ru_maxrss would count what it was before it became another program."""
    try:
        with open(f"/proc/{process}/status", "rb") as file:
            line = next((line for line in file if line.startswith(b"VmHWM")), b"VmHWM: 0")
            return int(line.split()[1])
    except (OSError, ProcessLookupError):
        return 0


def members(document):
    return {member["email"]: member for member in document["members"]}


def state(document):
    """What a status says without the ids and times of runs."""
    rows = [{key: member.get(key) for key in KEPT} for member in document["members"]]
    summary = {key: value for key, value in document["summary"].items()}
    return json.dumps([sorted(rows, key=lambda row: row["email"]), summary], sort_keys=True)


def difference(old, new):
    """The first few members that two documents tell differently."""
    old, new = members(old), members(new)
    lines = []
    for email in sorted(set(old) | set(new)):
        a, b = ({key: (m or {}).get(key) for key in KEPT} for m in (old.get(email), new.get(email)))
        if a != b:
            lines.append(f"{email}: " + "; ".join(f"{k}: {a[k]} -> {b[k]}" for k in KEPT if a[k] != b[k]))
    return "\n".join(lines[:6])
