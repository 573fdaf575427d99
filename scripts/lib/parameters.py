#!/usr/bin/env python3
"""Writes providers/aws/parameters/ anew from the published models, as botocore has them.

    python3 scripts/lib/parameters.py [FOLDER]

FOLDER holds ec2-2016-11-15.json and autoscaling-2011-01-01.json; without it, those that the tests hold the tables to.
What Muster writes itself is in ours.yaml, which is written by hand and stays as it is.
"""

from __future__ import annotations

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "Tests/Fixtures/apispecs/aws"
TABLES = ROOT / "providers/aws/parameters"
COLUMNS = 120

# File, model, action, the structure that a template writes, and what stands before its members on the wire.
CALLS = [
    ("run-instances", "ec2-2016-11-15", "RunInstances", "RunInstancesRequest", ""),
    ("ec2-fleet", "ec2-2016-11-15", "CreateFleet", "CreateFleetRequest", ""),
    ("spot-fleet", "ec2-2016-11-15", "RequestSpotFleet", "SpotFleetRequestConfigData", "SpotFleetRequestConfig"),
    ("auto-scaling-group", "autoscaling-2011-01-01", "CreateAutoScalingGroup", "CreateAutoScalingGroupType", ""),
    ("launch-template", "ec2-2016-11-15", "CreateLaunchTemplate", "RequestLaunchTemplateData", "LaunchTemplateData"),
]

ITEMS = """\
# `items` is what stands between a list's name and its numbers; a list that has another word has it in its brackets.
"""

KINDS = {
    "integer": "integer",
    "long": "long",
    "double": "number",
    "float": "number",
    "boolean": "boolean",
    "timestamp": "time",
    "string": "text",
    "blob": "text",
}

# There are new ones every week: what a model does not know yet is no mistake.
OPEN_WORDS = {"InstanceType", "ResourceType"}

HEADING = """\
# What {action} takes in its own words, from the published model {model}.
# Written by scripts/lib/parameters.py; changes by hand are lost.
#
# A member has a kind: text, integer (of 32 bits), long (of 64), number, boolean, time, a structure or a choice of words
# named below; in brackets, a list of it. `{{Name: kind}}` says what it is called on the wire, where that is another name.
{items}
"""


def wire_name(protocol: str, name: str, member: dict) -> str:
    if protocol == "query":
        return member.get("locationName", name)
    location = member.get("locationName")
    return member.get("queryName") or (location[0].upper() + location[1:] if location else name)


class Table:
    def __init__(self, model: dict, root: str):
        self.protocol = model["metadata"]["protocol"]
        self.shapes = model["shapes"]
        self.structures: dict[str, dict[str, str]] = {}
        self.words: dict[str, list[str]] = {}
        # Structures that hold themselves are met again here, and left.
        waiting = [root]
        while waiting:
            name = waiting.pop(0)
            if name in self.structures:
                continue
            members = self.shapes[name].get("members", {})
            self.structures[name] = {key: self.member(key, member) for key, member in members.items()}
            waiting += [found for member in members.values() if (found := self.structure(member["shape"]))]

    def structure(self, name: str) -> str | None:
        shape = self.shapes[name]
        if shape["type"] == "list":
            return self.structure(shape["member"]["shape"])
        return name if shape["type"] == "structure" else None

    def member(self, name: str, member: dict) -> str:
        kind, wire = self.kind(member["shape"]), wire_name(self.protocol, name, member)
        return kind if wire == name else f"{{{wire}: {kind}}}"

    def kind(self, name: str) -> str:
        shape = self.shapes[name]
        if shape["type"] == "list":
            kind, mark = self.kind(shape["member"]["shape"]), shape["member"].get("locationName", "member")
            return f"[{kind}, {mark}]" if self.protocol == "query" and mark != "member" else f"[{kind}]"
        if shape["type"] == "structure":
            return name
        if "enum" in shape and name not in OPEN_WORDS:
            self.words[name] = shape["enum"]
            return name
        return KINDS[shape["type"]]


def quoted(word: str) -> str:
    plain = word.replace("-", "").replace("_", "").replace(".", "").isalnum() and word[0].isalpha()
    return word if plain and word.lower() not in ("true", "false", "null", "on", "off", "yes", "no") else f'"{word}"'


def words(name: str, values: list[str]) -> str:
    """One line, or as many as it takes."""
    lines, line = [], f"  {name}: ["
    for index, value in enumerate(values):
        piece = quoted(value) + ("]" if index == len(values) - 1 else ",")
        if len(line) + 1 + len(piece) > COLUMNS:
            lines.append(line)
            line = "    " + piece
        else:
            line += piece if line.endswith("[") else " " + piece
    return "\n".join(lines + [line]) + "\n"


def text(model_name: str, model: dict, action: str, root: str, within: str) -> str:
    table = Table(model, root)
    items = ITEMS if table.protocol == "query" else ""
    result = HEADING.format(action=action, model=model_name, items=items) + f"action: {action}\n"
    if within:
        result += f"within: {within}\n"
    if table.protocol == "query":
        result += "items: member\n"
    result += f"root: {root}\n\nstructures:\n"
    for name, members in table.structures.items():
        result += f"  {name}:\n" + "".join(f"    {key}: {kind}\n" for key, kind in members.items())
    result += "\nwords:\n" + "".join(words(name, table.words[name]) for name in sorted(table.words))
    return result


def main() -> None:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else MODELS
    TABLES.mkdir(exist_ok=True)
    for file, name, action, root, within in CALLS:
        model = json.loads((folder / f"{name}.json").read_text())
        (TABLES / f"{file}.yaml").write_text(text(name, model, action, root, within))


if __name__ == "__main__":
    main()
