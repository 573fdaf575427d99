"""The schema for editors, held to a validator nobody here wrote and to the binary's own judgement; and differences."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from muster import ROOT, Muster

FILES = sorted((ROOT / "templates").rglob("*.yaml"))
GOOD = {"machine_image": "ami-1", "machine_types": ["m6i.large"]}


@pytest.fixture(scope="module")
def muster(tmp_path_factory) -> Muster:
    return Muster(tmp_path_factory.mktemp("schema"))


@pytest.fixture(scope="module")
def validator(muster) -> Draft202012Validator:
    schema = muster.ok("template", "schema").json
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def verdict_of_muster(muster: Muster, document) -> bool:
    """Whether the binary takes a file that says the same."""
    path = muster.folder / "aws_templates.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    result = muster.run("template", "validate", path)
    assert result.code in (0, 2), str(result)
    return result.code == 0


def test_there_are_files_to_judge():
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_shipped_file_is_valid(validator, path):
    document = yaml.safe_load(path.read_text())
    assert [error.message for error in validator.iter_errors(document)] == []
    # The same with one key more is not, in the defaults or in a template.
    for where in [document[key] for key in ("defaults",) if key in document] + [next(iter(document["templates"].values()))]:
        where["instance_typ"] = "m6i.large"
        assert not validator.is_valid(document)
        del where["instance_typ"]
    assert validator.is_valid(document)


@pytest.mark.parametrize("fields", [
    {}, {"zones": None}, {"zones": "us-east-1a, us-east-1b"}, {"machine_types": {"m6i.large": 1}}, {"vmTypes": ["m6i.large"]}, {"machine_role": None},
    {"max_machines": -1}, {"maxNumber": 1}, {"lifetime": "1h30m"}, {"tags": {"team": "risk", "cost": 42, "on": True}},
    {"instanceTags": "team=risk;env=prod"}, {"machine_disk_size_gb": 65536}, {"provider_api": "RunInstances"},
    {"api": "aws/run-instances"}, {"price_type": "spot"}, {"is_active": False}, {"attributes": {"a": ["String", "x"]}},
    {"user_data": "#!/bin/sh\ntrue\n"}, {"namespace": None}, {"fleetType": "instant"}, {"percent_on_demand": 100},
    {"allocation_strategy": "prioritized"}, {"rank": 3}, {"api": "EC2Fleet"}, {"machine_types": {"m6i.large": 2}},
    {"allocationStrategy": "capacityOptimized"}, {"percentOnDemand": 50}, {"max_price": 0.5, "price_type": "spot"},
    {"max_price": "0.50", "price_type": "spot"}, {"at_least": "80%"}, {"at_least": 3}, {"placement": {"group": "ring"}},
    {"machine_disks": [{"size_gb": 5}, {"snapshot": "snap-1"}]}, {"metadata_options": {"tokens": "required"}},
    {"parameters": {"size": {"values": ["a", "b"], "default": "a"}}}, {"configuration": {"lifetime": "1h"}},
    {"machine_image": {"owner": "amazon", "name": "al2023-*"}}, {"zones": "all"},
    {"machine_types": None, "requirements": {"vcpus": {"min": 2}, "memory": "8GiB", "local_disk": "excluded"}},
])
def test_both_take_what_is_right(validator, muster, fields):
    document = {"templates": {"x": GOOD | fields}}
    assert [error.message for error in validator.iter_errors(document)] == []
    assert verdict_of_muster(muster, document)


@pytest.mark.parametrize("fields", [
    # Unknown keys.
    {"instance_typ": "m6i.large"}, {"Zones": ["a"]},
    # Wrong types.
    {"machine_image": ["ami-1"]}, {"zones": {"a": 1}}, {"zones": [["a"]]}, {"is_active": "yes"}, {"iops": "many"},
    {"lifetime": 90}, {"lifetime": "90"}, {"tags": ["team"]}, {"tags": "team"}, {"max_machines": 1.5},
    # Out of range.
    {"machine_disk_size_gb": 0}, {"rootDeviceVolumeSize": 65537}, {"max_machines": 0}, {"limit": -2}, {"iops": 0},
    {"price_type": "cheap"}, {"cloud": "awz"}, {"api": "run-instances"}, {"vmTypes": {"m6i.large": -2}}, {"at_least": "0%"},
    {"tags": {"AWS:team": "x"}}, {"tags": {"muster:owner": "x"}}, {"tags": {f"t{n}": "x" for n in range(46)}},
    {"percentOnDemand": 150}, {"fleet_type": "sometimes"}, {"max_price": 0}, {"allocation_strategy": "cheapest"},
    # Within a field.
    {"placement": {"grop": "a"}}, {"machine_disks": [{"size": 5}]}, {"metadata_options": {"tokens": "maybe"}},
    {"parameters": {"a": {"type": "colour"}}}, {"cpu_options": {"threads_per_core": 3}},
    # Not supported yet.
    {"namespace": "default"},
], ids=str)
def test_both_refuse_what_is_wrong(validator, muster, fields):
    good = {key: value for key, value in GOOD.items() if not (key == "machine_types" and "vmTypes" in fields)}
    document = {"templates": {"x": good | fields}}
    assert not validator.is_valid(document)
    assert not verdict_of_muster(muster, document)
    if set(fields).isdisjoint(GOOD):
        assert validator.is_valid({"templates": {"x": GOOD}})


@pytest.mark.parametrize("document, is_right", [
    ([{"template_id": "x", **GOOD}], True),
    ({"templates": [{"id": "x", **GOOD}]}, True),
    ({"templates": [{"templateId": "x", **GOOD}], "scheduler_type": "default"}, True),
    ({"defaults": GOOD, "templates": {"x": {}}}, True),
    ({"defaults": None, "templates": None}, True),
    ([GOOD], False),
    ({"templates": [GOOD]}, False),
    ({"templates": {"x y": GOOD}}, False),
    ({"templates": {"x": None}}, False),
    ({"templates": "x"}, False),
    ({"template": {"x": GOOD}}, False),
    ({"defaults": {"extends": "x"}, "templates": {"x": GOOD}}, False),
    ({"defaults": {"id": "x"}, "templates": {"x": GOOD}}, False),
    ({"defaults": {"zone": "a"}, "templates": {"x": GOOD}}, False),
], ids=str)
def test_both_judge_the_shape_of_a_file_alike(validator, muster, document, is_right):
    assert validator.is_valid(document) == is_right
    assert verdict_of_muster(muster, document) == is_right


def test_the_schema_may_lie_beside_the_templates(muster, tmp_path):
    (tmp_path / ".template.schema.json").write_text(muster.ok("template", "schema").out)
    (tmp_path / "aws_templates.yaml").write_text(
        "# yaml-language-server: $schema=.template.schema.json\n" + yaml.safe_dump({"templates": {"x": GOOD}}))
    result = muster.ok("template", "validate", "--templates", tmp_path)
    assert (result.out, result.err) == ("1 template is valid\n", "")


def test_a_difference_ends_with_1_and_its_absence_with_0(muster):
    same = muster.run("template", "diff", "cpu-small", "cpu-small")
    assert (same.code, same.out, same.err) == (0, "", "")
    other = muster.run("template", "diff", "cpu-small", "cpu-large", "--output", "json")
    assert (other.code, other.err) == (1, "")
    assert other.json["version"] == 1 and {"from", "to", "changes"} == set(other.json["diff"])
    paths = [change["path"] for change in other.json["diff"]["changes"]]
    assert paths == sorted(paths) and "machine_types" in paths
    assert muster.run("template", "diff", "cpu-small", "cpu-large", "--output", "ids").out.split() == paths
    unknown = muster.run("template", "diff", "cpu-smal", "nobody")
    assert (unknown.code, unknown.out) == (2, "") and unknown.err.count("[template.unknown]") == 2
