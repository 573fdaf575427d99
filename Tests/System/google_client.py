"""Google's own clients of Compute Engine, pointed at an emulated one."""

from __future__ import annotations

import json
import pathlib
import time

import googleapiclient.discovery
from google.cloud import compute_v1
from google.oauth2 import service_account

from muster import ROOT

PROJECT = "demo"
ZONE = "us-central1-a"
REGION = "us-central1"
IMAGE = "projects/debian-cloud/global/images/family/debian-12"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"

# The account of the emulated cloud: its key is public and opens nothing else.
ACCOUNT = pathlib.Path(ROOT / "Tests/Fixtures/gcp/demo-service-account.json")


def account(endpoint: str) -> dict:
    """What a file of credentials says, with the place where tokens are to be had."""
    return {**json.loads(ACCOUNT.read_text()), "token_uri": f"{endpoint}/token"}


class Compute:
    """google-cloud-compute, which signs its own tokens."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self._credentials = service_account.Credentials.from_service_account_info(account(endpoint))
        self.instances = self._client(compute_v1.InstancesClient)
        self.operations = self._client(compute_v1.ZoneOperationsClient)
        self.all_operations = self._client(compute_v1.GlobalOperationsClient)
        self.templates = self._client(compute_v1.InstanceTemplatesClient)
        self.groups = self._client(compute_v1.InstanceGroupManagersClient)
        self.region_instances = self._client(compute_v1.RegionInstancesClient)
        self.region_operations = self._client(compute_v1.RegionOperationsClient)

    def _client(self, kind):
        return kind(credentials=self._credentials, client_options={"api_endpoint": self.endpoint})

    def insert(self, name: str, labels: dict | None = None, **more):
        return self.instances.insert(
            project=PROJECT, zone=ZONE, instance_resource=instance(name, labels=labels, **more))

    def delete(self, name: str):
        return self.instances.delete(project=PROJECT, zone=ZONE, instance=name)

    def done(self, operation, within: float = 20):
        """The operation once it is done; to wait is to be told how it stands by now."""
        end = time.monotonic() + within
        while True:
            now = self.operations.wait(project=PROJECT, zone=ZONE, operation=operation.name)
            if now.status == compute_v1.Operation.Status.DONE:
                return now
            assert time.monotonic() < end, f"not done within {within} s: {now}"
            time.sleep(0.05)

    def names(self, filter: str = "") -> list[str]:
        request = compute_v1.ListInstancesRequest(project=PROJECT, zone=ZONE, filter=filter)
        return [one.name for one in self.instances.list(request)]

    def get(self, name: str):
        return self.instances.get(project=PROJECT, zone=ZONE, instance=name)


def properties(**more) -> dict:
    """What both an instance and a template say, but for where a machine type is."""
    return {
        "disks": [
            compute_v1.AttachedDisk(
                boot=True, auto_delete=True,
                initialize_params=compute_v1.AttachedDiskInitializeParams(source_image=IMAGE))
        ],
        "network_interfaces": [compute_v1.NetworkInterface(network="global/networks/default")],
        **more,
    }


def instance(name: str, type: str = "n2-standard-4", labels: dict | None = None, **more) -> compute_v1.Instance:
    return compute_v1.Instance(
        name=name, machine_type=f"zones/{ZONE}/machineTypes/{type}", labels=labels or {}, **properties(**more))


def discovered(endpoint: str):
    """google-api-python-client, which asks for a token by what it signed."""
    credentials = service_account.Credentials.from_service_account_info(account(endpoint), scopes=[SCOPE])
    return googleapiclient.discovery.build(
        "compute", "v1", credentials=credentials, static_discovery=True, cache_discovery=False,
        client_options={"api_endpoint": f"{endpoint}/compute/v1/"})


def body(name: str | None = None, type: str = "n2-standard-4", **more) -> dict:
    """An instance as it is written on the wire; without a name, the properties of many."""
    plain = {
        "machineType": f"zones/{ZONE}/machineTypes/{type}" if name else type,
        "disks": [{"boot": True, "autoDelete": True, "initializeParams": {"sourceImage": IMAGE}}],
        "networkInterfaces": [{"network": "global/networks/default"}],
    }
    return {**({"name": name} if name else {}), **plain, **more}
