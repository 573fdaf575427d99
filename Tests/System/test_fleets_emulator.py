"""Fleets and groups on the emulated cloud, from the command line: what came, what is missing and why, what is left."""

import collections
import concurrent.futures
import os
import random
import time

import boto3
import pytest

from conftest import emulator_of, lab_config
from muster import DEMO_KEY, DEMO_SECRET, QUICK_EMULATOR, REGION, Muster, alive, ec2, end, instances, tags, wait_for
from test_kill import kill_during, moment

IMAGE = "image: ami-0123456789abcdef0, zones: [us-east-1a, us-east-1b]"
KINDS = {
    "instant": "provider_api: EC2Fleet, fleet_type: instant",
    "request": "provider_api: EC2Fleet, fleet_type: request",
    "maintain": "provider_api: EC2Fleet, fleet_type: maintain",
    "spot-request": "provider_api: SpotFleet, fleet_type: request, price_type: spot",
    "spot-maintain": "provider_api: SpotFleet, fleet_type: maintain, price_type: spot",
    "group": "provider_api: AutoScalingGroup",
}
MAINTAINED = ["maintain", "spot-maintain", "group"]
TYPES = "machine_types: [m6i.large, m6a.large]"
MAKERS = {"spot-request": "RequestSpotFleet", "spot-maintain": "RequestSpotFleet", "group": "CreateAutoScalingGroup"}


def catalog(folder, *parts: str) -> str:
    """A folder with a template of every kind, which bears its name."""
    templates = folder / "templates"
    templates.mkdir(parents=True)
    entries = "".join(f"  {kind}: {{{', '.join([IMAGE, words, *parts])}}}\n" for kind, words in KINDS.items())
    (templates / "awsprov_templates.yaml").write_text(f"templates:\n{entries}")
    return str(templates)


def house(folder, *parts: str, config: str = QUICK_EMULATOR, env: dict = {}) -> Muster:
    return Muster(folder, config=config, env={"MUSTER_TEMPLATES": catalog(folder, *(parts or [TYPES])), **env})


def bound(machines) -> set[str]:
    return {machine["instance"] for machine in machines}


class Cloud:
    """What somebody else sees in it."""

    def __init__(self, endpoint: str):
        self.ec2 = ec2(endpoint)
        self.autoscaling = boto3.client(
            "autoscaling", region_name=REGION, endpoint_url=endpoint, aws_access_key_id=DEMO_KEY,
            aws_secret_access_key=DEMO_SECRET)

    def alive(self) -> set[str]:
        return {one["InstanceId"] for one in instances(self.ec2, "pending", "running")}

    def targets(self) -> list[int]:
        """How many units each fleet and group is to have that may still launch something."""
        fleets = [one for one in self.ec2.describe_fleets()["Fleets"] if one["FleetState"] == "active"]
        spot = [one for one in self.ec2.describe_spot_fleet_requests()["SpotFleetRequestConfigs"]
                if one["SpotFleetRequestState"] == "active"]
        groups = self.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        return (
            [one["TargetCapacitySpecification"]["TotalTargetCapacity"] for one in fleets if one["Type"] != "instant"]
            + [one["SpotFleetRequestConfig"]["TargetCapacity"] for one in spot]
            + [one["DesiredCapacity"] for one in groups])

    def launch_templates(self) -> list[str]:
        return [one["LaunchTemplateId"] for one in self.ec2.describe_launch_templates()["LaunchTemplates"]]

    def is_empty(self) -> bool:
        return not (self.alive() or self.targets() or self.launch_templates())


# Come and go


@pytest.mark.parametrize("kind", KINDS)
def test_machines_come_and_some_go_and_nothing_is_left(early, tmp_path, kind):
    muster = house(tmp_path)
    request = muster.create(kind, 5, "--wait")
    assert request["state"] == "fulfilled" and len(request["machines"]) == 5 and request["missing"] == []
    with emulator_of(muster) as endpoint:
        cloud = Cloud(endpoint)
        assert cloud.alive() == bound(request["machines"])
        for one in alive(cloud.ec2):
            assert tags(one)["muster:request"] == request["id"] and tags(one)["muster:token"]
        assert cloud.targets() == ([] if kind == "instant" else [5])

        gone, kept = request["machines"][:2], request["machines"][2:]
        muster.ok("machine", "return", *[machine["id"] for machine in gone], "--wait")
        assert cloud.alive() == bound(kept)
        assert bound(muster.machines("--state", "running")) == bound(kept)
        if kind in MAINTAINED:
            assert cloud.targets() == [3]

        muster.ok("machine", "return", "--request", request["id"], "--wait")
        assert cloud.is_empty()
    assert {machine["state"] for machine in muster.machines("--request", request["id"])} == {"terminated"}


