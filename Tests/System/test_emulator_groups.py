"""The emulated Auto Scaling as Amazon's own Python client sees it."""

import base64
import json
import re
import time

import pytest

import query_model
from conftest import emulator_of, lab_config
from muster import DEMO_KEY, DEMO_SECRET, QUICK_EMULATOR, Muster, alive, tags, wait_for
from test_emulator import IMAGE, client, no_warnings, refusal  # noqa: F401

ZONES = ["us-east-1a", "us-east-1b"]
ANY = {"VCpuCount": {"Min": 1}, "MemoryMiB": {"Min": 1}}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """A quick cloud in which there are but two m5.large to be had."""
    muster = Muster(tmp_path_factory.mktemp("groups"), config=QUICK_EMULATOR)
    capacity = []
    for letter in "abcdef":
        pool = {"type": "m5.large", "zone": f"us-east-1{letter}", "market": "on-demand"}
        capacity += [pool, 2 if letter == "a" else 0]
    subnets = {"subnet-000000aa": "us-east-1b"}
    limits = {"capacity": capacity, "quotas": [], "rates": {}, "unoffered": [], "subnets": subnets}
    world = {"regions": {}, "limits": limits, "faults": [], "revision": 1, "names": 0, "addresses": 0}
    muster.state.mkdir(parents=True)
    (muster.state / "emulator.json").write_text(json.dumps({"format": 1, "world": world}))
    with emulator_of(muster) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def groups(endpoint):
    return query_model.client("autoscaling", endpoint)


@pytest.fixture(scope="module")
def ec2(endpoint):
    return client(endpoint)


@pytest.fixture
def template(ec2):
    made = ec2.create_launch_template(
        LaunchTemplateName=f"template-{time.time_ns()}",
        LaunchTemplateData={
            "ImageId": IMAGE, "InstanceType": "m6i.large", "KeyName": "demo",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [
                {"Key": "from", "Value": "template"}, {"Key": "both", "Value": "template"}]}],
        })
    return made["LaunchTemplate"]["LaunchTemplateId"]


@pytest.fixture
def make(groups, template):
    """Makes groups, and deletes them with the test."""
    made = []

    def make(name=None, **more):
        name = name or f"group-{time.time_ns()}"
        wanted = {"MinSize": 0, "MaxSize": 10, "AvailabilityZones": ZONES, **more}
        if "MixedInstancesPolicy" not in wanted and "LaunchTemplate" not in wanted:
            wanted["LaunchTemplate"] = {"LaunchTemplateId": template}
        groups.create_auto_scaling_group(AutoScalingGroupName=name, **wanted)
        made.append(name)
        return name

    yield make
    for name in made:
        if groups.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]:
            groups.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)


def group(groups, name):
    found = groups.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return found[0] if found else None


def members(groups, name, *states):
    return [one for one in group(groups, name)["Instances"] if not states or one["LifecycleState"] in states]


def named(members):
    return sorted(one["InstanceId"] for one in members)


def in_service(groups, name, count):
    """The members of a group once so many are in service, and none is anything else."""

    def found():
        there = members(groups, name)
        return there if [one["LifecycleState"] for one in there] == ["InService"] * count else None

    return wait_for(f"{count} in service", found) if count else wait_for("nobody", lambda: not members(groups, name))


def policy(template, *overrides, **distribution):
    return {
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": template}, "Overrides": list(overrides)},
        "InstancesDistribution": distribution,
    }


def instances(ec2, **wanted):
    return [one for part in ec2.describe_instances(**wanted)["Reservations"] for one in part["Instances"]]


def states(ec2, ids):
    return {one["InstanceId"]: one["State"]["Name"] for one in instances(ec2, InstanceIds=ids)}


