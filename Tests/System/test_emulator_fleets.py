"""The fleets of the emulated EC2, and what belongs to them, as Amazon's own Python client sees them."""

import datetime
import time

import pytest

import aws_client
from conftest import emulator_of
from muster import QUICK_EMULATOR, Muster, tags, wait_for
from test_emulator import IMAGE, hold_to_model, ids, no_warnings, pages, refusal  # noqa: F401

EPOCH = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
ROLE = "arn:aws:iam::000000000000:role/aws-ec2-spot-fleet-tagging-role"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """A server with an empty world of its own, and machines that come up quickly."""
    with emulator_of(Muster(tmp_path_factory.mktemp("fleets"), config=QUICK_EMULATOR)) as endpoint:
        yield endpoint


@pytest.fixture
def ec2(endpoint):
    return client(endpoint)


def client(endpoint):
    return aws_client.client("ec2", endpoint, hold)


def hold(operation_model, response_dict, customized_response_dict, **more):
    """As `hold_to_model`, but for what the service is known to answer otherwise than its model says."""
    if operation_model.output_shape is None:
        return
    body = response_dict["body"]
    if operation_model.name == "DescribeFleetHistory":
        # Both kinds of fleets write the words of Spot Fleets.
        for word, modelled in [("instanceChange", "instance-change"), ("fleetRequestChange", "fleet-change"),
                               ("error", "service-error")]:
            body = body.replace(f"<eventType>{word}<".encode(), f"<eventType>{modelled}<".encode())
    hold_to_model(operation_model, {**response_dict, "body": body}, customized_response_dict, **more)


@pytest.fixture
def template(ec2, request):
    """A launch template of the test's own."""
    name = f"{request.node.name[:60]}-{time.time_ns()}".replace("[", "(").replace("]", ")")
    data = {
        "ImageId": IMAGE, "InstanceType": "m6i.large",
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "test", "Value": name}]}],
    }
    return ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)["LaunchTemplate"]


def config(template, *types, version="$Latest", **more):
    specification = {"LaunchTemplateId": template["LaunchTemplateId"], "Version": version}
    return {"LaunchTemplateSpecification": specification, "Overrides": [{"InstanceType": t, **more} for t in types]}


def create(ec2, template, total, type, *types, market="on-demand", **more):
    return ec2.create_fleet(**{
        "Type": type, "LaunchTemplateConfigs": [config(template, *(types or ["m6i.large"]))],
        "TargetCapacitySpecification": {"TotalTargetCapacity": total, "DefaultTargetCapacityType": market}, **more})


def spot_fleet(ec2, template, total, **more):
    wanted = {"IamFleetRole": ROLE, "TargetCapacity": total, "LaunchTemplateConfigs": [config(template, "m6i.large")]}
    return ec2.request_spot_fleet(SpotFleetRequestConfig={**wanted, **more})["SpotFleetRequestId"]


def alive(ec2, template):
    """The instances of the test, but for those that ended."""
    wanted = [
        {"Name": "tag:test", "Values": [template["LaunchTemplateName"]]},
        {"Name": "instance-state-name", "Values": ["pending", "running"]},
    ]
    found = ec2.describe_instances(Filters=wanted)
    return [one for group in found["Reservations"] for one in group["Instances"]]


def members(ec2, fleet):
    return [one["InstanceId"] for one in ec2.describe_fleet_instances(FleetId=fleet)["ActiveInstances"]]


def told(ec2, fleet):
    (found,) = ec2.describe_fleets(FleetIds=[fleet])["Fleets"]
    return found


# Launch templates


