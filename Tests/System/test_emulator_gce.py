"""The emulated Google Cloud as Google's own clients see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid

import google.auth.transport.requests
import pytest
import requests
from google.api_core import exceptions
from google.auth import impersonated_credentials
from google.auth.identity_pool import Credentials as PoolCredentials
from google.cloud import compute_v1
from google.oauth2.credentials import Credentials as UserCredentials
from googleapiclient.errors import HttpError

from conftest import emulator_of
from google_client import PROJECT, REGION, SCOPE, ZONE, Compute, body, discovered, properties
from muster import QUICK_EMULATOR, Muster

HERE = {"project": PROJECT, "zone": ZONE}


class Cloud:
    """An emulated Google Cloud in a process of its own, and who talks to it."""

    def __init__(self, muster: Muster, endpoint: str):
        self.muster = muster
        self.endpoint = endpoint
        self.compute = Compute(endpoint)
        self.plain = discovered(endpoint)

    def limit(self, **limits):
        path = self.muster.folder / "limits.json"
        path.write_text(json.dumps(limits))
        self.muster.ok("emulator", "limit", path)


@pytest.fixture
def cloud(tmp_path):
    muster = Muster(tmp_path / "emulator", config=QUICK_EMULATOR)
    with emulator_of(muster) as endpoint:
        yield Cloud(muster, endpoint)


def codes(operation) -> list[str]:
    return [error.code for error in operation.error.errors]


def refusal(call) -> tuple[int, str]:
    """The status and the reason with which the other client's call is refused."""
    with pytest.raises(HttpError) as caught:
        call.execute()
    return caught.value.resp.status, caught.value.error_details[0]["reason"]


# Instances, one by one


def test_three_machines_come_up_and_go(cloud: Cloud):
    compute = cloud.compute
    begun = [compute.insert(f"worker-{number}", labels={"team": "red"}) for number in range(3)]
    assert compute.get("worker-0").status in {"PROVISIONING", "STAGING", "RUNNING"}
    for operation in begun:
        done = compute.done(operation)
        assert done.operation_type == "insert" and done.progress == 100 and not done.error.errors
        assert done.target_id == compute.get(done.target_link.split("/")[-1]).id
    assert compute.names('labels.team = "red" AND status = RUNNING') == ["worker-0", "worker-1", "worker-2"]
    assert compute.names("labels.team=blue") == []

    compute.done(compute.instances.stop(**HERE, instance="worker-1"))
    assert compute.get("worker-1").status == "TERMINATED"
    compute.done(compute.instances.start(**HERE, instance="worker-1"))
    assert compute.get("worker-1").status == "RUNNING"

    one = compute.get("worker-2")
    labels = compute_v1.InstancesSetLabelsRequest(labels={"team": "blue"}, label_fingerprint=one.label_fingerprint)
    compute.done(compute.instances.set_labels(**HERE, instance="worker-2", instances_set_labels_request_resource=labels))
    assert dict(compute.get("worker-2").labels) == {"team": "blue"}
    with pytest.raises(exceptions.PreconditionFailed):
        compute.instances.set_labels(**HERE, instance="worker-2", instances_set_labels_request_resource=labels)

    for operation in [compute.delete(f"worker-{number}") for number in range(3)]:
        compute.done(operation)
    assert compute.names() == []
    with pytest.raises(exceptions.NotFound):
        compute.get("worker-0")


def test_the_other_client_finds_the_same(cloud: Cloud):
    plain = cloud.plain
    for number in range(3):
        operation = plain.instances().insert(**HERE, body=body(f"worker-{number}", labels={"team": "red"})).execute()
        assert operation["kind"] == "compute#operation"
    end = time.monotonic() + 20
    while True:
        found = plain.instances().list(**HERE, filter="status eq RUNNING").execute().get("items", [])
        if len(found) == 3:
            break
        assert time.monotonic() < end
        time.sleep(0.05)
    scopes = plain.instances().aggregatedList(project=PROJECT).execute()["items"]
    assert len(scopes[f"zones/{ZONE}"]["instances"]) == 3
    assert scopes["zones/us-east1-b"]["warning"]["code"] == "NO_RESULTS_ON_PAGE"
    assert plain.projects().get(project=PROJECT).execute()["name"] == PROJECT
    assert plain.zones().get(**HERE).execute()["status"] == "UP"
    family = plain.images().getFromFamily(project="debian-cloud", family="debian-12").execute()
    assert family["status"] == "READY"
    assert plain.machineTypes().get(**HERE, machineType="n2-standard-4").execute()["guestCpus"] == 4
    for number in range(3):
        plain.instances().delete(**HERE, instance=f"worker-{number}").execute()


