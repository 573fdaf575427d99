"""What scripts rely on: commands, output formats, exit statuses."""

import os
import pathlib
import pty
import re
import select
import signal
import subprocess

import pytest
import yaml

from muster import BINARY, QUICK_EMULATOR, Muster, end, wait_for

REQUEST_FIELDS = {
    "id", "key", "state", "template", "account", "count", "created_at", "deadline", "settled_at", "machines",
}
MACHINE_FIELDS = {
    "id", "state", "instance", "type", "zone", "market", "private_ip", "public_ip", "launched_at", "failure",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

COMMANDS = [
    "template list", "template show", "template diff", "template validate", "template schema", "request create",
    "request list", "request show", "request cancel", "request explain", "machine list", "machine show", "machine return", "provider list",
    "provider check", "config show", "doctor", "emulator run", "agent run",
]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A ledger with one request that is over, for commands that only look."""
    muster = Muster(tmp_path_factory.mktemp("house"), config=QUICK_EMULATOR)
    muster.finished = muster.create("cpu-small", 2, "--key", "first", "--wait")
    return muster


def looks(house) -> list[tuple[str, ...]]:
    """Every command that lists or shows, with an id that has to be in its output."""
    request = house.finished
    machine = request["machines"][0]["id"]
    return [
        ("cpu-small", "template", "list"), ("cpu-small", "template", "show", "cpu-small"),
        (request["id"], "request", "list"), (request["id"], "request", "show", request["id"]),
        (machine, "machine", "list"), (machine, "machine", "list", "--request", request["id"]),
        (machine, "machine", "show", machine), ("demo", "provider", "list"), ("demo", "provider", "check"),
        (request["id"], "request", "explain", request["id"]), ("default_account", "config", "show"),
        ("ledger", "doctor"),
    ]


# MARK: JSON

def test_the_request_object_has_its_fields(house):
    request = house.finished
    assert REQUEST_FIELDS <= set(request)
    assert request["id"].startswith("req-")
    assert (request["key"], request["state"], request["template"], request["account"], request["count"]) == (
        "first", "fulfilled", "cpu-small", "demo", 2)
    for field in ["created_at", "deadline", "settled_at"]:
        assert TIME.fullmatch(request[field]), f"{field}: {request[field]}"
    for machine in request["machines"]:
        assert MACHINE_FIELDS <= set(machine)
        assert machine["id"].startswith("mch-") and machine["instance"].startswith("i-")
        assert machine["state"] == "running" and machine["failure"] is None
        assert machine["type"] == "m6i.large" and machine["zone"].startswith("us-east-1")
        assert machine["market"] in {"on-demand", "spot"}
        assert machine["private_ip"].count(".") == 3
        assert TIME.fullmatch(machine["launched_at"])
    assert house.request(request["id"]) == request


def test_fields_without_a_value_are_there_all_the_same(tmp_path):
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    request = muster.create("cpu-small", 1)
    assert REQUEST_FIELDS <= set(request) and request["key"] is None and request["settled_at"] is None
    (machine,) = request["machines"]
    assert MACHINE_FIELDS <= set(machine) and machine["instance"] is None


def test_the_preview_has_its_fields_and_leaves_nothing(tmp_path):
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    preview = muster.json("request", "create", "cpu-small", 5, "--dry-run")["preview"]
    assert {"calls", "machines", "offering"} <= set(preview)
    assert preview["calls"]
    assert muster.requests() == []
    assert muster.machines() == []


def test_every_listing_and_showing_command_speaks_every_format(house):
    for expected, *args in looks(house):
        document = house.json(*args)
        assert expected in str(document)
        result = house.ok(*args, "--output", "yaml")
        written = yaml.load(result.out, yaml.BaseLoader)
        assert written["version"] == "1" and set(written) == set(document), str(result)
        assert expected in str(written)
        assert expected in house.ok(*args, "--output", "table").out
        ids = house.ok(*args, "--output", "ids").out.splitlines()
        assert expected in ids and all(re.fullmatch(r"\S+", id) for id in ids), f"{args}: {ids}"
        assert len(set(ids)) == len(ids), f"{args}: {ids}"


def test_a_table_is_what_one_gets_unasked(house):
    for _, *args in looks(house):
        assert house.ok(*args).out == house.ok(*args, "--output", "table").out


def test_the_other_looks_end_well(house):
    id = house.finished["id"]
    assert "default.yaml" in house.ok("config", "show", "--origins").out
    assert "awsprov_templates.yaml" in house.ok("template", "show", "cpu-small", "--origins").out
    house.ok("template", "validate")
    house.ok("template", "validate", "cpu-small")
    house.ok("provider", "check", "demo")
    assert house.ok("machine", "show", house.finished["machines"][0]["id"]).out.count(id) >= 1


def test_listings_take_their_filters(house):
    assert [one["id"] for one in house.machines("--state", "running")] == [
        machine["id"] for machine in house.finished["machines"]]
    assert house.machines("--state", "terminated") == []


# MARK: Help and completions

@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(tmp_path, command):
    muster = Muster(tmp_path / "muster")
    result = muster.ok(*command.split(), "--help")
    # Once in the usage, and once more as one would type it.
    assert result.out.count(f"muster {command}") >= 2, str(result)


def test_the_top_names_every_noun(tmp_path):
    out = Muster(tmp_path / "muster").ok("--help").out
    for noun in {command.split()[0] for command in COMMANDS}:
        assert re.search(rf"^\s+{noun}\b", out, re.MULTILINE), f"no `{noun}` in {out}"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_are_printed(tmp_path, shell):
    out = Muster(tmp_path / "muster").ok("completion", shell).out
    assert "template" in out and "validate" in out and "at-least" in out


def test_a_shell_takes_its_completions(tmp_path):
    muster = Muster(tmp_path / "muster")
    script = tmp_path / "completions"
    script.write_text(muster.ok("completion", "bash").out)
    subprocess.run(["bash", "-euc", 'source "$0"; complete -p muster', str(script)], check=True, timeout=30)


def test_help_and_completions_leave_nothing_behind(tmp_path):
    muster = Muster(tmp_path / "muster")
    assert "--dry-run" in muster.ok("request", "create", "--help").out
    assert "cpu-small" in muster.ok("template", "list").out
    assert not muster.state.exists()


# MARK: Streams and terminals

def on_a_terminal(muster: Muster, *args, env=None) -> tuple[int, str]:
    """Runs it with standard error on a terminal."""
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [BINARY, *args], env={**muster.env, "TERM": "xterm-256color", **(env or {})}, cwd=muster.folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=its)
    os.close(its)
    said = b""
    try:
        while select.select([mine], [], [], 60)[0]:
            try:
                block = os.read(mine, 65536)
            except OSError:  # The terminal's other side is closed.
                break
            if not block:
                break
            said += block
    finally:
        os.close(mine)
    return process.wait(30), said.decode()


def test_progress_on_a_terminal_respects_no_color(tmp_path):
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    code, said = on_a_terminal(muster, "request", "create", "cpu-small", "2", "--wait")
    assert code == 0, said
    assert "running" in said
    code, said = on_a_terminal(muster, "request", "create", "cpu-small", "2", "--wait", env={"NO_COLOR": "1"})
    assert code == 0, said
    # Moving about is not color; `m` ends what is.
    assert not re.search(r"\x1b\[[0-9;]*m", said), repr(said)


def test_data_goes_to_standard_output_and_all_else_to_standard_error(tmp_path):
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    result = muster.ok("request", "create", "cpu-small", 1, "--wait", "--output", "json")
    assert result.json["request"]["state"] == "fulfilled"
    id = muster.ok("request", "create", "cpu-small", 1, "--output", "ids").out
    assert re.fullmatch(r"req-\S+\n", id), repr(id)


def test_off_a_terminal_waiting_tells_each_change_once(tmp_path):
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    result = muster.ok("request", "create", "cpu-small", 2, "--wait")
    told = [line.rsplit(" (", 1)[0] for line in result.err.splitlines() if line.startswith("request req-")]
    assert len(told) >= 2 and told[-1].endswith("2 running"), str(result)
    assert all(one != other for one, other in zip(told, told[1:])), str(result)
    assert not re.search(r"[\r\x1b]", result.out + result.err), repr(result.err)


# MARK: Signals

@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_waiting_and_not_the_request(tmp_path, number, code):
    muster = Muster(tmp_path / "muster", config="emulator: {boot: 60s, shutdown: 300ms}\n")
    waiting = muster.start("request", "create", "cpu-small", 2, "--wait")
    try:
        wait_for("two machines pending", lambda: [m["state"] for m in muster.machines()] == ["pending"] * 2)
        waiting.send_signal(number)
        assert muster.finish(waiting, ("request", "create"), 20).code == code
    finally:
        end(waiting)
    (request,) = muster.requests()
    assert request["state"] == "open"


def test_no_core_file_is_left_behind(tmp_path):
    # Memory holds secrets; a core file would hold them too.
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    agent = muster.start("agent", "run")
    try:
        def limit():
            limits = pathlib.Path(f"/proc/{agent.pid}/limits").read_text()
            return re.search(r"Max core file size +0 +0 ", limits)

        wait_for("a core file of no size", limit)
    finally:
        assert end(agent) == 0
