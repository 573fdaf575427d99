"""Whether what templates name exists, asked of an EC2 nobody here wrote, and of our own."""

import json

import pytest

from muster import QUICK_EMULATOR, Muster, alive

ALIAS = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture(scope="module")
def site(moto_server):
    """Something of everything, at that EC2; names are this module's own, for the server is everybody's."""
    client, iam = moto_server.client(), moto_server.iam()
    subnet = client.describe_subnets(Filters=[{"Name": "availability-zone", "Values": ["us-east-1a"]}])["Subnets"][0]
    group = client.create_security_group(
        GroupName="look-ups", Description="for tests", VpcId=subnet["VpcId"])["GroupId"]
    other = client.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    stranger = client.create_security_group(GroupName="elsewhere", Description="for tests", VpcId=other)["GroupId"]
    client.create_key_pair(KeyName="look-ups")
    profile = iam.create_instance_profile(InstanceProfileName="look-ups")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="look-ups", RoleName="machines")
    images = client.describe_images(
        Owners=["amazon"],
        Filters=[{"Name": "architecture", "Values": ["x86_64"]}, {"Name": "state", "Values": ["available"]}])["Images"]
    return {
        "subnet": subnet["SubnetId"], "group": group, "stranger": stranger, "profile": profile,
        "image": images[0]["ImageId"],
    }


def lab(folder, config, templates: str, env=None):
    catalog = folder / "templates"
    catalog.mkdir(parents=True)
    (catalog / "templates.yaml").write_text(templates)
    muster = Muster(folder, config=config, env={**(env or {}), "MUSTER_TEMPLATES": str(catalog)})
    return muster, "templates/templates.yaml"


def validate(muster, *args):
    result = muster.run("template", "validate", "--ask-cloud", "--format", "json", *args)
    document = json.loads(result.out)
    answers = {
        one["template"]: {(f["subject"], f["name"]): f["answer"] for f in one["findings"]}
        for one in document["results"]
    }
    return result, document, answers


def sound(site) -> str:
    return (
        f"templates:\n  sound:\n    machine_image: {site['image']}\n    machine_types: [m5.large, c5.large]\n"
        f"    subnet_ids: [{site['subnet']}]\n    security_group_ids: [{site['group']}]\n"
        "    machine_ssh_key: look-ups\n    machine_role: look-ups\n")


def test_what_is_there_is_found(tmp_path, moto, site):
    muster, _ = lab(tmp_path / "lab", moto.config(), sound(site), moto.credentials)
    result, document, answers = validate(muster)
    assert result.code == 0, str(result)
    assert answers["sound"] == {
        ("image", site["image"]): "verified", ("type", "m5.large"): "verified", ("type", "c5.large"): "verified",
        ("subnet", site["subnet"]): "verified", ("security group", site["group"]): "verified",
        ("key", "look-ups"): "verified", ("role", "look-ups"): "verified",
    }, str(result)
    (one,) = document["results"]
    assert one["is_valid"] and one["account"] == "lab" and "spot" in one["supported_features"]
    text = muster.ok("template", "validate", "sound", "--ask-cloud", "--account", "lab").out
    assert text.startswith("sound at lab\n") and text.endswith("1 template is valid\n")
    assert text.count("verified") == 7
    # Nothing was stored for it, and nothing made.
    assert not (muster.state / "ledger.sqlite").exists()
    assert alive(moto.client()) == []


def test_what_is_missing_is_a_mistake_where_it_is_written(tmp_path, moto, site):
    muster, file = lab(tmp_path / "lab", moto.config(), (
        "templates:\n  broken:\n    machine_image: ami-0123456789abcdef0\n    machine_types: [m5.huge]\n"
        f"    subnet_ids:\n      - {site['subnet']}\n      - subnet-0123456789abcdef0\n"
        f"    security_group_ids: [{site['stranger']}]\n    machine_ssh_key: lost\n"
        f"    machine_role: {site['profile'].replace('look-ups', 'nobody')}\n"), moto.credentials)
    result, document, answers = validate(muster)
    assert result.code == 2, str(result)
    answered = answers["broken"]
    assert answered.pop(("subnet", site["subnet"])) == "verified"
    assert set(answered.values()) == {"absent"} and len(answered) == 6, str(result)
    assert not document["valid"] and not document["results"][0]["is_valid"]
    lines = {one["line"] for one in document["diagnostics"] if one["code"] == "template.absent"}
    # Named from the working directory, which is the one above.
    assert {one["file"] for one in document["diagnostics"]} == {file}
    assert {3, 4, 9, 10} <= lines
    sarif = muster.run("template", "validate", "--ask-cloud", "--format", "sarif")
    results = sarif.json["runs"][0]["results"]
    assert sarif.code == 2 and [one["ruleId"] for one in results] == ["template.type"] + ["template.absent"] * 6
    junit = muster.run("template", "validate", "--ask-cloud", "--format", "junit")
    assert junit.code == 2 and junit.out.count('type="template.absent"') == 6
    text = muster.run("template", "validate", "--ask-cloud")
    assert text.code == 2 and text.out.count("  absent  ") == 6 and text.err.count("[template.absent]") == 6


