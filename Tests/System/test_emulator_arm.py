"""The emulated Azure as Microsoft's own Python clients see it: azure-identity and the management libraries."""

import concurrent.futures
import datetime
import json
import time
import urllib.request

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import CertificateCredential, ClientSecretCredential, ManagedIdentityCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resource import ResourceManagementClient, SubscriptionClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from conftest import emulator_of
from muster import Muster, QUICK_EMULATOR
from secure_front import SecureFront
from tunnel import certificate

TENANT = "00000000-0000-4000-8000-00000000face"
CLIENT = "00000000-0000-4000-8000-0000000c11e7"
SECRET = "emulated~secret~that~opens~nothing"
SUBSCRIPTION = "5ab5c819-7104-4000-8000-000000000001"
GROUP = "muster"
SUBNET = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/muster/providers/Microsoft.Network/virtualNetworks/default"
    "/subnets/default")
MANAGER = "https://management.azure.com/.default"


class Azure:
    """An emulator in a process of its own, TLS before it, and clients of it."""

    def __init__(self, muster: Muster, endpoint: str, front: SecureFront, bundle: str):
        self.muster, self.endpoint, self.front, self.bundle = muster, endpoint, front, bundle
        self.credential = self.with_secret(SECRET)

    def with_secret(self, secret: str, client: str = CLIENT, tenant: str = TENANT):
        return ClientSecretCredential(
            tenant, client, secret, authority=self.front.url, disable_instance_discovery=True,
            connection_verify=self.bundle)

    def client(self, kind, *arguments, credential=None, **more):
        return kind(
            credential or self.credential, *arguments, base_url=self.front.url, credential_scopes=[MANAGER],
            connection_verify=self.bundle, polling_interval=0.2, retry_total=0, **more)

    @property
    def compute(self):
        # As this version of the library has them: machines of 2024-07-01, disks and sizes of their own versions.
        return self.client(ComputeManagementClient, SUBSCRIPTION)

    @property
    def network(self):
        return self.client(NetworkManagementClient, SUBSCRIPTION, api_version="2024-05-01")

    @property
    def resources(self):
        return self.client(ResourceManagementClient, SUBSCRIPTION, api_version="2024-07-01")

    def limit(self, text: str = ""):
        file = self.muster.folder / "limits.yaml"
        file.write_text(text)
        result = self.muster.run("emulator", "limit", file)
        assert result.code == 0, result


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("azure")
    muster = Muster(folder / "muster", config=QUICK_EMULATOR)
    bundle, context = certificate("localhost", folder)
    with emulator_of(muster) as endpoint:
        front = SecureFront(endpoint, context)
        yield Azure(muster, endpoint, front, str(bundle))
        front.stop()


@pytest.fixture
def azure(shared: Azure):
    """With no limits, and without what the test before has left."""
    shared.limit()
    compute, network = shared.compute, shared.network
    sets = [compute.virtual_machine_scale_sets.begin_delete(GROUP, one.name)
            for one in compute.virtual_machine_scale_sets.list(GROUP)]
    machines = [compute.virtual_machines.begin_delete(GROUP, one.name) for one in compute.virtual_machines.list(GROUP)]
    for poller in sets + machines:
        poller.wait(20)
    return shared


def machine(zone=None, size="Standard_D2s_v5", spot=False, tags=None, delete_option="Delete"):
    body = {
        "location": "eastus",
        "tags": tags or {},
        "hardware_profile": {"vm_size": size},
        "storage_profile": {
            "image_reference": {
                "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"},
            "os_disk": {
                "create_option": "FromImage", "delete_option": delete_option,
                "managed_disk": {"storage_account_type": "Standard_LRS"}},
        },
        "os_profile": {
            "computer_name": "worker", "admin_username": "muster",
            "linux_configuration": {
                "disable_password_authentication": True,
                "ssh": {"public_keys": [
                    {"path": "/home/muster/.ssh/authorized_keys", "key_data": "ssh-ed25519 AAAAC3Nz demo"}]},
            },
        },
        "network_profile": {"network_api_version": "2020-11-01", "network_interface_configurations": [card(delete_option)]},
    }
    if zone:
        body["zones"] = [zone]
    if spot:
        body |= {"priority": "Spot", "eviction_policy": "Delete"}
    return body


