"""The script one would write instead of idsync: requests, sqlite3, and a loop a list.

It reads the same pages of Heroku and Okta, one after the other, decides for every member by the policy's rules as far as
groups go, and keeps a row a member. It knows nothing of zones, expressions, refused calls, half-read lists, history or
alerts, and it believes every answer. It is here to be measured: `make bench`.

usage: plain_script.py HEROKU_URL OKTA_URL TEAM APP STORE
"""

import sqlite3
import sys

import requests

HEROKU_HEADERS = {
    "Accept": "application/vnd.heroku+json; version=3",
    "Authorization": "Bearer bench",
}
OKTA_HEADERS = {"Accept": "application/json", "Authorization": "SSWS bench"}


def heroku_pages(session, url):
    """Yields the pages of a list that is read in ranges."""
    span = "email ..; max=1000"
    while span:
        reply = session.get(url, headers=HEROKU_HEADERS | {"Range": span}, timeout=60)
        reply.raise_for_status()
        yield reply.json()
        span = reply.headers.get("Next-Range") if reply.status_code == 206 else None


def okta_pages(session, url):
    """Yields the pages of a list that names its next page in a Link header."""
    while url:
        reply = session.get(url, headers=OKTA_HEADERS, timeout=60)
        reply.raise_for_status()
        yield reply.json()
        url = reply.links.get("next", {}).get("url")


def main(heroku, okta, team, app_id, store):
    session = requests.Session()
    database = sqlite3.connect(store)
    database.execute(
        "create table if not exists members (team text, email text, role text, sso text, mfa text, verdict text,"
        " reason text, primary key (team, email)) without rowid"
    )

    app = session.get(f"{okta}/api/v1/apps/{app_id}", headers=OKTA_HEADERS, timeout=60).json()
    policy_url = app["_links"]["accessPolicy"]["href"].split("/policies/")[1]
    policy = session.get(
        f"{okta}/api/v1/policies/{policy_url}?expand=rules", headers=OKTA_HEADERS, timeout=60
    ).json()
    rules = sorted(policy["_embedded"]["rules"], key=lambda rule: rule["priority"])

    groups = {}
    for rule in rules:
        wanted = ((rule.get("conditions") or {}).get("people") or {}).get("groups") or {}
        for group in wanted.get("include") or []:
            if group not in groups:
                url = f"{okta}/api/v1/groups/{group}/users?limit=200"
                groups[group] = {user["id"] for page in okta_pages(session, url) for user in page}

    people = {}
    for query in ("filter=status%20eq%20%22DEPROVISIONED%22&limit=200", "limit=200"):
        for page in okta_pages(session, f"{okta}/api/v1/users?{query}"):
            for user in page:
                people[user["profile"]["email"].lower()] = (user["id"], user["status"])
    assigned = {
        user["id"]
        for page in okta_pages(session, f"{okta}/api/v1/apps/{app_id}/users?limit=500")
        for user in page
    }

    def verdict(member):
        if not member["federated"]:
            return "not-enforced", "outside single sign-on"
        user, status = people.get(member["email"].lower(), (None, None))
        if user is None:
            return "cannot-tell", "unknown at Okta"
        if status in ("STAGED", "PROVISIONED", "SUSPENDED", "DEPROVISIONED"):
            return "not-evaluated", status
        if user not in assigned:
            return "not-evaluated", "not assigned"
        for rule in rules:
            conditions = rule.get("conditions") or {}
            wanted = ((conditions.get("people") or {}).get("groups") or {}).get("include") or []
            if wanted and not any(user in groups[group] for group in wanted):
                continue
            mode = rule["actions"]["appSignOn"]["verificationMethod"].get("factorMode")
            if mode == "2FA":
                return "enforced", rule["name"]
            if (conditions.get("network") or {}).get("connection", "ANYWHERE") == "ANYWHERE":
                return "not-enforced", rule["name"]
            return "enforced-conditionally", rule["name"]
        return "cannot-tell", "no rule applies"

    for page in heroku_pages(session, f"{heroku}/teams/{team}/members"):
        rows = []
        for member in page:
            decision, reason = verdict(member)
            rows.append(
                (
                    team,
                    member["email"],
                    member["role"],
                    "enabled" if member["federated"] else "disabled",
                    str(member.get("two_factor_authentication")),
                    decision,
                    reason,
                )
            )
        database.executemany("insert or replace into members values (?,?,?,?,?,?,?)", rows)
    database.commit()
    for row in database.execute("select verdict, count(*) from members group by 1 order by 1"):
        print(*row)


if __name__ == "__main__":
    main(*sys.argv[1:])
