"""The mock organisation as a process of its own, and the worlds it plays."""

import copy
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request


class Mock:
    """A running mock-idp; worlds and faults are set over its /_mock/ addresses."""

    def __init__(self, program, bystanders=0):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="idsync-chaos-mock-"))
        port_file = self.directory / "mock.json"
        scenario = pathlib.Path(__file__).resolve().parents[3] / "mocks/scenarios/acme.yaml"
        self.process = subprocess.Popen(
            [str(program), "serve", "--scenario", str(scenario), "--port-file", str(port_file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 60
        while not port_file.exists():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("mock-idp did not start")
            time.sleep(0.05)
        self.vendors = json.loads(port_file.read_text())
        self.good = self.ask("GET", "scenario")
        self._prepare(bystanders)
        self.play(self.good)

    def _prepare(self, bystanders):
        """Quotas that no campaign meets, short pages of policies, and people who fill pages."""
        self.good["okta"] |= {"rateLimit": 10**9, "policyPageSize": 1}
        self.good["heroku"] |= {"rateLimit": 10**9, "refillPerMinute": 10**9}
        pattern = next(p for p in self.good["people"] if p["email"] == "mei.chen@acme.com")
        for number in range(bystanders):
            person = copy.deepcopy(pattern)
            address = f"bystander{number}@acme.com"
            person |= {"email": address, "login": address, "id": f"00uBystander{number:08}", "name": f"By {number}"}
            self.good["people"].append(person)

    def url(self, vendor):
        return self.vendors[vendor]["baseURL"]

    def token(self, vendor):
        return self.vendors[vendor]["token"]

    def ask(self, method, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url('okta')}/_mock/{what}", data, method=method)
        with urllib.request.urlopen(request, timeout=60) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def play(self, scenario):
        self.ask("PUT", "scenario", scenario)

    def faults(self, *faults):
        self.ask("PUT", "faults", list(faults))

    def counts(self):
        return self.ask("GET", "counts")

    def forget(self):
        self.ask("DELETE", "requests")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def rule(name, group, factors):
    """A rule of an access policy, before all others."""
    empty = ("exceptGroups", "exceptUsers", "exceptZones", "platforms", "userTypes", "users", "zones")
    return {
        "name": name, "id": "rulChaos" + name, "groups": [group], "factors": factors, "access": "ALLOW",
        "isSystem": False, "requiresFactor": False, "status": "ACTIVE", **{key: [] for key in empty},
    }  # fmt: skip


def worse(scenario):
    """The engineers' password is enough, one member left single sign-on, one is new and has no second factor."""
    world = copy.deepcopy(scenario)
    policy = next(p for p in world["okta"]["policies"] if p["name"] == "Heroku sign-in")
    policy["rules"].insert(0, rule("Engineers", "Engineers", "1FA"))
    team = next(t for t in world["heroku"]["teams"] if t["name"] == "acme-widgets")
    for member in team["members"]:
        if member["email"] == "yuki.mori@partner.example":
            member |= {"isFederated": False, "twoFactor": False}
    row = copy.deepcopy(next(m for m in team["members"] if m["email"] == "victor.ruiz@acme.com"))
    row |= {"email": "wanda.late@acme.com", "name": "Wanda Late", "id": "0d0c1b7e-0000-4a57-9a0e-2f6d5a0c0001"}
    team["members"].append(row)
    return world


def other(scenario):
    """Some get worse, some better, one is gone: findings open and resolve."""
    world = worse(scenario)
    policy = next(p for p in world["okta"]["policies"] if p["name"] == "Heroku sign-in")
    next(r for r in policy["rules"] if r["name"] == "Contractors")["factors"] = "2FA"
    team = next(t for t in world["heroku"]["teams"] if t["name"] == "acme-widgets")
    team["members"] = [m for m in team["members"] if m["email"] != "zoe.martin@acme.com"]
    return world


def fewer(scenario):
    """A third of the members is gone: more than a guard lets go."""
    world = copy.deepcopy(scenario)
    team = next(t for t in world["heroku"]["teams"] if t["name"] == "acme-widgets")
    team["members"] = team["members"][:18]
    return world