def card(delete_option="Delete"):
    return {
        "name": "card", "primary": True, "delete_option": delete_option,
        "ip_configurations": [{
            "name": "ipconfig", "subnet": {"id": SUBNET},
            "public_ip_address_configuration": {
                "name": "address", "sku": {"name": "Standard"}, "delete_option": delete_option},
        }],
    }


def code(error) -> str:
    return error.value.error.code


def test_three_machines_live_and_end(azure):
    compute = azure.compute
    names = ["worker-a", "worker-b", "worker-c"]
    pollers = [
        compute.virtual_machines.begin_create_or_update(GROUP, name, machine(zone=str(number + 1), tags={"n": name}))
        for number, name in enumerate(names)
    ]
    assert [p.status() for p in pollers] == ["InProgress"] * 3
    made = [p.result(20) for p in pollers]
    assert [m.provisioning_state for m in made] == ["Succeeded"] * 3
    assert [m.zones for m in made] == [["1"], ["2"], ["3"]]
    assert made[0].storage_profile.image_reference.exact_version == "24.04.202611100"

    shown = compute.virtual_machines.get(GROUP, names[0], expand="instanceView")
    assert [s.code for s in shown.instance_view.statuses] == ["ProvisioningState/succeeded", "PowerState/running"]
    assert isinstance(shown.time_created, datetime.datetime)
    interface = azure.network.network_interfaces.get(GROUP, shown.network_profile.network_interfaces[0].id.split("/")[-1])
    assert interface.virtual_machine.id == shown.id
    assert interface.ip_configurations[0].private_ip_address.startswith("10.")
    address = azure.network.public_ip_addresses.list(GROUP).next()
    assert address.ip_address.startswith("198.18.")

    again = compute.virtual_machines.begin_create_or_update(GROUP, names[0], machine(zone="1", tags={"n": names[0]}))
    assert again.result(20).vm_id == shown.vm_id
    tagged = compute.virtual_machines.begin_update(GROUP, names[0], {"tags": {"x": "y"}}).result(20)
    assert tagged.tags == {"x": "y"}

    compute.virtual_machines.begin_deallocate(GROUP, names[1]).wait(20)
    view = compute.virtual_machines.instance_view(GROUP, names[1])
    assert view.statuses[-1].code == "PowerState/deallocated"

    ended = [compute.virtual_machines.begin_delete(GROUP, name) for name in names]
    for poller in ended:
        assert poller.result(20) is None and poller.status() == "Succeeded"
    assert list(compute.virtual_machines.list_all()) == []
    assert list(azure.network.network_interfaces.list(GROUP)) == []
    assert list(azure.network.public_ip_addresses.list_all()) == []
    assert list(compute.disks.list()) == []
    with pytest.raises(ResourceNotFoundError) as missing:
        compute.virtual_machines.get(GROUP, names[0])
    assert code(missing) == "ResourceNotFound"
    # Nothing to delete is nothing to complain of.
    compute.virtual_machines.begin_delete(GROUP, names[0]).wait(20)


