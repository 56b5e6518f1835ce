"""HTTP/1 that never ends, lies about its length, hides a second reply, or blows up."""

import functools
import gzip
import os
import random
import socket
import struct
import time
import zlib

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = 1 << 20


def attacks():
    found = [(name[1:].replace("_", " "), play) for name, play in globals().items() if name.startswith("_") and callable(play) and not name.startswith("__")]
    found += [(f"raw: {name}", raw(data)) for name, data in RAW.items()]
    found += [(f"redirect: {name}", redirect(target)) for name, target in REDIRECTS.items()]
    found += [(f"body: {name}", body(data)) for name, data in BODIES.items()]
    return found


def raw(data):
    """Sends some bytes and closes."""
    return lambda connection, head: connection.send(data)


def body(data):
    """Sends a body that is announced well."""
    return lambda connection, head: connection.send(OK + f"Content-Length: {len(data)}\r\n\r\n".encode() + data)


def redirect(target):
    def play(connection, head):
        place = target(connection.server, head)
        for status in (307,):
            connection.send(f"HTTP/1.1 {status} Moved\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode("latin-1", "replace"))
        connection.hold()

    return play


@functools.cache
def bomb(levels=1, megabytes=512, window=31):
    """Gzip of white space, or gzip of that; made in pieces, so that this process stays small."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    data = packer.compress(b"[")
    for _ in range(megabytes):
        data += packer.compress(b" " * MEGABYTE)
    data += packer.flush()
    for _ in range(levels - 1):
        data = gzip.compress(data)
    return data


def _silence(connection, head):
    connection.hold()


def _endless_header_line(connection, head):
    connection.send(OK + b"X-Long: ")
    connection.pour(b"a" * 65536)


def _endless_headers(connection, head):
    connection.send(OK)
    connection.pour(b"".join(b"X-%d: %s\r\n" % (n, b"v" * 100) for n in range(500)))


def _endless_status_line(connection, head):
    connection.send(b"HTTP/1.1 200 ")
    connection.pour(b"O" * 65536)


def _endless_link_headers(connection, head):
    connection.send(OK)
    connection.pour(b'Link: <http://127.0.0.1/x>; rel="next"\r\n' * 500)


def _endless_interim_replies(connection, head):
    connection.pour(b"HTTP/1.1 100 Continue\r\n\r\n" * 500)


def _endless_early_hints(connection, head):
    connection.pour(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 500)


def _endless_chunks(connection, head):
    connection.send(CHUNKED + b"1\r\n[\r\n")
    connection.pour(b"10000\r\n" + b" " * 65536 + b"\r\n")


def _endless_tiny_chunks(connection, head):
    connection.send(CHUNKED + b"1\r\n[\r\n")
    connection.pour(b"1\r\n \r\n" * 5000)


def _endless_rows(connection, head):
    connection.send(CHUNKED + b"1\r\n[\r\n")
    row = b'{"id":"00u1","status":"ACTIVE","profile":{"email":"a@b.example","login":"a@b.example"}},' * 700
    connection.pour(b"%x\r\n%s\r\n" % (len(row), row))


def _thirty_megabytes_of_empty_rows(connection, head):
    connection.send(CHUNKED + b"1\r\n[\r\n")
    rows = b"{}," * 20_000
    for _ in range(500):
        connection.send(b"%x\r\n%s\r\n" % (len(rows), rows))
    connection.send(b"3\r\n{}]\r\n0\r\n\r\n")
    connection.hold()


def _endless_depth(connection, head):
    connection.send(CHUNKED)
    connection.pour(b"10000\r\n" + b"[" * 65536 + b"\r\n")


def _endless_string(connection, head):
    connection.send(CHUNKED + b'2\r\n["\r\n')
    connection.pour(b"10000\r\n" + b"a" * 65536 + b"\r\n")


def _endless_chunk_extension(connection, head):
    connection.send(CHUNKED + b"1;x=")
    connection.pour(b"e" * 65536)


def _endless_chunk_size(connection, head):
    connection.send(CHUNKED)
    connection.pour(b"0" * 65536)


def _endless_trailers(connection, head):
    connection.send(CHUNKED + b"2\r\n[]\r\n0\r\n")
    connection.pour(b"X-Trailer: " + b"t" * 1000 + b"\r\n")


def _endless_trailer_line(connection, head):
    connection.send(CHUNKED + b"2\r\n[]\r\n0\r\nX-Trailer: ")
    connection.pour(b"t" * 65536)


def _endless_body_until_close(connection, head):
    connection.send(OK + b"\r\n[")
    connection.pour(b" " * 65536)


def _slow_header(connection, head):
    connection.send(OK)
    connection.pour(b"X", 0.2)


def _slow_status(connection, head):
    for byte in b"HTTP/1.1 200 OK\r\n" * 100:
        connection.send(bytes([byte]))
        time.sleep(0.3)


def _slow_body(connection, head):
    connection.send(OK + b"Content-Length: 1000000\r\n\r\n[")
    connection.pour(b" ", 0.2)


def _slow_chunks(connection, head):
    connection.send(CHUNKED)
    connection.pour(b"1\r\n \r\n", 0.3)


def _gzip_bomb(connection, head):
    body_of(connection, bomb(), b"gzip")


def _gzip_bomb_twice(connection, head):
    body_of(connection, bomb(2), b"gzip, gzip")


def _gzip_bomb_eight_times_announced(connection, head):
    body_of(connection, bomb(2, 64), b", ".join([b"gzip"] * 8))


def _deflate_bomb(connection, head):
    body_of(connection, bomb(1, 256, 15), b"deflate")


def _gzip_endless(connection, head):
    connection.send(OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while not connection.server.over:
        data = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_SYNC_FLUSH)
        connection.send(b"%x\r\n%s\r\n" % (len(data), data))


def _gzip_cut(connection, head):
    body_of(connection, gzip.compress(b"[]" + b" " * 9000)[:-12], b"gzip")


def _gzip_garbage(connection, head):
    body_of(connection, b"\x1f\x8b\x08\x00" + random.Random(1).randbytes(5000), b"gzip")


def _gzip_header_without_end(connection, head):
    connection.send(OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\3")
    connection.pour(b"n" * 65536)


def _brotli_not_asked_for(connection, head):
    body_of(connection, os.urandom(500), b"br")


def _redirects_without_end(connection, head):
    number = 0
    while True:
        number += 1
        connection.send(b"HTTP/1.1 302 Found\r\nLocation: /api/v1/users?n=%d\r\nContent-Length: 0\r\n\r\n" % number)
        connection.request()


def _next_page_without_end(connection, head):
    number = 0
    while True:
        number += 1
        path = head.split(" ")[1].split("?")[0]
        link = f'Link: <{connection.server.url}{path}?after={number}>; rel="next"\r\n'
        connection.send(OK + link.encode() + b"Content-Length: 2\r\n\r\n[]")
        head = connection.request()


def _full_pages_without_end(connection, head):
    number = 0
    while True:
        number += 1
        path = head.split(" ")[1].split("?")[0]
        rows = ",".join(
            f'{{"id":"00u{number}x{n}","status":"ACTIVE","profile":{{"email":"p{number}x{n}@b.example","login":"p{number}x{n}@b.example"}}}}'
            for n in range(200)
        )
        link = f'Link: <{connection.server.url}{path}?after={number}>; rel="next"\r\n'
        connection.send(OK + link.encode() + b"Content-Length: %d\r\n\r\n[%s]" % (len(rows) + 2, rows.encode()))
        head = connection.request()


def _retry_after_for_ever(connection, head):
    while True:
        connection.send(b"HTTP/1.1 429 Too Many\r\nRetry-After: 99999999999999999999\r\nContent-Length: 0\r\n\r\n")
        connection.request()


def _two_replies_at_once(connection, head):
    """A second reply that nobody asked for must answer no later request."""
    second = OK + b"Content-Length: 2\r\n\r\n[]"
    while True:
        connection.send((OK + b"Content-Length: 2\r\n\r\n{}" + second) * 3)
        connection.request()


def _reply_before_the_request_ends_and_reset(connection, head):
    connection.send(OK + b"Content-Length: 100\r\n\r\n[")
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def body_of(connection, data, coding):
    connection.send(OK + b"Content-Encoding: " + coding + b"\r\nContent-Length: %d\r\n\r\n" % len(data))
    connection.send(data)
    connection.hold()


REDIRECTS = {
    "to another origin": lambda server, head: server.elsewhere.url + head.split(" ")[1],
    "to another origin by user info": lambda server, head: server.elsewhere.url.replace("//", "//okta@") + "/",
    "to a file": lambda server, head: "file:///etc/passwd",
    "to a scp host": lambda server, head: "scp://127.0.0.1/etc/passwd",
    "to gopher": lambda server, head: "gopher://127.0.0.1:25/_HELO",
    "to itself": lambda server, head: head.split(" ")[1],
    "to a long address": lambda server, head: "/" + "a" * 200_000,
    "to nowhere": lambda server, head: "",
    "to a name that is none": lambda server, head: "http://[::1/%zz",
    "to telnet": lambda server, head: "telnet://127.0.0.1:23/",
}

RAW = {
    "nothing": b"",
    "one byte": b"H",
    "no status": b"\r\n\r\n",
    "HTTP/0.9": b"[]",
    "status 000": b"HTTP/1.1 000 \r\n\r\n[]",
    "status 99999999999": b"HTTP/1.1 99999999999 OK\r\n\r\n[]",
    "HTTP/9.9": b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n[]",
    "HTTP/2 unasked": b"HTTP/2 200\r\ncontent-length: 2\r\n\r\n[]",
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "204 with a body": b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n[{}]\n",
    "304 unasked": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "206 unasked": b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\n[]",
    "length too long": OK + b"Content-Length: 100\r\n\r\n[]",
    "length negative": OK + b"Content-Length: -1\r\n\r\n[]",
    "length huge": OK + b"Content-Length: 18446744073709551617\r\n\r\n[]",
    "length of words": OK + b"Content-Length: two\r\n\r\n[]",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 900\r\n\r\n[]",
    "length and chunks": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{}]\n\r\n",
    "chunk size negative": CHUNKED + b"-5\r\n[]\r\n0\r\n\r\n",
    "chunk size huge": CHUNKED + b"fffffffffffffffff\r\n[]\r\n0\r\n\r\n",
    "chunk size of words": CHUNKED + b"zz\r\n[]\r\n0\r\n\r\n",
    "chunk cut": CHUNKED + b"10\r\n[]",
    "no last chunk": CHUNKED + b"2\r\n[]\r\n",
    "chunk without its end": CHUNKED + b"2\r\n[]XX0\r\n\r\n",
    "unknown coding": OK + b"Transfer-Encoding: cow\r\n\r\n[]",
    "header without a colon": OK + b"nonsense\r\nContent-Length: 100\r\n\r\n[]",
    "header with zeroes": OK + b"X-\0: \0\r\nContent-Length: 2\r\n\r\n[]",
    "header of bare CR": OK + b"X: a\rContent-Length: 2\r\n\r\n[]",
    "header folded": OK + b"X: a\r\n Content-Length: 2\r\n\r\n[]",
    "ten thousand cookies": OK + b"Set-Cookie: a=b\r\n" * 10_000 + b"\r\n[]",
    "date of nowhere": OK + b"Date: Thu, 99 Zzz 99999 99:99:99 GMT\r\nContent-Length: 2\r\n\r\n[]",
    "rate limit huge": OK + b"X-Rate-Limit-Limit: 99999999999999999999\r\nX-Rate-Limit-Remaining: -99999999999999999999\r\nX-Rate-Limit-Reset: 99999999999999999999\r\nContent-Length: 2\r\n\r\n[]",
    "rate limit over": b"HTTP/1.1 429 No\r\nX-Rate-Limit-Reset: 99999999999\r\nX-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Limit: 0\r\nContent-Length: 0\r\n\r\n",
    "retry after negative": b"HTTP/1.1 503 No\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n",
    "link of a megabyte": OK + b'Link: <' + b"a" * 90_000 + b'>; rel="next"\r\nContent-Length: 2\r\n\r\n[]',
    "link unfinished": OK + b'Link: <http://127.0.0.1/;;rel="next\r\nContent-Length: 2\r\n\r\n[]',
}  # fmt: skip

BODIES = {
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "huge numbers": b'[{"id":' + b"9" * 100_000 + b',"status":1e999999}]',
    "half a surrogate": b'[{"id":"\\ud800","status":"ACTIVE"}]',
    "no UTF-8": b'[{"id":"\xff\xfe\xc0\x80"}]',
    "UTF-16": "[]".encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf[]",
    "twice the same key": b'[{"id":"a","id":"b","status":"ACTIVE","status":"DEPROVISIONED"}]',
    "many keys": b'[{' + b",".join(b'"k%d":1' % n for n in range(200_000)) + b'}]',
    "null": b"null", "a number": b"7", "a text": b'"text"', "zeroes": bytes(5000), "nothing": b"", "space": b" " * 100_000,
    "NaN": b"[NaN]", "two documents": b"[][]", "comment": b"[/* */]", "trailing comma": b"[{},]",
    "long text": b'[{"id":"' + b"x" * (8 << 20) + b'"}]',
    "a million empty rows": b"[" + b"{}," * 999_999 + b"{}]",
    "a million nulls": b"[" + b"null," * 999_999 + b"null]",
}  # fmt: skip
