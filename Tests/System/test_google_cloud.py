"""The main job at Google Cloud: the real binary, over the wire, against the emulated Compute Engine."""

import json
import time
import urllib.request

import pytest

from conftest import emulator_of
from muster import QUICK_EMULATOR, ROOT, Muster

REGION = "us-central1"
PROJECT = "grid-prod"
# It opens the emulated cloud, and nothing else.
BEARER = "demo-bearer-token-that-opens-nothing"
TEMPLATES = """
defaults:
  machine_image: projects/debian-cloud/global/images/family/debian-12
  machine_types: [e2-standard-2, n2-standard-2]
templates:
  single: {zones: all}
  bulk: {provider_api: gcp/bulk-insert}
  group: {provider_api: gcp/instance-group, zones: all}
"""


def config(endpoint: str) -> str:
    return f"""
accounts:
  demo: null
  grid: {{cloud: gcp, region: {REGION}, project: {PROJECT}, endpoint: "{endpoint}"}}
default_account: grid
templates: [templates]
"""


@pytest.fixture
def cloud(tmp_path):
    with emulator_of(Muster(tmp_path / "emulator", config=QUICK_EMULATOR)) as endpoint:
        yield endpoint


@pytest.fixture
def grid(tmp_path, cloud):
    """An account at that cloud, which gets its tokens there as a service account does."""
    folder = tmp_path / "grid"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "gcpprov_templates.yaml").write_text(TEMPLATES)
    account = json.loads((ROOT / "Tests/Fixtures/gcp/demo-service-account.json").read_text())
    account["token_uri"] = f"{cloud}/token"
    (folder / "account.json").write_text(json.dumps(account))
    (folder / "account.json").chmod(0o600)
    return Muster(
        folder, config=config(cloud), env={"GOOGLE_APPLICATION_CREDENTIALS": str(folder / "account.json")})


def ask(endpoint: str, path: str) -> dict:
    request = urllib.request.Request(
        f"{endpoint}/compute/v1/projects/{PROJECT}/{path}", headers={"Authorization": f"Bearer {BEARER}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def alive(endpoint: str) -> list[dict]:
    """All instances of ours that are not on their way out, as the cloud tells of them."""
    scopes = ask(endpoint, "aggregated/instances?filter=labels.muster-owner:*")["items"].values()
    instances = [instance for scope in scopes for instance in scope.get("instances", [])]
    return [one for one in instances if one["status"] in {"PROVISIONING", "STAGING", "RUNNING"}]


@pytest.mark.parametrize("template", ["single", "bulk", "group"])
def test_five_machines_come_and_go(grid, cloud, template):
    request = grid.create(template, 5, "--wait")
    assert request["state"] == "fulfilled"
    there = alive(cloud)
    names = {f"{one['zone'].split('/')[-1]}/{one['name']}" for one in there}
    assert names == {machine["instance"] for machine in request["machines"]} and len(names) == 5
    assert {one["labels"]["muster-request"] for one in there} == {request["id"]}

    grid.ok("machine", "return", "--request", request["id"], "--wait", timeout=120)
    assert alive(cloud) == []
    assert ask(cloud, "aggregated/instanceGroupManagers")["items"].get(f"regions/{REGION}", {}).get(
        "instanceGroupManagers", []) == []
    assert ask(cloud, "global/instanceTemplates").get("items", []) == []


@pytest.mark.parametrize("delay", [0.02, 0.06, 0.1, 0.2, 0.4, 0.8])
def test_a_killed_process_loses_nothing_and_doubles_nothing(grid, cloud, delay):
    args = ("request", "create", "single", "5", "--key", "nightly", "--wait", "--output", "json")
    process = grid.start(*args)
    time.sleep(delay)
    process.kill()
    process.communicate()
    again = grid.finish(grid.start(*args), args)
    assert again.code == 0, str(again)
    assert again.json["request"]["state"] == "fulfilled"
    assert len(alive(cloud)) == 5


def test_what_turns_out_to_have_no_room_is_had_elsewhere(grid, cloud, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({"capacity": [{"type": "e2-standard-2", "zone": f"{REGION}-a", "machines": 2}]}))
    Muster(tmp_path / "emulator", config=QUICK_EMULATOR).ok("emulator", "limit", limits)
    request = grid.create("single", 5, "--wait")
    assert request["state"] == "fulfilled"
    zones = [one["zone"].split("/")[-1] for one in alive(cloud)]
    assert zones.count(f"{REGION}-a") == 2 and len(zones) == 5


def test_what_a_template_names_is_looked_up(grid):
    result = grid.ok("template", "validate", "single", "--ask-cloud")
    assert "debian-12" in result.out + result.err, str(result)


def test_a_dry_run_asks_what_can_be_asked_and_promises_nothing(grid, cloud):
    result = grid.ok("request", "create", "single", 5, "--dry-run", "--ask-cloud")
    assert "(predicted)" in result.out and "global/images/debian-12-" in result.out, str(result)
    assert alive(cloud) == []


def test_a_dry_run_tells_that_a_quota_has_no_room(grid, cloud, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({"quotas": [{"region": REGION, "family": "CPUS", "market": "on-demand", "vcpus": 4}]}))
    Muster(tmp_path / "emulator", config=QUICK_EMULATOR).ok("emulator", "limit", limits)
    result = grid.run("request", "create", "single", 5, "--dry-run", "--ask-cloud")
    assert result.code == 1 and "Quota 'CPUS': 0 of 4 in use, 10 more wanted" in result.out + result.err, str(result)
    assert alive(cloud) == []