def test_a_scale_set_of_three_shrinks_and_goes(azure):
    sets = azure.compute.virtual_machine_scale_sets
    profile = machine()
    login = profile["os_profile"] | {"computer_name_prefix": "worker"}
    del login["computer_name"]
    body = {
        "location": "eastus", "tags": {"owner": "tests"}, "zones": ["1", "2", "3"],
        "sku": {"name": "Standard_D2s_v5", "tier": "Standard", "capacity": 3},
        "orchestration_mode": "Flexible", "platform_fault_domain_count": 1,
        "virtual_machine_profile": {
            "storage_profile": profile["storage_profile"], "os_profile": login,
            "network_profile": {
                "network_api_version": "2020-11-01",
                "network_interface_configurations": [{
                    "name": "card", "primary": True,
                    "ip_configurations": [{"name": "ipconfig", "subnet": {"id": SUBNET}}]}],
            },
        },
    }
    made = sets.begin_create_or_update(GROUP, "workers", body).result(20)
    assert made.provisioning_state == "Succeeded" and made.sku.capacity == 3
    wanted = f"'virtualMachineScaleSet/id' eq '{made.id}'"
    members = list(azure.compute.virtual_machines.list(GROUP, filter=wanted))
    assert len(members) == 3 and {m.zones[0] for m in members} == {"1", "2", "3"}
    assert all(m.tags == {"owner": "tests"} and m.virtual_machine_scale_set.id == made.id for m in members)
    listed = azure.compute.virtual_machine_scale_set_vms.list(GROUP, "workers", expand="instanceView")
    assert [m.instance_id for m in listed] == [m.name for m in members]

    sets.begin_delete_instances(GROUP, "workers", {"instance_ids": [members[0].name]}).wait(20)
    assert sets.get(GROUP, "workers").sku.capacity == 2
    more = sets.begin_update(GROUP, "workers", {"sku": {"capacity": 4}}).result(20)
    assert more.sku.capacity == 4
    assert len(list(azure.compute.virtual_machines.list(GROUP, filter=wanted))) == 4
    view = sets.get_instance_view(GROUP, "workers")
    assert {s.code: s.count for s in view.virtual_machine.statuses_summary}["PowerState/running"] == 4
    sets.begin_delete(GROUP, "workers").wait(20)
    assert list(azure.compute.virtual_machines.list(GROUP)) == []


def test_listings_come_in_pages(azure):
    network = azure.network
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = [
            pool.submit(
                lambda name: network.public_ip_addresses.begin_create_or_update(
                    GROUP, name, {"location": "eastus", "sku": {"name": "Standard"}}).result(20), f"address-{n:03}")
            for n in range(105)
        ]
        assert all(one.result().provisioning_state == "Succeeded" for one in made)
    pages = [list(page) for page in network.public_ip_addresses.list(GROUP).by_page()]
    assert [len(page) for page in pages] == [100, 5]
    names = [one.name for page in pages for one in page]
    assert sorted(names) == [f"address-{n:03}" for n in range(105)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: network.public_ip_addresses.begin_delete(GROUP, name, polling=False), names))


def test_quotas_refuse_at_once(azure):
    azure.limit("quotas: [{region: eastus, family: standardDSv5Family, market: on-demand, vcpus: 2}]")
    compute = azure.compute
    compute.virtual_machines.begin_create_or_update(GROUP, "one", machine()).result(20)
    with pytest.raises(HttpResponseError) as refused:
        compute.virtual_machines.begin_create_or_update(GROUP, "two", machine())
    assert refused.value.status_code == 409 and code(refused) == "OperationNotAllowed"
    assert "standardDSv5Family Cores quota" in refused.value.message
    usage = {u.name.value: u for u in compute.usage.list("eastus")}["standardDSv5Family"]
    assert (usage.current_value, usage.limit) == (2, 2)


def test_a_shortage_is_told_by_the_operation(azure):
    azure.limit("capacity: [{type: Standard_D2s_v5, zone: '1', machines: 0}]")
    compute = azure.compute
    poller = compute.virtual_machines.begin_create_or_update(GROUP, "short", machine(zone="1", delete_option="Detach"))
    with pytest.raises(HttpResponseError) as failed:
        poller.result(20)
    assert code(failed) == "ZonalAllocationFailed"
    left = compute.virtual_machines.get(GROUP, "short", expand="instanceView")
    assert left.provisioning_state == "Failed"
    assert left.instance_view.statuses[0].code == "ProvisioningState/failed/ZonalAllocationFailed"
    interface = left.network_profile.network_interfaces[0].id.split("/")[-1]
    with pytest.raises(HttpResponseError) as used:
        azure.network.network_interfaces.begin_delete(GROUP, interface)
    assert code(used) == "NicInUse"
    compute.virtual_machines.begin_delete(GROUP, "short").wait(20)
    with pytest.raises(HttpResponseError) as reserved:
        azure.network.network_interfaces.begin_delete(GROUP, interface)
    assert code(reserved) == "NicReservedForAnotherVm"