def test_who_may_not_look_has_seen_nothing(tmp_path, moto, site):
    # The role may use machines, but neither IAM nor parameters.
    muster, _ = lab(
        tmp_path / "lab", moto.config(f', role: "{moto.role}"'), sound(site), moto.caller_of_role())
    result, document, answers = validate(muster)
    assert result.code == 0, str(result)
    assert answers["sound"].pop(("role", "look-ups")) == "unknown"
    assert set(answers["sound"].values()) == {"verified"}
    nobody = Muster(tmp_path / "nobody", config=moto.config(), env={"MUSTER_TEMPLATES": muster.env["MUSTER_TEMPLATES"]})
    result, document, answers = validate(nobody)
    assert result.code == 0 and set(answers["sound"].values()) == {"unknown"}, str(result)


def test_without_asking_nobody_is_asked(tmp_path, moto, site):
    muster, _ = lab(tmp_path / "lab", moto.config(), sound(site))
    document = muster.ok("template", "validate", "--format", "json").json
    (one,) = document["results"]
    assert one["findings"] is None and one["is_valid"] and one["template"] == "sound"
    refused = muster.run("template", "validate", "--account", "lab")
    assert refused.code == 2 and "--ask-cloud" in refused.err


def test_an_alias_is_resolved_once_and_recorded(tmp_path, moto):
    muster, _ = lab(tmp_path / "lab", moto.config(), (
        f"templates:\n  by-alias:\n    machine_image: {ALIAS}\n    machine_types: [m5.large]\n"
        "  by-none:\n    machine_image: ssm:/site/none\n    machine_types: [m5.large]\n"), moto.credentials)
    preview = muster.json("request", "create", "by-alias", 2, "--dry-run")["preview"]
    assert preview["image"] == preview["image_alias"] == ALIAS
    assert preview["calls"][0]["confidence"] == "predicted"
    asked = muster.json("request", "create", "by-alias", 2, "--dry-run", "--ask-cloud")["preview"]
    assert asked["image"].startswith("ami-") and asked["image_alias"] == ALIAS
    assert asked["calls"][0]["parameters"]["ImageId"] == asked["image"]

    request = muster.create("by-alias", 2, "--wait")
    assert request["state"] == "fulfilled"
    assert {one["ImageId"] for one in alive(moto.client())} == {asked["image"]}
    causes = [one["cause"] for one in muster.json("request", "explain", request["id"])["history"]]
    assert f"accepted: image {asked['image']} is {ALIAS}" in causes

    refused = muster.run("request", "create", "by-none", 1)
    assert refused.code == 2 and "[image.unresolved]" in refused.err and "ssm:/site/none" in refused.err, str(refused)
    assert len(muster.requests()) == 1
    muster.ok("machine", "return", "--request", request["id"], "--wait")


@pytest.mark.parametrize("image", [ALIAS, '{name: "amzn2-ami-*", owner: amazon}'])
def test_nothing_is_promised_to_credentials_that_nobody_accepts(tmp_path, moto, image):
    wrong = {**moto.credentials, "AWS_SECRET_ACCESS_KEY": "a-secret-that-is-wrong"}
    muster, _ = lab(
        tmp_path / "lab", moto.config(),
        f"templates:\n  t:\n    machine_image: {image}\n    machine_types: [m5.large]\n", wrong)
    # Whoever does not wait must hear of it too.
    result = muster.run("request", "create", "t", 1)
    assert result.code == 1 and "did not accept the credentials" in result.err, str(result)
    assert "environment" in result.err and "provider check lab" in result.err, str(result)
    dry = muster.run("request", "create", "t", 1, "--dry-run", "--ask-cloud")
    assert dry.code == 1 and "(verified)" not in dry.out, str(dry)
    assert muster.requests() == [] and alive(moto.client()) == []


def test_the_emulated_cloud_knows_its_own(tmp_path):
    muster, _ = lab(tmp_path / "lab", QUICK_EMULATOR, (
        f"templates:\n  own:\n    machine_image: {ALIAS}\n    machine_types: [m6i.large]\n    zones: [us-east-1a]\n"
        "    machine_ssh_key: demo\n    machine_role: demo\n"
        "  others:\n    machine_image: ami-0123456789abcdef0\n    machine_types: [m6i.large]\n"
        "    subnet_ids: [subnet-0123456789abcdef0]\n    machine_ssh_key: ops\n"
        "  wrong:\n    machine_image: ami-0c7217cdde317cfec\n    machine_types: [m7g.large]\n    zones: [us-east-1-zzz-1a]\n"))
    result, _, answers = validate(muster)
    assert result.code == 2, str(result)
    assert set(answers["own"].values()) == {"verified"} and len(answers["own"]) == 5
    assert {name: answer for (name, _), answer in answers["others"].items()} == {
        "image": "unknown", "type": "verified", "subnet": "unknown", "key": "unknown"}
    assert {name: answer for (name, _), answer in answers["wrong"].items()} == {
        "image": "absent", "type": "absent", "zone": "absent"}
    assert muster.create("others", 1, "--wait")["state"] == "fulfilled"
    assert muster.create("own", 1, "--wait")["state"] == "fulfilled"
