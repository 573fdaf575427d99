"""The main job against an EC2 nobody here wrote, which checks every signature."""

import re

import botocore.exceptions
import pytest

from conftest import Moto
from muster import REGION, Muster, alive, ec2, instances, tags


def test_this_cloud_refuses_wrong_signatures(moto):
    # Without this, the rest would say little.
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        ec2(moto.endpoint, moto.key, "a-secret-that-is-wrong").describe_instances()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 401


def test_five_machines_come_and_go(lab, moto):
    request = lab.create("cpu-small", 5, "--wait")
    assert request["state"] == "fulfilled"
    assert [machine["state"] for machine in request["machines"]] == ["running"] * 5

    there = alive(moto.client())
    assert len(there) == 5
    assert {one["State"]["Name"] for one in there} == {"running"}
    assert {one["InstanceId"] for one in there} == {machine["instance"] for machine in request["machines"]}
    assert {one["PrivateIpAddress"] for one in there} == {machine["private_ip"] for machine in request["machines"]}
    for one in there:
        assert tags(one)["muster:request"] == request["id"]
        assert tags(one)["muster:token"]
        assert tags(one)["muster:owner"]
    assert [m["id"] for m in lab.machines("--state", "running")] == [m["id"] for m in request["machines"]]

    lab.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(moto.client()) == []
    assert lab.machines("--state", "running") == []
    assert {machine["state"] for machine in lab.machines("--request", request["id"])} == {"terminated"}


def test_some_machines_are_returned_and_the_others_stay(lab, moto):
    request = lab.create("cpu-small", 4, "--wait")
    gone, kept = request["machines"][:2], request["machines"][2:]
    lab.ok("machine", "return", *[machine["id"] for machine in gone], "--wait")
    assert {one["InstanceId"] for one in alive(moto.client())} == {machine["instance"] for machine in kept}


def test_tags_of_the_account_reach_the_instances(tmp_path, moto):
    muster = Muster(tmp_path / "lab", config=moto.config(", tags: {team: web}"), env=moto.credentials)
    muster.create("cpu-small", 1, "--wait")
    (one,) = alive(moto.client())
    assert tags(one)["team"] == "web"


def test_a_wrong_secret_launches_nothing_and_says_where_it_came_from(tmp_path, moto):
    wrong = {**moto.credentials, "AWS_SECRET_ACCESS_KEY": "a-secret-that-is-wrong"}
    muster = Muster(tmp_path / "lab", config=moto.config(), env=wrong)
    result = muster.run("request", "create", "cpu-small", 5, "--wait")
    assert result.code == 1, str(result)
    assert "credentials" in result.err.lower(), str(result)
    assert "environment" in result.err.lower() or "AWS_ACCESS_KEY_ID" in result.err, str(result)
    assert "a-secret-that-is-wrong" not in result.out + result.err
    assert alive(moto.client()) == []


def test_a_dry_run_changes_nothing(lab, moto):
    result = lab.json("request", "create", "cpu-small", 5, "--dry-run")
    calls = result["preview"]["calls"]
    assert len(calls) >= 1
    assert any("RunInstances" in str(call) for call in calls)
    assert alive(moto.client()) == []
    assert lab.ledger() == []


def test_a_dry_run_needs_nobody_to_answer(tmp_path):
    # Its own server, for it is going to be stopped.
    moto = Moto(tmp_path)
    muster = Muster(tmp_path / "lab", config=moto.config(), env=moto.credentials)
    moto.stop()
    assert muster.json("request", "create", "cpu-small", 5, "--dry-run")["preview"]["calls"]


def test_the_endpoint_may_stand_in_the_environment(tmp_path, moto):
    muster = Muster(
        tmp_path / "lab",
        config=f"accounts:\n  lab: {{cloud: aws, region: {REGION}}}\ndefault_account: lab\n",
        env={**moto.credentials, "AWS_ENDPOINT_URL": moto.endpoint})
    request = muster.create("cpu-small", 2, "--wait")
    assert {one["InstanceId"] for one in alive(moto.client())} == {m["instance"] for m in request["machines"]}


