"""Groups against an Auto Scaling nobody here wrote: machines come, some go, and nothing is left behind."""

import boto3
import pytest

from conftest import Moto
from muster import REGION, Muster, alive, tags


@pytest.fixture(scope="module")
def autoscaled(tmp_path_factory):
    """A server of its own, whose user may use Auto Scaling."""
    moto = Moto(tmp_path_factory.mktemp("groups"), actions=["autoscaling:*"])
    yield moto
    moto.stop()


def autoscaling(moto):
    return boto3.client(
        "autoscaling", region_name=REGION, endpoint_url=moto.endpoint, aws_access_key_id=moto.key,
        aws_secret_access_key=moto.secret)


def groups(moto):
    return autoscaling(moto).describe_auto_scaling_groups()["AutoScalingGroups"]


def launch_templates(moto):
    return moto.client().describe_launch_templates()["LaunchTemplates"]


def lab(tmp_path, moto, template: str) -> Muster:
    muster = Muster(tmp_path / "lab", config=moto.config(), env=moto.credentials)
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "awsprov_templates.yaml").write_text(f"templates:\n  grouped: {{{template}}}\n")
    muster.env["MUSTER_TEMPLATES"] = str(folder)
    return muster


def subnets(moto) -> list[str]:
    found = moto.client().describe_subnets()["Subnets"]
    return sorted(one["SubnetId"] for one in found)


@pytest.mark.parametrize("place", ["zones", "subnets"])
def test_a_group_brings_machines_and_goes_with_the_last(tmp_path, autoscaled, place):
    where = "zones: [us-east-1a]" if place == "zones" else f"subnet_ids: [{subnets(autoscaled)[0]}]"
    muster = lab(
        tmp_path, autoscaled,
        f"image: ami-12345678, machine_types: [m6i.large, c6i.large], provider_api: AutoScalingGroup, {where}, "
        "tags: {team: web}")
    request = muster.create("grouped", 5, "--wait")
    assert request["state"] == "fulfilled"
    there = alive(autoscaled.client())
    assert {one["InstanceId"] for one in there} == {machine["instance"] for machine in request["machines"]}
    for one in there:
        assert tags(one)["muster:request"] == request["id"] and tags(one)["team"] == "web"
    (group,) = groups(autoscaled)
    assert (group["MinSize"], group["DesiredCapacity"], len(group["Instances"])) == (0, 5, 5)
    assert len(launch_templates(autoscaled)) == 1

    gone, kept = request["machines"][:2], request["machines"][2:]
    muster.ok("machine", "return", *[machine["id"] for machine in gone], "--wait")
    assert {one["InstanceId"] for one in alive(autoscaled.client())} == {machine["instance"] for machine in kept}
    (group,) = groups(autoscaled)
    assert (group["DesiredCapacity"], len(group["Instances"])) == (3, 3)
    assert {one["ProcessName"] for one in group["SuspendedProcesses"]} == {"AZRebalance"}

    # One by itself goes another way.
    muster.ok("machine", "return", kept[0]["id"], "--wait")
    assert {one["InstanceId"] for one in alive(autoscaled.client())} == {machine["instance"] for machine in kept[1:]}
    assert groups(autoscaled)[0]["DesiredCapacity"] == 2

    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(autoscaled.client()) == []
    assert groups(autoscaled) == []
    assert launch_templates(autoscaled) == []


def test_the_last_machine_takes_its_group_along_whoever_ended_it(tmp_path, autoscaled):
    muster = lab(
        tmp_path, autoscaled,
        "image: ami-12345678, machine_type: m6i.large, provider_api: AutoScalingGroup, zones: [us-east-1a]")
    request = muster.create("grouped", 1, "--wait")
    autoscaling(autoscaled).delete_auto_scaling_group(
        AutoScalingGroupName=groups(autoscaled)[0]["AutoScalingGroupName"], ForceDelete=True)
    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(autoscaled.client()) == []


def test_a_group_without_a_place_is_refused_before_anything_is_made(tmp_path, autoscaled):
    muster = lab(
        tmp_path, autoscaled, "image: ami-12345678, machine_type: m6i.large, provider_api: AutoScalingGroup, zones: null")
    result = muster.run("request", "create", "grouped", 1, "--wait")
    assert result.code == 2 and "template.needs-place" in result.err, str(result)
    assert groups(autoscaled) == [] and launch_templates(autoscaled) == [] and muster.ledger() == []


def test_a_dry_run_prints_the_group_and_makes_none(tmp_path, autoscaled):
    muster = lab(
        tmp_path, autoscaled,
        "image: ami-12345678, machine_type: m6i.large, provider_api: AutoScalingGroup, zones: [us-east-1a]")
    preview = muster.json("request", "create", "grouped", 5, "--dry-run")["preview"]
    assert [made["action"] for made in preview["preparations"]] == ["CreateLaunchTemplate"]
    assert [call["action"] for call in preview["calls"]] == ["CreateAutoScalingGroup"]
    assert groups(autoscaled) == [] and launch_templates(autoscaled) == []
