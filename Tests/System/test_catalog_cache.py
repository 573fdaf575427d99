"""The compiled catalog: the same answers with and without it, many processes at once; and an agent that sees edits."""

import pathlib
import re
import shutil
import subprocess
import threading
import time

import pytest

from muster import Muster, end

COUNT = 300


def template(number: int, limit: int) -> str:
    return (
        f"  node-{number:04}:\n"
        f"    description: Node {number}, {'for a long calculation ' * 12}\n"
        "    machine_image: ami-0abcdef1234567890\n"
        "    machine_types: [m6i.large, m5.large]\n"
        f"    max_machines: {limit}\n"
        f"    tags: {{team: t{number % 7}}}\n")


def write(path: pathlib.Path, limit: int = 5):
    """A file of templates that was written in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(".draft")
    draft.write_text("templates:\n" + "".join(template(number, limit) for number in range(COUNT)))
    draft.rename(path)


def settle():
    """A file that was just written is not relied upon, and the time of its change cannot be set."""
    time.sleep(2.1)


class Site:
    """The binary with templates of its own."""

    def __init__(self, folder: pathlib.Path):
        self.file = folder / "templates/awsprov_templates.yaml"
        write(self.file)
        self.muster = Muster(folder / "site", env={"MUSTER_TEMPLATES": str(self.file.parent)})
        self.muster.state.mkdir()

    def cache(self) -> dict:
        return self.muster.json("template", "cache")["cache"]

    def answer(self, question: tuple) -> tuple:
        """Without what is another each time."""
        result = self.muster.run(*question)
        out = re.sub(r"\b(int|req|mch)-[0-9a-z]{16}|(?<=\.)[0-9a-f]{32}\b", "…", result.out)
        return result.code, out, result.err

    def compiled(self) -> list[pathlib.Path]:
        return sorted(self.muster.state.glob("catalog/*.compiled"))


@pytest.fixture
def site(tmp_path: pathlib.Path) -> Site:
    return Site(tmp_path)


QUESTIONS = [
    ("template", "list"), ("template", "list", "--output", "json"), ("template", "list", "--output", "yaml"),
    ("template", "list", "--output", "ids"), ("template", "show", "node-0007"),
    ("template", "show", "node-0299", "--origins"), ("template", "show", "node-0007", "--account", "demo"),
    ("template", "show", "node-0007", "--account", "nobody"), ("template", "show", "node-007"),
    ("template", "diff", "node-0001", "node-0002"), ("template", "validate"), ("template", "validate", "node-0003"),
    ("request", "create", "node-0123", "3", "--dry-run"),
    ("request", "create", "node-0123", "3", "--dry-run", "--output", "json"),
]


def test_the_same_answers_with_and_without_it(site):
    settle()
    # Made beforehand: who signs is part of a dry run.
    site.muster.ok("request", "create", "node-0123", "1", "--dry-run")
    shutil.rmtree(site.muster.state / "catalog")
    without = []
    for question in QUESTIONS:
        without.append(site.answer(question))
        shutil.rmtree(site.muster.state / "catalog", ignore_errors=True)
    assert {code for code, _, _ in without} == {0, 1, 2}
    site.muster.ok("template", "list")
    hits = site.cache()["hits"]
    assert [site.answer(question) for question in QUESTIONS] == without
    assert site.cache()["hits"] >= hits + 8
    assert not site.cache()["is_expired"]


def test_an_edit_is_seen_by_the_next_command(site):
    settle()
    site.muster.ok("template", "list")
    assert site.cache()["templates"] == COUNT
    write(site.file, limit=6)
    assert site.cache()["why"] == f"`{site.file}` changed"
    assert site.muster.json("template", "show", "node-0001")["template"]["limit"] == 6
    (site.file.parent / "templates.yaml").write_text("templates: {one-more: {extends: node-0000}}\n")
    assert "one-more" in site.muster.ok("template", "list", "--output", "ids").out.split()


def test_a_script_that_a_template_names_is_part_of_it(site):
    script = site.file.parent / "scripts/run.sh"
    script.parent.mkdir()
    script.write_text("echo 1\n")
    (site.file.parent / "templates.yaml").write_text(
        "templates: {scripted: {extends: node-0000, machine_bootstrap_file: scripts/run.sh}}\n")
    settle()
    site.muster.ok("template", "list")
    assert site.muster.json("template", "show", "scripted")["template"]["user_data"] == "echo 1\n"
    assert (site.cache()["hits"], site.cache()["is_expired"]) == (1, False)
    script.write_text("echo 2\n")
    assert site.cache()["why"] == f"`{script}` changed"
    assert site.muster.json("template", "show", "scripted")["template"]["user_data"] == "echo 2\n"


def test_the_shipped_catalog_is_kept(tmp_path):
    settle()
    muster = Muster(tmp_path)
    muster.state.mkdir()
    listing = muster.ok("template", "list").out
    assert muster.ok("template", "list").out == listing
    muster.ok("template", "show", "ci-runner")
    cache = muster.json("template", "cache")["cache"]
    assert (cache["why"], cache["hits"]) == (None, 2)


def test_it_can_be_made_and_removed(site):
    result = site.muster.run("template", "cache", "--refresh")
    assert result.code == 1 and "less than two seconds" in result.err
    settle()
    shown = site.muster.json("template", "cache", "--refresh")["cache"]
    assert [str(path) for path in site.compiled()] == [shown["path"]]
    assert (shown["templates"], shown["hits"], shown["is_expired"], shown["why"]) == (COUNT, 0, False, None)
    assert shown["bytes"] == site.compiled()[0].stat().st_size
    assert shown["file_bytes"] == site.file.stat().st_size
    shown = site.muster.json("template", "cache", "--clear")["cache"]
    assert shown["cached_at"] is None and shown["is_expired"]
    assert site.compiled() == []


def test_many_at_once_write_and_read_it_while_files_change(site):
    settle()
    site.muster.ok("template", "list")
    stop = threading.Event()

    def edit():
        limit = 10
        while not stop.is_set():
            limit += 1
            write(site.file, limit)
            stop.wait(0.05)

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        for _ in range(6):
            commands = [("template", "list"), ("template", "show", "node-0042", "--output", "json")] * 5
            running = [(site.muster.start(*command), command) for command in commands]
            for process, command in running:
                result = site.muster.finish(process, command)
                assert result.code == 0, str(result)
                assert result.err == ""
    finally:
        stop.set()
        editor.join()
    # Everybody sees the last state once it is settled, whoever keeps it.
    settle()
    truth = site.muster.json("template", "show", "node-0042", env={"MUSTER_STATE_DIR": str(site.file.parent / "no")})
    running = [(site.muster.start("template", "list", "--output", "json"), ()) for _ in range(10)]
    listings = {site.muster.finish(*one).out for one in running}
    assert len(listings) == 1
    assert len(site.compiled()) == 1 and not site.cache()["is_expired"]
    assert site.muster.json("template", "show", "node-0042") == truth
    assert not list(site.muster.state.glob("catalog/*.draft"))


def test_each_answer_is_of_files_that_were_there_when_it_was_asked(site):
    """A writer counts up; no reader that starts later may see less than was there when it started."""
    for limit in range(20, 35):
        write(site.file, limit)
        shown = site.muster.json("template", "show", "node-0001")["template"]["limit"]
        assert shown == limit
    settle()
    site.muster.ok("template", "list")
    assert not site.cache()["is_expired"]
    for limit in range(35, 45):
        write(site.file, limit)
        assert site.muster.json("template", "show", "node-0001")["template"]["limit"] == limit


def test_without_a_state_folder_it_is_quiet_and_makes_none(site):
    settle()
    site.muster.state.rmdir()
    result = site.muster.ok("template", "list")
    assert result.err == "" and not site.muster.state.exists()
    # Nor does it complain of one that is a file, or in a folder that is not there.
    site.muster.state.write_text("")
    assert site.muster.ok("template", "list").err == ""
    assert site.muster.ok("template", "list", env={"MUSTER_STATE_DIR": "/proc/nothing/here"}).err == ""


def test_the_agent_reads_again_what_changed_and_says_so(site):
    log = site.muster.folder / "agent.log"
    with open(log, "w") as file:
        process = site.muster.start("agent", "run", stdout=file, stderr=subprocess.STDOUT)
    try:
        def heard(words: str, within: float = 20):
            limit = time.monotonic() + within
            while words not in log.read_text():
                assert time.monotonic() < limit, log.read_text()
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)

        heard("agent started")
        # The watch begins with the first reading, which the agent does not wait for.
        limit = time.monotonic() + 20
        while "catalog read again" not in log.read_text():
            assert time.monotonic() < limit, log.read_text()
            write(site.file, limit=int(time.monotonic() * 10) % 1000 + 1)
            time.sleep(0.5)
        heard(f"catalog read again files=1 templates={COUNT}")
        more = site.file.parent / "deep/down/awstype_templates.yaml"
        more.parent.mkdir(parents=True)
        more.write_text("templates: {one-more: {extends: node-0000}}\n")
        heard(f"catalog read again files=2 templates={COUNT + 1}")
        more.write_text("templates: {one-more: {")
        heard("warning catalog kept as it was")
        heard("code=yaml.syntax")
    finally:
        code = end(process)
    assert code == 0