def test_three_machines_come_and_go_by_the_size_of_a_group(groups, ec2, make):
    name = make(
        DesiredCapacity=3, NewInstancesProtectedFromScaleIn=False,
        Tags=[
            {"Key": "request", "Value": "a<b>&", "PropagateAtLaunch": True},
            {"Key": "both", "Value": "group", "PropagateAtLaunch": True},
            {"Key": "kept", "Value": "here", "PropagateAtLaunch": False},
        ])
    there = in_service(groups, name, 3)
    assert {one["AvailabilityZone"] for one in there} == set(ZONES)
    assert {one["HealthStatus"] for one in there} == {"Healthy"}
    assert {one["InstanceType"] for one in there} == {"m6i.large"} and {one["ImageId"] for one in there} == {IMAGE}
    assert {one["LaunchTemplate"]["Version"] for one in there} == {"1"}
    assert not any(one["ProtectedFromScaleIn"] for one in there)

    filters = [{"Name": "tag:aws:autoscaling:groupName", "Values": [name]}]
    found = instances(ec2, Filters=filters)
    assert named(found) == named(there)
    assert all(tags(one)["request"] == "a<b>&" and "kept" not in tags(one) for one in found)
    assert all(tags(one)["from"] == "template" and tags(one)["both"] == "group" for one in found)
    assert all(tags(one)["aws:ec2launchtemplate:version"] == "1" and one["KeyName"] == "demo" for one in found)

    groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    left = in_service(groups, name, 1)
    assert set(named(left)) < set(named(there))
    groups.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, MaxSize=0)
    assert group(groups, name)["DesiredCapacity"] == 0
    in_service(groups, name, 0)
    assert set(states(ec2, named(there)).values()) <= {"shutting-down", "terminated"}
    groups.delete_auto_scaling_group(AutoScalingGroupName=name)
    assert group(groups, name) is None

    activities = groups.describe_scaling_activities(AutoScalingGroupName=name, IncludeDeletedGroups=True)["Activities"]
    kinds = [one["Description"].split(":")[0] for one in activities]
    assert kinds == ["Terminating EC2 instance"] * 3 + ["Launching a new EC2 instance"] * 3
    assert {one["StatusCode"] for one in activities} == {"Successful"}
    assert {one["AutoScalingGroupState"] for one in activities} == {"Deleted"}
    assert "from 0 to 3." in activities[-1]["Cause"] and "Availability Zone" in json.loads(activities[0]["Details"])


