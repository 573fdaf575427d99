"""What bad input gets: a clear diagnostic, exit status 2, nothing stored, nothing sent."""

import contextlib
import os
import sqlite3
from xml.etree import ElementTree

import pytest

from conftest import lab_config
from muster import DEMO_KEY, DEMO_SECRET, QUICK_EMULATOR, Muster, free_port
from proxy import Proxy

CREDENTIALS = {"AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET}


class Door:
    """The binary with an account at a cloud that writes down who knocks."""

    def __init__(self, folder):
        # Nobody is behind it: whatever is sent is written down, and then fails.
        self.wire = Proxy(f"http://127.0.0.1:{free_port()}")
        self.folder = folder
        self.muster = Muster(
            folder / "good", config=lab_config(self.wire.endpoint) + QUICK_EMULATOR, env=CREDENTIALS)
        # A ledger with something in it, so that a change would be seen; it is over, so that nothing carries it on.
        self.muster.create("cpu-small", 1, "--account", "demo", "--wait")
        self.stored = self.ledger()

    def ledger(self):
        with contextlib.closing(sqlite3.connect(self.muster.state / "ledger.sqlite")) as ledger:
            return [
                ledger.execute(question).fetchall() for question in [
                    "SELECT id, key, count, state FROM request ORDER BY id",
                    "SELECT id, request, state, instance FROM machine ORDER BY id",
                    "SELECT token, request FROM intent ORDER BY token",
                ]
            ]

    def rejects(self, *args, texts=(), config=None, env=None, code=2):
        """Runs it with this bad input, and holds it to the promise."""
        muster = self.muster
        if config is not None:
            muster = Muster(self.folder / "bad", config=config, env={**CREDENTIALS, **(env or {})})
            muster.env["MUSTER_STATE_DIR"] = str(self.muster.state)
            env = None
        sent = len(self.wire.calls)
        result = muster.run(*args, env=env)
        assert result.code == code, str(result)
        assert result.out == "", str(result)
        assert result.err.strip(), str(result)
        for text in texts:
            assert text in result.err, f"no `{text}` in {result}"
        assert self.ledger() == self.stored, str(result)
        assert len(self.wire.calls) == sent, f"sent {self.wire.calls[sent:]}: {result}"
        return result

    def catalog(self, text: str, name: str = "awsprov_templates.yaml"):
        folder = self.folder / "catalog"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        return folder


@pytest.fixture
def door(tmp_path):
    door = Door(tmp_path)
    yield door
    door.wire.stop()


CREATE = ("request", "create")


# MARK: Orders

def test_an_unknown_template_with_the_one_that_was_meant(door):
    door.rejects(*CREATE, "cpu-smal", 5, texts=["[template.unknown]", "`cpu-smal`", "cpu-small"])
    door.rejects(*CREATE, "cpu-smal", 5, "--dry-run", texts=["[template.unknown]", "cpu-small"])
    door.rejects("template", "show", "cpu-smal", texts=["[template.unknown]", "cpu-small"])


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--wait",)])
@pytest.mark.parametrize("count, code", [("0", "[order.count]"), ("51", "[order.limit]"), ("100001", "[order.")])
def test_a_count_that_cannot_be(door, count, code, more):
    door.rejects(*CREATE, "cpu-small", count, *more, texts=[code, count])


def test_counts_that_are_no_counts(door):
    door.rejects(*CREATE, "cpu-small", "five", texts=["five"])
    door.rejects(*CREATE, "cpu-small", "2.5", texts=["2.5"])
    door.rejects(*CREATE, "cpu-small", "99999999999999999999")
    door.rejects(*CREATE, "cpu-small", texts=["count"])


def test_the_limit_counts_what_is_in_use(door):
    # One runs already, at another account: the limit is the template's.
    door.rejects(*CREATE, "cpu-small", 50, texts=["[order.limit]", "49"])


def test_a_least_count_that_cannot_be(door):
    door.rejects(*CREATE, "cpu-small", 2, "--at-least", 3, texts=["[order.at-least]"])
    door.rejects(*CREATE, "cpu-small", 2, "--at-least", 0, texts=["[order.at-least]"])


def test_deadlines_that_are_no_length_of_time(door):
    for deadline in ["soon", "15", "0s", "-5m"]:
        door.rejects(*CREATE, "cpu-small", 2, f"--deadline={deadline}", texts=["deadline"])


def test_a_key_that_is_none(door):
    door.rejects(*CREATE, "cpu-small", 2, "--key", "", texts=["[order.key]"])
    door.rejects(*CREATE, "cpu-small", 2, "--key", "k" * 257, texts=["[order.key]"])


def test_unknown_requests_and_machines(door):
    door.rejects("request", "show", "req-nothing", texts=["[request.unknown]", "req-nothing"])
    door.rejects("request", "cancel", "req-nothing", texts=["[request.unknown]"])
    door.rejects("request", "explain", "req-nothing", texts=["[request.unknown]"])
    door.rejects("machine", "show", "mch-nothing", texts=["[machine.unknown]", "mch-nothing"])
    door.rejects("machine", "return", "mch-nothing", texts=["[machine.unknown]", "mch-nothing"])
    door.rejects("machine", "return", "--request", "req-nothing", texts=["[request.unknown]"])
    door.rejects("machine", "return")
    door.rejects("machine", "list", "--state", "sleeping", texts=["sleeping"])


def test_one_unknown_machine_among_many_returns_none(door):
    known = door.muster.machines()[0]["id"]
    door.rejects("machine", "return", known, "mch-nothing", texts=["[machine.unknown]", "mch-nothing"])


def test_unknown_words_and_flags(door):
    door.rejects("request", "creat", "cpu-small", 5)
    door.rejects(*CREATE, "cpu-small", 5, "--wat")
    door.rejects("request", "list", "--output", "xml", texts=["xml"])


# MARK: Templates

def test_malformed_yaml_with_its_place(door):
    folder = door.catalog("templates:\n  broken:\n    image: [ami-1\n  other: {\n")
    for args in [(*CREATE, "broken", 1), (*CREATE, "broken", 1, "--dry-run"), ("template", "list")]:
        result = door.rejects(*args, "--templates", folder, texts=["[yaml.syntax]", "awsprov_templates.yaml:"])
        place = result.err.split("awsprov_templates.yaml:")[1].split()[0]
        line, column = place.split(":")[:2]
        assert 3 <= int(line) <= 5 and int(column) >= 1, place


def test_an_unknown_key_with_its_place_and_the_one_that_was_meant(door):
    folder = door.catalog(
        "templates:\n  mine:\n    machine_image: ami-12345678\n    machine_typ: t3.micro\n    machine_types: [t3.micro]\n")
    for args in [(*CREATE, "mine", 1), (*CREATE, "mine", 1, "--dry-run")]:
        door.rejects(
            *args, "--templates", folder,
            texts=["[template.unknown-key]", "awsprov_templates.yaml:4:5", "`machine_typ`", "did you mean `machine_type"])


def test_a_missing_image(door):
    folder = door.catalog("templates:\n  mine: {machine_types: [t3.micro]}\n")
    door.rejects(
        *CREATE, "mine", 1, "--templates", folder,
        texts=["[template.missing-image]", "awsprov_templates.yaml:2:", "machine_image"])


def test_every_mistake_of_a_file_at_once(door):
    folder = door.catalog(
        "templates:\n  one: {machine_types: [t3.micro]}\n"
        "  two: {machine_image: ami-12345678, machine_types: [t3.micro], tag: {a: b}, max_machines: many}\n")
    result = door.muster.run("template", "validate", "--templates", folder)
    assert result.code == 2, str(result)
    said = result.out + result.err
    for text in ["[template.missing-image]", "[template.unknown-key]", "[field.type]", "`max_machines`"]:
        assert text in said, f"no `{text}` in {result}"


def test_a_file_given_by_its_path_is_validated(door):
    folder = door.catalog("templates:\n  mine: {machine_types: [t3.micro]}\n")
    result = door.muster.run("template", "validate", folder / "awsprov_templates.yaml")
    assert result.code == 2, str(result)
    assert "[template.missing-image]" in result.out + result.err, str(result)
    (folder / "awsprov_templates.yaml").write_text(
        "templates:\n  mine: {machine_image: ami-12345678, machine_types: [t3.micro]}\n")
    door.muster.ok("template", "validate", folder / "awsprov_templates.yaml")
    door.muster.ok("template", "validate")


def test_a_mistake_is_shown_in_its_line(door):
    folder = door.catalog(
        "templates:\n  mine:\n    machine_image: ami-12345678\n    instance_typ: t3.micro\n    machine_types: [t3.micro]\n")
    result = door.rejects("template", "validate", "--templates", folder)
    assert result.err == (
        "error: `instance_typ` is not a template key [template.unknown-key]\n"
        f"  --> {folder}/awsprov_templates.yaml:4:5\n"
        "   |\n"
        " 4 |     instance_typ: t3.micro\n"
        "   |     ^^^^^^^^^^^^\n"
        "hint: did you mean `instance_type`?\n"), str(result)


@pytest.mark.parametrize("format", ["json", "sarif", "junit"])
def test_a_report_goes_to_standard_output_and_mistakes_still_end_with_two(door, format):
    folder = door.catalog("templates:\n  mine: {machine_types: [t3.micro], tag: \"<&>\"}\n")
    result = door.muster.run("template", "validate", "--format", format, "--templates", folder)
    assert result.code == 2 and result.err == "", str(result)
    codes = {
        "json": lambda: {one["code"] for one in result.json["diagnostics"]},
        "sarif": lambda: {one["ruleId"] for one in result.json["runs"][0]["results"]},
        "junit": lambda: {one.get("type") for one in ElementTree.fromstring(result.out.encode()).iter("failure")},
    }[format]()
    assert codes == {"template.missing-image", "template.unknown-key"}, str(result)
    sound = door.muster.ok("template", "validate", "--format", format)
    assert "template.missing-image" not in sound.out and sound.err == "", str(sound)


def test_a_report_has_one_way_to_be_asked_for(door):
    door.rejects("template", "validate", "--format", "xml", texts=["'text', 'json', 'sarif' or 'junit'"])
    door.rejects("template", "validate", "--output", "json", texts=["--output"])


# MARK: Files that nobody wrote by hand

GOOD = "templates:\n  mine: {machine_image: ami-12345678, machine_types: [t3.micro]}\n"
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

BAD_FILES = {
    "bytes that are no text": (b"templates: {m\xc0\x80: 1}", "[yaml.encoding]", ":1:14"),
    "a lone surrogate": (b"templates: # \xed\xa0\x80", "[yaml.encoding]", ":1:14"),
    "a NUL": (b"templates: {a: \0}", "[yaml.encoding]", ":1:16"),
    "UTF-16": (GOOD.encode("utf-16"), "[yaml.encoding]", ":1:1"),
    "tabs": (b"templates:\n\tmine: {}", "indent with spaces", ":2:1"),
    "a billion laughs": (LAUGHS.encode(), "[yaml.alias-limit]", ":"),
    "a million brackets": (b"[" * 1_000_000, "[yaml.depth]", ":1:101"),
    "a million dashes": (b"- " * 1_000_000, "[yaml.depth]", ":1:201"),
    "a key twice": (b"templates:\n  mine: {}\n  'mine': {}\n", "[yaml.duplicate-key]", ":3:3"),
    "a map for a key": (b"templates:\n  ? {a: b}\n  : {}\n", "a key must be text", ":2:5"),
    "two documents": (b"templates: {}\n---\ntemplates: {}\n", "a second document", ":2:1"),
    "a foreign tag": (b"templates: !!python/object:os.system {}", "[yaml.syntax]", ":1:12"),
    "a scalar of ten megabytes": (b"x" * (10 << 20), "[field.type]", ":1:1"),
}


def test_files_that_break_other_readers_are_told_with_their_place(door):
    folder = door.catalog("")
    file = folder / "awsprov_templates.yaml"
    for what, (bytes, text, place) in BAD_FILES.items():
        file.write_bytes(bytes)
        for args in [("template", "validate", file), (*CREATE, "mine", 1, "--templates", folder)]:
            result = door.rejects(*args, texts=[text, f"{file}{place}"])
            assert len(result.err) < 5000, f"{what}: {len(result.err)} bytes"


def test_a_file_that_is_too_large_is_refused_unread(door):
    folder = door.catalog("")
    with open(folder / "awsprov_templates.yaml", "r+b") as file:
        file.truncate(8 << 30)
    door.rejects("template", "validate", folder / "awsprov_templates.yaml", texts=["[file.too-large]"])


def test_what_is_no_file_is_neither_waited_for_nor_passed_over(door):
    folder = door.catalog(GOOD)
    os.mkfifo(folder / "pipe.yaml")
    (folder / "awstype_templates.yaml").symlink_to("nowhere")
    (folder / "loop").symlink_to(".")
    door.rejects(
        "template", "validate", "--templates", folder, texts=["pipe.yaml` cannot be read", "a link that leads nowhere"])
    door.rejects("template", "validate", folder / "pipe.yaml", texts=["[file.unreadable]", "not a regular file"])
    # Its standard input is a pipe, or nothing at all.
    door.rejects("template", "validate", "/dev/stdin", texts=["[file.unreadable]"])


def test_a_file_without_templates_and_one_the_catalog_would_leave_out_are_told(door):
    folder = door.catalog("# nothing\n")
    empty = door.muster.ok("template", "validate", folder / "awsprov_templates.yaml")
    assert "[catalog.empty-file]" in empty.err, str(empty)
    stray = door.catalog(GOOD, name="mine.yaml") / "mine.yaml"
    left_out = door.muster.ok("template", "validate", stray)
    assert "[catalog.unknown-file]" in left_out.err, str(left_out)


# MARK: Accounts and settings

def test_an_unknown_account_with_the_one_that_was_meant(door):
    door.rejects(*CREATE, "cpu-small", 1, "--account", "lba", texts=["[account.unknown]", "`lba`", "lab"])
    door.rejects(*CREATE, "cpu-small", 1, "--account", "lba", "--dry-run", texts=["[account.unknown]"])
    door.rejects("provider", "check", "lba", texts=["[account.unknown]"])


def test_settings_that_make_no_sense(door):
    good = lab_config(door.wire.endpoint)
    door.rejects(*CREATE, "cpu-small", 1, config=good + "acounts: {}\n", texts=["[setting.unknown-key]", "`accounts`"])
    door.rejects(
        *CREATE, "cpu-small", 1, config=lab_config(door.wire.endpoint, ", regoin: x"),
        texts=["[account.unknown-key]", "muster.yaml:2:", "`region`"])
    door.rejects(*CREATE, "cpu-small", 1, config="accounts: [", texts=["[yaml.syntax]", "muster.yaml:"])
    door.rejects(*CREATE, "cpu-small", 1, config=lab_config("not an address"), texts=["[account.endpoint]"])
    door.rejects(*CREATE, "cpu-small", 1, "--config", door.folder / "nothing.yaml", texts=["nothing.yaml"])


def test_missing_credentials_say_where_they_were_looked_for(door):
    nobody = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    result = door.rejects(*CREATE, "cpu-small", 1, "--wait", env=nobody, texts=["credentials", "lab"])
    assert "environment" in result.err or "AWS_ACCESS_KEY_ID" in result.err, str(result)
    assert ".aws" in result.err or "profile" in result.err, str(result)


def test_a_profile_that_does_not_exist_is_named(door):
    door.rejects(
        *CREATE, "cpu-small", 1, "--wait", config=lab_config(door.wire.endpoint, ", profile: nobody"),
        env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, texts=["nobody"])


def test_half_a_pair_of_credentials_is_not_passed_over_in_silence(door):
    door.rejects(*CREATE, "cpu-small", 1, "--wait", env={"AWS_SECRET_ACCESS_KEY": None}, texts=["AWS_SECRET_ACCESS_KEY"])


def test_an_endpoint_that_cannot_be_reached_is_named(tmp_path):
    port = free_port()
    muster = Muster(tmp_path / "lab", config=lab_config(f"http://127.0.0.1:{port}"), env=CREDENTIALS)
    result = muster.run("request", "create", "cpu-small", 1, "--deadline", "10s", "--wait")
    assert result.code == 1, str(result)
    assert f"127.0.0.1:{port}" in result.err, str(result)
    check = muster.run("provider", "check", "lab")
    assert check.code == 1, str(check)
    assert f"127.0.0.1:{port}" in check.out + check.err, str(check)


# MARK: The state folder

def test_a_state_folder_that_cannot_be_written(door):
    # Below a file, where even root can make no folder.
    file = door.folder / "a-file"
    file.write_text("")
    for args in [(*CREATE, "cpu-small", 1), (*CREATE, "cpu-small", 1, "--wait"), ("request", "list")]:
        door.rejects(*args, "--state-dir", file / "state", texts=["[state.unwritable]", "a-file", "--state-dir"])


def test_a_ledger_from_a_newer_version(tmp_path):
    muster = Muster(tmp_path / "muster")
    muster.create("cpu-small", 1)
    ledger = muster.state / "ledger.sqlite"
    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    for args in [(*CREATE, "cpu-small", 1), ("request", "list"), ("machine", "list")]:
        result = muster.run(*args)
        assert result.code == 2, str(result)
        assert "[ledger.newer]" in result.err and "9999" in result.err, str(result)
    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        assert connection.execute("SELECT count(*) FROM request").fetchone() == (1,)


def test_a_ledger_that_is_none(tmp_path):
    muster = Muster(tmp_path / "muster")
    muster.state.mkdir(parents=True)
    (muster.state / "ledger.sqlite").write_text("this is no database, and long enough to be seen as none\n" * 50)
    result = muster.run("request", "create", "cpu-small", 1)
    assert result.code == 2, str(result)
    assert "[ledger." in result.err and "ledger.sqlite" in result.err, str(result)
