"""What hands out credentials, played on loopback: container agents, instance metadata, STS, a sign-on portal."""

from __future__ import annotations

import http.server
import json
import threading
from dataclasses import dataclass

from proxy import Refusal


@dataclass
class Given(Refusal):
    """An answer given in the cloud's place that is no refusal."""

    text: str = ""

    @property
    def body(self) -> bytes:
        return self.text.encode()


def handed_out(keys: dict[str, str]) -> str:
    """As container agents and instance metadata write credentials."""
    return json.dumps({
        "Code": "Success", "AccessKeyId": keys["AWS_ACCESS_KEY_ID"], "SecretAccessKey": keys["AWS_SECRET_ACCESS_KEY"],
        "Token": keys["AWS_SESSION_TOKEN"], "Expiration": "2035-01-01T00:00:00Z"})


def assumed(keys: dict[str, str], action: str) -> Given:
    """As STS writes them."""
    return Given(200, "", text=(
        f"<{action}Response><{action}Result><Credentials><AccessKeyId>{keys['AWS_ACCESS_KEY_ID']}</AccessKeyId>"
        f"<SecretAccessKey>{keys['AWS_SECRET_ACCESS_KEY']}</SecretAccessKey>"
        f"<SessionToken>{keys['AWS_SESSION_TOKEN']}</SessionToken><Expiration>2035-01-01T00:00:00Z</Expiration>"
        f"</Credentials></{action}Result></{action}Response>"))


class Host:
    """Answers by method and path; what it does not know, or is asked without these headers, it refuses."""

    def __init__(self, answers: dict[str, str], headers: dict[str, str] | None = None):
        self.asked: list[str] = []
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                line = f"{self.command} {self.path}"
                host.asked.append(line)
                wanted = {} if self.command == "PUT" else headers or {}
                right = all(self.headers.get(name) == value for name, value in wanted.items())
                status = 200 if line in answers and right else 404 if right else 401
                body = answers[line].encode() if status == 200 else b"no"
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_PUT = do_GET

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
