"""Measures the main job by each API of AWS: its calls beside the least possible, and what we add to the server's time.

Overhead is the wall time of a process, from its start to its end, less what the server says it took for the requests:
an emulated cloud in a process of its own, whose machines run a millisecond after they are launched and have ended one
after they are told to (none at all it does not take), so that the first look finds them so and nothing is waited for.
The same is done by boto3_job.py.
Of many runs the quickest counts, for others use the machine too; of their calls, the most.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass

SCRIPT = pathlib.Path(__file__).resolve().parent / "boto3_job.py"
COUNTS = [1, 10, 100, 1000]
RUNS = 25
HAND_RUNS = 5
NOTE = f"""\
Of {RUNS} runs ({HAND_RUNS} of the script) the quickest, and the most calls; promised is at most one call more than the least. The emulated machines boot
and end within a millisecond, so that no boot is waited for; the time inside the server is in the total and not in the
overhead. "Once loaded": the script's overhead without the start of Python, the loading of boto3 and the making of clients."""
# The least, counted so: launch and look, end and look, each 1,000 machines a call; where a launch goes by a launch
# template, that is made before and goes with the last machine. A group takes its machines with it, so that ending
# it is their end, and one call. The look is DescribeInstances by tag in all cases.
APIS = {
    "RunInstances": {"provider_api": "RunInstances", "least": (2, 2)},
    "EC2Fleet instant": {"provider_api": "EC2Fleet", "fleet_type": "instant", "least": (3, 3)},
    "EC2Fleet maintain": {"provider_api": "EC2Fleet", "fleet_type": "maintain", "least": (3, 3)},
    "SpotFleet": {
        "provider_api": "SpotFleet", "fleet_type": "request", "price_type": "spot", "least": (3, 3),
        "fleet_role": "arn:aws:iam::000000000000:role/aws-ec2-spot-fleet-tagging-role"},
    "AutoScalingGroup": {"provider_api": "AutoScalingGroup", "least": (3, 3)},
}


# What is asked for without knowing whether it is there.
MAY_BE_ABSENT: set[str] = set()


@dataclass
class Run:
    """One process, and what the server said meanwhile. Times are in milliseconds."""

    wall: float
    server: float
    calls: Counter
    out: str
    err: str

    @property
    def overhead(self) -> float:
        return self.wall - self.server

    @property
    def loaded(self) -> float:
        """Of the script: the overhead once its libraries were loaded and its clients made."""
        return float(self.err.split()[-1]) - self.server


def covered(spans: list[tuple[int, int]]) -> int:
    """How long any request was being answered; several at once count once."""
    total, until = 0, 0
    for began, ended in sorted(spans):
        total += max(0, ended - max(began, until))
        until = max(until, ended)
    return total


class Cloud:
    """`muster emulator run` with an empty world, and machines that take no time; it notes its requests."""

    def __init__(self, muster: str, folder: pathlib.Path, env: dict[str, str]):
        self._log = folder / "requests"
        self._log.touch()
        self._read = 0
        config = folder / "emulator.yaml"
        config.write_text("emulator: {boot: 1ms, shutdown: 1ms}\n")
        self._process = subprocess.Popen(
            [muster, "emulator", "run", "--log-requests", str(self._log)],
            env={**env, "MUSTER_STATE_DIR": str(folder / "emulator"), "MUSTER_CONFIG": str(config)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self):
        said = self._process.stdout.readline()
        if not said.startswith("listening on "):
            sys.exit("the emulator does not run")
        self.endpoint = said.split()[-1]
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def news(self) -> tuple[Counter, float]:
        """The calls since the last time, and the milliseconds that they took here."""
        with open(self._log) as file:
            file.seek(self._read)
            lines = file.read().splitlines()
            self._read = file.tell()
        calls, spans = Counter(), []
        for action, status, microseconds, began in map(str.split, lines):
            if not status.startswith("2") and not (status == "404" and action in MAY_BE_ABSENT):
                sys.exit(f"the emulator answered {action} with {status}")
            calls[action] += 1
            spans.append((int(began), int(began) + int(microseconds)))
        return calls, covered(spans) / 1000

    def measure(self, command: list[str], env: dict[str, str]) -> Run:
        self.news()
        began = time.monotonic()
        ended = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        wall = (time.monotonic() - began) * 1000
        if ended.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stderr}")
        calls, server = self.news()
        return Run(wall, server, calls, ended.stdout, ended.stderr)