def test_conditions_and_rates_are_held(azure):
    machines = azure.compute.virtual_machines
    made = machines.begin_create_or_update(GROUP, "one", machine(), if_none_match="*").result(20)
    for conditions in [{"if_none_match": "*"}, {"if_match": '"another"'}]:
        with pytest.raises(HttpResponseError) as failed:
            machines.begin_create_or_update(GROUP, "one", machine(), **conditions)
        assert failed.value.status_code == 412 and code(failed) == "PreconditionFailed"
    assert made.etag
    with pytest.raises(HttpResponseError) as changed:
        machines.begin_create_or_update(GROUP, "one", machine(zone="2"))
    assert changed.value.status_code == 409 and code(changed) == "PropertyChangeNotAllowed"

    azure.limit("rates: {VirtualMachines_Get: {size: 1, per_second: 0.01}}")
    machines.get(GROUP, "one")
    with pytest.raises(HttpResponseError) as throttled:
        machines.get(GROUP, "one")
    assert throttled.value.status_code == 429 and code(throttled) == "TooManyRequests"
    assert 1 <= int(throttled.value.response.headers["Retry-After"]) <= 100


def test_spot_machines_are_evicted(azure):
    machines = azure.compute.virtual_machines
    made = machines.begin_create_or_update(GROUP, "spot", machine(spot=True)).result(20)
    assert made.priority == "Spot"
    machines.simulate_eviction(GROUP, "spot")
    deadline = time.monotonic() + 20
    while [one.name for one in machines.list(GROUP)] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(machines.list(GROUP)) == []


def test_what_there_is_to_choose_from(azure):
    subscriptions = azure.client(SubscriptionClient)
    assert SUBSCRIPTION in [one.subscription_id for one in subscriptions.subscriptions.list()]
    locations = list(subscriptions.subscriptions.list_locations(SUBSCRIPTION))
    assert "westeurope" in [one.name for one in locations]
    sku = next(s for s in azure.compute.resource_skus.list(filter="location eq 'eastus'") if s.name == "Standard_D4s_v5")
    capabilities = {c.name: c.value for c in sku.capabilities}
    assert capabilities["vCPUs"] == "4" and capabilities["MemoryGB"] == "16"
    images = azure.compute.virtual_machine_images
    versions = images.list("eastus", "Canonical", "ubuntu-24_04-lts", "server")
    latest = images.get("eastus", "Canonical", "ubuntu-24_04-lts", "server", "latest")
    assert latest.name == versions[-1].name and latest.architecture == "x64"
    assert azure.resources.providers.register("Microsoft.Compute").registration_state == "Registered"


def test_groups_and_rehearsals(azure):
    groups = azure.resources.resource_groups
    groups.create_or_update("mine", {"location": "westeurope", "tags": {"a": "b"}})
    assert groups.check_existence("mine") and not groups.check_existence("yours")
    groups.begin_delete("mine").wait(20)
    assert "mine" not in [one.name for one in groups.list()]

    resource = to_wire(machine())
    resource |= {"type": "Microsoft.Compute/virtualMachines", "apiVersion": "2024-07-01", "name": "planned"}
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": [resource],
    }
    properties = {"properties": {"mode": "Incremental", "template": template}}
    deployments = azure.resources.deployments
    checked = deployments.begin_validate(GROUP, "try", properties).result(20)
    assert [r.id.split("/")[-1] for r in checked.properties.validated_resources] == ["planned"]
    changes = deployments.begin_what_if(GROUP, "try", properties).result(20).changes
    assert [c.change_type for c in changes] == ["Create"]
    assert list(azure.compute.virtual_machines.list(GROUP)) == []
    azure.limit("quotas: [{region: eastus, family: cores, market: on-demand, vcpus: 1}]")
    with pytest.raises(HttpResponseError) as refused:
        deployments.begin_validate(GROUP, "try", properties).result(20)
    assert code(refused) == "InvalidTemplateDeployment"
    assert refused.value.error.details[0].code == "OperationNotAllowed"