def test_a_request_id_makes_one_machine_of_two_calls(cloud: Cloud):
    id = str(uuid.uuid4())
    first, second = (
        cloud.plain.instances().insert(**HERE, body=body("one"), requestId=id).execute() for _ in range(2))
    assert first["name"] == second["name"]
    assert cloud.compute.names() == ["one"]
    zero = "00000000-0000-0000-0000-000000000000"
    assert refusal(cloud.plain.instances().insert(**HERE, body=body("two"), requestId=zero)) == (400, "invalid")


# Many at once


def test_one_call_brings_three(cloud: Cloud):
    compute = cloud.compute
    resource = compute_v1.BulkInsertInstanceResource(
        count=3, name_pattern="bulk-##",
        instance_properties=compute_v1.InstanceProperties(machine_type="n2-standard-4", **properties()))
    parent = compute.instances.bulk_insert(**HERE, bulk_insert_instance_resource_resource=resource)
    done = compute.done(parent)
    counts = done.instances_bulk_insert_operation_metadata.per_location_status[f"zones/{ZONE}"]
    assert (counts.target_vm_count, counts.created_vm_count) == (3, 3)
    request = compute_v1.ListZoneOperationsRequest(**HERE, filter=f"operationGroupId={done.operation_group_id}")
    kinds = [one.operation_type for one in compute.operations.list(request)]
    assert sorted(kinds) == ["bulkInsert", "insert", "insert", "insert"]
    assert compute.names() == ["bulk-01", "bulk-02", "bulk-03"]
    for name in compute.names():
        compute.delete(name)


def test_a_regional_call_goes_where_it_may(cloud: Cloud):
    compute = cloud.compute
    policy = compute_v1.LocationPolicy(
        target_shape="BALANCED",
        locations={
            f"zones/{REGION}-{letter}": compute_v1.LocationPolicyLocation(preference="DENY") for letter in "af"})
    resource = compute_v1.BulkInsertInstanceResource(
        count=4, min_count=2, name_pattern="spread-#", location_policy=policy,
        instance_properties=compute_v1.InstanceProperties(machine_type="n2-standard-4", **properties()))
    parent = compute.region_instances.bulk_insert(
        project=PROJECT, region=REGION, bulk_insert_instance_resource_resource=resource)
    found = {
        zone: [one.name for one in scope.instances]
        for zone, scope in compute.instances.aggregated_list(project=PROJECT) if scope.instances}
    assert {zone: len(names) for zone, names in found.items()} == {f"zones/{REGION}-b": 2, f"zones/{REGION}-c": 2}
    now = compute.region_operations.wait(project=PROJECT, region=REGION, operation=parent.name)
    assert now.operation_type == "bulkInsert"


# Groups


def test_a_group_of_three_is_made_and_changed_and_ended(cloud: Cloud):
    compute = cloud.compute
    template = compute_v1.InstanceTemplate(
        name="worker", properties=compute_v1.InstanceProperties(machine_type="n2-standard-4", **properties()))
    compute.templates.insert(project=PROJECT, instance_template_resource=template)
    group = compute_v1.InstanceGroupManager(
        name="workers", base_instance_name="worker", target_size=3, instance_template="global/instanceTemplates/worker")
    compute.done(compute.groups.insert(**HERE, instance_group_manager_resource=group))
    here = {**HERE, "instance_group_manager": "workers"}

    def stable(size: int):
        end = time.monotonic() + 20
        while True:
            now = compute.groups.get(**here)
            members = list(compute.groups.list_managed_instances(**here))
            if now.status.is_stable and len(members) == size:
                return now
            assert time.monotonic() < end, f"not stable: {now} {members}"
            time.sleep(0.05)

    assert stable(3).current_actions.none == 3
    assert len(compute.names()) == 3
    compute.groups.resize(**here, size=2)
    stable(2)
    named = compute_v1.InstanceGroupManagersCreateInstancesRequest(
        instances=[compute_v1.PerInstanceConfig(name="chosen")])
    compute.groups.create_instances(**here, instance_group_managers_create_instances_request_resource=named)
    stable(3)
    assert "chosen" in compute.names()
    gone = compute_v1.InstanceGroupManagersDeleteInstancesRequest(instances=[f"zones/{ZONE}/instances/chosen"])
    compute.groups.delete_instances(**here, instance_group_managers_delete_instances_request_resource=gone)
    assert stable(2).target_size == 2

    assert refusal(cloud.plain.instanceTemplates().delete(project=PROJECT, instanceTemplate="worker")) == (
        400, "resourceInUseByAnotherResource")
    compute.done(compute.groups.delete(**here))
    with pytest.raises(exceptions.NotFound):
        compute.groups.get(**here)
    assert compute.names() == []
    compute.templates.delete(project=PROJECT, instance_template="worker")


