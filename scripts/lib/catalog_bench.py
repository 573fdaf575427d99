"""Times a cold catalog beside the least that reading the same bytes can cost: libyaml's bare events, and PyYAML."""

from __future__ import annotations

import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROVIDERS = HERE.parent.parent / "providers"
# Debian's own Python, which has python3-yaml; another may be first on the path.
PYTHON = "/usr/bin/python3"
PYYAML = """
import sys, time, yaml
began = time.monotonic()
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        yaml.load(file, Loader=yaml.CSafeLoader)
print((time.monotonic() - began) * 1000)
"""
PROMISED = {1000: 25, 10_000: 250}


def numbers(command: list[str]) -> list[float]:
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in ended.stdout.split()]


def least(rows: list[list[float]]) -> list[float]:
    return [min(column) for column in zip(*rows)]


def cold_catalogs(bench: str) -> list[tuple[str, str, str]]:
    """Read, resolved and checked in one process, each time as if for the first time."""
    with tempfile.TemporaryDirectory() as name:
        events = f"{name}/libyaml-events"
        subprocess.run(
            ["cc", "-O2", "-o", events, str(HERE / "libyaml-events.c"), "-lyaml"], check=True)
        return [row for count in PROMISED for row in cold_catalog(bench, events, f"{name}/{count}", count)]


def cold_catalog(bench: str, events: str, folder: str, count: int) -> list[tuple[str, str, str]]:
    subprocess.run([bench, "make-catalog", folder, str(count)], check=True)
    files = sorted(map(str, pathlib.Path(folder).rglob("*.yaml")))
    ours, bare = [], []
    # By turns, so that what else goes on in the machine is on both.
    for _ in range(3):
        ours.append(numbers([bench, "read-catalog", folder, str(PROVIDERS)]))
        bare.append(numbers([events, "7", *files]))
    wall, median, processor, memory = least(ours)
    bare_wall, bare_median, bare_processor = least(bare)
    (python,) = numbers([PYTHON, "-c", PYYAML, *files])

    return [
        (
            f"catalog cold, {count:,} templates: read + resolve + check",
            f"{wall:.1f} ms, median {median:.1f} ms, {processor:.1f} ms of CPU, {memory / 1024:.1f} KB a template",
            f"<= {PROMISED[count]} ms; <= 8 KB a template",
        ),
        (
            "  libyaml's events alone, in C",
            f"{bare_wall:.1f} ms, median {bare_median:.1f} ms, {bare_processor:.1f} ms of CPU; "
            f"ours {wall / bare_wall:.2f} x, of CPU {processor / bare_processor:.2f} x",
            "ours <= 2.5 x",
        ),
        ("  PyYAML's CSafeLoader", f"{python:.1f} ms, {python / wall:.0f} x ours", ""),
    ]
