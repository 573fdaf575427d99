"""Measures whole processes: how long they take, how much processor and memory they use."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/System"))
from proxy import Proxy  # noqa: E402

import cloud_bench  # noqa: E402
import job_bench  # noqa: E402
from catalog_bench import cold_catalogs  # noqa: E402

MACHINES = 1000
LEDGER = 100_000
TEMPLATES = 10_000
# What opens the emulated account; it is public and opens nothing else.
DEMO = {
    "AWS_ACCESS_KEY_ID": "AKIDEMULATEDMUSTER00",
    "AWS_SECRET_ACCESS_KEY": "emulated-secret-that-opens-nothing",
}


@dataclass
class Used:
    """What one run of a process took."""

    wall: float
    processor: float
    peak_mb: float


def measure(command: list[str], env: dict[str, str]) -> Used:
    # A process counts the memory of whoever started it as its own peak, so something small has to start it.
    with tempfile.NamedTemporaryFile() as report:
        began = time.monotonic()
        process = subprocess.Popen(
            ["/usr/bin/time", "--format=%M", f"--output={report.name}", *command], env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said.decode()}")
        peak = int(report.read().split()[-1]) / 1024
    return Used(wall, usage.ru_utime + usage.ru_stime, peak)


def milliseconds(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Mean and median over many runs."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            ["hyperfine", "--shell=none", "--warmup", "5", "--min-runs", "30", "--export-json", report.name,
             " ".join(command)],
            env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = json.load(report)["results"][0]
    return found["mean"] * 1000, found["median"] * 1000


def real(program: str) -> str | None:
    """The program itself, not a script that looks for it each time."""
    python = subprocess.run(
        ["python3", "-c", "import sys; print(sys.executable)"], capture_output=True, text=True, check=True)
    interpreter = pathlib.Path(python.stdout.strip())
    if program == "python3":
        return str(interpreter)
    beside = interpreter.parent / program
    return str(beside) if beside.exists() else shutil.which(program)


def starts(muster: str, env: dict[str, str]) -> list[tuple[str, str, str]]:
    """How `muster template list` compares to the smallest Python there is and to the usual AWS client."""
    # As it is found by every command but the first, which leaves what the catalog came to in the state folder.
    os.makedirs(env["MUSTER_STATE_DIR"], exist_ok=True)
    subprocess.run([muster, "template", "list"], env=env, check=True, stdout=subprocess.DEVNULL)
    commands = {"muster template list": [muster, "template", "list"]}
    commands["muster template list, without a state folder"] = [muster, "template", "list", "--state-dir", "/nowhere"]
    commands["python3 -I -S -c pass"] = [real("python3"), "-I", "-S", "-c", "pass"]
    if aws := real("aws"):
        commands["aws --version"] = [aws, "--version"]
    rows, ours = [], 0.0
    for name, command in commands.items():
        mean, median = milliseconds(command, env)
        peak = min(measure(command, env).peak_mb for _ in range(5))
        ours = ours or median
        ratio = "" if name == "muster template list" else f", {median / ours:.1f} x the first"
        promise = "no slower than python3; < 15 MB" if name == "muster template list" else ""
        rows.append((name, f"median {median:.2f} ms, mean {mean:.2f} ms, {peak:.1f} MB{ratio}", promise))
    return rows


class Emulator:
    """`muster emulator run` in a process and a folder of its own."""

    def __init__(self, muster: str, folder: pathlib.Path, env: dict[str, str]):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [muster, "emulator", "run", "--port", str(self.port)],
            env={**env, "MUSTER_STATE_DIR": str(folder / "emulator")}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.05)
        sys.exit("the emulator does not answer")

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def thousand(muster: str, env: dict[str, str]) -> list[tuple[str, str, str]]:
    """One request for a thousand machines over the wire, until all are recorded running."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)

        def order(endpoint: str, state: str) -> tuple[list[str], dict[str, str]]:
            config = folder / f"{state}.yaml"
            config.write_text(
                f"accounts:\n  lab: {{cloud: aws, region: us-east-1, endpoint: \"{endpoint}\"}}\n"
                "default_account: lab\n")
            command = [muster, "request", "create", "grid-node", str(MACHINES), "--wait"]
            return command, {
                **env, **DEMO, "MUSTER_CONFIG": str(config), "MUSTER_STATE_DIR": str(folder / state)}

        with Emulator(muster, folder, env) as emulator:
            runs = [measure(*order(emulator.endpoint, f"run-{number}")) for number in range(3)]
            # The calls are counted in a run that is not measured.
            proxy = Proxy(emulator.endpoint)
            measure(*order(proxy.endpoint, "counted"))
            proxy.stop()
    best = min(runs, key=lambda run: run.processor)
    counts: dict[str, int] = {}
    for call in proxy.calls:
        counts[call.action] = counts.get(call.action, 0) + 1
    calls = ", ".join(f"{count} {action}" for action, count in sorted(counts.items()))
    figures = f"{best.processor:.2f} s of CPU, {best.peak_mb:.1f} MB, {best.wall:.2f} s in all (machines boot in 2 s)"
    return [
        (f"request create grid-node {MACHINES} --wait", figures, "<= 0.3 s of CPU; <= 40 MB"),
        ("  its calls", calls, ""),
    ]


