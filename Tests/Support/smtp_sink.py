#!/usr/bin/env python3
"""A mail server for tests: takes every mail on loopback and writes it down, one JSON line each.

Prints {"port": …, "ca": …} on stdout when it listens, and ends by a signal, or when
the process given with --parent is gone.
Each line of the file given with --messages holds the envelope, what protected the connection, the
message as base64 (`raw`) and as Python's email package reads it (`headers`, `parts`, `defects`).
"""

import argparse
import asyncio
import base64
import datetime
import email
import email.policy
import ipaddress
import json
import os
import pathlib
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


def make_certificate(directory, names=("localhost",), days=2):
    """Writes ca.pem and server.pem for some names and 127.0.0.1, and returns their paths.

    With a negative number of days the certificate of the server has expired.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.datetime.now(datetime.timezone.utc)
    start = now - datetime.timedelta(days=30)

    def certificate(name, key, issuer, issuer_key, is_ca):
        end = now + datetime.timedelta(days=2 if is_ca else days)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if not is_ca:
            alternatives = [x509.DNSName(name) for name in names]
            if "localhost" in names:
                alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
            builder = builder.add_extension(
                x509.SubjectAlternativeName(alternatives), critical=False
            )
        return builder.sign(issuer_key, hashes.SHA256())

    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = certificate("idsync test CA", ca_key, None, ca_key, True)
    leaf = certificate(names[0], key, ca.subject, ca_key, False)
    pem = serialization.Encoding.PEM
    ca_path = pathlib.Path(directory, "ca.pem")
    ca_path.write_bytes(ca.public_bytes(pem))
    server_path = pathlib.Path(directory, "server.pem")
    server_path.write_bytes(
        leaf.public_bytes(pem)
        + key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return ca_path, server_path


def parse(raw):
    """Reads a message as a mail program would: headers decoded, parts with their text, defects named."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    headers = [[name, str(value)] for name, value in message.items()]
    defects = [repr(defect) for defect in message.defects]
    for name, value in message.items():
        defects += [f"{name}: {defect!r}" for defect in getattr(value, "defects", [])]
    parts = []
    for part in message.walk():
        defects += [repr(defect) for defect in part.defects]
        item = {"type": part.get_content_type(), "filename": part.get_filename()}
        item["encoding"] = part.get("Content-Transfer-Encoding")
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            item["text"] = payload.decode(part.get_content_charset() or "utf-8")
        parts.append(item)
    lines = raw.split(b"\r\n")
    return {
        "headers": headers,
        "parts": parts,
        "defects": sorted(set(defects)),
        "longest_line": max(len(line) for line in lines),
        "bare_line_ends": any(b"\n" in line or b"\r" in line for line in lines),
        "is_ascii": raw.isascii(),
    }


class Handler:
    def __init__(self, options):
        self.options = options
        self.failures_left = options.fail_count
        self.refused = dict(pair.split("=", 1) for pair in options.fail_rcpt)
        self.file = open(options.messages, "a", encoding="utf-8")

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused:
            return f"{self.refused[address]} refused"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        # Written down first: a client that hears an error, or nothing, may have been heard.
        failing = self.options.fail_data and self.failures_left != 0
        entry = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or self.options.tls,
            "user": getattr(session, "sink_user", None),
            "reply": self.options.fail_data if failing else 250,
            "raw": base64.b64encode(envelope.content).decode(),
            **parse(envelope.content),
        }
        self.file.write(json.dumps(entry) + "\n")
        self.file.flush()
        if self.options.hang:
            await asyncio.sleep(3600)
        if failing:
            self.failures_left -= 1
            return f"{self.options.fail_data} not now"
        return "250 taken"


def authenticator(options):
    if not options.auth:
        return None
    user, _, password = options.auth.partition(":")

    def check(server, session, envelope, mechanism, data):
        if (data.login, data.password) != (user.encode(), password.encode()):
            return AuthResult(success=False, handled=False)
        session.sink_user = user
        return AuthResult(success=True)

    return check


async def serve(options):
    context = certificate = None
    if options.starttls or options.tls:
        certificate, server_path = make_certificate(options.cert_dir)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(server_path)
    handler = Handler(options)

    def factory():
        return SMTP(
            handler,
            hostname="localhost",
            ident="sink",
            tls_context=context if options.starttls else None,
            require_starttls=options.starttls,
            auth_required=bool(options.auth),
            auth_require_tls=options.starttls,
            authenticator=authenticator(options),
            enable_SMTPUTF8=False,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        factory, "127.0.0.1", options.port, ssl=context if options.tls else None
    )
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "ca": certificate and str(certificate)}), flush=True)
    while options.parent is None or os.getppid() == options.parent:
        await asyncio.sleep(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", required=True, help="file to append messages to")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--starttls", action="store_true", help="insist on STARTTLS")
    parser.add_argument("--tls", action="store_true", help="TLS from the first byte")
    parser.add_argument("--cert-dir", help="where to write ca.pem and server.pem")
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="insist on AUTH")
    parser.add_argument("--fail-data", type=int, metavar="CODE", help="answer DATA with this code")
    parser.add_argument("--fail-count", type=int, default=-1, help="only so many times")
    parser.add_argument(
        "--fail-rcpt", action="append", default=[], metavar="ADDRESS=CODE", help="refuse a recipient"
    )
    parser.add_argument("--hang", action="store_true", help="take the message and never answer")
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this is no more the parent")
    options = parser.parse_args()
    if (options.starttls or options.tls) and not options.cert_dir:
        parser.error("--cert-dir is needed with TLS")
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
