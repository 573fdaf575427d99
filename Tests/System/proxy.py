"""Stands between the binary and an EC2: writes down every call, and spoils those it is told to."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import ssl
import threading
import urllib.parse
from dataclasses import dataclass
from typing import Callable


@dataclass
class Call:
    """A call as it came over the wire."""

    action: str
    parameters: dict[str, str]


@dataclass
class Refusal:
    """An answer given in the cloud's place: the call never reaches it."""

    status: int
    code: str
    message: str = "as the test wants it"

    @property
    def body(self) -> bytes:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
            f"<Code>{self.code}</Code><Message>{self.message}</Message>"
            "</Error></Errors><RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>").encode()


# The call reaches the cloud, its answer reaches nobody.
LOST = object()

NO_ROOM = Refusal(500, "InsufficientInstanceCapacity", "We currently do not have sufficient capacity")
TOO_FAST = Refusal(503, "RequestLimitExceeded", "Request limit exceeded.")


class Proxy:
    """`spoil` is asked about every call: None lets it pass, a `Refusal` answers it, `LOST` swallows the reply."""

    def __init__(self, endpoint: str, context: ssl.SSLContext | None = None):
        self._behind = urllib.parse.urlsplit(endpoint).netloc
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.spoil: Callable[[Call], object] = lambda call: None
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy._answer(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def count(self, action: str) -> int:
        return sum(call.action == action for call in self.calls)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: http.server.BaseHTTPRequestHandler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        text = body.decode() or urllib.parse.urlsplit(handler.path).query
        parameters = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        call = Call(parameters.get("Action", ""), parameters)
        with self._lock:
            self.calls.append(call)
            verdict = self.spoil(call)
        if isinstance(verdict, Refusal):
            return self._send(handler, verdict.status, "text/xml;charset=UTF-8", verdict.body)

        # Headers go through as they are, the host among them: it is signed.
        try:
            with contextlib.closing(http.client.HTTPConnection(self._behind, timeout=60)) as behind:
                behind.request(handler.command, handler.path, body, dict(handler.headers))
                reply = behind.getresponse()
                answer = reply.read()
        except OSError:
            # Nobody is behind us any more; the caller sees a connection that breaks.
            verdict = LOST
        if verdict is LOST:
            handler.close_connection = True
            return
        self._send(handler, reply.status, reply.headers.get("Content-Type", "text/xml"), answer)

    @staticmethod
    def _send(handler, status: int, kind: str, body: bytes):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