def write_templates(folder: pathlib.Path):
    """One for each API, called by its number; left alone for as long as what was just written is not kept."""
    templates = {}
    for number, options in enumerate(APIS.values()):
        said = {key: value for key, value in options.items() if key != "least"}
        templates[f"job-{number}"] = {
            "image": "ami-0abcdef1234567890", "machine_types": ["m6i.large"], "zones": ["us-east-1a"],
            "tags": {"team": "bench"}, **said}
    (folder / "awsprov_templates.yaml").write_text(json.dumps({"templates": templates}))
    time.sleep(2.1)


def ours(muster: str, cloud: Cloud, folder: pathlib.Path, templates: str, env: dict[str, str], api: str, count: int):
    """The runs of both halves of the job by the binary."""
    config = folder / "muster.yaml"
    config.write_text(
        f"accounts:\n  lab: {{cloud: aws, region: us-east-1, endpoint: \"{cloud.endpoint}\"}}\ndefault_account: lab\n")
    env = {**env, "MUSTER_CONFIG": str(config), "MUSTER_STATE_DIR": str(folder / "state"),
           "MUSTER_TEMPLATES": templates}
    template = f"job-{list(APIS).index(api)}"
    # As every command finds it but the first.
    (folder / "state").mkdir()
    subprocess.run([muster, "template", "list"], env=env, check=True, stdout=subprocess.DEVNULL)
    launches, ends = [], []
    for _ in range(RUNS):
        run = cloud.measure([muster, "request", "create", template, str(count), "--wait", "--output", "ids"], env)
        launches.append(run)
        ends.append(cloud.measure([muster, "machine", "return", "--request", run.out.split()[0], "--wait"], env))
    return launches, ends


def by_hand(python: str, cloud: Cloud, env: dict[str, str], api: str, count: int):
    """The same by the script."""
    env = {**env, "AWS_ENDPOINT_URL": cloud.endpoint, "AWS_DEFAULT_REGION": "us-east-1"}

    def run(*arguments: str) -> Run:
        return cloud.measure([python, str(SCRIPT), *arguments], env)

    launches, ends = [], []
    for _ in range(HAND_RUNS):
        launches.append(run("launch", api, str(count)))
        ends.append(run("end", launches[-1].out))
    return launches, ends


def row(what: str, count: int, least: int, runs: list[Run], others: list[Run]) -> list[str]:
    best, other = (min(some, key=lambda run: run.overhead) for some in (runs, others))
    loaded = min(run.loaded for run in others)
    calls, by_hand_calls = (max(run.calls.total() for run in some) for some in (runs, others))
    return [
        what, f"{count:,}", f"{calls} of {least}", f"{best.wall:.1f}", f"{best.overhead:.1f}",
        f"<= {20 + 0.1 * count:.1f}", f"{by_hand_calls}", f"{other.wall:.0f}", f"{other.overhead:.0f}",
        f"{other.overhead / best.overhead:.1f} x", f"{loaded:.0f}", f"{loaded / best.overhead:.1f} x"]


def main_jobs(muster: str, python: str, env: dict[str, str]) -> list[list[str]]:
    rows = [["ms, from the start of a process to its end", "machines", "calls of the least", "total", "overhead", "promised",
             "boto3: calls", "total", "overhead", "ratio", "once loaded", "ratio"]]
    with tempfile.TemporaryDirectory() as templates:
        write_templates(pathlib.Path(templates))
        for api in APIS:
            for count in COUNTS:
                rows += jobs(muster, python, templates, env, api, count)
    return rows


def jobs(muster: str, python: str, templates: str, env: dict[str, str], api: str, count: int) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as name, Cloud(muster, pathlib.Path(name), env) as cloud:
        halves = ours(muster, cloud, pathlib.Path(name), templates, env, api, count)
        others = by_hand(python, cloud, env, api, count)
    return [
        row(f"{api} {what}", count, least, runs, hand)
        for what, least, runs, hand in zip(("to running", "to ended"), APIS[api]["least"], halves, others)]