@pytest.mark.parametrize("kind", ["instant", "request", "maintain", "spot-maintain", "group"])
def test_units_are_ordered_and_machines_come(tmp_path, kind):
    muster = house(tmp_path, "machine_types: {m6i.xlarge: 2}")
    request = muster.create(kind, 10, "--wait")
    assert request["state"] == "fulfilled" and request["count"] == 10 and len(request["machines"]) == 5
    with emulator_of(muster) as endpoint:
        cloud = Cloud(endpoint)
        assert cloud.alive() == bound(request["machines"])
        muster.ok("machine", "return", *[machine["id"] for machine in request["machines"][:2]], "--wait")
        assert cloud.alive() == bound(request["machines"][2:])
        if kind in MAINTAINED:
            assert cloud.targets() == [6]
        muster.ok("machine", "return", "--request", request["id"], "--wait")
        assert cloud.is_empty()


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_prints_what_would_be_made_and_makes_nothing(tmp_path, kind):
    muster = house(tmp_path)
    preview = muster.json("request", "create", kind, 5, "--dry-run")["preview"]
    assert [made["action"] for made in preview["preparations"]] == ["CreateLaunchTemplate"]
    maker = MAKERS.get(kind, "CreateFleet")
    assert [(call["action"], call["machines"]) for call in preview["calls"]] == [(maker, 5)]
    asked = muster.json("request", "create", kind, 5, "--dry-run", "--ask-cloud")["preview"]
    assert [call["action"] for call in asked["calls"]] == [maker]
    assert muster.ledger() == []
    with emulator_of(muster) as endpoint:
        assert Cloud(endpoint).is_empty()


