"""The servers that the tests talk to, and the binary that they test."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys

import boto3
import pytest

from muster import BINARY, DEMO_KEY, DEMO_SECRET, QUICK_EMULATOR, REGION, Muster, alive, await_port, ec2, end, free_port
from proxy import Proxy


def pytest_configure():
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"there is no {BINARY}; build it, or name another with MUSTER_BIN", returncode=2)


@pytest.fixture
def muster(tmp_path: pathlib.Path) -> Muster:
    """The binary as it ships, but for a quicker emulated cloud."""
    return Muster(tmp_path / "muster", config=QUICK_EMULATOR)


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def lab_config(endpoint: str, more: str = "") -> str:
    """A site's configuration with one account, at that endpoint."""
    return (
        f"accounts:\n  lab: {{cloud: aws, region: {REGION}, endpoint: \"{endpoint}\"{more}}}\n"
        "default_account: lab\n")


class Moto:
    """An EC2 nobody here wrote, which checks every signature, and a user who may use it."""

    def __init__(self, folder: pathlib.Path, free_calls: int = 8, actions: list[str] = []):
        self._actions = actions
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._log = open(folder / "moto.log", "w")
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder),
            # The first calls are free, to make a user; from then on a wrong signature gets 401.
            "INITIAL_NO_AUTH_ACTION_COUNT": str(free_calls),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            env=environment, stdout=self._log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            await_port(self.process, self.port)
            self._make_user()
        except BaseException:
            self.stop()
            raise

    def _make_user(self):
        iam = boto3.client(
            "iam", region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id="nobody",
            aws_secret_access_key="nothing")
        iam.create_user(UserName="muster")
        iam.put_user_policy(
            UserName="muster", PolicyName="machines",
            PolicyDocument=policy(
                "ec2:*", "sts:AssumeRole", "sts:GetCallerIdentity", "ssm:GetParameter", "iam:*", *self._actions))
        made = iam.create_role(RoleName="machines", AssumeRolePolicyDocument=policy("sts:AssumeRole"))
        self.role = made["Role"]["Arn"]
        iam.put_role_policy(RoleName="machines", PolicyName="machines", PolicyDocument=policy("ec2:*", "ssm:GetParameter"))
        iam.create_user(UserName="caller")
        iam.put_user_policy(UserName="caller", PolicyName="role", PolicyDocument=policy("sts:AssumeRole"))
        self._caller = iam.create_access_key(UserName="caller")["AccessKey"]
        made = iam.create_access_key(UserName="muster")["AccessKey"]
        self.key, self.secret = made["AccessKeyId"], made["SecretAccessKey"]

    def client(self):
        return ec2(self.endpoint, self.key, self.secret)

    @property
    def credentials(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}

    def caller_of_role(self) -> dict[str, str]:
        """Credentials that may assume the role, and nothing else."""
        return {
            "AWS_ACCESS_KEY_ID": self._caller["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": self._caller["SecretAccessKey"],
        }

    def temporary(self) -> dict[str, str]:
        """Credentials that have a session token."""
        made = self._sts().assume_role(RoleArn=self.role, RoleSessionName="tests")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
            "AWS_SESSION_TOKEN": made["SessionToken"],
        }

    def iam(self):
        return boto3.client(
            "iam", region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id=self.key,
            aws_secret_access_key=self.secret)

    def _sts(self):
        return boto3.client(
            "sts", region_name=REGION, endpoint_url=self.endpoint, aws_access_key_id=self.key,
            aws_secret_access_key=self.secret)

    def config(self, more: str = "") -> str:
        return lab_config(self.endpoint, more)

    def stop(self):
        end(self.process)
        self._log.close()


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory):
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


@pytest.fixture
def moto(moto_server: Moto):
    """The session's EC2, with nothing left in it from the test before."""
    client = moto_server.client()
    if left := [one["InstanceId"] for one in alive(client)]:
        client.terminate_instances(InstanceIds=left)
    return moto_server


@pytest.fixture
def lab(tmp_path: pathlib.Path, moto: Moto) -> Muster:
    """The binary with an account at that EC2 and the right credentials in the environment."""
    return Muster(tmp_path / "lab", config=moto.config(), env=moto.credentials)


@contextlib.contextmanager
def emulator_of(muster: Muster, *options):
    """`muster emulator run` on the world in the state folder; gives its endpoint."""
    port = free_port()
    with open(muster.folder / "emulator.log", "a") as log:
        process = muster.start("emulator", "run", "--port", port, *options, stdout=log, stderr=subprocess.STDOUT)
        try:
            await_port(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            code = end(process)
        assert code == 0, f"the emulator ended with {code} when told to stop"


@pytest.fixture
def emulator(tmp_path: pathlib.Path):
    """An emulated EC2 in a process of its own."""
    server = Muster(tmp_path / "emulator", config=QUICK_EMULATOR)
    with emulator_of(server) as endpoint:
        yield endpoint


@pytest.fixture
def wire(emulator: str):
    """What lies between the binary and that emulated EC2."""
    proxy = Proxy(emulator)
    yield proxy
    proxy.stop()


@pytest.fixture
def remote(tmp_path: pathlib.Path, wire: Proxy) -> Muster:
    """The binary with an account at that emulated EC2: everything goes over the wire."""
    return Muster(
        tmp_path / "remote", config=lab_config(wire.endpoint),
        env={"AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET})