def test_members_with_names_are_all_made_or_none_in_a_zone_and_in_a_region(cloud: Cloud):
    compute, plain = cloud.compute, cloud.plain
    plain.instanceTemplates().insert(project=PROJECT, body={"name": "worker", "properties": body()}).execute()
    cloud.limit(capacity=[
        {"type": "n2-standard-4", "zone": f"{REGION}-{letter}", "machines": 1 if letter == "b" else 0}
        for letter in "bcf"])
    group = {"targetSize": 0, "instanceTemplate": "global/instanceTemplates/worker"}

    # In a zone, by the typed client.
    plain.instanceGroupManagers().insert(**HERE, body=group | {"name": "zonal"}).execute()
    here = {**HERE, "instance_group_manager": "zonal"}

    def create(*names: str):
        wish = compute_v1.InstanceGroupManagersCreateInstancesRequest(
            instances=[compute_v1.PerInstanceConfig(name=name) for name in names])
        return compute.done(compute.groups.create_instances(
            **here, instance_group_managers_create_instances_request_resource=wish))

    assert not create("red", "blue").error.errors
    assert compute.groups.get(**here).target_size == 2
    assert codes(create("green", "red")) == ["MEMBER_ALREADY_EXISTS"]
    assert compute.groups.get(**here).target_size == 2
    for names in [("Green",), ("green", "green"), tuple(f"w-{number}" for number in range(1001))]:
        with pytest.raises(exceptions.BadRequest):
            create(*names)

    # In a region, by the other one, with room for one of two.
    there = {"project": PROJECT, "region": REGION}
    regional = plain.regionInstanceGroupManagers()
    policy = {"targetShape": "ANY", "zones": [{"zone": f"zones/{REGION}-{letter}"} for letter in "bc"]}
    regional.insert(**there, body=group | {"name": "regional", "distributionPolicy": policy}).execute()
    named = {**there, "instanceGroupManager": "regional"}
    wish = {"instances": [{"name": "north"}, {"name": "south"}]}
    operation = regional.createInstances(**named, body=wish, requestId=str(uuid.uuid4())).execute()
    assert operation["operationType"] == "compute.regionInstanceGroupManagers.createInstances"
    assert regional.get(**named).execute()["targetSize"] == 2
    end = time.monotonic() + 20
    while True:
        members = regional.listManagedInstances(**named).execute()["managedInstances"]
        failed = [one for one in members if "lastAttempt" in one]
        if len(failed) == 1 and any(one.get("instanceStatus") == "RUNNING" for one in members):
            break
        assert time.monotonic() < end, members
        time.sleep(0.05)
    assert sorted(one["name"] for one in members) == ["north", "south"]
    error = failed[0]["lastAttempt"]["errors"]["errors"][0]
    assert error["code"] == "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"
    link = "/".join(failed[0]["instance"].split("/")[-4:])
    regional.deleteInstances(**named, body={"instances": [link]}).execute()
    assert regional.get(**named).execute()["targetSize"] == 1


def test_a_group_says_why_it_is_too_small(cloud: Cloud):
    cloud.limit(capacity=[{"type": "n2-standard-4", "zone": ZONE, "machines": 1}])
    plain, here = cloud.plain, {**HERE, "instanceGroupManager": "workers"}
    plain.instanceTemplates().insert(project=PROJECT, body={"name": "worker", "properties": body()}).execute()
    group = {"name": "workers", "targetSize": 2, "instanceTemplate": "global/instanceTemplates/worker"}
    plain.instanceGroupManagers().insert(**HERE, body=group).execute()
    end = time.monotonic() + 20
    while not (errors := plain.instanceGroupManagers().listErrors(**here).execute().get("items")):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert errors[0]["error"]["code"] == "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"
    members = plain.instanceGroupManagers().listManagedInstances(**here).execute()["managedInstances"]
    assert [len(one.get("lastAttempt", {})) for one in sorted(members, key=lambda one: "lastAttempt" in one)] == [0, 1]


# Pages


def test_pages_hold_each_machine_once(cloud: Cloud):
    compute = cloud.compute
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        compute.insert(name)
    request = compute_v1.ListInstancesRequest(**HERE, max_results=2)
    pages = [[one.name for one in page.items] for page in compute.instances.list(request).pages]
    assert pages == [names[:2], names[2:4], names[4:]]
    found, listing = [], cloud.plain.instances()
    call = listing.list(**HERE, maxResults=2)
    while call is not None:
        page = call.execute()
        found += [one["name"] for one in page["items"]]
        call = listing.list_next(call, page)
    assert found == names
    request = compute_v1.AggregatedListInstancesRequest(project=PROJECT, max_results=2)
    found = [one.name for _, scope in compute.instances.aggregated_list(request) for one in scope.instances]
    assert found == names


