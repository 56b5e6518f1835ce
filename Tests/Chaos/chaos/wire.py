"""Sockets and certificates of evil servers."""

import http.client
import pathlib
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Support"))

from smtp_sink import make_certificate  # noqa: E402


class Certificates:
    """A CA that the configuration trusts, and certificates of it, good and bad."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="idsync-chaos-tls-"))
        self.ca, self.good = make_certificate(self.directory)
        self.others = {}
        for name, names, days in (("wrong name", ["elsewhere.example"], 2), ("expired", ["localhost"], -1), ("stranger", ["localhost"], 2)):
            place = self.directory / name.replace(" ", "-")
            place.mkdir()
            self.others[name] = make_certificate(place, names, days)[1]

    def context(self, which="good", alpn=None, oldest=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.good if which == "good" else self.others[which])
        if oldest:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = oldest
        if alpn:
            context.set_alpn_protocols([alpn])
        return context

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class Connection:
    """One accepted connection; sending ends quietly when the other side is gone."""

    def __init__(self, sock, server):
        self.sock, self.server = sock, server
        self.buffer = b""

    def send(self, data):
        self.sock.sendall(data)

    def secure(self, context):
        self.sock = context.wrap_socket(self.sock, server_side=True)

    def line(self, end=b"\n"):
        while end not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionError
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(end)
        return line

    def request(self):
        """The head of an HTTP/1 request; its body, if any, is read away."""
        head = self.line(b"\r\n\r\n").decode("latin-1")
        for field in head.split("\r\n")[1:]:
            name, _, value = field.partition(":")
            if name.lower() == "content-length":
                while len(self.buffer) < int(value):
                    self.buffer += self.sock.recv(65536)
                self.buffer = self.buffer[int(value) :]
        return head

    def hold(self):
        """Says nothing until the other side or the server ends."""
        while not self.server.over:
            if not self.sock.recv(65536):
                return

    def pour(self, data, pause=0.0):
        """Sends the same for ever."""
        while not self.server.over:
            self.send(data)
            if pause:
                time.sleep(pause)


class Server:
    """Plays one attack to every connection; `attack(connection, head)` for HTTP/1, `attack(connection)` else."""

    def __init__(self, attack, kind, place, mock, certificates):
        self.attack, self.kind, self.place, self.mock, self.certificates = attack, kind, place, mock, certificates
        self.connections, self.over, self.stray = 0, False, []
        self.hurts = getattr(attack, "hurts", True)
        self.refuses = getattr(attack, "refuses", True)
        self.security = getattr(attack, "security", "none")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        scheme = {"http/1": "http", "hook": "http", "smtp": "smtps" if self.security == "tls" else "smtp"}.get(kind, "https")
        host = "localhost" if scheme in ("https", "smtp", "smtps") else "127.0.0.1"
        self.url = f"{scheme}://{host}:{self.port}"
        self.open = set()
        self.elsewhere = Elsewhere(self)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.add(sock)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        connection = Connection(sock, self)
        try:
            if self.kind in ("http/1", "hook"):
                while True:
                    head = connection.request()
                    path = head.split(" ")[1]
                    if self.place == "*" or path.split("?")[0].startswith(self.place):
                        self.attack(connection, head)
                        return
                    connection.send(self.forward(head))
            else:
                self.attack(connection)
        except (OSError, ValueError, IndexError, EOFError, http.client.HTTPException):
            pass
        finally:
            self.open.discard(sock)
            for end in (connection.sock, sock):
                try:
                    end.close()
                except OSError:
                    pass

    def forward(self, head):
        """The mock's answer to a request, with addresses that lead here."""
        method, path, _ = head.split("\r\n")[0].split(" ")
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        for name in ("Accept-Encoding", "Host", "Connection"):
            fields.pop(name, None)
        link = http.client.HTTPConnection(urllib.parse.urlsplit(self.mock.url("okta")).netloc, timeout=30)
        link.request(method, path, headers=fields)
        reply = link.getresponse()
        body = reply.read().replace(self.mock.url("okta").encode(), self.url.encode())
        lines = [f"HTTP/1.1 {reply.status} {reply.reason}"]
        for name, value in reply.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                lines.append(f"{name}: {value.replace(self.mock.url('okta'), self.url)}")
        link.close()
        return ("\r\n".join(lines) + f"\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body

    def close(self):
        self.over = True
        self.elsewhere.close()
        self.listener.close()
        for sock in list(self.open):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Elsewhere:
    """Another origin, to which redirects lead; whoever brings a token there is written down."""

    def __init__(self, server):
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
                sock.settimeout(5)
                head = sock.recv(65536).decode("latin-1")
                if self.server.mock.token("okta") in head or "authorization:" in head.lower():
                    self.server.stray.append(head.split("\r\n")[0])
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]")
                sock.close()
            except TimeoutError:
                continue
            except OSError:
                if self.server.over:
                    return

    def close(self):
        self.listener.close()
