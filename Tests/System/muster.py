"""Runs the real binary, each time in an environment of its own."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MUSTER_BIN", str(ROOT / ".build/debug/muster"))
REGION = "us-east-1"

# What opens the emulated account; it is public and opens nothing else.
DEMO_KEY = "AKIDEMULATEDMUSTER00"
DEMO_SECRET = "emulated-secret-that-opens-nothing"

# An emulated cloud quick enough for tests, and slow enough that every state is passed through.
QUICK_EMULATOR = "emulator: {boot: 500ms, shutdown: 300ms}\n"


@dataclass
class Result:
    """What one run of the binary came to."""

    args: tuple
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"muster {' '.join(self.args)}: exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


class Muster:
    """The binary with one state folder, one configuration and one environment."""

    def __init__(self, folder: pathlib.Path, config: str | None = None, env: dict | None = None):
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.state = folder / "state"
        # Nothing is inherited: neither anybody's credentials nor anybody's settings.
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "MUSTER_STATE_DIR": str(self.state),
            "MUSTER_HOME": str(ROOT),
            "SWIFT_BACKTRACE": "enable=no",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if config is not None:
            path = folder / "muster.yaml"
            path.write_text(config)
            self.env["MUSTER_CONFIG"] = str(path)
        self.env.update(env or {})

    def start(self, *args, env: dict | None = None, **options) -> subprocess.Popen:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        whole = {name: value for name, value in {**self.env, **(env or {})}.items() if value is not None}
        return subprocess.Popen([BINARY, *map(str, args)], env=whole, cwd=self.folder, text=True, **options)

    def run(self, *args, env: dict | None = None, timeout: float = 60) -> Result:
        process = self.start(*args, env=env)
        return self.finish(process, args, timeout)

    def finish(self, process: subprocess.Popen, args: tuple, timeout: float = 60) -> Result:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"did not end within {timeout} s: {Result(args, process.returncode, out, err)}")
        return Result(tuple(map(str, args)), process.returncode, out, err)

    def ok_after_kill(self, delay: float, *args) -> Result:
        """What the same command comes to once it has been killed under way, so many seconds after its start."""
        process = self.start(*args)
        time.sleep(delay)
        process.kill()
        process.communicate()
        return self.ok(*args)

    def ok(self, *args, **options) -> Result:
        result = self.run(*args, **options)
        assert result.code == 0, str(result)
        return result

    # What tests ask for again and again

    def json(self, *args, **options) -> dict:
        result = self.ok(*args, "--output", "json", **options)
        document = result.json
        assert document["version"] == 1, str(result)
        return document

    def create(self, template: str, count: int, *args, **options) -> dict:
        return self.json("request", "create", template, count, *args, **options)["request"]

    def requests(self) -> list[dict]:
        return self.json("request", "list")["requests"]

    def request(self, id: str) -> dict:
        return self.json("request", "show", id)["request"]

    def machines(self, *args) -> list[dict]:
        return self.json("machine", "list", *args)["machines"]

    def settled(self, id: str, within: float = 60) -> dict:
        """The request once it has settled; every look at it also carries it on."""
        end = time.monotonic() + within
        while True:
            request = self.request(id)
            if request["state"] != "open":
                return request
            assert time.monotonic() < end, f"not settled within {within} s: {request}"
            time.sleep(0.1)

    def ledger(self) -> list[tuple[str, str]]:
        """What is promised, for telling whether anything was stored."""
        if not self.state.exists():
            return []
        return sorted((request["id"], request["state"]) for request in self.requests())


def ec2(endpoint: str, key: str = DEMO_KEY, secret: str = DEMO_SECRET):
    """Somebody else's client of the same cloud."""
    return boto3.client(
        "ec2", region_name=REGION, endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret,
        config=Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=20))


def instances(client, *states: str) -> list[dict]:
    """All instances in these states; without any, all that exist."""
    filters = [{"Name": "instance-state-name", "Values": list(states)}] if states else []
    pages = client.get_paginator("describe_instances").paginate(Filters=filters)
    return [one for page in pages for group in page["Reservations"] for one in group["Instances"]]


def alive(client) -> list[dict]:
    return instances(client, "pending", "running", "stopping", "stopped")


def tags(instance: dict) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}


def wait_for(what: str, condition, within: float = 40):
    """What the condition gives once it gives something."""
    end = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < end, f"{what}: not within {within} s"
        time.sleep(0.05)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(process: subprocess.Popen, port: int, within: float = 60):
    """Returns once somebody listens there."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody listens on port {port} after {within} s")


def end(process: subprocess.Popen, within: float = 15) -> int:
    """Ends a process we started, by its id; harshly if it does not listen."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode
