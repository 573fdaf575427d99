"""Every place that credentials may come from, against a cloud that checks them."""

import hashlib
import json
import sys

import pytest

from conftest import Moto, lab_config, policy
from hosts import Given, Host, assumed, handed_out
from muster import Muster, alive
from proxy import Proxy
from test_secrets import hold
from tunnel import Tunnel, certificate


@pytest.fixture
def wire_to_moto(moto):
    wire = Proxy(moto.endpoint)
    yield wire
    wire.stop()


@pytest.fixture
def hosts():
    """Makes hosts, and ends them with the test."""
    made = []

    def make(*arguments):
        made.append(Host(*arguments))
        return made[-1]

    yield make
    for host in made:
        host.stop()


def with_files(muster: Muster, **files: str) -> Muster:
    folder = muster.home / ".aws"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return muster


def checked(muster: Muster) -> dict:
    (account,) = muster.json("provider", "check", "lab")["accounts"]
    assert account["usable"] is True
    return account


def launches(muster: Muster, moto, secrets: list[str]):
    """One machine comes and goes with these credentials, and nobody hears of them."""
    results = [muster.ok("request", "create", "cpu-small", 1, "--wait", "-v")]
    (request,) = muster.requests()
    assert len(alive(moto.client())) == 1
    results += [
        muster.ok("provider", "check", "lab", "-v"),
        muster.ok("doctor", "-v"),
        muster.ok("machine", "return", "--request", request["id"], "--wait", "-v"),
    ]
    assert alive(moto.client()) == []
    # The files that the test itself wrote hold them by intent.
    for path in [*muster.home.rglob("*")]:
        if path.is_file():
            path.unlink()
    hold(muster, results, secrets)


