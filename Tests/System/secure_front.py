"""Speaks TLS for a server that does not, as a reverse proxy would."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import ssl
import threading
import urllib.parse

# They are about one connection, and are made anew for the next.
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class SecureFront:
    """Says to the server behind it which host was asked for, and that it was asked securely."""

    def __init__(self, endpoint: str, context: ssl.SSLContext):
        behind = urllib.parse.urlsplit(endpoint).netloc

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # The head of an answer and its body must not wait for each other.
            disable_nagle_algorithm = True

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
                headers |= {"Host": self.headers["Host"], "X-Forwarded-Proto": "https"}
                with contextlib.closing(http.client.HTTPConnection(behind, timeout=60)) as server:
                    server.request(self.command, self.path, body or None, headers)
                    reply = server.getresponse()
                    answer = reply.read()
                self.send_response_only(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                if self.command != "HEAD" and reply.status != 204:
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = pass_on

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"localhost:{self._server.server_address[1]}"
        self.url = f"https://{self.host}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
