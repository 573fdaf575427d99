"""The emulated EC2 as Amazon's own Python client sees it."""

import datetime
import re
import time
import warnings
import xml.etree.ElementTree as ET

import boto3
import botocore.config
import botocore.exceptions
import pytest

import aws_client
from conftest import emulator_of
from muster import DEMO_KEY, DEMO_SECRET, Muster, end

IMAGE = "ami-0123456789abcdef0"
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """A server of our own with an empty world; it must end by itself when told to."""
    muster = Muster(tmp_path_factory.mktemp("emulator"))
    server = muster.start("emulator", "run", "--port", 0, stderr=None)
    try:
        line = server.stdout.readline()
        address = re.search(r"listening on (http://127\.0\.0\.1:\d+)", line)
        assert address, f"the server said {line!r}"
        yield address.group(1)
    finally:
        code = end(server)
    assert code == 0, f"the server ended with {code} when told to"


@pytest.fixture
def ec2(endpoint):
    return client(endpoint)


def client(endpoint, **more):
    return aws_client.client("ec2", endpoint, hold_to_model, **more)


def hold_to_model(operation_model, response_dict, customized_response_dict, **_):
    """Every element of an answer must be one that EC2's model knows, in the place where it knows it."""
    if response_dict["status_code"] >= 300:
        return
    root = ET.fromstring(response_dict["body"])
    assert root.tag == f"{{{NAMESPACE}}}{operation_model.name}Response"
    check_structure(root, operation_model.output_shape, also={"requestId"})


def check_structure(element, shape, also=frozenset()):
    members = {m.serialization.get("name", name): m for name, m in shape.members.items()}
    seen = set()
    for child in element:
        name = child.tag.removeprefix(f"{{{NAMESPACE}}}")
        if name in also:
            continue
        assert name in members, f"{shape.name} has no <{name}>"
        assert name not in seen, f"<{name}> stands twice in a {shape.name}"
        seen.add(name)
        check(child, members[name])


def check(element, shape):
    if shape.type_name == "structure":
        check_structure(element, shape)
    elif shape.type_name == "list":
        item = shape.member.serialization.get("name", "member")
        for child in element:
            assert child.tag == f"{{{NAMESPACE}}}{item}", f"{shape.name} holds {child.tag}"
            check(child, shape.member)
    else:
        aws_client.check_text(element, shape)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # What other tests left open is no fault of an answer.
        warnings.simplefilter("ignore", ResourceWarning)
        # botocore's own, about the age of the Python it runs on.
        warnings.filterwarnings("ignore", message=".*[Pp]ython.*", category=boto3.exceptions.PythonDeprecationWarning)
        yield


def launch(ec2, count=1, **more):
    wanted = {"ImageId": IMAGE, "InstanceType": "m6i.large", "MinCount": count, "MaxCount": count, **more}
    return ec2.run_instances(**wanted)


def ids(answer):
    reservations = answer.get("Reservations", [answer])
    return [i["InstanceId"] for r in reservations for i in r["Instances"]]


def refusal(call, *arguments, **named):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **named)
    response = caught.value.response
    assert re.fullmatch(r"[0-9a-f-]{36}", response["ResponseMetadata"]["RequestId"])
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"]