def test_secrets_and_what_is_wrong_with_them(azure):
    assert azure.credential.get_token(MANAGER).expires_on > time.time()
    for credential, number in [
        (azure.with_secret("wrong"), "AADSTS7000215"), (azure.with_secret(SECRET, client="nobody"), "AADSTS700016"),
    ]:
        with pytest.raises(ClientAuthenticationError) as refused:
            credential.get_token(MANAGER)
        assert number in refused.value.message
    with pytest.raises(ClientAuthenticationError) as elsewhere:
        token = azure.credential.get_token("https://vault.azure.net/.default").token
        list(azure.client(
            ResourceManagementClient, SUBSCRIPTION, credential=Fixed(token), api_version="2024-07-01")
            .resource_groups.list())
    assert code(elsewhere) == "InvalidAuthenticationTokenAudience"


class Fixed:
    """A credential that shows the same token always."""

    def __init__(self, token: str):
        self._token = token

    def get_token(self, *_, **__):
        return AccessToken(self._token, int(time.time()) + 3600)


def test_a_registered_certificate_proves_as_well(azure, tmp_path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    pem = made.public_bytes(serialization.Encoding.PEM)
    both = tmp_path / "both.pem"
    both.write_bytes(pem + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    credential = CertificateCredential(
        TENANT, CLIENT, str(both), authority=azure.front.url, disable_instance_discovery=True,
        connection_verify=azure.bundle)
    with pytest.raises(ClientAuthenticationError) as unknown:
        credential.get_token(MANAGER)
    assert "AADSTS700027" in unknown.value.message

    graph = azure.credential.get_token("https://graph.microsoft.com/.default").token
    request = urllib.request.Request(
        f"{azure.endpoint}/v1.0/applications(appId='{CLIENT}')", method="PATCH",
        data=json.dumps({"keyCredentials": [{
            "type": "AsymmetricX509Cert", "usage": "Verify", "key": pem.decode()}]}).encode(),
        headers={"Authorization": f"Bearer {graph}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 204
    client = azure.client(
        ResourceManagementClient, SUBSCRIPTION, credential=credential, api_version="2024-07-01")
    assert "muster" in [one.name for one in client.resource_groups.list()]


def test_a_machines_identity(azure, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.endpoint)
    credential = ManagedIdentityCredential()
    client = azure.client(
        ResourceManagementClient, SUBSCRIPTION, credential=credential, api_version="2024-07-01")
    assert "muster" in [one.name for one in client.resource_groups.list()]


def to_wire(body: dict) -> dict:
    """A machine as it stands on the wire: names in camel case, what is particular to it under `properties`."""

    def camel(name: str) -> str:
        head, *rest = name.split("_")
        return head + "".join(part.capitalize() for part in rest)

    def named(value):
        if isinstance(value, list):
            return [named(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {camel(name): named(inner) for name, inner in value.items()}

    def nested(configuration: dict) -> dict:
        inner = {name: value for name, value in configuration.items() if name not in ("name", "sku")}
        for name in ("ipConfigurations",):
            if name in inner:
                inner[name] = [nested(one) for one in inner[name]]
        if "publicIpAddressConfiguration" in inner:
            inner["publicIPAddressConfiguration"] = nested(inner.pop("publicIpAddressConfiguration"))
        return {name: value for name, value in configuration.items() if name in ("name", "sku")} | {"properties": inner}

    plain = named(body)
    network = plain["networkProfile"]
    network["networkInterfaceConfigurations"] = [nested(one) for one in network["networkInterfaceConfigurations"]]
    whole = {name: plain.pop(name) for name in ("location", "tags", "zones") if name in plain}
    return whole | {"properties": plain}