def test_a_group_is_told_back_as_it_was_made(groups, make, template):
    name = make(
        DesiredCapacity=0, MixedInstancesPolicy=policy(
            template, {"InstanceType": "c5.large", "WeightedCapacity": "1"},
            {"InstanceType": "c5.xlarge", "WeightedCapacity": "2", "ImageId": IMAGE},
            OnDemandBaseCapacity=1, SpotAllocationStrategy="price-capacity-optimized"),
        CapacityRebalance=True, HealthCheckGracePeriod=60, TerminationPolicies=["NewestInstance", "Default"],
        InstanceMaintenancePolicy={"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}, DefaultInstanceWarmup=5,
        MaxInstanceLifetime=86400, Context="c", PlacementGroup="near", AvailabilityZones=["us-east-1b"],
        VPCZoneIdentifier="subnet-000000aa", DesiredCapacityType="units",
        CapacityReservationSpecification={"CapacityReservationPreference": "none"})
    found = group(groups, name)
    mixed = found["MixedInstancesPolicy"]
    assert [one["WeightedCapacity"] for one in mixed["LaunchTemplate"]["Overrides"]] == ["1", "2"]
    assert mixed["LaunchTemplate"]["LaunchTemplateSpecification"]["LaunchTemplateId"] == template
    assert mixed["LaunchTemplate"]["LaunchTemplateSpecification"]["LaunchTemplateName"].startswith("template-")
    assert mixed["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 100
    assert mixed["InstancesDistribution"]["OnDemandAllocationStrategy"] == "prioritized"
    assert found["AvailabilityZones"] == ["us-east-1b"] and found["VPCZoneIdentifier"] == "subnet-000000aa"
    assert found["TerminationPolicies"] == ["NewestInstance", "Default"] and found["MaxInstanceLifetime"] == 86400
    assert found["InstanceMaintenancePolicy"] == {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}
    assert found["CapacityRebalance"] is True and found["DefaultCooldown"] == 300 and found["HealthCheckType"] == "EC2"
    assert found["AutoScalingGroupARN"].endswith(f":autoScalingGroupName/{name}")

    groups.update_auto_scaling_group(
        AutoScalingGroupName=name, MixedInstancesPolicy={"InstancesDistribution": {"OnDemandBaseCapacity": 5}})
    again = group(groups, name)["MixedInstancesPolicy"]
    assert again["LaunchTemplate"] == mixed["LaunchTemplate"]
    assert again["InstancesDistribution"] == {**mixed["InstancesDistribution"], "OnDemandBaseCapacity": 5}
    groups.update_auto_scaling_group(
        AutoScalingGroupName=name, LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"})
    found = group(groups, name)
    assert "MixedInstancesPolicy" not in found and found["LaunchTemplate"]["Version"] == "$Latest"


def test_weights_and_markets_are_kept(groups, ec2, make, template):
    name = make(
        DesiredCapacity=8, VPCZoneIdentifier="subnet-000000aa", AvailabilityZones=[], MixedInstancesPolicy=policy(
            template, {"InstanceType": "c5.xlarge", "WeightedCapacity": "2"},
            OnDemandBaseCapacity=2, OnDemandPercentageAboveBaseCapacity=50, SpotAllocationStrategy="lowest-price"))
    there = in_service(groups, name, 4)
    assert {one["WeightedCapacity"] for one in there} == {"2"}
    found = instances(ec2, InstanceIds=named(there))
    # 2 and half of the other 6 units make 5, and a machine brings two.
    assert sorted(one.get("InstanceLifecycle", "lasting") for one in found) == ["lasting"] * 3 + ["spot"]
    assert {one["SubnetId"] for one in found} == {"subnet-000000aa"}
    assert {one["Placement"]["AvailabilityZone"] for one in found} == {"us-east-1b"}
    groups.terminate_instance_in_auto_scaling_group(
        InstanceId=there[0]["InstanceId"], ShouldDecrementDesiredCapacity=True)
    assert group(groups, name)["DesiredCapacity"] == 6
    in_service(groups, name, 3)
    # Seven units cannot be had in twos; what is one too many stays.
    groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=5)
    time.sleep(0.2)
    assert len(members(groups, name, "InService")) == 3


def test_types_are_found_by_what_is_required(groups, make, template):
    needs = {"VCpuCount": {"Min": 4, "Max": 4}, "MemoryMiB": {"Min": 8192, "Max": 8192}, "CpuManufacturers": ["intel"]}
    name = make(DesiredCapacity=1, MixedInstancesPolicy=policy(
        template, {"InstanceRequirements": {**needs, "AllowedInstanceTypes": ["c*"]}}))
    (one,) = in_service(groups, name, 1)
    assert re.fullmatch(r"c\d\w*\.xlarge", one["InstanceType"])
    (override,) = group(groups, name)["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]
    assert override["InstanceRequirements"]["VCpuCount"] == {"Min": 4, "Max": 4}
    assert override["InstanceRequirements"]["AllowedInstanceTypes"] == ["c*"]
    for wrong in [{**needs, "VCpuCount": {"Min": 3, "Max": 3}}, {"VCpuCount": {"Min": 1}, "MemoryMiB": {"Min": 10**9}}]:
        wanted = policy(template, {"InstanceRequirements": wrong})
        assert refusal(make, MixedInstancesPolicy=wanted)[0] == "ValidationError"


def test_the_lost_are_replaced(groups, ec2, make):
    name = make(DesiredCapacity=3)
    before = named(in_service(groups, name, 3))
    ec2.terminate_instances(InstanceIds=before[:1])
    wait_for("a replacement", lambda: len(set(named(members(groups, name, "InService"))) - {before[0]}) == 3)
    causes = [one["Cause"] for one in groups.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]]
    assert any("EC2 health check" in cause for cause in causes)
    groups.suspend_processes(AutoScalingGroupName=name, ScalingProcesses=["Launch"])
    assert [one["ProcessName"] for one in group(groups, name)["SuspendedProcesses"]] == ["Launch"]
    ec2.terminate_instances(InstanceIds=before[1:2])
    in_service(groups, name, 2)
    time.sleep(0.5)
    in_service(groups, name, 2)
    groups.resume_processes(AutoScalingGroupName=name)
    in_service(groups, name, 3)


def test_a_pool_without_room_shows_in_the_activities(groups, make, ec2):
    data = {"ImageId": IMAGE, "InstanceType": "m5.large"}
    made = ec2.create_launch_template(LaunchTemplateName=f"small-{time.time_ns()}", LaunchTemplateData=data)
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    name = make(DesiredCapacity=3, LaunchTemplate={"LaunchTemplateId": template})
    in_service(groups, name, 2)
    failed = [
        one for one in groups.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
        if one["StatusCode"] == "Failed"
    ]
    assert failed and failed[0]["Progress"] == 100 and "EndTime" in failed[0]
    message = failed[0]["StatusMessage"]
    assert message.startswith("We currently do not have sufficient m5.large capacity in the Availability Zone")
    assert message.endswith("Launching EC2 instance failed.")
    assert failed[0]["Description"] == f"Launching a new EC2 instance.  Status Reason: {message}"
    assert "increasing the capacity from 2 to 3" in failed[0]["Cause"]
    # As soon as it may have another, it has all.
    wanted = policy(template, {"InstanceType": "m5.large"}, {"InstanceType": "c5.large"})
    groups.update_auto_scaling_group(AutoScalingGroupName=name, MixedInstancesPolicy=wanted)
    there = in_service(groups, name, 3)
    assert sorted(one["InstanceType"] for one in there) == ["c5.large", "m5.large", "m5.large"]


def test_the_protected_stay(groups, make):
    name = make(DesiredCapacity=3, NewInstancesProtectedFromScaleIn=True)
    there = named(in_service(groups, name, 3))
    assert all(one["ProtectedFromScaleIn"] for one in members(groups, name))
    groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    time.sleep(0.3)
    in_service(groups, name, 3)
    groups.set_instance_protection(AutoScalingGroupName=name, InstanceIds=there[:1], ProtectedFromScaleIn=False)
    assert named(in_service(groups, name, 2)) == there[1:]
    code, status, message = refusal(
        groups.set_instance_protection, AutoScalingGroupName=name, InstanceIds=["i-00000000"],
        ProtectedFromScaleIn=True)
    assert (code, status) == ("ValidationError", 400)
    assert message == f"The instance i-00000000 is not part of Auto Scaling group {name}."


def test_members_are_detached_and_attached(groups, ec2, make):
    name = make(DesiredCapacity=3, MinSize=1)
    there = named(in_service(groups, name, 3))
    answer = groups.detach_instances(
        AutoScalingGroupName=name, InstanceIds=there[:2], ShouldDecrementDesiredCapacity=True)
    assert [one["Description"] for one in answer["Activities"]] == [f"Detaching EC2 instance: {id}" for id in there[:2]]
    assert named(in_service(groups, name, 1)) == there[2:] and group(groups, name)["DesiredCapacity"] == 1
    assert set(states(ec2, there).values()) == {"running"}
    lesser = {"AutoScalingGroupName": name, "ShouldDecrementDesiredCapacity": True}
    code, _, message = refusal(groups.detach_instances, InstanceIds=there[1:], **lesser)
    assert (code, message) == ("ValidationError", f"The instance {there[1]} is not part of Auto Scaling group {name}.")
    assert "equals minSize" in refusal(groups.detach_instances, InstanceIds=there[2:], **lesser)[2]

    groups.attach_instances(AutoScalingGroupName=name, InstanceIds=there[:2])
    assert named(in_service(groups, name, 3)) == there and group(groups, name)["DesiredCapacity"] == 3
    filters = [{"Name": "tag:aws:autoscaling:groupName", "Values": [name]}]
    assert named(instances(ec2, Filters=filters)) == there
    assert "already part" in refusal(groups.attach_instances, AutoScalingGroupName=name, InstanceIds=there[:1])[2]
    for unknown in [["i-00000000"], [f"i-{n:08x}" for n in range(21)]]:
        code, _, message = refusal(groups.attach_instances, AutoScalingGroupName=name, InstanceIds=unknown)
        assert code == "ValidationError" and ("limited to 20" in message) == (len(unknown) > 20)

    # Without a smaller size, what left is replaced.
    groups.detach_instances(AutoScalingGroupName=name, InstanceIds=there[:1], ShouldDecrementDesiredCapacity=False)
    wait_for("a replacement", lambda: len(members(groups, name, "InService")) == 3)
    ec2.terminate_instances(InstanceIds=there[:1])


def test_one_member_is_ended_with_and_without_a_smaller_size(groups, ec2, make):
    name = make(DesiredCapacity=2, MinSize=1)
    there = named(in_service(groups, name, 2))
    end = groups.terminate_instance_in_auto_scaling_group
    activity = end(InstanceId=there[0], ShouldDecrementDesiredCapacity=True)["Activity"]
    assert activity["StatusCode"] == "InProgress" and activity["AutoScalingGroupName"] == name
    assert activity["Cause"].endswith("in response to a user request, shrinking the capacity from 2 to 1.")
    assert [one["LifecycleState"] for one in members(groups, name) if one["InstanceId"] == there[0]] == ["Terminating"]
    assert named(in_service(groups, name, 1)) == there[1:]
    assert "equals minSize (1)" in refusal(end, InstanceId=there[1], ShouldDecrementDesiredCapacity=True)[2]
    end(InstanceId=there[1], ShouldDecrementDesiredCapacity=False)
    (one,) = wait_for("a replacement", lambda: members(groups, name, "InService"))
    assert one["InstanceId"] not in there
    code, status, message = refusal(end, InstanceId="i-00000000", ShouldDecrementDesiredCapacity=True)
    assert (code, status) == ("ValidationError", 400)
    assert message == "Instance Id not found - No managed instance found for instance ID: i-00000000"


def test_a_group_with_instances_is_deleted_by_force_alone(groups, ec2, make):
    name = make(DesiredCapacity=2)
    there = named(in_service(groups, name, 2))
    assert refusal(groups.delete_auto_scaling_group, AutoScalingGroupName=name)[:2] == ("ResourceInUse", 400)
    groups.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    found = group(groups, name)
    assert found is None or found["Status"] == "Delete in progress"
    wait_for("the end of the group", lambda: group(groups, name) is None)
    assert set(states(ec2, there).values()) == {"terminated"}
    assert refusal(groups.delete_auto_scaling_group, AutoScalingGroupName=name)[0] == "ValidationError"
    make(name=name)
    kept = make(DeletionProtection="prevent-all-deletion")
    assert refusal(groups.delete_auto_scaling_group, AutoScalingGroupName=kept, ForceDelete=True)[0] == "ResourceInUse"
    groups.update_auto_scaling_group(AutoScalingGroupName=kept, DeletionProtection="none")


def test_pages_and_filters(groups, make):
    mark = f"mark-{time.time_ns()}"
    names = [make(Tags=[{"Key": mark, "Value": str(n), "PropagateAtLaunch": True}]) for n in range(7)]
    wanted = [{"Name": "tag-key", "Values": [mark]}]
    pages = list(groups.get_paginator("describe_auto_scaling_groups").paginate(
        Filters=wanted, PaginationConfig={"PageSize": 3}))
    assert [len(page["AutoScalingGroups"]) for page in pages] == [3, 3, 1]
    assert [one["AutoScalingGroupName"] for page in pages for one in page["AutoScalingGroups"]] == names

    def filtered(name, *values):
        found = groups.describe_auto_scaling_groups(Filters=[{"Name": name, "Values": list(values)}])
        return [one["AutoScalingGroupName"] for one in found["AutoScalingGroups"]]

    assert filtered(f"tag:{mark}", "2", "4") == [names[2], names[4]] and filtered("tag:other", "2") == []
    found = list(groups.get_paginator("describe_tags").paginate(
        Filters=[{"Name": "key", "Values": [mark]}], PaginationConfig={"PageSize": 4}))
    assert [one["ResourceId"] for page in found for one in page["Tags"]] == names and len(found) == 2
    for call in [groups.describe_auto_scaling_groups, groups.describe_auto_scaling_instances, groups.describe_tags,
                 groups.describe_scaling_activities]:
        assert refusal(call, NextToken="invented")[:2] == ("InvalidNextToken", 400)
        assert refusal(call, MaxRecords=101)[:2] == ("ValidationError", 400)
    assert groups.describe_auto_scaling_groups(AutoScalingGroupNames=["nobody"])["AutoScalingGroups"] == []
    assert filtered("tag-value", mark) == []
    colour = [{"Name": "colour", "Values": ["red"]}]
    assert refusal(groups.describe_auto_scaling_groups, Filters=colour)[0] == "ValidationError"
    assert refusal(groups.describe_tags, Filters=colour)[0] == "ValidationError"


def test_instances_and_activities_come_in_pages(groups, make):
    name = make(DesiredCapacity=7)
    there = named(in_service(groups, name, 7))
    found = list(groups.get_paginator("describe_auto_scaling_instances").paginate(
        InstanceIds=there, PaginationConfig={"PageSize": 3}))
    assert [len(page["AutoScalingInstances"]) for page in found] == [3, 3, 1]
    assert named(one for page in found for one in page["AutoScalingInstances"]) == there
    assert {one["HealthStatus"] for page in found for one in page["AutoScalingInstances"]} == {"HEALTHY"}
    assert {one["AutoScalingGroupName"] for page in found for one in page["AutoScalingInstances"]} == {name}
    many = [f"i-{n:08x}" for n in range(51)]
    assert refusal(groups.describe_auto_scaling_instances, InstanceIds=many)[0] == "ValidationError"
    assert groups.describe_auto_scaling_instances(InstanceIds=["i-00000000"])["AutoScalingInstances"] == []
    pages = list(groups.get_paginator("describe_scaling_activities").paginate(
        AutoScalingGroupName=name, PaginationConfig={"PageSize": 3}))
    activities = [one for page in pages for one in page["Activities"]]
    assert [len(page["Activities"]) for page in pages] == [3, 3, 1]
    one = groups.describe_scaling_activities(ActivityIds=[activities[2]["ActivityId"]])
    assert one["Activities"] == [activities[2]]


def test_tags_are_changed_one_by_one(groups, ec2, make):
    name = make()

    def tag(key, value="", **more):
        return {"ResourceId": name, "ResourceType": "auto-scaling-group", "Key": key, "Value": value,
                "PropagateAtLaunch": True, **more}

    groups.create_or_update_tags(Tags=[tag("a", "1"), tag("b", "2")])
    groups.create_or_update_tags(Tags=[tag("a", "3", PropagateAtLaunch=False)])
    assert [(one["Key"], one["Value"]) for one in group(groups, name)["Tags"]] == [("a", "3"), ("b", "2")]
    groups.delete_tags(Tags=[tag("b", "other")])
    groups.delete_tags(Tags=[{"ResourceId": name, "ResourceType": "auto-scaling-group", "Key": "a"}])
    groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    (one,) = in_service(groups, name, 1)
    (instance,) = instances(ec2, InstanceIds=[one["InstanceId"]])
    assert tags(instance)["b"] == "2" and "a" not in tags(instance)
    assert refusal(groups.create_or_update_tags, Tags=[tag("aws:x")])[0] == "ValidationError"
    assert refusal(groups.create_or_update_tags, Tags=[tag("c", ResourceId="nobody")])[0] == "ValidationError"
    assert refusal(groups.create_or_update_tags, Tags=[tag(f"k{n}") for n in range(50)])[:2] == ("LimitExceeded", 400)
    assert len(group(groups, name)["Tags"]) == 1


def test_the_newest_version_is_launched_by(groups, ec2, make, template):
    name = make(DesiredCapacity=1, LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"})
    in_service(groups, name, 1)
    data = {"ImageId": IMAGE, "InstanceType": "c6i.large", "UserData": base64.b64encode(b"#!/bin/sh\n").decode()}
    ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
    groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=2)
    there = in_service(groups, name, 2)
    launched = [(one["InstanceType"], one["LaunchTemplate"]["Version"]) for one in there]
    assert launched == [("m6i.large", "1"), ("c6i.large", "2")]
    ec2.delete_launch_template(LaunchTemplateId=template)
    groups.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=3)

    def failed():
        activities = groups.describe_scaling_activities(AutoScalingGroupName=name)["Activities"]
        return [one for one in activities if one["StatusCode"] == "Failed"]

    assert template in wait_for("a failed launch", failed)[0]["StatusMessage"]


def test_limits_are_told(groups, make):
    before = groups.describe_account_limits()
    make()
    after = groups.describe_account_limits()
    assert after["NumberOfAutoScalingGroups"] == before["NumberOfAutoScalingGroups"] + 1
    assert (after["MaxNumberOfAutoScalingGroups"], after["NumberOfLaunchConfigurations"]) == (500, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"MinSize": 3, "MaxSize": 2}, {"MinSize": -1}, {"DesiredCapacity": 11}, {"MinSize": 2, "DesiredCapacity": 1},
        {"AvailabilityZones": ["eu-west-1a"]}, {"AvailabilityZones": []}, {"VPCZoneIdentifier": "subnet"},
        {"VPCZoneIdentifier": "subnet-000000aa", "AvailabilityZones": ["us-east-1a"]},
        {"LaunchTemplate": {"LaunchTemplateName": "nobody"}}, {"LaunchTemplate": {"LaunchTemplateId": "lt-00000000"}},
        {"LaunchTemplate": {"Version": "1"}}, {"LaunchConfigurationName": "old"}, {"TerminationPolicies": ["Random"]},
        {"LaunchTemplate": {}}, {"HealthCheckGracePeriod": -2}, {"DeletionProtection": "some"},
        {"Tags": [{"Key": "aws:x", "Value": ""}]}, {"Tags": [{"Key": "a", "Value": ""}, {"Key": "a", "Value": ""}]},
        {"LifecycleHookSpecificationList": [{"LifecycleHookName": "h", "LifecycleTransition": "t"}]},
    ],
)
def test_a_mistaken_group_is_refused(groups, make, change):
    code, status, message = refusal(make, "mistaken", **change)
    assert (code, status) == ("ValidationError", 400) and message
    assert group(groups, "mistaken") is None