def test_three_instances_come_up_run_and_end(ec2):
    answer = launch(ec2, 3)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["ResponseMetadata"]["RequestId"])
    assert answer["OwnerId"].isdigit() and answer["ReservationId"].startswith("r-")
    assert [i["State"] for i in answer["Instances"]] == [{"Code": 0, "Name": "pending"}] * 3
    assert [i["AmiLaunchIndex"] for i in answer["Instances"]] == [0, 1, 2]
    assert len({i["PrivateIpAddress"] for i in answer["Instances"]}) == 3
    age = datetime.datetime.now(datetime.timezone.utc) - answer["Instances"][0]["LaunchTime"]
    assert abs(age.total_seconds()) < 60

    named = ids(answer)
    ec2.get_waiter("instance_running").wait(InstanceIds=named, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    running = ec2.describe_instances(InstanceIds=named)
    assert ids(running) == named
    assert all(i["PublicIpAddress"].startswith("198.") for i in running["Reservations"][0]["Instances"])

    ended = ec2.terminate_instances(InstanceIds=named)["TerminatingInstances"]
    assert [i["InstanceId"] for i in ended] == named
    assert {i["PreviousState"]["Name"] for i in ended} == {"running"}
    assert {i["CurrentState"]["Name"] for i in ended} == {"shutting-down"}
    ec2.get_waiter("instance_terminated").wait(InstanceIds=named, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    gone = ec2.describe_instances(InstanceIds=named)["Reservations"][0]["Instances"]
    assert {i["StateReason"]["Code"] for i in gone} == {"Client.UserInitiatedShutdown"}
    assert not any("PrivateIpAddress" in i for i in gone)


def test_a_token_is_replayed_and_held_to_its_parameters(ec2):
    first = launch(ec2, 2, ClientToken="python-once")
    second = launch(ec2, 2, ClientToken="python-once")
    assert ids(first) == ids(second)
    assert first["ReservationId"] == second["ReservationId"]
    assert {i["ClientToken"] for i in second["Instances"]} == {"python-once"}
    code, status, _ = refusal(launch, ec2, 2, ClientToken="python-once", InstanceType="m6i.xlarge")
    assert (code, status) == ("IdempotentParameterMismatch", 400)
    named = ids(first)
    ec2.terminate_instances(InstanceIds=named)
    ec2.get_waiter("instance_terminated").wait(InstanceIds=named, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert refusal(launch, ec2, 2, ClientToken="python-once")[0] == "IdempotentInstanceTerminated"


def test_pages_hold_everything_once(ec2):
    token = f"python-pages-{time.time_ns()}"
    named = ids(launch(ec2, 23, ClientToken=token))
    pages = ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "client-token", "Values": [token]}], PaginationConfig={"PageSize": 5}
    )
    sizes, found = [], []
    for page in pages:
        sizes.append(len(ids(page)))
        found += ids(page)
    assert sizes == [5, 5, 5, 5, 3]
    assert found == named


def test_tags_and_spot_and_everything_else_come_back(ec2):
    text = "a<b>&\"é ✓\n+%"
    answer = launch(
        ec2,
        1,
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "muster:request", "Value": text}, {"Key": "k", "Value": ""}]},
            {"ResourceType": "volume", "Tags": [{"Key": "k", "Value": "v"}]},
        ],
        InstanceMarketOptions={"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}},
        Placement={"AvailabilityZone": "us-east-1b"},
        KeyName="key",
        IamInstanceProfile={"Name": "worker"},
        UserData="#!/bin/sh\necho hello\n",
        Monitoring={"Enabled": True},
        EbsOptimized=True,
        MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "VolumeType": "gp3"}}],
        NetworkInterfaces=[
            {
                "DeviceIndex": 0, "SubnetId": "subnet-00000001", "Groups": ["sg-00000001"],
                "AssociatePublicIpAddress": True,
            }
        ],
    )
    instance = answer["Instances"][0]
    assert {t["Key"]: t["Value"] for t in instance["Tags"]} == {"muster:request": text, "k": ""}
    assert instance["InstanceLifecycle"] == "spot"
    assert instance["Placement"]["AvailabilityZone"] == "us-east-1b"
    assert instance["SubnetId"] == "subnet-00000001"
    assert instance["SecurityGroups"][0]["GroupId"] == "sg-00000001"
    assert instance["KeyName"] == "key"
    assert instance["IamInstanceProfile"]["Arn"].endswith(":instance-profile/worker")
    assert instance["Monitoring"]["State"] == "enabled"
    found = ec2.describe_instances(Filters=[{"Name": "tag:muster:request", "Values": [text]}])
    assert ids(found) == [instance["InstanceId"]]


def test_the_options_of_a_launch_come_back(ec2):
    answer = launch(
        ec2,
        1,
        InstanceType="c6i.2xlarge",
        Placement={"GroupName": "near", "PartitionNumber": 3, "Tenancy": "host", "HostId": "h-0123456789abcdef0"},
        CapacityReservationSpecification={
            "CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}
        },
        MetadataOptions={
            "HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2,
            "InstanceMetadataTags": "enabled",
        },
        CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1},
        HibernationOptions={"Configured": True},
        InstanceMarketOptions={"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.25"}},
        NetworkInterfaces=[{"DeviceIndex": 0, "InterfaceType": "efa", "Ipv6AddressCount": 1}],
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": "alias/disks"}},
            {"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "DeleteOnTermination": False}},
        ],
    )
    for instance in [answer["Instances"][0], ec2.describe_instances(InstanceIds=ids(answer))["Reservations"][0]["Instances"][0]]:
        assert instance["Placement"]["GroupName"] == "near"
        assert instance["Placement"]["PartitionNumber"] == 3
        assert instance["Placement"]["Tenancy"] == "host"
        assert instance["Placement"]["HostId"] == "h-0123456789abcdef0"
        reservation = instance["CapacityReservationSpecification"]["CapacityReservationTarget"]
        assert reservation == {"CapacityReservationId": "cr-0123456789abcdef0"}
        metadata = instance["MetadataOptions"]
        assert (metadata["HttpTokens"], metadata["HttpPutResponseHopLimit"]) == ("required", 2)
        assert metadata["InstanceMetadataTags"] == "enabled"
        assert instance["CpuOptions"] == {"CoreCount": 2, "ThreadsPerCore": 1}
        assert instance["HibernationOptions"] == {"Configured": True}