def test_a_template_tells_back_what_was_said(ec2):
    name = f"everything-{time.time_ns()}"
    data = {
        "ImageId": IMAGE, "InstanceType": "m6i.large", "KeyName": "demo", "EbsOptimized": True, "UserData": "IyEvYmluL3No",
        "Monitoring": {"Enabled": True}, "IamInstanceProfile": {"Name": "demo"},
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "VolumeType": "gp3", "Encrypted": True}},
            {"DeviceName": "/dev/sdf", "Ebs": {"DeleteOnTermination": False, "VolumeSize": 8}},
        ],
        "NetworkInterfaces": [
            {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": ["sg-00000001", "sg-00000002"]}],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "Placement": {"AvailabilityZone": "us-east-1b", "Tenancy": "default"},
        "InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.2"}},
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "<b> & c"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "k", "Value": ""}]},
        ],
    }
    made = ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData=data, VersionDescription="first",
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "for", "Value": "tests"}]}])
    assert made["LaunchTemplate"]["Tags"] == [{"Key": "for", "Value": "tests"}]
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"] == data
    assert version["VersionDescription"] == "first" and version["DefaultVersion"]
    launched = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": name}, MinCount=1, MaxCount=1)["Instances"][0]
    assert launched["InstanceLifecycle"] == "spot" and launched["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert [group["GroupId"] for group in launched["SecurityGroups"]] == ["sg-00000001", "sg-00000002"]
    assert tags(launched)["aws:ec2launchtemplate:id"] == made["LaunchTemplate"]["LaunchTemplateId"]
    needs = {"VCpuCount": {"Min": 2, "Max": 8}, "MemoryMiB": {"Min": 1024}, "CpuManufacturers": ["intel", "amd"],
             "MemoryGiBPerVCpu": {"Min": 1.5}, "ExcludedInstanceTypes": ["m5*"], "BurstablePerformance": "included"}
    made = ec2.create_launch_template_version(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": IMAGE, "InstanceRequirements": needs})
    assert made["LaunchTemplateVersion"]["LaunchTemplateData"] == {"ImageId": IMAGE, "InstanceRequirements": needs}


def test_three_machines_are_launched_by_a_template(ec2, template):
    name = template["LaunchTemplateName"]
    launched = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": name, "Version": "1"}, MinCount=3, MaxCount=3)
    assert {one["InstanceType"] for one in launched["Instances"]} == {"m6i.large"}
    named = ids(launched)
    ec2.get_waiter("instance_running").wait(InstanceIds=named, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert sorted(one["InstanceId"] for one in alive(ec2, template)) == sorted(named)
    ec2.terminate_instances(InstanceIds=named)
    wait_for("ended", lambda: not alive(ec2, template))


def test_versions_are_made_picked_and_deleted(ec2, template):
    name = {"LaunchTemplateName": template["LaunchTemplateName"]}
    for number in range(2, 5):
        made = ec2.create_launch_template_version(
            **name, SourceVersion="1", LaunchTemplateData={"KeyName": f"key-{number}"})["LaunchTemplateVersion"]
        assert made["VersionNumber"] == number and made["LaunchTemplateData"]["ImageId"] == IMAGE
    found = pages(ec2, "describe_launch_template_versions", "LaunchTemplateVersions", 3, **name)
    assert [one["VersionNumber"] for page in found for one in page["LaunchTemplateVersions"]] == [4, 3, 2, 1]
    deleted = ec2.delete_launch_template_versions(**name, Versions=["1", "3", "9"])
    assert [one["VersionNumber"] for one in deleted["SuccessfullyDeletedLaunchTemplateVersions"]] == [3]
    refused = {one["VersionNumber"]: one["ResponseError"]["Code"]
               for one in deleted["UnsuccessfullyDeletedLaunchTemplateVersions"]}
    assert refused == {1: "unexpectedError", 9: "launchTemplateVersionDoesNotExist"}
    assert refusal(ec2.describe_launch_template_versions, **name, Versions=["3"])[0] == (
        "InvalidLaunchTemplateId.VersionNotFound")
    ec2.delete_launch_template(**name)
    assert refusal(ec2.delete_launch_template, **name)[0] == "InvalidLaunchTemplateName.NotFoundException"


def test_templates_are_listed_in_pages(ec2):
    stem = f"pages-{time.time_ns()}"
    data = {"ImageId": IMAGE}
    for number in range(5):
        ec2.create_launch_template(LaunchTemplateName=f"{stem}-{number}", LaunchTemplateData=data)
    wanted = [{"Name": "launch-template-name", "Values": [f"{stem}-*"]}]
    assert len(pages(ec2, "describe_launch_templates", "LaunchTemplates", 2, Filters=wanted)) == 3
    assert refusal(ec2.describe_launch_templates, LaunchTemplateNames=["nobody"])[0] == (
        "InvalidLaunchTemplateName.NotFoundException")
    create = ec2.create_launch_template
    assert refusal(create, LaunchTemplateName=f"{stem}-0", LaunchTemplateData=data)[0] == (
        "InvalidLaunchTemplateName.AlreadyExistsException")
    once = {"LaunchTemplateName": f"{stem}-once", "LaunchTemplateData": data, "ClientToken": stem}
    assert create(**once)["LaunchTemplate"] == create(**once)["LaunchTemplate"]
    assert refusal(create, **{**once, "LaunchTemplateData": {"ImageId": "ami-00000000"}})[0] == (
        "IdempotentParameterMismatch")


# EC2 Fleets


def test_an_instant_fleet_brings_three_machines(ec2, template):
    made = create(
        ec2, template, 3, "instant", "m6i.large", "c6i.large", market="spot",
        SpotOptions={"AllocationStrategy": "price-capacity-optimized"},
        TagSpecifications=[
            {"ResourceType": "fleet", "Tags": [{"Key": "f", "Value": "1"}]},
            {"ResourceType": "instance", "Tags": [{"Key": "i", "Value": "2"}]},
        ])
    (group,) = made["Instances"]
    assert group["Lifecycle"] == "spot" and group["InstanceType"] == "m6i.large" and not made["Errors"]
    assert group["LaunchTemplateAndOverrides"]["Overrides"] == {"InstanceType": "m6i.large"}
    found = alive(ec2, template)
    assert sorted(one["InstanceId"] for one in found) == sorted(group["InstanceIds"])
    assert tags(found[0])["aws:ec2:fleet-id"] == made["FleetId"] and tags(found[0])["i"] == "2"
    fleet = told(ec2, made["FleetId"])
    assert fleet["FulfilledCapacity"] == 3.0 and fleet["Instances"] == made["Instances"]
    assert fleet["Tags"] == [{"Key": "f", "Value": "1"}] and fleet["Type"] == "instant"
    assert made["FleetId"] not in {one["FleetId"] for one in ec2.describe_fleets()["Fleets"]}
    running = ec2.get_waiter("instance_status_ok")
    running.wait(InstanceIds=group["InstanceIds"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    (refused,) = ec2.delete_fleets(FleetIds=[made["FleetId"]], TerminateInstances=False)["UnsuccessfulFleetDeletions"]
    assert refused["Error"]["Code"] == "unexpectedError"
    (deleted,) = ec2.delete_fleets(FleetIds=[made["FleetId"]], TerminateInstances=True)["SuccessfulFleetDeletions"]
    assert (deleted["PreviousFleetState"], deleted["CurrentFleetState"]) == ("active", "deleted_terminating")
    wait_for("deleted", lambda: told(ec2, made["FleetId"])["FleetState"] == "deleted")
    assert not alive(ec2, template)


def test_an_override_that_is_wrong_is_told_of_alone(ec2, template):
    wanted = config(template, "m6i.large", SubnetId="subnet-nowhere")
    wanted["Overrides"].append({"InstanceType": "c6i.large", "WeightedCapacity": 2, "Priority": 1.5})
    made = create(ec2, template, 3, "instant", LaunchTemplateConfigs=[wanted])
    (error,) = made["Errors"]
    assert (error["ErrorCode"], error["Lifecycle"]) == ("InvalidSubnetID.Malformed", "on-demand")
    assert error["LaunchTemplateAndOverrides"]["Overrides"]["SubnetId"] == "subnet-nowhere"
    (group,) = made["Instances"]
    assert len(group["InstanceIds"]) == 2 and group["InstanceType"] == "c6i.large"
    overrides = group["LaunchTemplateAndOverrides"]["Overrides"]
    assert (overrides["WeightedCapacity"], overrides["Priority"]) == (2.0, 1.5)


def test_a_maintained_fleet_lives_shrinks_grows_and_ends(ec2, template):
    fleet = create(ec2, template, 3, "maintain", market="spot")["FleetId"]
    first = members(ec2, fleet)
    assert len(first) == 3
    ec2.terminate_instances(InstanceIds=first[:1])
    after = wait_for("replaced", lambda: (now := members(ec2, fleet)) and len(now) == 3 and now)
    assert set(first[1:]) < set(after)
    assert ec2.modify_fleet(
        FleetId=fleet, TargetCapacitySpecification={"TotalTargetCapacity": 2},
        ExcessCapacityTerminationPolicy="no-termination")["Return"]
    assert len(members(ec2, fleet)) == 3
    ec2.modify_fleet(
        FleetId=fleet, TargetCapacitySpecification={"TotalTargetCapacity": 1},
        ExcessCapacityTerminationPolicy="termination")
    assert len(members(ec2, fleet)) == 1
    ec2.modify_fleet(FleetId=fleet, TargetCapacitySpecification={"TotalTargetCapacity": 4})
    assert len(members(ec2, fleet)) == 4
    assert told(ec2, fleet)["TargetCapacitySpecification"]["SpotTargetCapacity"] == 4
    history = ec2.describe_fleet_history(FleetId=fleet, StartTime=EPOCH)["HistoryRecords"]
    words = [one["EventInformation"]["EventSubType"] for one in history]
    assert words[:3] == ["submitted", "active", "launched"] and "terminated" in words
    assert {one["EventType"] for one in history} == {"fleetRequestChange", "instanceChange"}
    assert {one["InstanceHealth"] for one in ec2.describe_fleet_instances(FleetId=fleet)["ActiveInstances"]} == {"healthy"}
    (deleted,) = ec2.delete_fleets(FleetIds=[fleet], TerminateInstances=False)["SuccessfulFleetDeletions"]
    assert deleted["CurrentFleetState"] == "deleted_running"
    assert told(ec2, fleet)["FleetState"] == "deleted_running"
    ec2.terminate_instances(InstanceIds=members(ec2, fleet))
    wait_for("deleted", lambda: told(ec2, fleet)["FleetState"] == "deleted")


def test_a_requested_fleet_brings_machines_once(ec2, template):
    fleet = create(ec2, template, 3, "request")["FleetId"]
    first = members(ec2, fleet)
    ec2.terminate_instances(InstanceIds=first[:1])
    assert members(ec2, fleet) == first[1:]
    call = {"FleetId": fleet, "TargetCapacitySpecification": {"TotalTargetCapacity": 1}}
    assert refusal(ec2.modify_fleet, **call)[:2] == ("FleetNotInModifiableState", 400)
    assert told(ec2, fleet)["LaunchTemplateConfigs"][0]["Overrides"] == [{"InstanceType": "m6i.large"}]
    ec2.delete_fleets(FleetIds=[fleet], TerminateInstances=True)


def test_a_fleet_is_told_of_in_full(ec2, template):
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    needs = {"VCpuCount": {"Min": 2, "Max": 2}, "MemoryMiB": {"Min": 4096, "Max": 4096}, "CpuManufacturers": ["intel"]}
    wanted = config(template, "m6i.large", MaxPrice="0.5")
    wanted["Overrides"].append({"InstanceRequirements": needs, "AvailabilityZone": "us-east-1c"})
    made = create(
        ec2, template, 12, "maintain", market="spot", LaunchTemplateConfigs=[wanted], Context="here",
        SpotOptions={"AllocationStrategy": "diversified", "InstanceInterruptionBehavior": "terminate"},
        OnDemandOptions={"AllocationStrategy": "prioritized"}, ExcessCapacityTerminationPolicy="no-termination",
        ReplaceUnhealthyInstances=True, TerminateInstancesWithExpiration=True, ValidUntil=until)
    fleet = told(ec2, made["FleetId"])
    assert fleet["LaunchTemplateConfigs"][0]["Overrides"][1]["InstanceRequirements"] == needs
    assert fleet["SpotOptions"]["AllocationStrategy"] == "diversified"
    assert fleet["OnDemandOptions"]["AllocationStrategy"] == "prioritized"
    assert abs((fleet["ValidUntil"] - until).total_seconds()) < 1
    assert (fleet["FleetState"], fleet["ActivityStatus"]) == ("active", "fulfilled")
    assert fleet["TerminateInstancesWithExpiration"] and fleet["ReplaceUnhealthyInstances"]
    types = {one["InstanceType"] for one in alive(ec2, template)}
    assert types == {"m6i.large", "c5.large", "c5d.large", "c6i.large", "c7i.large"}
    ec2.delete_fleets(FleetIds=[made["FleetId"]], TerminateInstances=True)


def test_fleets_and_their_parts_are_listed_in_pages(ec2, template):
    fleets = [create(ec2, template, 1, "maintain")["FleetId"] for _ in range(3)]
    fleets.append(create(ec2, template, 7, "maintain")["FleetId"])
    active = [{"Name": "fleet-state", "Values": ["active"]}, {"Name": "type", "Values": ["maintain"]}]
    found = pages(ec2, "describe_fleets", "Fleets", 2, Filters=active)
    assert set(fleets) <= {one["FleetId"] for page in found for one in page["Fleets"]}
    some = ec2.describe_fleet_instances(FleetId=fleets[3], MaxResults=5)
    rest = ec2.describe_fleet_instances(FleetId=fleets[3], MaxResults=5, NextToken=some["NextToken"])
    assert len(some["ActiveInstances"]) == 5 and len(rest["ActiveInstances"]) == 2
    first = ec2.describe_fleet_history(FleetId=fleets[3], StartTime=EPOCH, MaxResults=6)
    rest = ec2.describe_fleet_history(FleetId=fleets[3], StartTime=EPOCH, NextToken=first["NextToken"])
    assert len(first["HistoryRecords"]) == 6 and len(rest["HistoryRecords"]) == 3
    changes = ec2.describe_fleet_history(FleetId=fleets[3], StartTime=EPOCH, EventType="fleet-change")
    assert len(changes["HistoryRecords"]) == 2
    gone = ec2.delete_fleets(FleetIds=[*fleets, f"fleet-{NOBODY}", "fleet-1"], TerminateInstances=True)
    assert [one["FleetId"] for one in gone["SuccessfulFleetDeletions"]] == fleets
    codes = [one["Error"]["Code"] for one in gone["UnsuccessfulFleetDeletions"]]
    assert codes == ["fleetIdDoesNotExist", "fleetIdMalformed"]


def test_a_repeated_token_makes_one_fleet(ec2, template):
    token = f"fleet-{time.time_ns()}"
    one = create(ec2, template, 3, "instant", ClientToken=token)
    again = create(ec2, template, 3, "instant", ClientToken=token)
    assert again["FleetId"] == one["FleetId"] and again["Instances"] == one["Instances"]
    assert len(alive(ec2, template)) == 3
    assert refusal(create, ec2, template, 4, "instant", ClientToken=token)[0] == "IdempotentParameterMismatch"
    sfr = spot_fleet(ec2, template, 1, ClientToken=token)
    assert spot_fleet(ec2, template, 1, ClientToken=token) == sfr
    assert refusal(spot_fleet, ec2, template, 2, ClientToken=token)[0] == "IdempotentParameterMismatch"


@pytest.mark.parametrize(
    "code, change",
    [
        ("InvalidTargetCapacitySpecification",
         {"TargetCapacitySpecification": {"TotalTargetCapacity": 1, "OnDemandTargetCapacity": 2}}),
        ("InvalidParameterCombination", {"SpotOptions": {"MinTargetCapacity": 1}}),
        ("InvalidParameterValue", {"SpotOptions": {"AllocationStrategy": "cheapest"}}),
        ("InvalidParameterValue", {"ValidUntil": EPOCH}),
        ("InvalidParameterValue",
         {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]}),
    ],
)
def test_a_mistaken_fleet_is_refused(ec2, template, code, change):
    found, status, message = refusal(create, ec2, template, 1, "maintain", **change)
    assert (found, status) == (code, 400) and message
    assert not alive(ec2, template)


def test_a_fleet_by_a_template_that_is_not_there_is_refused(ec2):
    nobody = {"LaunchTemplateId": "lt-0123456789abcdef0"}
    assert refusal(create, ec2, nobody, 1, "instant")[0] == "InvalidLaunchTemplateId.NotFound"
    assert refusal(spot_fleet, ec2, nobody, 1)[0] == "InvalidLaunchTemplateId.NotFound"


def test_fleets_that_are_not_there(ec2):
    for call, more in [
        (ec2.describe_fleets, {"FleetIds": [f"fleet-{NOBODY}"]}),
        (ec2.describe_fleet_instances, {"FleetId": f"fleet-{NOBODY}"}),
        (ec2.describe_fleet_history, {"FleetId": f"fleet-{NOBODY}", "StartTime": EPOCH}),
        (ec2.modify_fleet, {"FleetId": f"fleet-{NOBODY}"}),
    ]:
        assert refusal(call, **more)[:2] == ("InvalidFleetId.NotFound", 400)
    sfr = f"sfr-{NOBODY}"
    for call, more in [
        (ec2.describe_spot_fleet_requests, {"SpotFleetRequestIds": [sfr]}),
        (ec2.describe_spot_fleet_instances, {"SpotFleetRequestId": sfr}),
        (ec2.describe_spot_fleet_request_history, {"SpotFleetRequestId": sfr, "StartTime": EPOCH}),
        (ec2.modify_spot_fleet_request, {"SpotFleetRequestId": sfr}),
    ]:
        assert refusal(call, **more)[:2] == ("InvalidSpotFleetRequestId.NotFound", 400)
    assert refusal(ec2.describe_fleets, FleetIds=["fleet-1"])[0] == "InvalidFleetId.Malformed"


# Spot Fleets


def test_a_spot_fleet_lives_shrinks_and_ends(ec2, template):
    sfr = spot_fleet(
        ec2, template, 3, AllocationStrategy="priceCapacityOptimized", OnDemandTargetCapacity=1, Type="maintain",
        TagSpecifications=[{"ResourceType": "spot-fleet-request", "Tags": [{"Key": "f", "Value": "1"}]}])

    def members():
        found = ec2.describe_spot_fleet_instances(SpotFleetRequestId=sfr)["ActiveInstances"]
        return [one["InstanceId"] for one in found]

    first = members()
    assert len(first) == 3
    found = alive(ec2, template)
    assert [one.get("InstanceLifecycle", "none") for one in found].count("spot") == 2
    assert tags(found[0])["aws:ec2spot:fleet-request-id"] == sfr
    ec2.terminate_instances(InstanceIds=first[1:2])
    after = wait_for("replaced", lambda: (now := members()) and len(now) == 3 and now)
    assert first[0] in after and first[1] not in after
    (config,) = ec2.describe_spot_fleet_requests(SpotFleetRequestIds=[sfr])["SpotFleetRequestConfigs"]
    assert config["SpotFleetRequestState"] == "active" and config["ActivityStatus"] == "fulfilled"
    assert config["SpotFleetRequestConfig"]["AllocationStrategy"] == "priceCapacityOptimized"
    assert config["SpotFleetRequestConfig"]["FulfilledCapacity"] == 3.0
    assert config["Tags"] == [{"Key": "f", "Value": "1"}]
    assert ec2.modify_spot_fleet_request(SpotFleetRequestId=sfr, TargetCapacity=2)["Return"]
    assert len(members()) == 2
    history = ec2.describe_spot_fleet_request_history(SpotFleetRequestId=sfr, StartTime=EPOCH)["HistoryRecords"]
    words = [one["EventInformation"]["EventSubType"] for one in history]
    assert words.count("launched") == 4 and words.count("terminated") == 2
    cancelled = ec2.cancel_spot_fleet_requests(
        SpotFleetRequestIds=[sfr, f"sfr-{NOBODY}", "sfr-1"], TerminateInstances=True)
    (done,) = cancelled["SuccessfulFleetRequests"]
    assert done["CurrentSpotFleetRequestState"] == "cancelled_terminating"
    codes = [one["Error"]["Code"] for one in cancelled["UnsuccessfulFleetRequests"]]
    assert codes == ["fleetRequestIdDoesNotExist", "fleetRequestIdMalformed"]
    wait_for("ended", lambda: not alive(ec2, template))


def test_a_spot_fleet_expires_with_its_machines(ec2, template):
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    sfr = spot_fleet(ec2, template, 3, Type="request", ValidUntil=until, TerminateInstancesWithExpiration=True)
    wait_for("launched", lambda: len(alive(ec2, template)) == 3)
    wait_for("expired", lambda: not alive(ec2, template))
    (config,) = ec2.describe_spot_fleet_requests(SpotFleetRequestIds=[sfr])["SpotFleetRequestConfigs"]
    assert config["SpotFleetRequestState"].startswith("cancelled")


def test_spot_fleets_are_listed_in_pages(ec2, template):
    made = {spot_fleet(ec2, template, 1) for _ in range(3)}
    found = pages(ec2, "describe_spot_fleet_requests", "SpotFleetRequestConfigs", 2)
    assert made <= {one["SpotFleetRequestId"] for page in found for one in page["SpotFleetRequestConfigs"]}
    many = spot_fleet(ec2, template, 5)
    some = ec2.describe_spot_fleet_instances(SpotFleetRequestId=many, MaxResults=3)
    rest = ec2.describe_spot_fleet_instances(SpotFleetRequestId=many, MaxResults=3, NextToken=some["NextToken"])
    assert len(some["ActiveInstances"] + rest["ActiveInstances"]) == 5
    first = ec2.describe_spot_fleet_request_history(SpotFleetRequestId=many, StartTime=EPOCH, MaxResults=3)
    rest = ec2.describe_spot_fleet_request_history(
        SpotFleetRequestId=many, StartTime=EPOCH, NextToken=first["NextToken"])
    assert len(first["HistoryRecords"] + rest["HistoryRecords"]) == 7
    ec2.cancel_spot_fleet_requests(SpotFleetRequestIds=[*made, many], TerminateInstances=True)


@pytest.mark.parametrize(
    "code, change",
    [
        ("InvalidSpotFleetRequestConfig", {"IamFleetRole": "fleet-role"}),
        ("InvalidSpotFleetRequestConfig", {"AllocationStrategy": "lowest-price"}),
        ("InvalidParameterCombination", {"LaunchSpecifications": [{"ImageId": IMAGE, "InstanceType": "m6i.large"}]}),
    ],
)
def test_a_mistaken_spot_fleet_is_refused(ec2, template, code, change):
    found, status, message = refusal(spot_fleet, ec2, template, 1, **change)
    assert (found, status) == (code, 400) and message


# Tags, status, rehearsals


def test_tags_are_given_listed_and_taken(ec2, template):
    fleet = create(ec2, template, 3, "maintain")["FleetId"]
    everything = [*members(ec2, fleet), template["LaunchTemplateId"], fleet]
    ec2.create_tags(Resources=everything, Tags=[{"Key": "mine", "Value": template["LaunchTemplateName"]}])
    mine = [{"Name": "tag:mine", "Values": [template["LaunchTemplateName"]]}]
    found = ec2.describe_tags(Filters=mine)["Tags"]
    assert [one["ResourceId"] for one in found] == everything
    assert [one["ResourceType"] for one in found] == ["instance"] * 3 + ["launch-template", "fleet"]
    assert len(pages(ec2, "describe_tags", "Tags", 5, Filters=[{"Name": "resource-id", "Values": everything}])) > 1
    assert [one["LaunchTemplateId"] for one in ec2.describe_launch_templates(Filters=mine)["LaunchTemplates"]] == (
        [template["LaunchTemplateId"]])
    ec2.delete_tags(Resources=everything, Tags=[{"Key": "mine"}])
    assert ec2.describe_tags(Filters=mine)["Tags"] == []
    refused = refusal(ec2.create_tags, Resources=["i-00000000"], Tags=[{"Key": "a", "Value": "b"}])
    assert refused[0] == "InvalidInstanceID.NotFound"
    ec2.delete_fleets(FleetIds=[fleet], TerminateInstances=True)


def test_the_status_of_machines_is_told_in_pages(ec2, template):
    made = create(ec2, template, 7, "instant")
    named = made["Instances"][0]["InstanceIds"]
    whole = ec2.describe_instance_status(InstanceIds=named, IncludeAllInstances=True)["InstanceStatuses"]
    assert [one["InstanceId"] for one in whole] == named
    ec2.get_waiter("instance_status_ok").wait(InstanceIds=named, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    (group,) = {one["InstanceState"]["Name"] for one in ec2.describe_instance_status(InstanceIds=named)["InstanceStatuses"]}
    assert group == "running"
    found = list(ec2.get_paginator("describe_instance_status").paginate(PaginationConfig={"PageSize": 5}))
    assert set(named) <= {one["InstanceId"] for page in found for one in page["InstanceStatuses"]}
    ec2.delete_fleets(FleetIds=[made["FleetId"]], TerminateInstances=True)


def test_a_rehearsal_says_that_it_would_have_been_done(ec2, template):
    fleet = create(ec2, template, 1, "maintain")["FleetId"]
    sfr = spot_fleet(ec2, template, 1)
    name = {"LaunchTemplateName": template["LaunchTemplateName"]}
    id = alive(ec2, template)[0]["InstanceId"]
    before = (ec2.describe_launch_templates(**{"LaunchTemplateNames": [name["LaunchTemplateName"]]})["LaunchTemplates"],
              told(ec2, fleet), len(alive(ec2, template)))
    tag = {"Resources": [id, fleet], "Tags": [{"Key": "a", "Value": "b"}]}
    config_ = {"IamFleetRole": ROLE, "TargetCapacity": 1, "LaunchTemplateConfigs": [config(template, "m6i.large")]}
    for call, more in [
        (ec2.create_launch_template, {"LaunchTemplateName": "dry-run", "LaunchTemplateData": {"ImageId": IMAGE}}),
        (ec2.create_launch_template_version, {**name, "LaunchTemplateData": {"ImageId": IMAGE}}),
        (ec2.delete_launch_template, name), (ec2.delete_launch_template_versions, {**name, "Versions": ["1"]}),
        (ec2.describe_launch_templates, {}), (ec2.describe_launch_template_versions, name),
        (ec2.run_instances, {"LaunchTemplate": name, "MinCount": 1, "MaxCount": 1}),
        (ec2.modify_fleet, {"FleetId": fleet, "TargetCapacitySpecification": {"TotalTargetCapacity": 2}}),
        (ec2.delete_fleets, {"FleetIds": [fleet], "TerminateInstances": True}),
        (ec2.describe_fleets, {}), (ec2.describe_fleet_instances, {"FleetId": fleet}),
        (ec2.describe_fleet_history, {"FleetId": fleet, "StartTime": EPOCH}),
        (ec2.request_spot_fleet, {"SpotFleetRequestConfig": config_}),
        (ec2.cancel_spot_fleet_requests, {"SpotFleetRequestIds": [sfr], "TerminateInstances": True}),
        (ec2.describe_spot_fleet_requests, {}), (ec2.describe_spot_fleet_instances, {"SpotFleetRequestId": sfr}),
        (ec2.describe_spot_fleet_request_history, {"SpotFleetRequestId": sfr, "StartTime": EPOCH}),
        (ec2.create_tags, tag), (ec2.delete_tags, tag), (ec2.describe_tags, {}), (ec2.describe_instance_status, {}),
    ]:
        assert refusal(call, DryRun=True, **more)[:2] == ("DryRunOperation", 412), call
    assert refusal(create, ec2, template, 1, "instant", DryRun=True)[0] == "DryRunOperation"
    after = (ec2.describe_launch_templates(**{"LaunchTemplateNames": [name["LaunchTemplateName"]]})["LaunchTemplates"],
             told(ec2, fleet), len(alive(ec2, template)))
    assert after == before
    ec2.delete_fleets(FleetIds=[fleet], TerminateInstances=True)
    ec2.cancel_spot_fleet_requests(SpotFleetRequestIds=[sfr], TerminateInstances=True)


def test_a_saved_world_keeps_its_fleets(tmp_path):
    muster = Muster(tmp_path, config=QUICK_EMULATOR)
    with emulator_of(muster) as endpoint:
        ec2 = client(endpoint)
        made = ec2.create_launch_template(
            LaunchTemplateName="kept", LaunchTemplateData={"ImageId": IMAGE})["LaunchTemplate"]
        fleet = create(ec2, made, 3, "maintain")["FleetId"]
        first = members(ec2, fleet)
        ec2.terminate_instances(InstanceIds=first[:1])
    with emulator_of(muster) as endpoint:
        ec2 = client(endpoint)
        after = wait_for("replaced", lambda: (now := members(ec2, fleet)) and len(now) == 3 and now)
        assert set(first[1:]) < set(after)
        assert ec2.describe_launch_templates()["LaunchTemplates"][0]["LaunchTemplateName"] == "kept"


def test_a_running_cloud_is_limited_from_outside(tmp_path):
    muster = Muster(tmp_path, config=QUICK_EMULATOR)
    limits = tmp_path / "limits.yaml"
    limits.write_text(
        "capacity: [{type: m6i.large, machines: 0}, {type: c6i.large, zone: us-east-1a, machines: 1}]\n"
        "unoffered: [{type: m7i.large}]\n"
        "quotas: [{family: r, market: spot, vcpus: 0}, {market: spot, vcpus: 4}]\n")
    with emulator_of(muster) as endpoint:
        ec2 = client(endpoint)
        made = ec2.create_launch_template(
            LaunchTemplateName="limited", LaunchTemplateData={"ImageId": IMAGE})["LaunchTemplate"]
        fleet = create(ec2, made, 1, "maintain")["FleetId"]
        assert len(members(ec2, fleet)) == 1
        muster.ok("emulator", "limit", limits)
        wanted = config(made, "m6i.large", "m7i.large")
        wanted["Overrides"].append({"InstanceType": "c6i.large", "AvailabilityZone": "us-east-1a"})
        answer = create(ec2, made, 3, "instant", LaunchTemplateConfigs=[wanted])
        errors = {(one["LaunchTemplateAndOverrides"]["Overrides"]["InstanceType"], one["ErrorCode"])
                  for one in answer["Errors"]}
        assert errors == {("m6i.large", "InsufficientInstanceCapacity"), ("m7i.large", "Unsupported"),
                          ("c6i.large", "InsufficientInstanceCapacity")}
        assert [len(one["InstanceIds"]) for one in answer["Instances"]] == [1]
        (error,) = create(ec2, made, 3, "instant", "c5.xlarge", market="spot")["Errors"]
        assert error["ErrorCode"] == "MaxSpotInstanceCountExceeded"
        # The fleet waits for room, and has it once the limits are lifted.
        ec2.terminate_instances(InstanceIds=members(ec2, fleet))
        refused = wait_for("refused", lambda: ec2.describe_fleet_history(
            FleetId=fleet, StartTime=EPOCH, EventType="service-error")["HistoryRecords"])
        assert "InsufficientInstanceCapacity" in refused[0]["EventInformation"]["EventDescription"]
        assert not members(ec2, fleet) and told(ec2, fleet)["ActivityStatus"] == "error"
        limits.write_text("")
        muster.ok("emulator", "limit", limits)
        wait_for("replaced", lambda: members(ec2, fleet))
    limits.write_text("faults: [{effect: refuse, action: DescribeFleets, code: Unavailable, status: 503}]\n"
                      "rates: {DescribeRegions: {size: 1, per_second: 0}}\n")
    mistaken = tmp_path / "mistaken.yaml"
    mistaken.write_text("capacities: []\n")
    refused = muster.run("emulator", "limit", mistaken)
    assert refused.code == 2 and "[limit.unknown-key]" in refused.err
    with emulator_of(muster, "--limits", limits) as endpoint:
        ec2 = client(endpoint)
        assert refusal(ec2.describe_fleets)[:2] == ("Unavailable", 503)
        assert ec2.describe_fleets()["Fleets"]
        ec2.describe_regions()
        assert refusal(ec2.describe_regions)[:2] == ("RequestLimitExceeded", 503)