def secrets_of(keys: dict[str, str]) -> list[str]:
    return [keys[name] for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN") if name in keys]


def test_a_role_of_a_profile_is_assumed_with_its_source(tmp_path, moto, wire_to_moto):
    caller = moto.caller_of_role()
    muster = with_files(
        Muster(tmp_path / "lab", config=lab_config(wire_to_moto.endpoint, ", profile: grid")),
        config=(
            f"[profile grid]\nrole_arn = {moto.role}\nsource_profile = base\nexternal_id = them\n"
            "role_session_name = night\nduration_seconds = 1800\n"),
        credentials=(
            f"[base]\naws_access_key_id = {caller['AWS_ACCESS_KEY_ID']}\n"
            f"aws_secret_access_key = {caller['AWS_SECRET_ACCESS_KEY']}\n"))
    account = checked(muster)
    assert account["credentials"] == f"role {moto.role} of profile `grid`, by profile `base` in ~/.aws/credentials"
    (call,) = [call for call in wire_to_moto.calls if call.action == "AssumeRole"]
    assert call.parameters["ExternalId"] == "them"
    assert call.parameters["RoleSessionName"] == "night"
    assert call.parameters["DurationSeconds"] == "1800"
    launches(muster, moto, secrets_of(caller))


def test_a_role_may_be_assumed_by_a_role(tmp_path, moto):
    caller = moto.caller_of_role()
    # The middle one may do what the user may not: assume the last.
    iam = moto.iam()
    middle = iam.create_role(RoleName="middle", AssumeRolePolicyDocument=policy("sts:AssumeRole"))["Role"]["Arn"]
    iam.put_role_policy(RoleName="middle", PolicyName="on", PolicyDocument=policy("sts:AssumeRole"))
    try:
        muster = with_files(
            Muster(tmp_path / "lab", config=moto.config(", profile: outer"), env=caller),
            config=(
                f"[profile outer]\nrole_arn = {moto.role}\nsource_profile = middle\n"
                f"[profile middle]\nrole_arn = {middle}\ncredential_source = Environment\n"))
        assert checked(muster)["credentials"] == (
            f"role {moto.role} of profile `outer`, by role {middle} of profile `middle`, by environment")
        launches(muster, moto, secrets_of(caller))
    finally:
        iam.delete_role_policy(RoleName="middle", PolicyName="on")
        iam.delete_role(RoleName="middle")


def test_the_role_of_an_account_takes_an_external_id_and_tags(tmp_path, moto, wire_to_moto):
    muster = Muster(
        tmp_path / "lab", env=moto.caller_of_role(), config=lab_config(
            wire_to_moto.endpoint, f', role: "{moto.role}", external_id: them, session_tags: {{team: grid}}'))
    assert checked(muster)["credentials"] == f"role {moto.role}, by environment"
    (call,) = [call for call in wire_to_moto.calls if call.action == "AssumeRole"]
    assert call.parameters["ExternalId"] == "them"
    assert (call.parameters["Tags.member.1.Key"], call.parameters["Tags.member.1.Value"]) == ("team", "grid")


def test_a_web_identity_becomes_a_role(tmp_path, moto, wire_to_moto):
    keys = moto.temporary()
    token = "eyJhbGciOiJub25lIn0.recognisable-identity.x"

    def spoil(call):
        # Once moto checks signatures it fails where there is none, so STS is played here.
        if call.action == "AssumeRoleWithWebIdentity":
            return assumed(keys, call.action) if call.parameters["WebIdentityToken"] == token else None

    wire_to_moto.spoil = spoil
    file = tmp_path / "token"
    file.write_text(token)
    muster = Muster(tmp_path / "lab", config=lab_config(wire_to_moto.endpoint), env={
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_ARN": moto.role, "AWS_ROLE_SESSION_NAME": "pod-7"})
    assert checked(muster)["credentials"] == f"web identity as role {moto.role} from the environment"
    call = next(call for call in wire_to_moto.calls if call.action == "AssumeRoleWithWebIdentity")
    assert call.parameters["RoleArn"] == moto.role
    assert call.parameters["RoleSessionName"] == "pod-7"
    launches(muster, moto, [token, *secrets_of(keys)])


def test_somebody_elses_sts_takes_a_web_identity(tmp_path):
    moto = Moto(tmp_path, free_calls=1_000_000)
    try:
        file = tmp_path / "token"
        file.write_text("eyJhbGciOiJub25lIn0.identity.x")
        muster = Muster(tmp_path / "lab", config=moto.config(), env={
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_ARN": moto.role})
        assert checked(muster)["credentials"] == f"web identity as role {moto.role} from the environment"
    finally:
        moto.stop()


def test_a_container_has_what_its_agent_gives(tmp_path, moto, hosts):
    keys = moto.temporary()
    agent = hosts({"GET /v1/credentials": handed_out(keys)}, {"Authorization": "recognisable-pass"})
    file = tmp_path / "pass"
    file.write_text("recognisable-pass")
    muster = Muster(tmp_path / "lab", config=moto.config(), env={
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{agent.endpoint}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)})
    assert checked(muster)["credentials"] == f"container credentials from {agent.endpoint}"
    launches(muster, moto, ["recognisable-pass", *secrets_of(keys)])
    file.write_text("another")
    result = muster.run("provider", "check", "lab")
    assert result.code == 1 and f"{agent.endpoint} answers HTTP 401" in result.out, str(result)


def test_a_machine_of_the_cloud_has_its_role(tmp_path, moto, hosts):
    keys = moto.temporary()
    folder = "GET /latest/meta-data/iam/security-credentials/"
    metadata = hosts(
        {"PUT /latest/api/token": "recognisable-session", folder: "grid", folder + "grid": handed_out(keys)},
        {"x-aws-ec2-metadata-token": "recognisable-session"})
    muster = Muster(tmp_path / "lab", config=moto.config(), env={
        "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.endpoint})
    account = checked(muster)
    assert account["credentials"] == "role `grid` of this machine, by instance metadata"
    assert [link["link"] for link in account["passed_over"]] == [
        "environment", "assuming a role", "web identity", "single sign-on",
        "profile `default` in ~/.aws/credentials", "console login", "a credential process",
        "profile `default` in ~/.aws/config", "container credentials"]
    text = muster.ok("provider", "check", "lab").out
    assert "CREDENTIALS OF lab\n" in text
    assert [line.split("  ")[0] for line in text.splitlines()[-10:]][-1] == account["credentials"]
    launches(muster, moto, ["recognisable-session", *secrets_of(keys)])


def test_what_sends_nothing_asks_nobody_for_credentials(tmp_path, moto, hosts):
    metadata = hosts({})
    muster = Muster(tmp_path / "lab", config=moto.config(), env={
        "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.endpoint})
    for command in (["template", "list"], ["provider", "list"], ["config", "show"], ["request", "list"],
                    ["machine", "list"], ["template", "validate"]):
        muster.ok(*command)
    assert metadata.asked == []


def test_a_program_may_print_them(tmp_path, moto):
    keys = moto.temporary()
    program = tmp_path / "print keys.py"
    program.write_text(
        "import json, os, sys\n"
        "print('recognisable-mumbling', file=sys.stderr)\n"
        "assert sys.argv[1:] == ['--for', 'the grid'] and sys.stdin.read() == ''\n"
        f"print(json.dumps({{'Version': 1, 'AccessKeyId': {keys['AWS_ACCESS_KEY_ID']!r},\n"
        f"  'SecretAccessKey': {keys['AWS_SECRET_ACCESS_KEY']!r}, 'SessionToken': {keys['AWS_SESSION_TOKEN']!r},\n"
        "  'Expiration': '2035-01-01T00:00:00+00:00'}))\n")
    muster = with_files(
        Muster(tmp_path / "lab", config=moto.config()),
        config=f"[default]\ncredential_process = {sys.executable} \"{program}\" --for 'the grid'\n")
    assert checked(muster)["credentials"] == "the credential process of profile `default`"
    launches(muster, moto, ["recognisable-mumbling", *secrets_of(keys)])


def test_a_person_who_has_signed_on_has_a_role(tmp_path, moto, wire_to_moto):
    keys = moto.temporary()

    def spoil(call):
        if call.parameters.get("role_name") == "Builder" and call.parameters.get("account_id") == "123456789012":
            return Given(200, "", text=json.dumps({"roleCredentials": {
                "accessKeyId": keys["AWS_ACCESS_KEY_ID"], "secretAccessKey": keys["AWS_SECRET_ACCESS_KEY"],
                "sessionToken": keys["AWS_SESSION_TOKEN"], "expiration": 2051222400000}}))

    wire_to_moto.spoil = spoil
    muster = with_files(
        Muster(tmp_path / "lab", config=lab_config(wire_to_moto.endpoint, ", profile: work")),
        config=(
            "[profile work]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Builder\n"
            "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\n"))
    remedy = "run `aws sso login --profile work`"
    result = muster.run("request", "create", "cpu-small", 1)
    assert result.code != 0 and f"nobody has signed on; {remedy}" in result.err, str(result)
    cache = muster.home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    token = cache / (hashlib.sha1(b"corp").hexdigest() + ".json")
    token.write_text(json.dumps({"accessToken": "recognisable-bearer", "expiresAt": "2020-01-01T00:00:00Z"}))
    result = muster.run("provider", "check", "lab")
    assert result.code == 1 and remedy in result.out, str(result)
    token.write_text(json.dumps({"accessToken": "recognisable-bearer", "expiresAt": "2035-01-01T00:00:00Z"}))
    assert checked(muster)["credentials"] == "single sign-on as `Builder` at 123456789012"
    launches(muster, moto, ["recognisable-bearer", *secrets_of(keys)])


# The way there

def test_a_proxy_and_a_certificate_of_the_site_are_used(tmp_path, moto):
    bundle, context = certificate("ec2.muster.test", tmp_path)
    cloud = Proxy(moto.endpoint, context)
    tunnel = Tunnel(cloud.port)
    try:
        muster = Muster(tmp_path / "lab", config=lab_config("https://ec2.muster.test"), env={
            **moto.credentials, "HTTPS_PROXY": tunnel.url, "AWS_CA_BUNDLE": str(bundle)})
        checked(muster)
        assert tunnel.asked == ["CONNECT ec2.muster.test:443 HTTP/1.1"]

        untrusted = muster.run("provider", "check", "lab", env={"AWS_CA_BUNDLE": None})
        assert untrusted.code == 1 and "certificate" in untrusted.out.lower(), str(untrusted)

        seen = len(tunnel.asked)
        direct = muster.run("provider", "check", "lab", env={"NO_PROXY": "muster.test"})
        assert direct.code == 1 and "resolve" in direct.out.lower(), str(direct)
        assert len(tunnel.asked) == seen
        assert cloud.count("DescribeInstances") == 1
    finally:
        tunnel.stop()
        cloud.stop()


def test_this_machine_is_never_asked_through_a_proxy(tmp_path, moto, hosts):
    tunnel = Tunnel(moto.port)
    agent = hosts({"GET /": handed_out(moto.temporary())})
    try:
        checked(Muster(tmp_path / "lab", config=moto.config(), env={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.endpoint, "http_proxy": tunnel.url, "ALL_PROXY": tunnel.url}))
        assert tunnel.asked == []
    finally:
        tunnel.stop()


def test_a_kind_of_endpoint_that_a_region_has_not_is_refused(tmp_path, moto):
    muster = Muster(tmp_path / "lab", env=moto.credentials, config=(
        "accounts:\n  lab: {cloud: aws, region: cn-north-1, use_fips: true}\ndefault_account: lab\n"))
    result = muster.run("provider", "check", "lab")
    assert result.code == 2, str(result)
    assert "account `lab` asks for FIPS endpoints, and `cn-north-1` has none" in result.err