def test_a_rehearsal_says_that_it_would_have_been_done(ec2):
    before = ids(ec2.describe_instances())
    code, status, message = refusal(launch, ec2, 2, DryRun=True)
    assert (code, status) == ("DryRunOperation", 412)
    assert message == "Request would have succeeded, but DryRun flag is set."
    assert refusal(ec2.terminate_instances, InstanceIds=before[:1] or ["i-00000000"], DryRun=True)[1] in (412, 400)
    assert refusal(ec2.describe_instances, DryRun=True)[0] == "DryRunOperation"
    assert ids(ec2.describe_instances()) == before


@pytest.mark.parametrize(
    "code, change",
    [
        ("InvalidParameterValue", {"MinCount": 0}),
        ("InvalidParameterValue", {"MinCount": 3, "MaxCount": 2}),
        ("InvalidAMIID.Malformed", {"ImageId": "ami-1"}),
        ("MissingParameter", {"ImageId": ""}),
        ("InvalidParameterValue", {"InstanceType": "nonsense"}),
        ("InvalidParameterValue", {"Placement": {"AvailabilityZone": "eu-west-1a"}}),
        ("InvalidSubnetID.Malformed", {"SubnetId": "subnet"}),
        ("InvalidGroupId.Malformed", {"SecurityGroupIds": ["group"]}),
        ("InvalidLaunchTemplateName.NotFoundException", {"LaunchTemplate": {"LaunchTemplateName": "x"}}),
        ("InvalidLaunchTemplateId.NotFound", {"LaunchTemplate": {"LaunchTemplateId": "lt-0123456789abcdef0"}}),
        ("InvalidParameterValue", {"MetadataOptions": {"HttpPutResponseHopLimit": 65}}),
        ("InvalidParameterValue", {"Placement": {"Tenancy": "shared"}}),
        ("InvalidParameterCombination", {"Placement": {"PartitionNumber": 2}}),
        ("UnknownParameter", {"CreditSpecification": {"CpuCredits": "standard"}}),
        ("InvalidParameterValue", {"UserData": "x" * 16385}),
        (
            "InvalidParameterValue",
            {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "aws:x", "Value": ""}]}]},
        ),
        (
            "TagLimitExceeded",
            {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": f"k{n}"} for n in range(51)]}]},
        ),
    ],
)
def test_a_mistaken_launch_is_refused(ec2, code, change):
    found, status, message = refusal(launch, ec2, 1, **change)
    assert (found, status) == (code, 400)
    assert message


def test_instances_that_are_not_there(ec2):
    known = ids(launch(ec2))
    code, status, message = refusal(ec2.terminate_instances, InstanceIds=known + ["i-00000000"])
    assert (code, status) == ("InvalidInstanceID.NotFound", 400)
    assert message == "The instance ID 'i-00000000' does not exist"
    message = refusal(ec2.describe_instances, InstanceIds=["i-00000000", "i-00000001"])[2]
    assert message == "The instance IDs 'i-00000000, i-00000001' do not exist"
    assert refusal(ec2.terminate_instances, InstanceIds=["x"])[0] == "InvalidInstanceID.Malformed"
    assert ec2.describe_instances(InstanceIds=known)["Reservations"][0]["Instances"][0]["State"]["Name"] != "terminated"


def test_listings_that_make_no_sense(ec2):
    known = ids(launch(ec2))
    describe = ec2.describe_instances
    assert refusal(describe, MaxResults=4)[0] == "InvalidParameterValue"
    assert refusal(describe, MaxResults=5, InstanceIds=known)[0] == "InvalidParameterCombination"
    assert refusal(describe, NextToken="invented")[0] == "InvalidParameterValue"
    assert refusal(describe, Filters=[{"Name": "colour", "Values": ["red"]}])[0] == "InvalidParameterValue"


def test_what_is_not_emulated_is_no_action(ec2):
    assert refusal(ec2.describe_volumes)[:2] == ("InvalidAction", 400)


