"""HTTP/2 over TLS with frames built by hand: floods, false HPACK, broken order."""

import struct
import time
import zlib

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
# ":status: 200" by its number, and "content-type: application/json" as a literal.
STATUS = b"\x88"
HEAD = STATUS + b"\x0f\x10\x10application/json"


def frame(kind, flags, stream, payload=b"", length=None):
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\0" + integer(len(name)) + name + integer(len(value)) + value


def integer(number, prefix=7):
    most = (1 << prefix) - 1
    if number < most:
        return bytes([number])
    out, number = bytes([most]), number - most
    while number >= 128:
        out += bytes([number % 128 + 128])
        number //= 128
    return out + bytes([number])


def begin(connection, settings=b""):
    """The handshake, the first settings, and the stream of the first request."""
    connection.secure(connection.server.certificates.context(alpn="h2"))
    connection.send(frame(SETTINGS, 0, 0, settings))
    while len(connection.buffer) < len(PREFACE):
        connection.buffer += read(connection)
    connection.buffer = connection.buffer[len(PREFACE) :]
    return request(connection)


def read(connection):
    data = connection.sock.recv(65536)
    if not data:
        raise ConnectionError
    return data


def request(connection):
    """The stream of the next request; settings and pings are answered."""
    while True:
        while len(connection.buffer) < 9 or len(connection.buffer) < 9 + int.from_bytes(connection.buffer[:3], "big"):
            connection.buffer += read(connection)
        size = int.from_bytes(connection.buffer[:3], "big")
        kind, flags = connection.buffer[3], connection.buffer[4]
        stream = int.from_bytes(connection.buffer[5:9], "big")
        payload, connection.buffer = connection.buffer[9 : 9 + size], connection.buffer[9 + size :]
        if kind == SETTINGS and not flags & ACK:
            connection.send(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            connection.send(frame(PING, ACK, 0, payload))
        elif kind == HEADERS:
            return stream


def flood(make, head=True):
    """After a reply's head, or instead of it, the same frames for ever."""

    def play(connection):
        stream = begin(connection)
        if head:
            connection.send(frame(HEADERS, END_HEADERS, stream, HEAD))
        connection.pour(make(stream))

    return play


def once(make):
    """Some frames, then nothing."""

    def play(connection):
        connection.send(make(begin(connection)))
        connection.hold()

    return play


def counted(make):
    """Frames that differ, for ever."""

    def play(connection):
        stream, number = begin(connection), 0
        while not connection.server.over:
            connection.send(b"".join(make(stream, number + n) for n in range(500)))
            number += 500

    return play


def continuations(piece, times=200):
    def play(connection):
        stream = begin(connection)
        connection.send(frame(HEADERS, 0, stream, HEAD))
        connection.pour(frame(CONTINUATION, 0, stream, piece) * times)

    return play


def hpack_bomb(connection):
    """One large entry in the table, named again and again."""
    stream = begin(connection)
    entry = b"\x40" + integer(1) + b"x" + integer(3500) + b"v" * 3500
    connection.send(frame(HEADERS, 0, stream, HEAD + entry))
    connection.pour(frame(CONTINUATION, 0, stream, b"\xbe" * 16000))


def hpack_bomb_of_many_replies(connection):
    while True:
        stream = begin(connection) if not hasattr(connection, "begun") else request(connection)
        connection.begun = True
        entry = b"\x40" + integer(1) + b"x" + integer(3500) + b"v" * 3500
        connection.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, HEAD + entry + b"\xbe" * 16000))


def refuse_all(code):
    def play(connection):
        stream = begin(connection)
        while True:
            connection.send(frame(RST, 0, stream, struct.pack(">I", code)))
            stream = request(connection)

    return play


def goaway_each(connection):
    stream = begin(connection)
    connection.send(frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0)) * 5000)
    connection.pour(frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0) + b"d" * 1000) * 20)


def with_settings(*pairs):
    def play(connection):
        stream = begin(connection, b"".join(struct.pack(">HI", key, value) for key, value in pairs))
        connection.send(frame(HEADERS, END_HEADERS, stream, HEAD) + frame(DATA, END_STREAM, stream, b"[]"))
        while True:
            stream = request(connection)
            connection.send(frame(HEADERS, END_HEADERS, stream, HEAD) + frame(DATA, END_STREAM, stream, b"[]"))

    return play


def slow(connection):
    stream = begin(connection)
    connection.send(frame(HEADERS, END_HEADERS, stream, HEAD))
    connection.pour(frame(DATA, 0, stream, b" "), 0.2)


def body_without_windows(connection):
    """More than the other side gave room for."""
    stream = begin(connection)
    connection.send(frame(HEADERS, END_HEADERS, stream, HEAD))
    connection.pour(frame(DATA, 0, stream, b" " * 16000))


