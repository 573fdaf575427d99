"""Changing template files: what is asked for and nothing else, all of it or none."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import pytest

from muster import ROOT, Muster

NAME = "awsprov_templates.yaml"


class Site:
    """The shipped catalog in a folder that may be written."""

    def __init__(self, muster: Muster):
        self.muster = muster
        self.folder = muster.folder / "templates"
        self.folder.mkdir()
        self.file = self.folder / NAME
        shutil.copy(ROOT / "templates" / NAME, self.file)
        muster.env["MUSTER_TEMPLATES"] = str(self.folder)

    def run(self, verb, *args, **options):
        return self.muster.run("template", verb, *args, **options)

    def ok(self, verb, *args, **options):
        return self.muster.ok("template", verb, *args, **options)

    def refuses(self, *args, texts=()):
        """Runs it, and holds it to having left every file as it was."""
        before = self.files()
        result = self.run(*args)
        assert result.code == 2, str(result)
        assert result.out == "", str(result)
        for text in texts:
            assert text in result.err, f"no `{text}` in {result}"
        assert self.files() == before, str(result)
        return result

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}


@pytest.fixture
def site(muster: Muster) -> Site:
    return Site(muster)


def test_an_update_touches_its_line_and_no_other(site: Site):
    os.chmod(site.file, 0o640)
    before = site.file.read_text()
    shown = site.ok("update", "cpu-small", "--field", "max_machines=20")
    after = site.file.read_text()
    assert after == before.replace("    max_machines: 50\n", "    max_machines: 20\n", 1)
    assert site.file.stat().st_mode & 0o7777 == 0o640
    assert "-    max_machines: 50\n+    max_machines: 20\n" in shown.out
    assert shown.out.endswith("template cpu-small is updated in templates/awsprov_templates.yaml, the provider layer\n")
    assert site.muster.json("template", "show", "cpu-small")["template"]["limit"] == 20


def test_the_printed_diff_is_what_was_done(site: Site, tmp_path: pathlib.Path):
    before = site.file.read_bytes()
    args = ["cpu-large", "--field", "tags.team=no", "--field", "zones=[us-east-1a]", "--field", "max_machines=3"]
    rehearsed = site.ok("update", *args, "--dry-run")
    assert site.file.read_bytes() == before
    change = site.muster.json("template", "update", *args)["change"]
    assert change["changed"] and not change["dry_run"] and change["layer"] == "provider"
    assert rehearsed.out.startswith(change["diff"])
    copy = tmp_path / NAME
    copy.write_bytes(before)
    subprocess.run(["patch", "-s", str(copy)], input=change["diff"], text=True, check=True)
    assert copy.read_bytes() == site.file.read_bytes()
    again = site.muster.json("template", "update", *args)["change"]
    assert again == {**again, "changed": False, "diff": ""}


def test_a_script_arrives_as_it_is(site: Site):
    script = "#!/bin/sh\n\tset -eu\n\necho 'no: *this' # \"that\"\n"
    site.ok("create", "web", "--extends", "cpu-large", "--field", f"machine_bootstrap={script}")
    assert "    machine_bootstrap: |\n      #!/bin/sh\n" in site.file.read_text()
    assert site.muster.run("request", "create", "web", "1", "--dry-run", "--output", "json").code == 0
    origins = site.muster.json("template", "show", "web", "--origins")["template"]["origins"]
    assert [line["value"] for line in origins if line["path"] == "machine_bootstrap"] == [script]


def test_fields_come_from_standard_input_with_their_comments(site: Site):
    process = site.muster.start(
        "template", "create", "web", "--from", "-", "--layer", "instance", stdin=subprocess.PIPE)
    out, err = process.communicate("# why\nextends: cpu-small\nmaxNumber: 3  # few\n", timeout=60)
    assert process.returncode == 0, out + err
    made = site.folder / "demoinst_templates.yaml"
    assert made.read_text() == "templates:\n  web:\n    # why\n    extends: cpu-small\n    maxNumber: 3  # few\n"
    assert made.stat().st_mode & 0o777 == site.folder.stat().st_mode & 0o666


def test_a_refused_change_leaves_every_byte(site: Site):
    site.refuses("delete", "cpu-large", texts=["[template.extended]", "`ci-runner`"])
    site.refuses("update", "cpu-small", "--field", "max_machines=many", texts=["[field.type]", "(as changed)"])
    site.refuses("update", "cpu-small", "--field", "max_machine=1", texts=["did you mean `max_machines`?"])
    site.refuses("update", "cpu-small", "--unset", "lifetime", texts=["[template.not-set]"])
    site.refuses("update", "cpu-smal", "--field", "max_machines=1", texts=["did you mean `cpu-small`?"])
    site.refuses("create", "cpu-small", texts=["[template.exists]"])
    site.refuses("create", "a b", "--extends", "cpu-small", texts=["[template.id]"])
    site.refuses("create", "web", "--from", "nowhere.yaml", texts=["[file.missing]"])
    site.refuses("copy", "cpu-small", "cpu-large", texts=["[template.exists]"])
    site.refuses("update", "cpu-small", texts=["--field"])
    site.refuses(
        "update", "cpu-small", "--field", "limit=1", "--layer", "type", "--file", str(site.file), texts=["exclude"])
    site.file.write_text(site.file.read_text() + "\t- broken\n")
    site.refuses("update", "cpu-small", "--field", "max_machines=1", texts=["[yaml.syntax]"])


def test_a_linked_file_stays_linked(site: Site, tmp_path: pathlib.Path):
    real = tmp_path / "elsewhere" / "main.yaml"
    real.parent.mkdir()
    shutil.move(site.file, real)
    site.file.symlink_to(real)
    site.ok("update", "cpu-small", "--field", "max_machines=20")
    assert site.file.is_symlink()
    assert "    max_machines: 20\n" in real.read_text()


def test_changes_made_at_once_all_come_about(site: Site):
    ids = [f"t{number}" for number in range(8)]
    site.file.write_text(
        "defaults: {machine_image: i, machine_type: t}\ntemplates:\n"
        + "".join(f"  {id}:\n    # of {id}\n    max_machines: 1\n" for id in ids))
    for turn in range(2, 5):
        running = [site.muster.start("template", "update", id, "--field", f"max_machines={turn}") for id in ids]
        for id, process in zip(ids, running):
            result = site.muster.finish(process, ("template", "update", id))
            assert result.code == 0, str(result)
        assert site.file.read_text().count(f"    max_machines: {turn}\n") == len(ids)
    assert sorted(site.files()) == [NAME]


def test_a_writer_that_is_killed_leaves_all_of_the_old_or_all_of_the_new(site: Site):
    chance = random.Random(7)
    # Sound by itself, and long enough to take a while.
    site.file.write_text(
        "defaults: {machine_image: ami-1, machine_types: [m5.large]}\ntemplates:\n"
        + "  cpu-small:\n    # At most.\n    max_machines: 50\n"
        + "".join(f"  t{number}:\n    description: {'x' * 500}\n" for number in range(200)))
    old = site.file.read_bytes()
    new = old.replace(b"    max_machines: 50\n", b"    max_machines: 51\n", 1)
    started = time.monotonic()
    site.ok("update", "cpu-small", "--field", "max_machines=51")
    whole = time.monotonic() - started
    assert site.file.read_bytes() == new
    for _ in range(40):
        site.file.write_bytes(old)
        process = site.muster.start("template", "update", "cpu-small", "--field", "max_machines=51")
        time.sleep(chance.uniform(0.3, 1.1) * whole)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        now = site.file.read_bytes()
        assert now in (old, new), now.decode()
        # Nothing that a killed writer left is taken for a template file.
        assert json.loads(site.ok("validate", "--format", "json").out)["valid"]
    site.file.write_bytes(old)
    site.ok("update", "cpu-small", "--field", "max_machines=51")
    assert sorted(site.files()) == [NAME], "what killed writers left is taken away"
