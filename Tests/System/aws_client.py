"""Amazon's own Python clients, whose every answer is held to the models they come with."""

import re

import boto3
import botocore.config

from muster import DEMO_KEY, DEMO_SECRET


def client(service, endpoint, hold, key=DEMO_KEY, secret=DEMO_SECRET, region="us-east-1", **more):
    """A client that tries once, so that what the server says is what is seen; `hold` looks before it believes any."""
    config = botocore.config.Config(retries={"total_max_attempts": 1}, **more.pop("config", {}))
    made = boto3.session.Session().client(
        service, region_name=region, endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret,
        config=config, **more,
    )
    made.meta.events.register(f"before-parse.{service}.*", hold)
    return made


def check_text(element, shape):
    text = element.text or ""
    assert len(element) == 0
    if shape.type_name == "integer":
        int(text)
    elif shape.type_name == "double":
        float(text)
    elif shape.type_name == "boolean":
        assert text in ("true", "false")
    elif shape.type_name == "timestamp":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", text)
    elif enum := getattr(shape, "enum", None):
        assert text in enum, f"{text!r} is no {shape.name}"
    else:
        assert shape.metadata.get("min", 0) <= len(text) <= shape.metadata.get("max", len(text)), shape.name