def gzip_bomb(connection):
    stream = begin(connection)
    connection.send(frame(HEADERS, END_HEADERS, stream, HEAD + literal(b"content-encoding", b"gzip")))
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while not connection.server.over:
        data = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
        connection.send(frame(DATA, 0, stream, data))


def not_http2(connection):
    connection.secure(connection.server.certificates.context(alpn="h2"))
    connection.sock.recv(65536)
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
    connection.hold()


def garbage(connection):
    connection.secure(connection.server.certificates.context(alpn="h2"))
    connection.pour(bytes(range(256)) * 64)


def silence(connection):
    connection.secure(connection.server.certificates.context(alpn="h2"))
    connection.hold()


def slow_settings(connection):
    connection.secure(connection.server.certificates.context(alpn="h2"))
    for byte in frame(SETTINGS, 0, 0, struct.pack(">HI", 3, 1) * 200):
        connection.send(bytes([byte]))
        time.sleep(0.2)


def attacks():
    reply = lambda s: frame(HEADERS, END_HEADERS, s, HEAD)  # noqa: E731
    whole = lambda s: reply(s) + frame(DATA, END_STREAM, s, b"[]")  # noqa: E731
    return [
        ("endless empty DATA", flood(lambda s: frame(DATA, 0, s) * 2000)),
        ("endless DATA of padding", flood(lambda s: frame(DATA, PADDED, s, b"\xff" + bytes(255)) * 50)),
        ("endless DATA of one byte", flood(lambda s: frame(DATA, 0, s, b" ") * 2000)),
        ("more DATA than room", body_without_windows),
        ("endless CONTINUATION with headers", continuations(literal(b"x-a", b"v" * 60))),
        ("endless CONTINUATION with large headers", continuations(literal(b"x-a", b"v" * 16000), 4)),
        ("endless empty CONTINUATION", continuations(b"", 2000)),
        ("endless CONTINUATION of one name", continuations(b"", 1)),
        ("endless SETTINGS", flood(lambda s: frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)) * 500, False)),
        ("endless empty SETTINGS", flood(lambda s: frame(SETTINGS, 0, 0) * 1000, False)),
        ("endless SETTINGS of unknown keys", flood(lambda s: frame(SETTINGS, 0, 0, struct.pack(">HI", 9999, 1) * 2000), False)),
        ("endless SETTINGS ACK", flood(lambda s: frame(SETTINGS, ACK, 0) * 1000, False)),
        ("endless PING", flood(lambda s: frame(PING, 0, 0, bytes(8)) * 1000, False)),
        ("endless PING ACK", flood(lambda s: frame(PING, ACK, 0, bytes(8)) * 1000, False)),
        ("endless WINDOW_UPDATE", flood(lambda s: frame(WINDOW, 0, s, struct.pack(">I", 1)) * 1000, False)),
        ("WINDOW_UPDATE of 0", once(lambda s: frame(WINDOW, 0, s, bytes(4)))),
        ("WINDOW_UPDATE beyond 2^31", once(lambda s: frame(WINDOW, 0, 0, struct.pack(">I", 0x7FFFFFFF)) * 3)),
        ("endless PRIORITY", flood(lambda s: frame(PRIORITY, 0, s, struct.pack(">IB", 0, 1)) * 1000, False)),
        ("endless PRIORITY of idle streams", counted(lambda s, n: frame(PRIORITY, 0, 2 * n + 101, struct.pack(">IB", 0, 1)))),
        ("endless RST_STREAM of closed streams", flood(lambda s: frame(RST, 0, s, bytes(4)) * 1000, False)),
        ("RST_STREAM of an idle stream", once(lambda s: frame(RST, 0, 9999, bytes(4)))),
        ("all refused", refuse_all(7)),
        ("all cancelled", refuse_all(8)),
        ("all to be calm", refuse_all(11)),
        ("all to be tried over HTTP/1", refuse_all(13)),
        ("PUSH_PROMISE", counted(lambda s, n: frame(PUSH, END_HEADERS, s, struct.pack(">I", 2 * n + 2) + HEAD))),
        ("GOAWAY storm", goaway_each),
        ("GOAWAY at once", once(lambda s: frame(GOAWAY, 0, 0, struct.pack(">II", 0, 0)))),
        ("GOAWAY with an error", once(lambda s: frame(GOAWAY, 0, 0, struct.pack(">II", 0, 2) + b"x" * 16000))),
        ("GOAWAY, then a reply", once(lambda s: frame(GOAWAY, 0, 0, struct.pack(">II", s, 0)) + whole(s))),
        ("unknown kinds of frames", flood(lambda s: frame(0xBA, 0xFF, s, b"u" * 1000) * 50, False)),
        ("endless empty unknown frames", flood(lambda s: frame(0xBA, 0, 0) * 1000, False)),
        ("endless ALTSVC", flood(lambda s: frame(10, 0, 0, b"\0\x13https://example.org" + b'h2="x:443"') * 200, False)),
        ("endless ORIGIN", flood(lambda s: frame(12, 0, 0, b"\0\x13https://example.org") * 500, False)),
        ("HPACK index that is none", once(lambda s: frame(HEADERS, END_HEADERS, s, b"\xff\xff\xff\x7f"))),
        ("HPACK number without end", once(lambda s: frame(HEADERS, END_HEADERS, s, b"\xff" + b"\xff" * 1000))),
        ("HPACK text longer than the frame", once(lambda s: frame(HEADERS, END_HEADERS, s, b"\x88\0\x7f\xff\xff\xff\x07x"))),
        ("HPACK bad Huffman", once(lambda s: frame(HEADERS, END_HEADERS, s, b"\x88\0\x84\xff\xff\xff\xff\x84\xff\xff\xff\xff"))),
        ("HPACK table of 4 GiB", once(lambda s: frame(HEADERS, END_HEADERS, s, b"\x3f\xe1\xff\xff\xff\x0f" + HEAD))),
        ("HPACK bomb", hpack_bomb),
        ("HPACK bombs of many replies", hpack_bomb_of_many_replies),
        ("frame of 16 MiB announced", once(lambda s: reply(s) + frame(DATA, 0, s, b"[" * 1000, 0xFFFFFF))),
        ("frame longer than allowed", once(lambda s: reply(s) + frame(DATA, 0, s, b" " * 200_000))),
        ("frame cut", once(lambda s: reply(s) + frame(DATA, 0, s, b"[]", 100))),
        ("DATA before HEADERS", once(lambda s: frame(DATA, END_STREAM, s, b"[]"))),
        ("DATA on stream 0", once(lambda s: frame(DATA, END_STREAM, 0, b"[]"))),
        ("HEADERS on stream 0", once(lambda s: frame(HEADERS, END_HEADERS, 0, HEAD))),
        ("HEADERS on an even stream", once(lambda s: frame(HEADERS, END_HEADERS, 2, HEAD))),
        ("HEADERS between CONTINUATION", once(lambda s: frame(HEADERS, 0, s, HEAD) + frame(PING, 0, 0, bytes(8)))),
        ("reply of no status", once(lambda s: frame(HEADERS, END_HEADERS | END_STREAM, s, literal(b"a", b"b")))),
        ("reply of two statuses", once(lambda s: frame(HEADERS, END_HEADERS, s, STATUS * 2) + frame(DATA, END_STREAM, s, b"[]"))),
        ("status of words", once(lambda s: frame(HEADERS, END_HEADERS, s, literal(b":status", b"two")))),
        ("names in capitals", once(lambda s: frame(HEADERS, END_HEADERS, s, HEAD + literal(b"X-A", b"b")))),
        ("a line end in a value", once(lambda s: frame(HEADERS, END_HEADERS, s, HEAD + literal(b"x", b"a\r\nb: c")) + frame(DATA, END_STREAM, s, b"[]"))),
        ("length that is not so", once(lambda s: frame(HEADERS, END_HEADERS, s, HEAD + literal(b"content-length", b"900")) + frame(DATA, END_STREAM, s, b"[]"))),
        ("endless interim replies", flood(lambda s: frame(HEADERS, END_HEADERS, s, literal(b":status", b"103")) * 500, False)),
        ("endless trailers", flood(lambda s: frame(HEADERS, END_HEADERS, s, literal(b"x", b"y")) * 500)),
        ("reply after its end", once(lambda s: whole(s) + whole(s) * 50)),
        ("window of 0", with_settings((4, 0))),
        ("window beyond 2^31", with_settings((4, 0xFFFFFFFF))),
        ("no stream allowed", with_settings((3, 0))),
        ("frame size of 1", with_settings((5, 1))),
        ("table of 4 GiB", with_settings((1, 0xFFFFFFFF))),
        ("push of 7", with_settings((2, 7))),
        ("settings cut", once(lambda s: frame(SETTINGS, 0, 0, b"abc"))),
        ("ping cut", once(lambda s: frame(PING, 0, 0, b"abc"))),
        ("headers padded beyond", once(lambda s: frame(HEADERS, END_HEADERS | PADDED, s, b"\xff" + HEAD))),
        ("slow DATA", slow),
        ("gzip bomb", gzip_bomb),
        ("HTTP/1 on HTTP/2", not_http2),
        ("garbage", garbage),
        ("silence", silence),
        ("slow settings", slow_settings),
    ]  # fmt: skip
