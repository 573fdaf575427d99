"""The main job at Azure: the real binary, over the wire, against the emulated Resource Manager."""

import json
import urllib.request

import pytest

from conftest import emulator_of
from muster import QUICK_EMULATOR, Muster

REGION = "westeurope"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
# It opens the emulated cloud, and nothing else.
BEARER = "demo-bearer-token-that-opens-nothing"
TENANT = "00000000-0000-4000-8000-00000000face"
CLIENT = "00000000-0000-4000-8000-0000000c11e7"
SECRET = "emulated~secret~that~opens~nothing"
TEMPLATES = """
defaults:
  machine_image: Canonical:ubuntu-24_04-lts:server:latest
  machine_types: [Standard_D2as_v5, Standard_D2s_v5]
  zones: all
templates:
  single: {}
  set: {provider_api: azure/scale-set}
"""


def config(endpoint: str) -> str:
    return f"""
accounts:
  demo: null
  grid: {{cloud: azure, region: {REGION}, subscription: {SUBSCRIPTION}, endpoint: "{endpoint}"}}
default_account: grid
templates: [templates]
"""


@pytest.fixture
def cloud(tmp_path):
    with emulator_of(Muster(tmp_path / "emulator", config=QUICK_EMULATOR)) as endpoint:
        yield endpoint


@pytest.fixture
def grid(tmp_path, cloud):
    """An account at that cloud."""
    folder = tmp_path / "grid"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "azureprov_templates.yaml").write_text(TEMPLATES)
    # The token, too, is had over the wire.
    signs_in = {
        "AZURE_AUTHORITY_HOST": cloud, "AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": SECRET,
    }
    return Muster(folder, config=config(cloud), env=signs_in)


def ask(endpoint: str, kind: str, version: str = "2024-07-01") -> list[dict]:
    request = urllib.request.Request(
        f"{endpoint}/subscriptions/{SUBSCRIPTION}/resourceGroups/muster/providers/{kind}?api-version={version}",
        headers={"Authorization": f"Bearer {BEARER}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["value"]


def alive(endpoint: str) -> list[dict]:
    """All machines that are not on their way out."""
    machines = ask(endpoint, "Microsoft.Compute/virtualMachines")
    return [one for one in machines if one["properties"]["provisioningState"] != "Deleting"]


@pytest.mark.parametrize("template", ["single", "set"])
def test_five_machines_come_and_go(grid, cloud, template):
    request = grid.create(template, 5, "--wait")
    assert request["state"] == "fulfilled"
    there = alive(cloud)
    names = {one["name"] for one in there}
    assert names == {machine["instance"] for machine in request["machines"]} and len(names) == 5
    assert {one["tags"]["muster:request"] for one in there} == {request["id"]}

    grid.ok("machine", "return", "--request", request["id"], "--wait", timeout=120)
    assert alive(cloud) == []
    assert ask(cloud, "Microsoft.Compute/virtualMachineScaleSets") == []
    assert ask(cloud, "Microsoft.Network/networkInterfaces", "2024-05-01") == []


@pytest.mark.parametrize("delay", [0.02, 0.06, 0.1, 0.2, 0.4, 0.8])
def test_a_killed_process_loses_nothing_and_doubles_nothing(grid, cloud, delay):
    again = grid.ok_after_kill(
        delay, "request", "create", "single", "5", "--key", "nightly", "--wait", "--output", "json")
    assert again.json["request"]["state"] == "fulfilled"
    assert len(alive(cloud)) == 5


def test_what_turns_out_to_have_no_room_is_had_elsewhere(grid, cloud, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({"capacity": [{"type": "Standard_D2as_v5", "zone": "1", "machines": 2}]}))
    Muster(tmp_path / "emulator", config=QUICK_EMULATOR).ok("emulator", "limit", limits)
    request = grid.create("single", 5, "--wait")
    assert request["state"] == "fulfilled"
    sound = [one for one in alive(cloud) if one["properties"]["provisioningState"] == "Succeeded"]
    places = [one["zones"][0] for one in sound]
    assert places.count("1") == 2 and len(places) == 5
    told = grid.ok("request", "explain", request["id"]).out
    assert "ZonalAllocationFailed" in told


def test_what_a_template_names_is_looked_up(grid):
    result = grid.ok("template", "validate", "single", "--ask-cloud")
    assert "Canonical:ubuntu-24_04-lts:server:24.04." in result.out + result.err, str(result)


def test_a_dry_run_asks_azure_and_promises_nothing(grid, cloud):
    result = grid.ok("request", "create", "single", 5, "--dry-run", "--ask-cloud")
    assert "VirtualMachines_CreateOrUpdate" in result.out and "(verified)" in result.out, str(result)
    assert alive(cloud) == []
    assert grid.ledger() == []


def test_a_dry_run_tells_a_quota_that_would_not_do(grid, cloud, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({"quotas": [{"family": "cores", "region": "westeurope", "vcpus": 9}]}))
    Muster(tmp_path / "emulator", config=QUICK_EMULATOR).ok("emulator", "limit", limits)
    assert "(verified)" in grid.ok("request", "create", "single", 4, "--dry-run", "--ask-cloud").out
    refused = grid.run("request", "create", "single", 5, "--dry-run", "--ask-cloud")
    assert refused.code == 1 and "0 of 9 in use, 10 more wanted" in refused.out + refused.err, str(refused)


def test_a_key_that_is_named_and_not_there_is_told_before_anything_is_promised(grid, cloud):
    templates = grid.folder / "templates" / "azureprov_templates.yaml"
    templates.write_text(TEMPLATES.replace("single: {}", "single: {key_name: ops}"))
    refused = grid.run("request", "create", "single", 1)
    assert refused.code == 2 and "[key.unresolved]" in refused.err, str(refused)
    assert grid.ledger() == []
