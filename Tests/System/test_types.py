"""Which types a template's requirements come to, where the cloud says what it has."""

import datetime
import json

import pytest

from conftest import lab_config
from muster import Muster, alive
from proxy import Proxy, Refusal

TEMPLATES = """templates:
  worker:
    machine_image: ami-0abcdef1234567890
    requirements: {vcpus: 4, memory: 16GiB, cpu_makers: [intel]}
    zones: [us-east-1a, us-east-1b]
  heavy:
    machine_image: ami-0abcdef1234567890
    requirements: {gpu: {count: 8}, architecture: arm64, vcpus: {min: 2}}
  huge:
    machine_image: ami-0abcdef1234567890
    requirements: {vcpus: {min: 64}}
"""
LISTINGS = ("DescribeInstanceTypes", "DescribeInstanceTypeOfferings")


def with_templates(muster: Muster) -> Muster:
    (muster.folder / "templates").mkdir()
    (muster.folder / "templates" / "templates.yaml").write_text(TEMPLATES)
    muster.env["MUSTER_TEMPLATES"] = str(muster.folder / "templates")
    return muster


@pytest.fixture
def site(remote):
    return with_templates(remote)


def asked(wire) -> int:
    return sum(wire.count(action) for action in LISTINGS)


def accepted(muster, template="worker") -> str:
    """Why the history says that an order was accepted."""
    request = muster.create(template, 1)
    history = json.loads(muster.ok("request", "explain", request["id"], "--output", "json").out)["history"]
    return history[0]["cause"]


def test_the_first_order_of_a_day_asks_and_the_second_does_not(site, wire):
    blind = site.ok("request", "create", "worker", 1, "--dry-run").out
    assert "from the shipped table\n" in blind and asked(wire) == 0
    today = datetime.datetime.now(datetime.timezone.utc).date()
    cause = accepted(site)
    assert cause.startswith("accepted: types from the cloud's list of 2") and asked(wire) == 3, cause
    assert abs(datetime.date.fromisoformat(cause[-10:]) - today) <= datetime.timedelta(days=1)
    assert accepted(site) == cause and asked(wire) == 3
    document = json.loads(site.ok("request", "create", "worker", 1, "--dry-run", "--output", "json").out)["preview"]
    assert document["types_from"] == "cloud" and document["types_listed_at"] and asked(wire) == 3
    assert document["offering"] == {"type": "m5.xlarge", "zone": "us-east-1a", "subnet": None, "market": "on-demand"}
    assert "machine types of lab: from the cloud's list, " in site.ok("provider", "check").out
    kept = site.state / "types" / "lab.types"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(kept.read_bytes()[:-20])
    assert accepted(site) == cause and asked(wire) == 6


def test_who_may_not_list_types_gets_those_of_the_table(site, wire):
    wire.spoil = lambda call: Refusal(403, "UnauthorizedOperation") if call.action in LISTINGS else None
    cause = accepted(site)
    assert cause.startswith("accepted: types from the shipped table, for the cloud did not list its own: "), cause
    assert "UnauthorizedOperation" in cause
    assert not (site.state / "types").exists()


def test_an_order_that_nothing_in_the_region_meets_is_refused_with_the_reason(site, wire):
    result = site.run("request", "create", "huge", 1)
    assert result.code == 2, str(result)
    assert "no machine type in `us-east-1` meets the requirements of template `huge`" in result.err
    assert "none has at least 64 vCPUs [template.no-type]" in result.err
    assert site.requests() == []
    # What no region has nobody needs to be asked about.
    before = asked(wire)
    result = site.run("request", "create", "heavy", 1)
    assert result.code == 2 and "have 8 GPUs; none of these is for arm64 [template.no-type]" in result.err, str(result)
    assert asked(wire) == before


def test_an_ec2_that_others_wrote_is_understood(tmp_path, moto):
    wire = Proxy(moto.endpoint)
    try:
        muster = with_templates(Muster(tmp_path / "lab", config=lab_config(wire.endpoint), env=moto.credentials))
        image = moto.client().describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        file = tmp_path / "lab" / "templates" / "templates.yaml"
        file.write_text(TEMPLATES.replace("ami-0abcdef1234567890", image))
        request = muster.create("worker", 1, "--wait")
        assert request["state"] == "fulfilled"
        (machine,) = alive(moto.client())
        offered = moto.client().describe_instance_type_offerings(
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": [machine["InstanceType"]]}])["InstanceTypeOfferings"]
        assert machine["Placement"]["AvailabilityZone"] in {one["Location"] for one in offered}
        kinds = moto.client().describe_instance_types(InstanceTypes=[machine["InstanceType"]])["InstanceTypes"]
        assert kinds[0]["VCpuInfo"]["DefaultVCpus"] == 4 and kinds[0]["MemoryInfo"]["SizeInMiB"] == 16384
        assert kinds[0]["ProcessorInfo"]["Manufacturer"] == "Intel"
        assert asked(wire) == 2
        assert accepted(muster, "huge").startswith("accepted: types from the cloud's list of ")
        assert asked(wire) == 2
    finally:
        wire.stop()