def long_listing(muster: str, bench: str, env: dict[str, str]) -> list[tuple[str, str, str]]:
    """The machines of one request, where the ledger has a hundred thousand of them."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(
            [bench, "make-ledger", folder, str(LEDGER)], env=env, check=True, capture_output=True, text=True)
        request = made.stdout.split()[-1]
        env = {**env, "MUSTER_STATE_DIR": folder}
        command = [muster, "machine", "list", "--request", request]
        found = subprocess.run([*command, "--output", "ids"], env=env, check=True, capture_output=True, text=True)
        mean, median = milliseconds(command, env)
        peak = measure(command, env).peak_mb
    return [(
        f"machine list --request, one of {LEDGER:,}",
        f"median {median:.2f} ms, mean {mean:.2f} ms, {peak:.1f} MB, {len(found.stdout.split())} machines", "<= 10 ms",
    )]


def write_templates(folder: pathlib.Path, files: int):
    """Templates of a kilobyte each, in some files."""
    script = " ".join(f"word{number}" for number in range(70))
    for file in range(files):
        path = folder / f"part{file}/awsprov_templates.yaml"
        path.parent.mkdir(parents=True)
        with open(path, "w") as out:
            out.write("templates:\n")
            for number in range(file, TEMPLATES, files):
                out.write(
                    f"  grid/node-{number:05}:\n"
                    f"    description: Node {number} of the grid, for long calculations\n"
                    "    machine_image: ami-0abcdef1234567890\n"
                    "    machine_types: [m6i.large, m6a.large, m5.large]\n"
                    f"    max_machines: {number % 200 + 1}\n"
                    f"    tags: {{team: team-{number % 97}, project: project-{number % 31}, cost: '{number}'}}\n"
                    f"    user_data: |\n      #!/bin/sh\n      # {script}\n      # {script}\n      echo {number}\n")


def large_catalog(muster: str, env: dict[str, str]) -> list[tuple[str, str, str]]:
    """A listing of ten thousand templates: from their files, and as an earlier command left it."""
    rows = []
    for files in (10, 1):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_templates(folder / "templates", files)
            command = [muster, "template", "list", "--templates", str(folder / "templates")]
            cold = {**env, "MUSTER_STATE_DIR": str(folder / "none")}
            warm = {**env, "MUSTER_STATE_DIR": str(folder / "state")}
            (folder / "state").mkdir()
            # What was just written is not kept.
            time.sleep(2.1)
            first = measure(command, warm)
            where = f"{TEMPLATES:,} templates in {files} file{'s' if files > 1 else ''}"
            for what, environment, promise in [("cold", cold, ""), ("warm", warm, "<= 8 ms")]:
                mean, median = milliseconds(command, environment)
                peak = measure(command, environment).peak_mb
                rows.append(
                    (f"template list, {where}, {what}", f"median {median:.2f} ms, mean {mean:.2f} ms, {peak:.1f} MB",
                     promise))
            rows.append(("  the command that keeps it", f"{first.wall * 1000:.0f} ms, {first.peak_mb:.1f} MB", ""))
    return rows


def within(muster: str, bench: str, env: dict[str, str]):
    """What cannot be seen from outside a process is measured by a program of its own."""
    with tempfile.TemporaryDirectory() as folder, Emulator(muster, pathlib.Path(folder), env) as emulator:
        subprocess.run([bench], env={**env, "MUSTER_BENCH_PORT": str(emulator.port)}, check=True)


def show(rows: list):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def main():
    muster, bench = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
    # Not resolved: what a virtual environment has is found by its own name.
    python = os.path.abspath(sys.argv[3])
    with tempfile.TemporaryDirectory() as home:
        env = {
            "PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "MUSTER_HOME": str(ROOT),
            "MUSTER_STATE_DIR": f"{home}/state", "AWS_EC2_METADATA_DISABLED": "true",
        }
        show(
            [("what", "measured", "promised")] + starts(muster, env) + large_catalog(muster, env)
            + thousand(muster, env) + long_listing(muster, bench, env) + cold_catalogs(bench))
        print(flush=True)
        show(job_bench.main_jobs(muster, python, env | DEMO))
        print(job_bench.NOTE, end="\n\n", flush=True)
        show(cloud_bench.main_jobs(muster, env))
        print(cloud_bench.NOTE, end="\n\n", flush=True)
        within(muster, bench, env)


if __name__ == "__main__":
    main()
