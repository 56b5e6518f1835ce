#!/usr/bin/env python3
"""An HTTPS server and a proxy before it, on loopback, that write down what they see, one JSON line each.

Prints {"port": …, "proxy": …, "ca": …} on stdout when both listen, and ends by a signal, or when the process given
with --parent is gone. Every request gets 200 with {"ok": true}. The proxy takes CONNECT for any host and leads it to
the server.
"""

import argparse
import asyncio
import json
import os
import ssl

from smtp_sink import make_certificate

BODY = b'{"ok": true}'


async def read_head(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines[1:] if line)
    return lines[0], {name.strip().lower(): value.strip() for name, _, value in fields}


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def main(options):
    certificate, server = make_certificate(
        options.cert_dir, options.name or ["localhost"], -1 if options.expired else 2
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    if options.old:
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    if options.empty_frames:
        context.set_alpn_protocols(["h2"])
    log = open(options.log, "a", encoding="utf-8")

    def note(entry):
        log.write(json.dumps(entry) + "\n")
        log.flush()

    async def flood(reader, writer):
        # HTTP/2: settings, the head of a reply (":status: 200" by its number), and empty frames of its body for ever.
        writer.write(b"\0\0\0\4\0\0\0\0\0" + b"\0\0\1\1\4\0\0\0\1\x88")
        empty = b"\0\0\0\0\0\0\0\0\1" * 2000
        try:
            while True:
                writer.write(empty)
                await writer.drain()
        except (ConnectionError, ssl.SSLError):
            writer.close()

    async def serve(reader, writer):
        if options.empty_frames:
            await flood(reader, writer)
            return
        tls = writer.get_extra_info("ssl_object").version()
        try:
            while True:
                line, headers = await read_head(reader)
                note({"kind": "request", "line": line, "headers": headers, "tls": tls})
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
                writer.write(head.encode() + BODY)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def lead(reader, writer):
        try:
            line, headers = await read_head(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        note({"kind": "proxy", "line": line, "headers": headers, "tls": None})
        if not line.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))

    secure = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    proxy = await asyncio.start_server(lead, "127.0.0.1", 0)
    port = secure.sockets[0].getsockname()[1]
    hello = {"port": port, "proxy": proxy.sockets[0].getsockname()[1], "ca": str(certificate)}
    print(json.dumps(hello), flush=True)
    while os.getppid() == options.parent:
        await asyncio.sleep(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", required=True, help="file to append what is seen to")
    parser.add_argument("--cert-dir", required=True, help="where to write ca.pem and server.pem")
    parser.add_argument("--name", action="append", help="a name in the certificate")
    parser.add_argument("--expired", action="store_true", help="a certificate of last month")
    parser.add_argument("--old", action="store_true", help="TLS 1.1 at most")
    parser.add_argument("--empty-frames", action="store_true", help="speak HTTP/2 and send empty frames for ever")
    parser.add_argument("--parent", type=int, required=True, metavar="PID")
    asyncio.run(main(parser.parse_args()))