@pytest.mark.parametrize("kind", ["instant", "maintain", "group"])
def test_a_launch_template_of_the_house_is_used_and_stays(tmp_path, kind):
    muster = house(tmp_path)
    with emulator_of(muster) as endpoint:
        cloud = Cloud(endpoint)
        made = cloud.ec2.create_launch_template(
            LaunchTemplateName="of-the-house", LaunchTemplateData={
                "ImageId": "ami-00000000000000abc", "InstanceType": "t3.micro",
                "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "house", "Value": "yes"}]}]})
        id = made["LaunchTemplate"]["LaunchTemplateId"]
        words = KINDS[kind] + f", launch_template_id: {id}, machine_types: [m6i.large], zones: [us-east-1a]"
        (tmp_path / "templates" / "awsprov_templates.yaml").write_text(f"templates:\n  pinned: {{{words}}}\n")
        request = muster.create("pinned", 3, "--wait")
        assert request["state"] == "fulfilled" and cloud.alive() == bound(request["machines"])
        for one in alive(cloud.ec2):
            assert (one["ImageId"], one["InstanceType"]) == ("ami-00000000000000abc", "m6i.large")
            assert tags(one)["house"] == "yes" and tags(one)["muster:request"] == request["id"]
        muster.ok("machine", "return", "--request", request["id"], "--wait")
        assert cloud.alive() == set() and cloud.targets() == [] and cloud.launch_templates() == [id]


# Less than was asked for


def limit(muster: Muster, text: str):
    path = muster.folder / "limits.yaml"
    path.write_text(text)
    muster.ok("emulator", "limit", path)


def scarce(folder) -> Muster:
    """With room for one machine in all."""
    muster = house(folder)
    pools = [("m6i.large", "us-east-1a", 1), ("m6i.large", "us-east-1b", 0), ("m6a.large", "us-east-1a", 0),
             ("m6a.large", "us-east-1b", 0)]
    limit(muster, "capacity:\n" + "".join(
        f"  - {{type: {type}, zone: {zone}, machines: {machines}}}\n" for type, zone, machines in pools))
    return muster


@pytest.fixture(scope="module")
def early(tmp_path_factory):
    """Orders that wait for a deadline, and then for what may still come: all at once, beside the other tests."""
    def order(kind, *args):
        muster = scarce(tmp_path_factory.mktemp(kind))
        return muster, muster.run("request", "create", kind, 3, *args, "--wait", "--output", "json", timeout=120)

    # The folder of all folders is made by whoever asks first, and pytest does not expect several at once.
    tmp_path_factory.getbasetemp()
    with concurrent.futures.ThreadPoolExecutor(2 * len(KINDS)) as pool:
        partial = {kind: pool.submit(order, kind, "--deadline", "12s") for kind in KINDS}
        too_few = {kind: pool.submit(order, kind, "--at-least", 2, "--deadline", "12s") for kind in KINDS}
        yield partial, too_few


def side_by_side(kinds, work):
    """Most of it is waiting."""
    with concurrent.futures.ThreadPoolExecutor(len(kinds)) as pool:
        for done in [pool.submit(work, kind) for kind in kinds]:
            done.result()


def test_a_bad_day_brings_what_was_asked_for_all_the_same(tmp_path):
    def work(kind):
        muster = house(tmp_path / kind)
        maker = MAKERS.get(kind, "CreateFleet")
        limit(muster, (
            "faults:\n"
            f"  - {{effect: lose-reply, action: {maker}}}\n"
            f"  - {{effect: refuse, action: {maker}, code: RequestLimitExceeded, status: 503}}\n"
            "  - {effect: lose-reply, action: CreateLaunchTemplate}\n"
            "  - {effect: refuse, action: DescribeInstances, code: InternalError, status: 500}\n"))
        request = muster.create(kind, 3, "--wait")
        assert request["state"] == "fulfilled" and len(request["machines"]) == 3, request
        with emulator_of(muster) as endpoint:
            cloud = Cloud(endpoint)
            assert cloud.alive() == bound(request["machines"]) and len(cloud.launch_templates()) == 1
            assert len(instances(cloud.ec2)) == 3, "more than was asked for, even if it was given back"
            muster.ok("machine", "return", "--request", request["id"], "--wait")
            assert cloud.is_empty()

    side_by_side(KINDS, work)


# Kept up


def test_what_somebody_ended_is_replaced_and_is_ours_with_the_next_sweep(tmp_path):
    def work(kind):
        muster = house(tmp_path / kind)
        request = muster.create(kind, 3, "--wait")
        with emulator_of(muster) as endpoint:
            cloud = Cloud(endpoint)
            victim = request["machines"][0]
            cloud.ec2.terminate_instances(InstanceIds=[victim["instance"]])

            def replaced():
                found = {one["InstanceId"] for one in instances(cloud.ec2, "running")}
                return found if len(found) == 3 and victim["instance"] not in found else None

            whole = wait_for("replaced", replaced)
            # An agent sweeps when it begins.
            agent = muster.start("agent", "run")
            try:
                wait_for("known", lambda: bound(muster.machines("--state", "running")) == whole)
            finally:
                assert end(agent) == 0
            assert muster.json("machine", "show", victim["id"])["machine"]["state"] == "lost"
            muster.ok("machine", "return", "--request", request["id"], "--wait")
            assert cloud.is_empty()

    side_by_side(MAINTAINED, work)


# Killed


# Of each kind and each way to reach the cloud.
TRIALS = 3
KILLED = ["instant", "maintain", "group"]


def settle(muster: Muster):
    for request in muster.requests():
        if request["state"] == "open":
            muster.settled(request["id"])


def one_trial(muster: Muster, kind: str, dice: random.Random, usual: tuple[float, float]) -> int:
    """Kills an order, then the return of a part, then that of the rest; whatever comes next carries on."""
    key = f"trial-{dice.getrandbits(64):016x}"
    create = ("request", "create", kind, "5", "--key", key, "--wait")
    struck = kill_during(muster, create, moment(dice, usual[0]))
    # Whoever is not sure whether the order was taken repeats it with its key.
    muster.ok(*create)
    (request,) = [one for one in muster.requests() if one["key"] == key]
    assert request["state"] == "fulfilled" and len(bound(request["machines"])) == 5, request

    kept = bound(request["machines"][2:])
    part = ("machine", "return", *[machine["id"] for machine in request["machines"][:2]], "--wait")
    struck += kill_during(muster, part, moment(dice, usual[1]))
    muster.ok(*part)
    settle(muster)
    running = muster.machines("--request", request["id"], "--state", "running")
    assert bound(running) == kept, running

    rest = ("machine", "return", "--request", request["id"], "--wait")
    struck += kill_during(muster, rest, moment(dice, usual[1]))
    muster.ok(*rest)
    settle(muster)
    assert {machine["state"] for machine in muster.machines("--request", request["id"])} == {"terminated"}
    return struck


def test_killed_at_any_moment_exactly_what_was_asked_for_is_there_and_then_nothing(tmp_path):
    seed = int(os.environ.get("MUSTER_SEED") or random.SystemRandom().getrandbits(32))
    # Shown when the test fails: MUSTER_SEED repeats its moments.
    print(f"MUSTER_SEED={seed}")
    config = "emulator: {boot: 300ms, shutdown: 200ms}\n"

    def lane(muster: Muster, kind: str, seed: int) -> int:
        began = time.monotonic()
        request = muster.create(kind, 5, "--wait")
        created = time.monotonic()
        muster.ok("machine", "return", "--request", request["id"], "--wait")
        usual = (created - began, time.monotonic() - created)
        dice = random.Random(seed)
        return sum(one_trial(muster, kind, dice, usual) for _ in range(TRIALS))

    # Half of them die with the cloud they carry within them, the others at a cloud that lives on.
    within = {kind: house(tmp_path / f"within-{kind}", config=config) for kind in KILLED}
    with emulator_of(Muster(tmp_path / "cloud", config=config)) as endpoint:
        access = {"AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET}
        outside = {
            kind: house(tmp_path / f"outside-{kind}", config=lab_config(endpoint), env=access) for kind in KILLED}
        lanes = [*within.items(), *outside.items()]
        with concurrent.futures.ThreadPoolExecutor(len(lanes)) as pool:
            running = [pool.submit(lane, muster, kind, seed + at) for at, (kind, muster) in enumerate(lanes)]
            struck = sum(lane.result() for lane in running)
        hold(Cloud(endpoint), outside.values())
    for muster in within.values():
        with emulator_of(muster) as own:
            hold(Cloud(own), [muster])

    kills = 3 * TRIALS * len(lanes)
    print(f"{struck} of {kills} kills struck")
    # Too late kills test nothing.
    assert struck >= kills / 2


def hold(cloud: Cloud, musters):
    """Nothing is left, and there never was more than was asked for, even if it was given back."""
    assert cloud.is_empty(), (cloud.alive(), cloud.targets(), cloud.launch_templates())
    ever = collections.Counter(tags(one)["muster:request"] for one in instances(cloud.ec2))
    promised = {
        request["id"]: request["count"]
        for muster in musters for request in muster.requests() if request["kind"] == "launch"}
    assert ever == promised


# What began first is looked at last


@pytest.mark.parametrize("kind", KINDS)
def test_what_could_not_be_had_is_told_with_its_reason_and_not_wanted_later(early, kind):
    muster, result = early[0][kind].result()
    assert result.code == 1 and "InsufficientInstanceCapacity" in result.err, str(result)
    request = result.json["request"]
    assert request["state"] == "partial", str(result)
    assert sum(one["count"] for one in request["missing"]) == 2, request["missing"]
    for one in request["missing"]:
        assert (one["code"], one["meaning"]) == ("InsufficientInstanceCapacity", "capacity"), request["missing"]
    assert "InsufficientInstanceCapacity" in muster.ok("request", "explain", request["id"]).out

    limit(muster, "")
    with emulator_of(muster) as endpoint:
        cloud = Cloud(endpoint)
        running = [one for one in request["machines"] if one["state"] == "running"]
        assert len(running) == 1 and cloud.alive() == bound(running)
        # What goes on launching is to have no more than there is.
        assert cloud.targets() == ([1] if kind in MAINTAINED else [])
        muster.ok("machine", "return", "--request", request["id"], "--wait")
        assert cloud.is_empty()


@pytest.mark.parametrize("kind", KINDS)
def test_too_few_are_given_back_at_once(early, kind):
    muster, result = early[1][kind].result()
    assert result.code == 1, str(result)
    assert result.json["request"]["state"] == "failed", str(result)
    limit(muster, "")
    with emulator_of(muster) as endpoint:
        assert Cloud(endpoint).is_empty()
