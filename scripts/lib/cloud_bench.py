"""Measures the main job at Azure and Google Cloud, as job_bench.py does for AWS: calls beside the least, and overhead.

Tokens are had from the emulated clouds, too, and their calls are counted apart: one to begin with, one where the program
starts anew.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import tempfile
import time

from job_bench import Cloud, Run

COUNTS = [1, 10, 100, 1000]
# Where machines are launched or ended by a call each, a thousand calls take as long as the account's pace says (8 a second
# for machines of Azure, 20 for those of Google Cloud, after a burst of 200): minutes that say nothing of us.
PACED_COUNTS = [1, 10, 100]
PACED = {"VirtualMachines", "Instances", "BulkInsert"}
RUNS = 3
ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA bench"
NOTE = f"""\
Of {RUNS} runs the quickest, and the most calls, tokens apart. The least: where each machine takes a call of its own, as many
as machines to launch and to end them, and one look of so many pages as it takes (Azure lists addresses apart from machines);
the time inside the server is that during which it answered any request."""


def pages(count: int, size: int) -> int:
    return (count + size - 1) // size


# What the least comes to, launch and end, for so many machines. Azure's pages hold 100 here, Google's 500.
APIS = {
    "VirtualMachines": ("azure", {}, lambda n: (n + 2 * pages(n, 100), n + 1)),
    "ScaleSet": ("azure", {}, lambda n: (1 + 2 * pages(n, 100), 2)),
    "Instances": ("gcp", {}, lambda n: (n + pages(n, 500), n + 1)),
    "BulkInsert": ("gcp", {}, lambda n: (1 + pages(n, 500), n + 1)),
    # A template and an empty group, each of them there only when its operation is done, which is waited for; and one call
    # for all members by their names.
    "InstanceGroup": ("gcp", {}, lambda n: (5 + pages(n, 500), 3)),
}
NAMES = {"VirtualMachines": "azure/virtual-machines", "ScaleSet": "azure/scale-set", "Instances": "gcp/instances",
         "BulkInsert": "gcp/bulk-insert", "InstanceGroup": "gcp/instance-group"}
# Asking for tokens.
TOKENS = {"Tokens_Get", "oauth2.token"}


def write_templates(folder: pathlib.Path):
    clouds: dict[str, dict] = {"azure": {}, "gcp": {}}
    for api, (cloud, more, _) in APIS.items():
        common = {"provider_api": NAMES[api], "tags": {"team": "bench"}, **more}
        clouds[cloud][api.lower()] = common | (
            {"image": "Canonical:ubuntu-24_04-lts:server:24.04.202611100", "machine_types": ["Standard_D2s_v5"],
             "machine_ssh_key": KEY}
            if cloud == "azure" else
            {"image": "projects/debian-cloud/global/images/debian-12-bookworm-v20261110",
             "machine_types": ["n2-standard-2"], "zones": ["europe-west1-b"]})
    for cloud, templates in clouds.items():
        (folder / f"{cloud}prov_templates.yaml").write_text(json.dumps({"templates": templates}))
    time.sleep(2.1)


def environment(cloud: Cloud, folder: pathlib.Path, env: dict[str, str], templates: str) -> dict[str, str]:
    """Accounts at both clouds, their tokens from the emulated ones."""
    account = json.loads((ROOT / "Tests/Fixtures/gcp/demo-service-account.json").read_text())
    key = folder / "key.json"
    key.write_text(json.dumps(account | {"token_uri": f"{cloud.endpoint}/token"}))
    config = folder / "muster.yaml"
    config.write_text(
        "accounts:\n"
        f"  azure-lab: {{cloud: azure, region: westeurope, endpoint: \"{cloud.endpoint}\",\n"
        "    subscription: 11111111-2222-3333-4444-555555555555}\n"
        f"  gcp-lab: {{cloud: gcp, region: europe-west1, project: bench-lab, endpoint: \"{cloud.endpoint}\",\n"
        f"    credentials_file: {key}}}\n")
    return {
        **env, "MUSTER_CONFIG": str(config), "MUSTER_STATE_DIR": str(folder / "state"), "MUSTER_TEMPLATES": templates,
        "AZURE_AUTHORITY_HOST": cloud.endpoint, "AZURE_TENANT_ID": "00000000-0000-4000-8000-00000000face",
        "AZURE_CLIENT_ID": "00000000-0000-4000-8000-0000000c11e7",
        "AZURE_CLIENT_SECRET": "emulated~secret~that~opens~nothing"}


def jobs(muster: str, templates: str, env: dict[str, str], api: str, count: int) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as name, Cloud(muster, pathlib.Path(name), env) as cloud:
        folder = pathlib.Path(name)
        env = environment(cloud, folder, env, templates)
        (folder / "state").mkdir()
        subprocess.run([muster, "template", "list"], env=env, check=True, stdout=subprocess.DEVNULL)
        launches, ends = [], []
        for _ in range(RUNS):
            run = cloud.measure(
                [muster, "request", "create", api.lower(), str(count), "--wait", "--output", "ids"], env)
            launches.append(run)
            ends.append(cloud.measure([muster, "machine", "return", "--request", run.out.split()[0], "--wait"], env))
    least = APIS[api][2](count)
    return [row(f"{api} {what}", count, number, runs)
            for what, number, runs in zip(("to running", "to ended"), least, (launches, ends))]


def row(what: str, count: int, least: int, runs: list[Run]) -> list[str]:
    best = min(runs, key=lambda run: run.overhead)
    calls = max(sum(number for action, number in run.calls.items() if action not in TOKENS) for run in runs)
    return [what, f"{count:,}", f"{calls} of {least}", f"{best.wall:.1f}", f"{best.overhead:.1f}",
            f"<= {20 + 0.1 * count:.1f}"]


def main_jobs(muster: str, env: dict[str, str]) -> list[list[str]]:
    rows = [["ms, from the start of a process to its end", "machines", "calls of the least", "total", "overhead",
             "promised"]]
    with tempfile.TemporaryDirectory() as templates:
        write_templates(pathlib.Path(templates))
        for api in APIS:
            for count in PACED_COUNTS if api in PACED else COUNTS:
                rows += jobs(muster, templates, env, api, count)
    return rows
