"""No secret in any output, any log, any file."""

import base64
import json

import test_azure
import test_google_cloud
from conftest import emulator_of, lab_config
from muster import QUICK_EMULATOR, ROOT, Muster, alive
from proxy import Proxy, Refusal


def traces(secret: str) -> list[bytes]:
    """The secret as it is, and as encodings would show it."""
    plain = secret.encode()
    return [plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode()]


def request_lines(log: str) -> list[str]:
    return [line for line in log.splitlines() if "request.id" in line]


def hold(muster: Muster, results: list, secrets: list[str]):
    stored = [path for path in muster.folder.rglob("*") if path.is_file()]
    assert any(path.name == "ledger.sqlite" for path in stored)
    for secret in secrets:
        for trace in traces(secret):
            for path in stored:
                assert trace not in path.read_bytes(), f"{path} holds a secret"
            for result in results:
                said = (result.out + result.err).encode()
                assert trace not in said, f"muster {' '.join(result.args)} tells a secret"


def test_secrets_are_told_to_nobody(tmp_path, moto):
    credentials = moto.temporary()
    wire = Proxy(moto.endpoint)
    muster = Muster(tmp_path / "lab", config=lab_config(wire.endpoint), env=credentials)
    left = [1]

    def spoil(call):
        # One refusal, so that what is told of refusals is looked at too.
        if call.action == "RunInstances" and left[0]:
            left[0] -= 1
            return Refusal(500, "InsufficientInstanceCapacity")

    wire.spoil = spoil
    results = [
        muster.ok("request", "create", "cpu-small", 2, "--dry-run", "--output", "json"),
        muster.ok("request", "create", "cpu-small", 2, "--wait", "-v"),
    ]
    assert request_lines(results[-1].err), "the log was expected to tell of the request"
    (request,) = muster.requests()
    results += [
        muster.ok("request", "explain", request["id"]),
        muster.ok("config", "show", "--origins"),
        muster.ok("doctor"),
        muster.ok("provider", "check", "-v"),
        muster.ok("machine", "return", "--request", request["id"], "--wait", "-v"),
    ]
    assert alive(moto.client()) == []
    wire.stop()
    hold(muster, results, [credentials["AWS_SECRET_ACCESS_KEY"], credentials["AWS_SESSION_TOKEN"]])


def test_secrets_that_are_refused_are_told_to_nobody(tmp_path, moto):
    secret, token = "recognisable-secret-Zk3v9Q", "recognisable-token-Xw81Lp"
    muster = Muster(
        tmp_path / "lab", config=moto.config(),
        env={**moto.credentials, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token})
    results = [
        muster.run("request", "create", "cpu-small", 2, "--wait", "-v"),
        muster.run("provider", "check", "-v"),
        muster.run("doctor", "-v"),
    ]
    assert results[0].code == 1, str(results[0])
    hold(muster, results, [secret, token])


def test_secrets_of_a_credentials_file_stay_in_it(tmp_path, moto):
    muster = Muster(tmp_path / "lab", config=moto.config(", profile: build"))
    folder = muster.home / ".aws"
    folder.mkdir()
    file = folder / "credentials"
    file.write_text(f"[build]\naws_access_key_id = {moto.key}\naws_secret_access_key = {moto.secret}\n")
    results = [muster.ok("request", "create", "cpu-small", 1, "--wait", "-v")]
    # A file that is broken is reported without what it holds.
    file.write_text(f"[build]\naws_access_key_id = {moto.key}\naws_secret_access_key {moto.secret}\n")
    results.append(muster.run("provider", "check", "-v"))
    assert results[-1].code != 0, str(results[-1])
    file.unlink()
    hold(muster, results, [moto.secret])


def spoken(muster: Muster, template: str) -> list:
    """The main job and all that is told of it and of the account."""
    results = [muster.ok("request", "create", template, 2, "--wait", "-v")]
    (request,) = muster.requests()
    return results + [
        muster.ok("request", "create", template, 2, "--dry-run", "--ask-cloud", "--output", "json"),
        muster.ok("request", "explain", request["id"]),
        muster.ok("config", "show", "--origins"),
        muster.ok("provider", "check", "-v"),
        muster.ok("machine", "return", "--request", request["id"], "--wait", "-v"),
    ]


def test_neither_azures_secret_nor_its_tokens_are_told(tmp_path):
    with emulator_of(Muster(tmp_path / "emulator", config=QUICK_EMULATOR)) as endpoint:
        folder = tmp_path / "azure"
        (folder / "templates").mkdir(parents=True)
        (folder / "templates" / "azureprov_templates.yaml").write_text(test_azure.TEMPLATES)
        muster = Muster(
            folder, config=test_azure.config(endpoint),
            env={
                "AZURE_AUTHORITY_HOST": endpoint, "AZURE_TENANT_ID": test_azure.TENANT,
                "AZURE_CLIENT_ID": test_azure.CLIENT, "AZURE_CLIENT_SECRET": test_azure.SECRET})
        results = spoken(muster, "single")
        # As every web token begins.
        hold(muster, results, [test_azure.SECRET, "eyJ0eXAi", "eyJhbGci"])
        muster.env["AZURE_CLIENT_SECRET"] = "recognisable-secret-Zk3v9Q"
        refused = [muster.run("provider", "check", "-v"), muster.run("request", "create", "single", 1, "-v")]
        assert [result.code for result in refused] == [1, 2], str(refused)
        assert "AADSTS" in refused[0].out + refused[0].err
        hold(muster, refused, ["recognisable-secret-Zk3v9Q"])


def test_neither_googles_key_nor_its_tokens_are_told(tmp_path):
    with emulator_of(Muster(tmp_path / "emulator", config=QUICK_EMULATOR)) as endpoint:
        folder = tmp_path / "google"
        (folder / "templates").mkdir(parents=True)
        (folder / "templates" / "gcpprov_templates.yaml").write_text(test_google_cloud.TEMPLATES)
        account = json.loads((ROOT / "Tests/Fixtures/gcp/demo-service-account.json").read_text())
        account["token_uri"] = f"{endpoint}/token"
        (tmp_path / "account.json").write_text(json.dumps(account))
        muster = Muster(
            folder, config=test_google_cloud.config(endpoint),
            env={"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "account.json")})
        line = account["private_key"].splitlines()[3]
        hold(muster, spoken(muster, "single"), [line, "ya29.", "eyJ0eXAi", "eyJhbGci"])