def test_credentials_may_come_from_a_profile(tmp_path, moto):
    muster = Muster(tmp_path / "lab", config=moto.config(", profile: build"))
    folder = muster.home / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong\n"
        f"[build]\naws_access_key_id = {moto.key}\naws_secret_access_key = {moto.secret}\n")
    muster.create("cpu-small", 1, "--wait")
    assert len(alive(moto.client())) == 1


def test_credentials_may_come_from_where_the_environment_points(tmp_path, moto):
    credentials, config = tmp_path / "secrets.ini", tmp_path / "profiles.ini"
    credentials.write_text(
        "[default]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong\n"
        f"[build]\naws_access_key_id = {moto.key}\naws_secret_access_key = {moto.secret}\n")
    config.write_text(f"[profile build]\nregion = {REGION}\n")
    muster = Muster(
        tmp_path / "lab", config=moto.config(),
        env={
            "AWS_PROFILE": "build", "AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": str(config),
        })
    muster.create("cpu-small", 1, "--wait")
    assert len(alive(moto.client())) == 1


def test_a_role_is_assumed_with_the_credentials_there_are(tmp_path, moto):
    # The role may do what its caller may not.
    caller = moto.caller_of_role()
    muster = Muster(tmp_path / "lab", config=moto.config(f', role: "{moto.role}"'), env=caller)
    assert muster.json("provider", "check")["accounts"][0]["usable"]
    request = muster.create("cpu-small", 2, "--wait")
    assert {one["InstanceId"] for one in alive(moto.client())} == {m["instance"] for m in request["machines"]}
    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(moto.client()) == []

    without = Muster(tmp_path / "without", config=moto.config(), env=caller)
    result = without.run("request", "create", "cpu-small", 1, "--wait")
    assert result.code == 1 and "credentials" in result.err.lower(), str(result)
    assert alive(moto.client()) == []


def test_a_role_that_may_not_be_assumed_is_named(tmp_path, moto):
    role = "arn:aws:iam::123456789012:role/of-somebody-else"
    muster = Muster(tmp_path / "lab", config=moto.config(f', role: "{role}"'), env={
        **moto.credentials, "AWS_SECRET_ACCESS_KEY": "a-secret-that-is-wrong"})
    result = muster.run("request", "create", "cpu-small", 1, "--wait")
    assert result.code in {1, 2} and role in result.err, str(result)
    assert "a-secret-that-is-wrong" not in result.out + result.err
    assert alive(moto.client()) == []


def test_two_requests_do_not_take_each_others_machines(lab, moto):
    first, second = lab.create("cpu-small", 2), lab.create("memory-large", 2)
    for id in [first["id"], second["id"]]:
        assert lab.settled(id)["state"] == "fulfilled"
    lab.ok("machine", "return", "--request", first["id"], "--wait")
    assert {tags(one)["muster:request"] for one in alive(moto.client())} == {second["id"]}
    assert [one["InstanceType"] for one in alive(moto.client())] == ["r6i.2xlarge"] * 2


def test_an_instance_ended_by_others_does_not_sink_the_return(lab, moto):
    request = lab.create("cpu-small", 3, "--wait")
    client = moto.client()
    client.terminate_instances(InstanceIds=[request["machines"][1]["instance"]])
    lab.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(client) == []
    states = {machine["state"] for machine in lab.machines("--request", request["id"])}
    assert states <= {"terminated", "lost"}, states


def test_only_its_own_instances_are_ended(lab, moto):
    client = moto.client()
    made = client.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, InstanceType="t3.micro")
    stranger = made["Instances"][0]["InstanceId"]
    request = lab.create("cpu-small", 2, "--wait")
    lab.ok("machine", "return", "--request", request["id"], "--wait")
    assert [one["InstanceId"] for one in alive(client)] == [stranger]


def test_the_provider_check_tells_good_credentials_from_bad(lab, tmp_path, moto):
    lab.ok("provider", "check", "lab")
    before = instances(moto.client())
    wrong = Muster(
        tmp_path / "wrong", config=moto.config(),
        env={**moto.credentials, "AWS_SECRET_ACCESS_KEY": "a-secret-that-is-wrong"})
    result = wrong.run("provider", "check", "lab")
    assert result.code == 1, str(result)
    assert re.search("credential|signature|auth", result.out + result.err, re.IGNORECASE), str(result)
    assert len(instances(moto.client())) == len(before)