@pytest.mark.parametrize(
    "overrides, distribution",
    [
        ([{"InstanceType": "large"}], {}),
        ([{"InstanceType": "m6i.large", "WeightedCapacity": "1000"}], {}),
        ([{"InstanceType": "m6i.large", "WeightedCapacity": "1"}, {"InstanceType": "m6i.xlarge"}], {}),
        ([], {"SpotAllocationStrategy": "cheapest"}), ([], {"OnDemandPercentageAboveBaseCapacity": 101}),
        ([], {"OnDemandAllocationStrategy": "diversified"}),
        ([{"InstanceType": "m6i.large", "InstanceRequirements": ANY}], {}),
        ([{"LaunchTemplateSpecification": {"LaunchTemplateName": "nobody"}}], {}),
    ],
)
def test_a_mistaken_policy_is_refused(make, template, overrides, distribution):
    code, status, _ = refusal(make, MixedInstancesPolicy=policy(template, *overrides, **distribution))
    assert (code, status) == ("ValidationError", 400)


def test_sizes_and_names_that_make_no_sense(groups, make, endpoint):
    name = make(MinSize=1, MaxSize=2)
    assert refusal(make, name)[:2] == ("AlreadyExists", 400)
    resize, update = groups.set_desired_capacity, groups.update_auto_scaling_group
    assert "is above max value 2" in refusal(resize, AutoScalingGroupName=name, DesiredCapacity=3)[2]
    assert "is below min value 1" in refusal(resize, AutoScalingGroupName=name, DesiredCapacity=0)[2]
    assert refusal(update, AutoScalingGroupName=name, DesiredCapacity=3)[0] == "ValidationError"
    assert refusal(update, AutoScalingGroupName=name, MinSize=3)[0] == "ValidationError"
    update(AutoScalingGroupName=name, MinSize=2)
    assert group(groups, name)["DesiredCapacity"] == 2
    in_service(groups, name, 2)
    early = refusal(resize, AutoScalingGroupName=name, DesiredCapacity=2, HonorCooldown=True)
    assert early[:2] == ("ScalingActivityInProgress", 400)
    suspend = groups.suspend_processes
    for call in [update, groups.delete_auto_scaling_group, suspend, groups.describe_scaling_activities]:
        code, _, message = refusal(call, AutoScalingGroupName="nobody")
        assert code == "ValidationError"
        assert message == "AutoScalingGroup name not found - AutoScalingGroup 'nobody' not found"
    assert refusal(suspend, AutoScalingGroupName=name, ScalingProcesses=["Sleep"])[0] == "ValidationError"
    assert refusal(groups.describe_policies)[:2] == ("InvalidAction", 400)
    far = query_model.client("autoscaling", endpoint, region="eu-west-1")
    assert far.describe_auto_scaling_groups()["AutoScalingGroups"] == []
    wrong = query_model.client("autoscaling", endpoint, secret="guessed")
    assert refusal(wrong.describe_auto_scaling_groups)[:2] == ("SignatureDoesNotMatch", 403)
    stranger = query_model.client("autoscaling", endpoint, key=DEMO_KEY + "X")
    assert refusal(stranger.describe_auto_scaling_groups)[:2] == ("InvalidClientTokenId", 403)