# What goes wrong


def test_what_a_call_is_refused_for(cloud: Cloud):
    compute, plain = cloud.compute, cloud.plain
    compute.insert("one")
    with pytest.raises(exceptions.Conflict) as caught:
        compute.insert("one")
    assert caught.value.errors[0]["reason"] == "alreadyExists"
    assert refusal(plain.instances().get(**HERE, instance="none")) == (404, "notFound")
    assert refusal(plain.instances().list(**HERE, filter="colour=red")) == (400, "invalid")
    bad = body("two", type="n2-standard-3")
    assert refusal(plain.instances().insert(**HERE, body=bad)) == (400, "invalid")
    compute.done(compute.delete("one"))


def test_what_an_operation_fails_with(cloud: Cloud):
    compute = cloud.compute
    cloud.limit(
        capacity=[{"type": "c2-standard-4", "zone": ZONE, "machines": 0}],
        quotas=[{"family": "N2_CPUS", "region": REGION, "vcpus": 4}])
    full = compute.done(compute.instances.insert(
        **HERE, instance_resource=compute_v1.Instance(
            name="full", machine_type=f"zones/{ZONE}/machineTypes/c2-standard-4", **properties())))
    assert codes(full) == ["ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"]
    assert full.http_error_status_code == 503
    compute.done(compute.insert("one"))
    many = compute.done(compute.insert("two"))
    assert codes(many) == ["QUOTA_EXCEEDED"]
    assert many.error.errors[0].message == f"Quota 'N2_CPUS' exceeded.  Limit: 4.0 in region {REGION}."
    assert many.error.errors[0].error_details[0].quota_info.limit == 4
    assert compute.names() == ["one"]
    quotas = cloud.plain.regions().get(project=PROJECT, region=REGION).execute()["quotas"]
    assert {"metric": "N2_CPUS", "limit": 4, "usage": 4} in quotas


def test_whoever_asks_too_often_is_told_so(cloud: Cloud):
    cloud.limit(rates={"compute.instances.list": {"size": 2, "per_second": 0.01}})
    for _ in range(2):
        cloud.plain.instances().list(**HERE).execute()
    assert refusal(cloud.plain.instances().list(**HERE)) == (403, "rateLimitExceeded")


# Who asks


def status(endpoint: str, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.get(f"{endpoint}/compute/v1/projects/{PROJECT}/zones", headers=headers, timeout=20)
    if answer.status_code == 401:
        assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    return answer.status_code


METADATA = """
import google.auth, google.auth.transport.requests
credentials, project = google.auth.default()
request = google.auth.transport.requests.Request()
credentials.refresh(request)
print(type(credentials).__module__, project, credentials.service_account_email, credentials.token)
"""


def test_a_machine_finds_its_account_in_its_metadata(cloud: Cloud, tmp_path):
    host = cloud.endpoint.removeprefix("http://")
    # Where the library looks is read once, when it is loaded.
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    run = subprocess.run(
        [sys.executable, "-c", METADATA], env=environment, capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    module, project, email, token = run.stdout.split()
    assert (module, project) == ("google.auth.compute_engine.credentials", PROJECT)
    assert email == "demo@demo.iam.gserviceaccount.com"
    assert status(cloud.endpoint, token) == 200


def test_a_person_and_somebody_elses_token_and_another_account_come_in(cloud: Cloud, tmp_path):
    request = google.auth.transport.requests.Request()

    def may_come_in(credentials) -> bool:
        credentials.refresh(request)
        return status(cloud.endpoint, credentials.token) == 200

    person = UserCredentials(
        None, refresh_token="demo-refresh-token-that-opens-nothing", token_uri=f"{cloud.endpoint}/token",
        client_id="demo", client_secret="demo")
    assert may_come_in(person)

    token = tmp_path / "token"
    token.write_text("demo-subject-token-that-opens-nothing")
    audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/demo/providers/demo"
    pool = PoolCredentials(
        audience=audience, subject_token_type="urn:ietf:params:oauth:token-type:jwt",
        token_url=f"{cloud.endpoint}/v1/token", credential_source={"file": str(token)}, scopes=[SCOPE])
    assert may_come_in(pool)

    path = "/v1/projects/-/serviceAccounts/worker@demo.iam.gserviceaccount.com:generateAccessToken"
    other = impersonated_credentials.Credentials(
        source_credentials=person, target_principal="worker@demo.iam.gserviceaccount.com", target_scopes=[SCOPE],
        iam_endpoint_override=f"{cloud.endpoint}{path}")
    assert may_come_in(other)


def test_nobody_else_comes_in(cloud: Cloud):
    assert status(cloud.endpoint, None) == 401
    assert status(cloud.endpoint, "ya29.forged") == 401
