"""Holds the answers of services that speak the query protocol to those services' own models."""

import xml.etree.ElementTree as ET

import aws_client


def client(service, endpoint, *credentials, **more):
    return aws_client.client(service, endpoint, hold_to_model, *credentials, **more)


def hold_to_model(operation_model, response_dict, customized_response_dict, **_):
    """Every element must be one that the model knows, in the place where it knows it; none that it wants may lack."""
    root = ET.fromstring(response_dict["body"])
    namespace = f"{{{operation_model.metadata['xmlNamespace']}}}"
    if response_dict["status_code"] >= 300:
        assert root.tag == f"{namespace}ErrorResponse"
        assert [child.tag for child in root] == [f"{namespace}Error", f"{namespace}RequestId"]
        assert [child.tag for child in root[0]] == [f"{namespace}{name}" for name in ("Type", "Code", "Message")]
        assert root[0][0].text in ("Sender", "Receiver")
        return
    assert root.tag == f"{namespace}{operation_model.name}Response"
    wanted = [f"{namespace}ResponseMetadata"]
    if shape := operation_model.output_shape:
        wanted.insert(0, f"{namespace}{shape.serialization['resultWrapper']}")
    assert [child.tag for child in root] == wanted
    if shape:
        check(root[0], shape, namespace)


def check(element, shape, namespace):
    if shape.type_name == "structure":
        names = [child.tag.removeprefix(namespace) for child in element]
        assert len(set(names)) == len(names), f"{shape.name} has one of {names} twice"
        assert set(names) <= set(shape.members), f"{shape.name} has no {set(names) - set(shape.members)}"
        assert set(shape.required_members) <= set(names), f"{shape.name} lacks some of {shape.required_members}"
        for child, name in zip(element, names):
            check(child, shape.members[name], namespace)
    elif shape.type_name == "list":
        for child in element:
            assert child.tag == f"{namespace}member", f"{shape.name} holds {child.tag}"
            check(child, shape.member, namespace)
    else:
        aws_client.check_text(element, shape)