def test_machines_by_a_group_come_go_and_are_replaced(tmp_path, endpoint, groups, ec2):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "awsprov_templates.yaml").write_text(
        f"templates:\n  grouped: {{image: {IMAGE}, machine_types: [c6i.large, c6a.large], "
        "provider_api: AutoScalingGroup, zones: [us-east-1a, us-east-1b]}\n")
    muster = Muster(tmp_path / "lab", config=lab_config(endpoint), env={
        "AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET, "MUSTER_TEMPLATES": str(folder)})
    request = muster.create("grouped", 5, "--wait")
    assert request["state"] == "fulfilled"
    machines = request["machines"]

    def mine():
        found = groups.describe_auto_scaling_groups(Filters=[{"Name": "tag:muster:request", "Values": [request["id"]]}])
        return found["AutoScalingGroups"]

    (found,) = mine()
    name = found["AutoScalingGroupName"]
    assert sorted(one["instance"] for one in machines) == named(in_service(groups, name, 5))
    muster.ok("machine", "return", machines[0]["id"], machines[1]["id"], "--wait")
    left = [one["instance"] for one in machines[2:]]
    assert named(in_service(groups, name, 3)) == sorted(left)
    ec2.terminate_instances(InstanceIds=left[:1])
    wait_for("a replacement", lambda: len(set(named(members(groups, name, "InService"))) - set(left[:1])) == 3)
    muster.ok("machine", "return", "--request", request["id"], "--wait")
    wait_for("the end of the group", lambda: not mine())
    assert not [one for one in alive(ec2) if tags(one).get("muster:request") == request["id"]]
