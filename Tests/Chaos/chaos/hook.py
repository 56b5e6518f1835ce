"""A webhook receiver on loopback that checks signatures and writes every delivery down."""

import base64
import hashlib
import hmac
import http.server
import json
import threading

from .bench import HOOK_SECRET

KEY = base64.b64decode(HOOK_SECRET.removeprefix("whsec_"))


class Hook:
    """`deliveries` holds (id, body) of what was taken, `refused` what was answered with 503."""

    def __init__(self):
        self.deliveries, self.refused, self.faults = [], [], []
        self.failing = False
        self.lock = threading.Lock()
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = hook.take(self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()

    def take(self, headers, body):
        identity, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        text = f"{identity}.{moment}.".encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(KEY, text, hashlib.sha256).digest()).decode()
        with self.lock:
            if wanted not in headers.get("webhook-signature", "").split():
                self.faults.append(f"message {identity} is not signed")
            (self.refused if self.failing else self.deliveries).append((identity, body))
            return 503 if self.failing else 204

    def reset(self):
        with self.lock:
            self.deliveries, self.refused, self.faults = [], [], []
            self.failing = False

    def told(self):
        """Distinct messages in the order of arrival, as sorted texts of what each tells."""
        first = {}
        for identity, body in self.deliveries:
            first.setdefault(identity, told(body))
        return first

    def twofold(self):
        """Ids that came with two contents."""
        seen, bad = {}, []
        for identity, body in self.deliveries:
            if seen.setdefault(identity, told(body)) != told(body):
                bad.append(identity)
        return bad

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def told(body):
    """The findings and notices that a message tells."""
    data = json.loads(body).get("data", {})
    rows = []
    for word in ("opened", "resolved"):
        for row in data.get(word) or []:
            rows.append(f"{word} {row.get('team')} {row.get('email')} {row.get('kind')}")
    for row in data.get("notices") or []:
        rows.append(f"notice {row.get('kind')} {row.get('team')} {row.get('source')}")
    return sorted(rows)
