"""Fleets against an EC2 nobody here wrote: machines come, some go, and nothing is left behind."""

import pytest

from conftest import Moto
from muster import Muster, alive, tags, wait_for

KINDS = {
    "instant": "provider_api: EC2Fleet, fleet_type: instant",
    "request": "provider_api: EC2Fleet, fleet_type: request",
    "maintain": "provider_api: EC2Fleet, fleet_type: maintain",
    "spot-request": "provider_api: SpotFleet, fleet_type: request, price_type: spot, fleet_role: fleets",
    "spot-maintain": "provider_api: SpotFleet, fleet_type: maintain, price_type: spot, fleet_role: fleets",
}
MACHINE = "image: ami-12345678, machine_types: [m6i.large, c6i.large], tags: {team: web}"


@pytest.fixture
def fleets(moto: Moto):
    """That EC2, with nothing left in it that would count in the next test."""
    client = moto.client()
    # Not with their instances: one that has none would refuse.
    if left := fleets_alive(moto):
        client.delete_fleets(FleetIds=left, TerminateInstances=False)
    if left := spot_fleets_alive(moto):
        client.cancel_spot_fleet_requests(SpotFleetRequestIds=left, TerminateInstances=False)
    for template in launch_templates(moto):
        client.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])
    return moto


def fleets_alive(moto) -> list[str]:
    """Those that may still launch something; an instant one it calls active for ever."""
    found = moto.client().describe_fleets()["Fleets"]
    return [one["FleetId"] for one in found if one["FleetState"] == "active" and one["Type"] != "instant"]


def spot_fleets_alive(moto) -> list[str]:
    found = moto.client().describe_spot_fleet_requests()["SpotFleetRequestConfigs"]
    return [one["SpotFleetRequestId"] for one in found if one["SpotFleetRequestState"] == "active"]


def groups(moto) -> list[str]:
    return fleets_alive(moto) + spot_fleets_alive(moto)


def launch_templates(moto):
    return moto.client().describe_launch_templates()["LaunchTemplates"]


def lab(tmp_path, moto, *parts: str) -> Muster:
    muster = Muster(tmp_path / "lab", config=moto.config(), env=moto.credentials)
    folder = tmp_path / "templates"
    folder.mkdir()
    template = ", ".join(parts)
    (folder / "awsprov_templates.yaml").write_text(f"templates:\n  fleet: {{{template}}}\n")
    muster.env["MUSTER_TEMPLATES"] = str(folder)
    return muster


def bound(machines) -> set[str]:
    return {machine["instance"] for machine in machines}


def there(moto) -> set[str]:
    return {one["InstanceId"] for one in alive(moto.client())}


@pytest.mark.parametrize("kind", ["instant", "request", "spot-request", "spot-maintain"])
def test_a_fleet_brings_machines_and_goes_with_the_last(tmp_path, fleets, kind):
    muster = lab(tmp_path, fleets, MACHINE, KINDS[kind])
    request = muster.create("fleet", 5, "--wait")
    assert request["state"] == "fulfilled" and len(request["machines"]) == 5
    assert {machine["state"] for machine in request["machines"]} == {"running"}
    assert there(fleets) == bound(request["machines"])
    for one in alive(fleets.client()):
        assert tags(one)["muster:request"] == request["id"] and tags(one)["team"] == "web"
        assert tags(one)["muster:token"] and tags(one)["muster:owner"]
    assert len(groups(fleets)) == (0 if kind == "instant" else 1)
    assert len(launch_templates(fleets)) == 1

    gone, kept = request["machines"][:2], request["machines"][2:]
    muster.ok("machine", "return", *[machine["id"] for machine in gone], "--wait")
    assert there(fleets) == bound(kept)
    assert bound(muster.machines("--state", "running")) == bound(kept)

    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert there(fleets) == set()
    assert groups(fleets) == [] and launch_templates(fleets) == []
    states = [machine["state"] for machine in muster.machines("--request", request["id"])]
    assert states == ["terminated"] * 5