def test_strangers_are_refused(endpoint):
    wrong = client(endpoint, secret="guessed")
    assert refusal(wrong.describe_instances)[:2] == ("SignatureDoesNotMatch", 403)
    assert refusal(launch, wrong)[:2] == ("SignatureDoesNotMatch", 403)
    assert refusal(client(endpoint, key="AKIDOTHER").describe_instances)[:2] == ("AuthFailure", 401)
    lost = client(endpoint, region="mars-1")
    assert refusal(lost.describe_instances)[0] == "SignatureDoesNotMatch"
    unsigned = boto3.session.Session().client(
        "ec2", region_name="us-east-1", endpoint_url=endpoint,
        config=botocore.config.Config(signature_version=botocore.UNSIGNED),
    )
    assert refusal(unsigned.describe_instances)[:2] == ("MissingAuthenticationToken", 403)


def test_regions_are_apart_and_listed(ec2, endpoint):
    far = client(endpoint, region="eu-west-1")
    named = ids(launch(far))
    assert not set(named) & set(ids(ec2.describe_instances()))
    assert "eu-west-1" in {r["RegionName"] for r in ec2.describe_regions()["Regions"]}
    zones = far.describe_availability_zones()["AvailabilityZones"]
    assert {z["State"] for z in zones} == {"available"}
    assert {z["RegionName"] for z in zones} == {"eu-west-1"}


def test_a_thousand_at_once(ec2):
    token = f"python-thousand-{time.time_ns()}"
    named = ids(launch(ec2, 1000, ClientToken=token))
    assert len(set(named)) == 1000
    page = ec2.describe_instances(MaxResults=1000, Filters=[{"Name": "client-token", "Values": [token]}])
    assert ids(page) == named
    ended = ec2.terminate_instances(InstanceIds=named)["TerminatingInstances"]
    assert len(ended) == 1000


def other(service, endpoint, **more):
    """A client of another service at the same address."""
    wanted = {"region_name": "us-east-1", "aws_access_key_id": DEMO_KEY, "aws_secret_access_key": DEMO_SECRET, **more}
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    return boto3.session.Session().client(service, endpoint_url=endpoint, config=config, **wanted)


def pages(ec2, action, key, size, **more):
    """The pages of a listing, which together must be the listing."""
    found = list(ec2.get_paginator(action).paginate(PaginationConfig={"PageSize": size}, **more))
    assert [one for page in found for one in page[key]] == getattr(ec2, action)(**more)[key]
    return found


def test_images_are_found_by_owner_name_and_architecture(ec2):
    assert len(pages(ec2, "describe_images", "Images", 4)) == 3
    wanted = [{"Name": "name", "Values": ["al2023-ami-2023.*"]}, {"Name": "architecture", "Values": ["arm64"]}]
    found = ec2.describe_images(Owners=["amazon"], Filters=wanted)["Images"]
    newest = max(found, key=lambda one: one["CreationDate"])
    assert len(found) == 2 and newest["ImageOwnerAlias"] == "amazon"
    (one,) = ec2.describe_images(ImageIds=[newest["ImageId"]])["Images"]
    assert one == newest and one["State"] == "available" and one["RootDeviceName"] == "/dev/xvda"
    assert refusal(ec2.describe_images, ImageIds=["ami-00000000"])[:2] == ("InvalidAMIID.NotFound", 400)
    assert refusal(ec2.describe_images, ImageIds=["ami-1"])[0] == "InvalidAMIID.Malformed"
    assert refusal(ec2.describe_images, Filters=[{"Name": "colour", "Values": ["red"]}])[0] == "InvalidParameterValue"
    assert refusal(ec2.describe_images, MaxResults=4, NextToken="invented")[0] == "InvalidParameterValue"


def test_the_default_network_has_a_subnet_in_each_zone(ec2):
    found = pages(ec2, "describe_subnets", "Subnets", 5)
    subnets = [one for page in found for one in page["Subnets"]]
    zones = [one["ZoneName"] for one in ec2.describe_availability_zones()["AvailabilityZones"]]
    assert [one["AvailabilityZone"] for one in subnets] == zones and len(found) == 2
    (group,) = ec2.describe_security_groups()["SecurityGroups"]
    assert {one["VpcId"] for one in subnets} == {group["VpcId"]} and group["GroupName"] == "default"
    landed = launch(ec2, SubnetId=subnets[2]["SubnetId"])["Instances"][0]
    assert landed["Placement"]["AvailabilityZone"] == zones[2]
    assert refusal(ec2.describe_subnets, SubnetIds=["subnet-00000000"])[0] == "InvalidSubnetID.NotFound"
    assert refusal(ec2.describe_security_groups, GroupIds=["sg-00000000"])[0] == "InvalidGroup.NotFound"
    assert ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": ["subnet-00000000"]}])["Subnets"] == []


