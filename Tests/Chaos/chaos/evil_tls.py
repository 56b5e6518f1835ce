"""TLS that is old, of another name, cut, slow or endless."""

import socket
import ssl
import struct
import time
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


def record(kind, payload, version=b"\x03\x03", length=None):
    return bytes([kind]) + version + struct.pack(">H", len(payload) if length is None else length) + payload


def handshake(kind, payload, length=None):
    return bytes([kind]) + struct.pack(">I", len(payload) if length is None else length)[1:] + payload


def hello(length=None):
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2f" + b"\0"
    return handshake(2, body, length)


def secured(which="good", oldest=None, play=None, demand=False):
    def attack(connection):
        context = connection.server.certificates.context(which, oldest=oldest)
        if demand:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(connection.server.certificates.ca)
        connection.secure(context)
        if play:
            play(connection)
            return
        while True:
            connection.line(b"\r\n\r\n")
            connection.send(REPLY)

    return attack


def plain(*pieces, hold=True, pour=None, pause=0.0):
    """Takes the first message and answers with bytes."""

    def attack(connection):
        connection.sock.recv(65536)
        for piece in pieces:
            connection.send(piece)
        if pour:
            connection.pour(pour, pause)
        if hold:
            connection.hold()

    return attack


def close_at_once(connection):
    pass


def reset_at_once(connection):
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection):
    connection.hold()


def cut_body(connection):
    """A body that ends with the connection, and that without a farewell: half of it may be missing."""
    connection.line(b"\r\n\r\n")
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    raw = connection.sock.detach()
    socket.socket(fileno=raw).close()


def whole_looking_cut(connection):
    connection.line(b"\r\n\r\n")
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[]")
    raw = connection.sock.detach()
    socket.socket(fileno=raw).close()


def garbage_after(connection):
    connection.line(b"\r\n\r\n")
    raw = socket.socket(fileno=connection.sock.detach())
    raw.sendall(record(23, bytes(range(256)) * 4))
    time.sleep(0.5)
    raw.close()


def one_byte_records(connection):
    connection.line(b"\r\n\r\n")
    connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
    connection.pour(b" ")


def empty_records(connection):
    connection.line(b"\r\n\r\n")
    connection.send(b"HTTP/1.1 200 OK\r\n\r\n[")
    connection.pour(b" ", 0.1)


def close_after(connection):
    connection.line(b"\r\n\r\n")


def drip_hello(connection):
    connection.sock.recv(65536)
    for byte in record(22, hello()) * 50:
        connection.send(bytes([byte]))
        time.sleep(0.2)


def proxy_cut(at):
    """A real handshake whose bytes end after so many."""

    def attack(connection):
        inner, outer = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = connection.server.certificates.context().wrap_bio(inner, outer, server_side=True)
        sent = 0
        while sent < at:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                pass
            data = outer.read()[: at - sent]
            connection.send(data)
            sent += len(data)
            inner.write(connection.sock.recv(65536))

    return attack


def attacks():
    versions = ssl.TLSVersion
    return [
        ("TLS 1.0", secured(oldest=versions.TLSv1)), ("TLS 1.1", secured(oldest=versions.TLSv1_1)),
        ("wrong name", secured("wrong name")), ("expired", secured("expired")), ("unknown CA", secured("stranger")),
        ("a certificate is demanded", secured(demand=True)), ("closed at once", close_at_once), ("reset at once", reset_at_once),
        ("silence", silence), ("plain HTTP", plain(REPLY)), ("garbage", plain(bytes(range(256)) * 10)), ("zeroes for ever", plain(pour=bytes(65536))),
        ("a hello without end", drip_hello), ("hello of 16 MiB announced", plain(record(22, hello(0xFFFFFF)), pour=record(22, bytes(16000)))),
        ("record longer than allowed", plain(record(22, bytes(20000), length=0xFFFF), pour=bytes(65536))),
        ("warnings for ever", plain(pour=record(21, b"\1\x5a") * 500)), ("a fatal alert", plain(record(21, b"\2\x28"))),
        ("cipher changes for ever", plain(pour=record(20, b"\1") * 500)), ("empty records for ever", plain(pour=record(22, b"") * 500)),
        ("hello requests for ever", plain(pour=record(22, handshake(0, b"")) * 500)),
        ("two hellos", plain(record(22, hello()) * 2)), ("application data first", plain(record(23, b"x" * 100))),
        ("SSL 2", plain(b"\x80\x2e\x04\0\1\0\2" + bytes(60))), ("heartbeats", plain(pour=record(24, b"\1\xff\xff" + bytes(16)) * 200)),
        ("body cut without a farewell", secured(play=cut_body)), ("a whole body without a farewell", secured(play=whole_looking_cut)),
        ("garbage after the handshake", secured(play=garbage_after)), ("records of one byte", secured(play=one_byte_records)),
        ("slow records", secured(play=empty_records)), ("closed after the request", secured(play=close_after)),
        *((f"handshake cut after {at} bytes", proxy_cut(at)) for at in (1, 5, 20, 100, 300, 700)),
    ]  # fmt: skip
