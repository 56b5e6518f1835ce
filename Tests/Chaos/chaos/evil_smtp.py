"""Mail servers that never finish a reply, lie about TLS, or ask for the password in plain text."""

import time

GREETING = b"220 localhost ESMTP\r\n"


def answer(connection, **replies):
    """Speaks SMTP; a reply may be bytes, or a function that takes over. The greeting is `greet`."""
    secure = False
    take(connection, replies.get("greet", GREETING))
    while True:
        line = connection.line(b"\r\n")
        word = line[:4].upper().decode("latin-1").strip()
        if word == "AUTH" and not secure:
            connection.server.stray.append("AUTH before TLS")
        default = {
            "EHLO": b"250-localhost\r\n" + (b"" if secure else b"250-STARTTLS\r\n") + b"250 AUTH PLAIN LOGIN\r\n",
            "HELO": b"250 localhost\r\n", "STAR": b"220 go on\r\n", "AUTH": b"235 in\r\n", "MAIL": b"250 OK\r\n",
            "RCPT": b"250 OK\r\n", "DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n",
        }.get(word, b"250 OK\r\n")  # fmt: skip
        key = "ehlo2" if word == "EHLO" and secure else word.lower()
        take(connection, replies.get(key, default))
        if word == "STAR" and key not in replies:
            connection.secure(connection.server.certificates.context(replies.get("certificate", "good")))
            connection.buffer = b""
            secure = True
        if word == "DATA" and key not in replies:
            connection.line(b"\r\n.\r\n")
            take(connection, replies.get("body", b"250 taken\r\n"))


def take(connection, reply):
    if callable(reply):
        reply(connection)
    else:
        connection.send(reply)


def pour(data, first=b""):
    def play(connection):
        connection.send(first)
        connection.pour(data)

    return play


def drip(text):
    def play(connection):
        while True:
            for byte in text:
                connection.send(bytes([byte]))
                time.sleep(0.2)

    return play


def injected(connection):
    """What was sent in plain text after STARTTLS must not count once TLS stands."""
    connection.send(b"220 go on\r\n250-localhost\r\n250 AUTH PLAIN\r\n235 in\r\n250 OK\r\n250 OK\r\n354 go on\r\n250 taken\r\n")
    connection.secure(connection.server.certificates.context())
    connection.hold()


def silent(connection):
    connection.hold()


def hang_up(connection):
    raise ConnectionError


def without_tls(connection):
    answer(connection, ehlo=b"250-localhost\r\n250 AUTH PLAIN LOGIN\r\n")


def refused_tls(connection):
    answer(connection, star=b"454 not now\r\n")


def tls_that_is_none(connection):
    answer(connection, star=lambda c: (c.send(b"220 go on\r\n"), c.pour(b"250 no TLS here\r\n" * 500)))


PIECES = {
    "lines without end": pour(b"250-more\r\n" * 500),
    "a line without end": pour(b"a" * 65536, b"250-"),
    "digits without end": pour(b"2" * 65536),
    "zeroes": pour(bytes(65536)),
    "one byte at a time": drip(b"250-slow\r\n"),
    "silence": silent,
    "the end": hang_up,
    "421": b"421 closing\r\n",
    "554": b"554 never " + b"x" * 100_000 + b"\r\n",
    "a number of ten digits": b"2500000000 OK\r\n",
    "two codes": b"250-one\r\n554 two\r\n",
    "no code": b"hello\r\n",
    "bytes": bytes(range(128, 256)) + b"\r\n",
    "334 for ever": pour(b"334 \r\n"),
}
STEPS = ("greet", "ehlo", "star", "ehlo2", "auth", "mail", "rcpt", "data", "body")


def at(step, reply):
    return lambda connection: answer(connection, **{step: reply})


def attacks():
    found = [(f"{piece} at {step}", at(step, reply)) for step in STEPS for piece, reply in PIECES.items()]
    found += [
        ("no STARTTLS", without_tls), ("STARTTLS refused", refused_tls), ("STARTTLS without TLS", tls_that_is_none),
        ("replies before TLS", at("star", injected)),
        *((f"certificate: {name}", lambda c, name=name: answer(c, certificate=name)) for name in ("wrong name", "expired", "stranger")),
        ("challenges for ever", at("auth", lambda c: [(c.send(b"334 VXNlcm5hbWU6\r\n"), c.line(b"\r\n")) for _ in range(10**6)])),
        ("silence at the end", at("quit", silent)), ("lines without end at the end", at("quit", pour(b"221-more\r\n" * 500))),
    ]  # fmt: skip
    for name, attack in found:
        attack.security = "starttls"
        attack.refuses = not name.endswith("at the end")
    return found