def test_keys_are_there_or_not(ec2):
    (pair,) = ec2.describe_key_pairs()["KeyPairs"]
    assert ec2.describe_key_pairs(KeyNames=[pair["KeyName"]])["KeyPairs"] == [pair]
    assert refusal(ec2.describe_key_pairs, KeyNames=["lost"])[0] == "InvalidKeyPair.NotFound"


def test_types_are_offered_in_zones(ec2):
    where = {"LocationType": "availability-zone"}
    assert len(pages(ec2, "describe_instance_type_offerings", "InstanceTypeOfferings", 500, **where)) > 1
    wanted = [{"Name": "instance-type", "Values": ["m6i.large", "m6i.huge"]}]
    found = ec2.describe_instance_type_offerings(Filters=wanted, **where)["InstanceTypeOfferings"]
    assert [one["Location"] for one in found] == [f"us-east-1{letter}" for letter in "abcdef"]
    assert {one["InstanceType"] for one in found} == {"m6i.large"}
    assert len(pages(ec2, "describe_instance_types", "InstanceTypes", 50)) > 1
    (one,) = ec2.describe_instance_types(InstanceTypes=["m7g.large"])["InstanceTypes"]
    assert one["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    assert refusal(ec2.describe_instance_types, InstanceTypes=["m7g.huge"])[0] == "InvalidInstanceType"


def test_public_parameters_stand_for_images(ec2, endpoint):
    ssm = other("ssm", endpoint)
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    found = ssm.get_parameter(Name=name)["Parameter"]
    assert found["Name"] == name and found["Type"] == "String" and found["Version"] == 1
    assert found["ARN"] == f"arn:aws:ssm:us-east-1::parameter{name}"
    (image,) = ec2.describe_images(ImageIds=[found["Value"]])["Images"]
    assert image["Architecture"] == "x86_64"
    assert refusal(ssm.get_parameter, Name="/none")[:2] == ("ParameterNotFound", 400)
    assert refusal(ssm.put_parameter, Name="/a", Value="b", Type="String")[0] == "UnknownOperationException"
    wrong = other("ssm", endpoint, aws_secret_access_key="guessed")
    assert refusal(wrong.get_parameter, Name=name)[0] == "InvalidSignatureException"
    stranger = other("ssm", endpoint, aws_access_key_id="AKIDOTHER")
    assert refusal(stranger.get_parameter, Name=name)[0] == "UnrecognizedClientException"


def test_there_is_one_instance_profile(endpoint):
    iam = other("iam", endpoint)
    found = iam.get_instance_profile(InstanceProfileName="demo")["InstanceProfile"]
    assert found["Arn"] == "arn:aws:iam::000000000000:instance-profile/demo"
    assert [role["RoleName"] for role in found["Roles"]] == ["demo"]
    assert refusal(iam.get_instance_profile, InstanceProfileName="nobody")[:2] == ("NoSuchEntity", 404)
    assert refusal(iam.list_users)[0] == "InvalidAction"
    # Signatures for IAM name one region, wherever its caller is.
    elsewhere = other("iam", endpoint, region_name="eu-west-1")
    assert refusal(elsewhere.get_instance_profile, InstanceProfileName="demo")[0] == "SignatureDoesNotMatch"
    wrong = other("iam", endpoint, aws_secret_access_key="guessed")
    assert refusal(wrong.get_instance_profile, InstanceProfileName="demo")[:2] == ("SignatureDoesNotMatch", 403)


def test_requests_are_noted_in_a_file(tmp_path):
    noted = tmp_path / "requests"
    with emulator_of(Muster(tmp_path / "noting"), "--log-requests", noted) as endpoint:
        ec2 = client(endpoint)
        ec2.run_instances(ImageId=IMAGE, InstanceType="m6i.large", MinCount=1, MaxCount=1)
        refusal(ec2.describe_instances, InstanceIds=["i-0123456789abcdef0"])
        # They are there before the answer is.
        lines = [line.split(" ") for line in noted.read_text().splitlines()]
    assert [line[:2] for line in lines] == [["RunInstances", "200"], ["DescribeInstances", "400"]]
    assert all(int(microseconds) > 0 for _, _, microseconds, _ in lines)
    assert all(abs(int(began) / 1e6 - time.time()) < 60 for *_, began in lines)
    result = Muster(tmp_path / "nowhere").run("emulator", "run", "--log-requests", tmp_path / "none/requests")
    assert result.code == 1 and "cannot write to" in result.err, str(result)