def test_a_target_that_cannot_be_changed_keeps_a_part_and_not_the_whole(tmp_path, fleets):
    # This EC2 has no ModifyFleet: it answers 500 with a page for people, which says nothing about what was done.
    muster = lab(tmp_path, fleets, MACHINE, KINDS["maintain"])
    request = muster.create("fleet", 5, "--wait")
    assert there(fleets) == bound(request["machines"])

    gone, kept = request["machines"][:2], request["machines"][2:]
    muster.ok("machine", "return", *[machine["id"] for machine in gone])
    (part,) = [one for one in muster.requests() if one["kind"] == "return"]

    def unanswered():
        # Every look at it also carries it on.
        muster.request(part["id"])
        history = muster.json("request", "explain", part["id"])["history"]
        return len([event for event in history if "HTTP 500" in (event["cause"] or "")])

    wait_for("a second try", lambda: unanswered() >= 2)
    assert muster.request(part["id"])["state"] == "open"
    # Ended alone, they would be replaced.
    assert there(fleets) == bound(request["machines"])
    assert bound(muster.machines("--state", "running")) == bound(kept)

    # What takes no change of the target goes, and the part that was promised before with it.
    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert there(fleets) == set()
    assert muster.settled(part["id"])["state"] == "fulfilled"
    assert groups(fleets) == [] and launch_templates(fleets) == []
    assert {machine["state"] for machine in muster.machines("--request", request["id"])} == {"terminated"}


@pytest.mark.parametrize("kind", ["instant", "request", "spot-request"])
def test_units_are_ordered_and_machines_come(tmp_path, fleets, kind):
    muster = lab(tmp_path, fleets, "image: ami-12345678, machine_types: {m6i.xlarge: 2}", KINDS[kind])
    request = muster.create("fleet", 10, "--wait")
    assert request["state"] == "fulfilled" and request["count"] == 10
    assert len(request["machines"]) == 5 and there(fleets) == bound(request["machines"])
    assert {one["InstanceType"] for one in alive(fleets.client())} == {"m6i.xlarge"}

    muster.ok("machine", "return", *[machine["id"] for machine in request["machines"][:2]], "--wait")
    assert there(fleets) == bound(request["machines"][2:])
    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert there(fleets) == set() and groups(fleets) == [] and launch_templates(fleets) == []


def own_template(moto) -> str:
    made = moto.client().create_launch_template(
        LaunchTemplateName="of-the-house", LaunchTemplateData={
            "ImageId": "ami-12345678", "InstanceType": "t3.micro",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "house", "Value": "yes"}]}]})
    return made["LaunchTemplate"]["LaunchTemplateId"]


@pytest.mark.parametrize("kind", ["instant", "request"])
def test_a_launch_template_of_the_house_is_used_and_stays(tmp_path, fleets, kind):
    id = own_template(fleets)
    muster = lab(
        tmp_path, fleets, f"launch_template_id: {id}, launch_template_version: '1', machine_types: [m6i.large]",
        KINDS[kind])
    request = muster.create("fleet", 3, "--wait")
    assert request["state"] == "fulfilled" and there(fleets) == bound(request["machines"])
    for one in alive(fleets.client()):
        assert (one["ImageId"], one["InstanceType"]) == ("ami-12345678", "m6i.large")
        assert tags(one)["house"] == "yes" and tags(one)["muster:request"] == request["id"]
    # An instant fleet tags what it launches by itself.
    made = [one["LaunchTemplateId"] for one in launch_templates(fleets) if one["LaunchTemplateId"] != id]
    assert len(made) == (0 if kind == "instant" else 1)

    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert there(fleets) == set() and groups(fleets) == []
    (left,) = launch_templates(fleets)
    assert (left["LaunchTemplateId"], left["LatestVersionNumber"]) == (id, 1)


@pytest.mark.parametrize("kind", ["instant", "maintain", "spot-request"])
def test_a_dry_run_prints_the_fleet_and_makes_none(tmp_path, fleets, kind):
    muster = lab(tmp_path, fleets, MACHINE, KINDS[kind])
    for options in [[], ["--ask-cloud"]]:
        preview = muster.json("request", "create", "fleet", 5, "--dry-run", *options)["preview"]
        assert [made["action"] for made in preview["preparations"]] == ["CreateLaunchTemplate"]
        (call,) = preview["calls"]
        assert call["action"] == ("RequestSpotFleet" if kind == "spot-request" else "CreateFleet")
        assert call["machines"] == 5
    assert there(fleets) == set() and groups(fleets) == [] and launch_templates(fleets) == []
    assert muster.ledger() == []


def test_a_fleet_ended_by_others_does_not_sink_the_return(tmp_path, fleets):
    muster = lab(tmp_path, fleets, MACHINE, KINDS["maintain"])
    request = muster.create("fleet", 3, "--wait")
    client = fleets.client()
    client.delete_fleets(FleetIds=groups(fleets), TerminateInstances=False)
    muster.ok("machine", "return", request["machines"][0]["id"], "--wait")
    assert there(fleets) == bound(request["machines"][1:])
    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert there(fleets) == set() and launch_templates(fleets) == []
