"""The emulated Security Token Service and instance metadata as Amazon's own Python client sees them."""

import base64
import datetime
import json
import re
import urllib.error
import urllib.request

import boto3
import botocore
import botocore.session
import pytest

import query_model
from conftest import lab_config
from muster import DEMO_KEY, DEMO_SECRET, Muster
from test_emulator import IMAGE, client, endpoint, ids, no_warnings, other, refusal  # noqa: F401

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/demo"
GUARDED = f"arn:aws:iam::{ACCOUNT}:role/guarded"


@pytest.fixture
def sts(endpoint):
    return query_model.client("sts", endpoint)


def by(credentials, service, endpoint):
    """A client that shows temporary credentials."""
    return query_model.client(
        service, endpoint, credentials["AccessKeyId"], credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"])


def ec2_by(credentials, endpoint, service="ec2"):
    """The same of a service that has a protocol of its own."""
    return other(
        service, endpoint, aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])


def seconds_left(credentials):
    return (credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def token(**claims):
    """A JSON web token that nobody has signed."""
    wanted = {
        "iss": "https://issuer.example", "sub": "system:serviceaccount:muster", "aud": "sts.amazonaws.com", "exp": 4e9,
        **claims}
    parts = [{"alg": "RS256", "kid": "k"}, {name: value for name, value in wanted.items() if value is not None}]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join(texts + ["c2lnbmF0dXJl"])


def test_callers_are_told_who_they_are(sts):
    found = sts.get_caller_identity()
    assert (found["Account"], found["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/demo")


def test_an_assumed_role_opens_every_service(sts, endpoint):
    answer = sts.assume_role(
        RoleArn=ROLE, RoleSessionName="tests", DurationSeconds=900,
        Tags=[{"Key": "Team", "Value": "vision é"}], TransitiveTagKeys=["team"], SourceIdentity="me",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/demo/tests"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":tests")
    assert answer["SourceIdentity"] == "me" and 0 < answer["PackedPolicySize"] <= 100
    credentials = answer["Credentials"]
    assert 890 < seconds_left(credentials) <= 900
    assert by(credentials, "sts", endpoint).get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]
    ec2 = ec2_by(credentials, endpoint)
    launched = ids(ec2.run_instances(ImageId=IMAGE, InstanceType="m6i.large", MinCount=1, MaxCount=1))
    assert ids(client(endpoint).describe_instances(InstanceIds=launched)) == launched
    ec2.terminate_instances(InstanceIds=launched)
    assert ec2_by(credentials, endpoint, "iam").get_instance_profile(InstanceProfileName="demo")
    assert refusal(ec2_by(credentials, endpoint, "ssm").get_parameter, Name="/none")[0] == "ParameterNotFound"
    assert by(credentials, "autoscaling", endpoint).describe_account_limits()


def test_a_session_without_its_token_or_with_anothers_is_nobody(sts, endpoint):
    one = sts.assume_role(RoleArn=ROLE, RoleSessionName="one")["Credentials"]
    two = sts.assume_role(RoleArn=ROLE, RoleSessionName="two")["Credentials"]
    mixed = {**one, "SessionToken": two["SessionToken"]}
    assert refusal(by(mixed, "sts", endpoint).get_caller_identity)[:2] == ("InvalidClientTokenId", 403)
    assert refusal(ec2_by(mixed, endpoint).describe_instances)[:2] == ("AuthFailure", 401)
    assert refusal(by({**one, "SessionToken": None}, "sts", endpoint).get_caller_identity)[0] == "InvalidClientTokenId"
    forged = {**one, "SecretAccessKey": "guessed"}
    assert refusal(by(forged, "sts", endpoint).get_caller_identity)[:2] == ("SignatureDoesNotMatch", 403)


def test_a_role_may_be_guarded_by_an_external_id(sts):
    call = {"RoleArn": GUARDED, "RoleSessionName": "tests"}
    code, status, message = refusal(sts.assume_role, **call)
    assert (code, status) == ("AccessDenied", 403)
    user = f"arn:aws:iam::{ACCOUNT}:user/demo"
    assert message == f"User: {user} is not authorized to perform: sts:AssumeRole on resource: {GUARDED}"
    assert refusal(sts.assume_role, ExternalId="guessed", **call)[0] == "AccessDenied"
    assert sts.assume_role(ExternalId="demo-external-id", **call)["Credentials"]["AccessKeyId"].startswith("ASIA")


@pytest.mark.parametrize(
    "code, change",
    [
        ("AccessDenied", {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/nobody"}),
        ("AccessDenied", {"RoleArn": "arn:aws:iam::123456789012:role/demo"}),
        ("AccessDenied", {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/demo", "TokenCode": "123456"}),
        ("ValidationError", {"RoleArn": "arn:aws:iam::demo:role/demo"}),
        ("ValidationError", {"RoleArn": "nothing that is an ARN at all"}),
        ("ValidationError", {"RoleSessionName": "with a blank"}),
        ("ValidationError", {"RoleSessionName": "x" * 65}),
        ("ValidationError", {"DurationSeconds": 43201}),
        ("ValidationError", {"RoleArn": GUARDED, "ExternalId": "demo-external-id", "DurationSeconds": 3601}),
        ("ValidationError", {"ExternalId": "a b"}),
        ("ValidationError", {"Tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]}),
        ("ValidationError", {"Tags": [{"Key": "aws:a", "Value": ""}]}),
        ("ValidationError", {"Tags": [{"Key": "a", "Value": "<"}]}),
        ("ValidationError", {"Tags": [{"Key": f"k{n}", "Value": ""} for n in range(51)]}),
        ("ValidationError", {"TransitiveTagKeys": ["a"]}),
        ("ValidationError", {"ProvidedContexts": [
            {"ProviderArn": "arn:aws:iam::aws:any", "ContextAssertion": "abcd"}]}),
        ("MalformedPolicyDocument", {"Policy": "{"}),
        ("PackedPolicyTooLarge", {"Policy": json.dumps({"Statement": "x" * 2048})}),
    ],
)
def test_a_mistaken_role_is_refused(sts, code, change):
    found, status, message = refusal(sts.assume_role, **{"RoleArn": ROLE, "RoleSessionName": "tests", **change})
    assert (found, status) == (code, 403 if code == "AccessDenied" else 400)
    assert message


def test_a_role_assumed_by_a_role_lasts_an_hour_at_most(sts, endpoint):
    first = by(sts.assume_role(RoleArn=ROLE, RoleSessionName="one")["Credentials"], "sts", endpoint)
    second = first.assume_role(RoleArn=ROLE, RoleSessionName="two", DurationSeconds=3600)
    assert by(second["Credentials"], "sts", endpoint).get_caller_identity()["Arn"].endswith("/two")
    assert refusal(first.assume_role, RoleArn=ROLE, RoleSessionName="two", DurationSeconds=3601)[0] == "ValidationError"
    assert refusal(first.get_session_token)[:2] == ("AccessDenied", 403)


def test_a_session_of_ones_own(sts, endpoint):
    credentials = sts.get_session_token(DurationSeconds=1000)["Credentials"]
    assert 990 < seconds_left(credentials) <= 1000
    mine = by(credentials, "sts", endpoint)
    assert mine.get_caller_identity()["Arn"] == sts.get_caller_identity()["Arn"]
    assert refusal(mine.get_session_token)[0] == "AccessDenied"
    assert refusal(sts.get_session_token, DurationSeconds=129601)[0] == "ValidationError"
    assert ec2_by(credentials, endpoint).describe_instances(MaxResults=5)


def test_somebody_elses_word_opens_a_role(endpoint):
    nobody = query_model.client("sts", endpoint, config={"signature_version": botocore.UNSIGNED})
    call = {"RoleArn": ROLE, "RoleSessionName": "pod"}
    answer = nobody.assume_role_with_web_identity(WebIdentityToken=token(), **call)
    assert answer["Provider"] == "https://issuer.example" and answer["Audience"] == "sts.amazonaws.com"
    assert answer["SubjectFromWebIdentityToken"] == "system:serviceaccount:muster"
    assert by(answer["Credentials"], "sts", endpoint).get_caller_identity()["Arn"].endswith("assumed-role/demo/pod")
    several = nobody.assume_role_with_web_identity(WebIdentityToken=token(aud=["one", "two"]), **call)
    assert several["Audience"] == "one"
    ask = nobody.assume_role_with_web_identity
    for text in ["text", "a.b.c", token().rsplit(".", 1)[0] + ".", token(sub=None), token(iss=None), token(exp=None)]:
        assert refusal(ask, WebIdentityToken=text, **call)[:2] == ("InvalidIdentityToken", 400)
    assert refusal(ask, WebIdentityToken=token(exp=1), **call)[:2] == ("ExpiredTokenException", 400)
    assert refusal(ask, WebIdentityToken=token(), **{**call, "RoleArn": GUARDED})[:2] == ("AccessDenied", 403)


def test_strangers_and_unknown_actions(sts, endpoint):
    for change, code in [
        ({"secret": "guessed"}, "SignatureDoesNotMatch"), ({"key": "AKIDOTHER"}, "InvalidClientTokenId"),
        ({"region": "mars-1"}, "SignatureDoesNotMatch"),
    ]:
        assert refusal(query_model.client("sts", endpoint, **change).get_caller_identity)[:2] == (code, 403)
    nobody = query_model.client("sts", endpoint, config={"signature_version": botocore.UNSIGNED})
    assert refusal(nobody.get_caller_identity)[:2] == ("MissingAuthenticationToken", 403)
    assert refusal(sts.decode_authorization_message, EncodedMessage="x")[:2] == ("InvalidAction", 400)


# Instance metadata


@pytest.fixture
def machine(endpoint, monkeypatch, tmp_path):
    """What botocore finds on a machine that has nothing but its metadata."""
    for name in [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN",
        "AWS_EC2_METADATA_DISABLED", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ]:
        monkeypatch.delenv(name, raising=False)
    for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]:
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
    monkeypatch.setenv("AWS_EC2_METADATA_V1_DISABLED", "true")
    return tmp_path


def ask(endpoint, method, path, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(endpoint + path, method=method, headers=names)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


TTL = "X_aws_ec2_metadata_token_ttl_seconds"
TOKEN = "X_aws_ec2_metadata_token"


def test_botocore_finds_the_role_of_the_machine(machine, endpoint):
    session = botocore.session.get_session()
    found = session.get_credentials()
    assert found.method == "iam-role"
    identity = session.create_client("sts", region_name="us-east-1", endpoint_url=endpoint).get_caller_identity()
    assert re.fullmatch(rf"arn:aws:sts::{ACCOUNT}:assumed-role/demo/i-[0-9a-f]{{17}}", identity["Arn"])
    again = botocore.session.get_session().get_credentials()
    assert again.access_key == found.access_key != DEMO_KEY


def test_botocore_assumes_a_role_with_the_machines_own(machine, endpoint, monkeypatch):
    (machine / "AWS_CONFIG_FILE").write_text(
        f"[profile other]\nrole_arn = {GUARDED}\nexternal_id = demo-external-id\nrole_session_name = chained\n"
        "credential_source = Ec2InstanceMetadata\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", endpoint)
    session = boto3.session.Session(profile_name="other")
    identity = session.client("sts", endpoint_url=endpoint).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/guarded/chained"


def test_botocore_finds_a_web_identity(machine, endpoint, monkeypatch):
    (machine / "token").write_text(token())
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", endpoint)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(machine / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    session = boto3.session.Session(region_name="us-east-1")
    assert session.get_credentials().method == "assume-role-with-web-identity"
    assert session.client("ec2", endpoint_url=endpoint).describe_instances(MaxResults=5)


def test_metadata_want_a_token_that_holds(endpoint):
    status, good = ask(endpoint, "PUT", "/latest/api/token", **{TTL: "60"})
    assert status == 200
    for headers in [{}, {TTL: ""}, {TTL: "0"}, {TTL: "21601"}, {TTL: "soon"}]:
        assert ask(endpoint, "PUT", "/latest/api/token", **headers)[0] == 400
    assert ask(endpoint, "PUT", "/latest/api/token", X_Forwarded_For="10.0.0.1", **{TTL: "60"})[0] == 403
    assert ask(endpoint, "GET", "/latest/api/token", **{TOKEN: good})[0] == 405
    path = "/latest/meta-data/instance-id"
    assert ask(endpoint, "GET", path)[0] == 401
    for wrong in ["", "text", good[:-1], good.replace("AQAE", "AQAE1")]:
        assert ask(endpoint, "GET", path, **{TOKEN: wrong})[0] == 401
    assert ask(endpoint, "GET", path, **{TOKEN: good})[0] == 200


def test_metadata_tell_of_the_machine(endpoint):
    _, good = ask(endpoint, "PUT", "/latest/api/token", **{TTL: "60"})

    def read(path):
        status, text = ask(endpoint, "GET", path, **{TOKEN: good})
        assert status == 200
        return text

    assert read("/latest/meta-data/placement/region") == "us-east-1"
    assert read("/latest/meta-data/placement/availability-zone") == "us-east-1a"
    assert read("/latest/meta-data/placement/") == "availability-zone\nregion"
    assert "placement/" in read("/latest/meta-data/").split("\n")
    assert read("/latest/meta-data/iam/security-credentials/") == "demo"
    document = json.loads(read("/latest/dynamic/instance-identity/document"))
    assert document["instanceId"] == read("/latest/meta-data/instance-id")
    assert (document["region"], document["accountId"]) == ("us-east-1", ACCOUNT)
    keys = json.loads(read("/latest/meta-data/iam/security-credentials/demo"))
    assert keys["Code"] == "Success" and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", keys["Expiration"])
    assert ask(endpoint, "GET", "/latest/meta-data/iam/security-credentials/other", **{TOKEN: good})[0] == 404
    assert ask(endpoint, "GET", "/latest/meta-data/nothing", **{TOKEN: good})[0] == 404
    assert ask(endpoint, "GET", "/latest/meta-data/instance-id", Host="169.254.169.254", **{TOKEN: good})[0] == 200


def test_muster_finds_the_role_of_the_machine_too(tmp_path, endpoint):
    muster = Muster(tmp_path / "lab", config=lab_config(endpoint), env={
        "AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint})
    (account,) = muster.json("provider", "check", "lab")["accounts"]
    assert account["usable"] is True
    assert account["credentials"] == "role `demo` of this machine, by instance metadata"


def test_muster_assumes_a_guarded_role(tmp_path, endpoint):
    keys = {"AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET}
    for external_id, is_usable in [("demo-external-id", True), ("guessed", False)]:
        config = lab_config(
            endpoint, f', role: "{GUARDED}", external_id: {external_id}, session_tags: {{team: grid}}')
        result = Muster(tmp_path / external_id, config=config, env=keys).run("provider", "check", "lab")
        assert (result.code == 0) == is_usable, str(result)
        assert ("AccessDenied" in result.out) != is_usable, str(result)
