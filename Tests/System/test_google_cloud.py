"""The main job at Google Cloud: the real binary, over the wire, against the emulated Compute Engine."""

import json
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
  new-series: {machine_types: [c4-standard-4]}
  much:
    subnet_ids: [workers]
    public_ip_assignment: true
    machine_role: worker
    placement: {group: near}
    machine_disk_type: pd-ssd
    machine_disks: [{type: pd-none, size_gb: 10}]
    provider_api_spec:
      guestAccelerators: [{acceleratorType: zones/us-central1-a/acceleratorTypes/nvidia-tesla-t4, acceleratorCount: 1}]
      scheduling: {onHostMaintenance: TERMINATE}
  spot-group:
    provider_api: gcp/instance-group
    machine_types: [e2-standard-2]
    zones: [us-central1-a]
    price_type: heterogeneous
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
    again = grid.ok_after_kill(
        delay, "request", "create", "single", "5", "--key", "nightly", "--wait", "--output", "json")
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


def test_what_a_group_has_no_room_for_is_taken_out_of_it_and_had_elsewhere(grid, cloud, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({
        "capacity": [{"type": "e2-standard-2", "zone": f"{REGION}-a", "market": "spot", "machines": 3}]}))
    Muster(tmp_path / "emulator", config=QUICK_EMULATOR).ok("emulator", "limit", limits)
    request = grid.create("spot-group", 5, "--wait")
    assert request["state"] == "fulfilled"
    models = [one["scheduling"].get("provisioningModel") for one in alive(cloud)]
    assert models.count("SPOT") == 3 and len(models) == 5
    groups = ask(cloud, "aggregated/instanceGroupManagers")["items"][f"zones/{REGION}-a"]["instanceGroupManagers"]
    assert sorted(group["targetSize"] for group in groups) == [2, 3]


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.4])
def test_a_killed_process_doubles_nobody_in_a_group(grid, cloud, delay):
    grid.ok_after_kill(delay, "request", "create", "group", "5", "--key", "nightly", "--wait", "--output", "json")
    there = alive(cloud)
    assert len(there) == 5
    # Known beforehand: the group's own name, and the number of the machine.
    assert sorted(one["name"][-5:] for one in there) == [f"-{number:04}" for number in range(1, 6)]


def test_what_a_template_names_is_looked_up(grid):
    result = grid.ok("template", "validate", "single", "--ask-cloud")
    assert "debian-12" in result.out + result.err, str(result)


def limit(tmp_path, **limits):
    path = tmp_path / "limits.json"
    path.write_text(json.dumps(limits))
    Muster(tmp_path / "emulator", config=QUICK_EMULATOR).ok("emulator", "limit", path)


def rehearsal(grid, template, count=5):
    """What a dry run says that the cloud says, by subject and name, with the code that it ends with."""
    result = grid.run("request", "create", template, count, "--dry-run", "--ask-cloud", "-o", "json")
    call = json.loads(result.out)["preview"]["calls"][0]
    lines = {(one["subject"], one["name"]): (one["confidence"], one["detail"]) for one in call["findings"]}
    return call, lines, result.code


def test_a_dry_run_asks_what_can_be_asked_and_promises_nothing(grid, cloud):
    result = grid.ok("request", "create", "single", 5, "--dry-run", "--ask-cloud")
    assert "(predicted)" in result.out and "global/images/debian-12-" in result.out, str(result)
    lines = [line.split() for line in result.out.splitlines()]
    assert ["quota", "CPUS", "verified", "0", "of", "10000", "in", "use,", "10", "more", "wanted"] in lines, str(result)
    assert alive(cloud) == []


@pytest.mark.parametrize("template", ["single", "bulk", "group"])
def test_each_line_of_a_dry_run_says_how_far_it_can_be_trusted(grid, cloud, template):
    call, lines, code = rehearsal(grid, template)
    assert code == 0 and call["confidence"] == "predicted"
    assert {confidence for confidence, _ in lines.values()} == {"verified"}, lines
    assert {subject for subject, _ in lines} >= {"image", "type", "permission", "quota"}
    assert alive(cloud) == [] and ask(cloud, "global/instanceTemplates").get("items", []) == []


def test_a_dry_run_of_a_template_that_names_much_asks_for_all_of_it(grid, cloud, tmp_path):
    limit(tmp_path, subnets={"workers": REGION}, denied=["compute.subnetworks.useExternalIp", "iam.serviceAccounts.actAs"])
    call, lines, code = rehearsal(grid, "much")
    assert code == 1 and call["confidence"] == "refused"
    assert lines["subnet", "workers"][0] == "verified" and lines["disk type", "pd-ssd"][0] == "verified"
    assert lines["placement group", "near"] == ("verified", "near")
    assert lines["accelerator type", "nvidia-tesla-t4"][0] == "verified"
    assert lines["disk type", "pd-none"] == ("refused", f"there is no such disk type in {REGION}")
    assert lines["permission", "subnetwork workers"] == ("refused", "missing: compute.subnetworks.useExternalIp")
    address = f"worker@{PROJECT}.iam.gserviceaccount.com"
    assert lines["role", "worker"] == ("refused", f"missing on {address}: iam.serviceAccounts.actAs")
    assert lines["permission", f"project {PROJECT}"][0] == "verified"
    assert alive(cloud) == []


def test_a_dry_run_names_the_permissions_that_are_missing_as_the_launch_would(grid, cloud, tmp_path):
    limit(tmp_path, denied=["compute.instances.create", "compute.disks.setLabels"])
    call, lines, code = rehearsal(grid, "single")
    missing = "missing: compute.instances.create, compute.disks.setLabels"
    assert code == 1 and lines["permission", f"project {PROJECT}"] == ("refused", missing)
    assert call["confidence"] == "refused" and missing in call["answer"]
    failure = grid.run("request", "create", "single", 1, "--wait")
    assert failure.code == 1 and "Required 'compute.instances.create' permission" in failure.out + failure.err


def test_what_cannot_be_asked_is_unknown_and_says_why(grid, cloud, tmp_path):
    action = "cloudresourcemanager.projects.testIamPermissions"
    message = "Cloud Resource Manager API has not been used in project grid-prod before or it is disabled."
    limit(
        tmp_path, faults=[
            {"effect": "refuse", "action": action, "code": "SERVICE_DISABLED", "status": 403, "message": message}],
        denied=["compute.regions.get"])
    call, lines, code = rehearsal(grid, "single")
    confidence, detail = lines["permission", f"project {PROJECT}"]
    assert confidence == "unknown" and f"SERVICE_DISABLED: {message}" in detail
    assert lines["quota", f"of {REGION}"][0] == "unknown" and "compute.regions.get" in lines["quota", f"of {REGION}"][1]
    assert code == 0 and call["confidence"] == "predicted"


def test_a_dry_run_tells_that_a_quota_has_no_room(grid, cloud, tmp_path):
    limit(tmp_path, quotas=[{"region": REGION, "family": "CPUS", "market": "on-demand", "vcpus": 4}])
    result = grid.run("request", "create", "single", 5, "--dry-run", "--ask-cloud")
    assert result.code == 1 and "quota CPUS: 0 of 4 in use, 10 more wanted" in result.out + result.err, str(result)
    assert alive(cloud) == []


def test_a_quota_that_is_not_told_is_no_more_than_predicted(grid, cloud):
    call, lines, code = rehearsal(grid, "new-series")
    assert code == 0 and lines["quota", "C4_CPUS"] == ("predicted", "not told here; 20 more wanted")
