"""A proxy for HTTPS as sites have one, and a cloud behind it whose certificate only the site trusts."""

from __future__ import annotations

import datetime
import pathlib
import select
import socket
import socketserver
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Tunnel:
    """Takes CONNECT for any name and leads to one port of this machine; writes down what it was asked."""

    def __init__(self, port: int):
        self.asked: list[str] = []
        tunnel = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                line = self.rfile.readline().decode().strip()
                while self.rfile.readline().strip():
                    pass
                tunnel.asked.append(line)
                if not line.startswith("CONNECT "):
                    self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
                    return
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                with socket.create_connection(("127.0.0.1", port), timeout=20) as behind:
                    self._carry(self.connection, behind)

            def _carry(self, one: socket.socket, other: socket.socket):
                while True:
                    ready, _, _ = select.select([one, other], [], [], 20)
                    for end in ready:
                        part = end.recv(65536)
                        if not part:
                            return
                        (other if end is one else one).sendall(part)
                    if not ready:
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


def certificate(name: str, folder: pathlib.Path) -> tuple[pathlib.Path, ssl.SSLContext]:
    """A certificate that nobody trusts who is not told to, and what a server needs to show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256()))
    bundle = folder / "site-ca.pem"
    bundle.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / "site-key.pem"
    private.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, private)
    return bundle, context
