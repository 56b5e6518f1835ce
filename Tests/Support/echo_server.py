#!/usr/bin/env python3
"""An HTTP server on loopback that refuses every request and gives back what the request carried, in many forms.

Prints {"port": …} on stdout when it listens, and ends by a signal, or when the process given with --parent is gone.
"""

import argparse
import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        carried = self.headers.get("Authorization", "")
        token = carried.split(" ")[-1]
        coded = base64.b64encode(token.encode()).decode()
        forms = [token, coded, base64.b64encode(b"user:" + token.encode()).decode(), quote(token, safe="")]
        told = " ".join(forms)
        body = json.dumps({
            "id": token, "error": token, "message": told, "error_description": told, "errorCode": token,
            "errorSummary": told, "detail": told, "errorId": token, "documentation_url": f"https://x/{token}",
            "errors": [{"message": told, "code": token}],
        }).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name in ["Request-Id", "X-Request-Id", "X-Okta-Request-Id", "X-GitHub-Request-Id", "WWW-Authenticate"]:
            self.send_header(name, token)
        self.send_header("Location", f"/{token}?t={token}")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def main(options):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    server.status = options.status
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    while os.getppid() == options.parent:
        time.sleep(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--status", type=int, default=403, help="what every request is answered")
    parser.add_argument("--parent", type=int, required=True, metavar="PID")
    main(parser.parse_args())
