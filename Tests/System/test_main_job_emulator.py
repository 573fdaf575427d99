"""The main job on the emulated cloud: in process, and over the wire from many processes."""

import os
import signal
import stat

from conftest import emulator_of, lab_config
from muster import QUICK_EMULATOR, Muster, alive, ec2, end, instances, wait_for
from proxy import LOST, NO_ROOM, TOO_FAST, Proxy, Refusal


# MARK: One process

def test_five_machines_come_and_go(muster):
    request = muster.create("cpu-small", 5, "--wait")
    assert request["state"] == "fulfilled"
    assert {machine["state"] for machine in request["machines"]} == {"running"}
    with emulator_of(muster) as endpoint:
        there = instances(ec2(endpoint), "running")
    assert {one["InstanceId"] for one in there} == {machine["instance"] for machine in request["machines"]}

    muster.ok("machine", "return", "--request", request["id"], "--wait")
    assert muster.machines("--state", "running") == []
    with emulator_of(muster) as endpoint:
        assert alive(ec2(endpoint)) == []


def test_five_machines_come_and_go_over_the_wire(remote, emulator):
    request = remote.create("cpu-small", 5, "--wait")
    assert request["state"] == "fulfilled"
    assert len(instances(ec2(emulator), "running")) == 5
    remote.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(ec2(emulator)) == []


def test_a_promise_is_carried_on_by_later_commands(remote, emulator):
    request = remote.create("cpu-small", 3)
    assert request["state"] == "open"
    assert remote.settled(request["id"])["state"] == "fulfilled"
    assert len(instances(ec2(emulator), "running")) == 3


# MARK: Keys, least counts, cancelling

def test_the_same_key_gives_the_same_request(remote, emulator):
    first = remote.create("cpu-small", 2, "--key", "nightly", "--wait")
    again = remote.create("cpu-small", 2, "--key", "nightly", "--wait")
    assert again["id"] == first["id"]
    assert [m["id"] for m in again["machines"]] == [m["id"] for m in first["machines"]]
    assert len(alive(ec2(emulator))) == 2

    other = remote.run("request", "create", "cpu-small", 3, "--key", "nightly", "--wait")
    assert other.code == 2, str(other)
    assert "[order.key-reused]" in other.err and first["id"] in other.err, str(other)
    assert len(alive(ec2(emulator))) == 2


def test_the_same_key_from_two_processes_at_once_gives_one_request(remote, emulator):
    args = ("request", "create", "cpu-small", 3, "--key", "once", "--wait", "--output", "json")
    both = [remote.finish(process, args) for process in [remote.start(*args) for _ in range(2)]]
    assert [result.code for result in both] == [0, 0], "\n".join(map(str, both))
    assert len({result.json["request"]["id"] for result in both}) == 1
    assert len(alive(ec2(emulator))) == 3


def test_without_room_nothing_comes_and_the_command_says_so(remote, wire, emulator):
    wire.spoil = lambda call: NO_ROOM if call.action == "RunInstances" else None
    result = remote.run("request", "create", "cpu-small", 2, "--deadline", "25s", "--wait")
    assert result.code == 1, str(result)
    assert "InsufficientInstanceCapacity" in result.err + result.out, str(result)
    (request,) = remote.requests()
    assert request["state"] == "failed"
    assert alive(ec2(emulator)) == []
    # Every place was asked: three types in six zones.
    asked = {
        (call.parameters["InstanceType"], call.parameters["Placement.AvailabilityZone"])
        for call in wire.calls if call.action == "RunInstances"
    }
    assert len(asked) == 18


def room_for(count: int):
    """Lets so many launches through; nothing is left for later ones."""
    left = [count]

    def spoil(call):
        if call.action != "RunInstances":
            return None
        left[0] -= 1
        return None if left[0] >= 0 else NO_ROOM

    return spoil


def partial_lab(tmp_path, moto) -> tuple[Muster, Proxy]:
    # That EC2 gives one machine a call, so that two calls leave an order of five short.
    wire = Proxy(moto.endpoint)
    wire.spoil = room_for(2)
    return Muster(tmp_path / "lab", config=lab_config(wire.endpoint), env=moto.credentials), wire


def test_some_are_kept_where_some_are_enough(tmp_path, moto):
    muster, wire = partial_lab(tmp_path, moto)
    muster.ok("request", "create", "cpu-small", 5, "--at-least", 2, "--deadline", "5s", "--wait")
    (request,) = muster.requests()
    assert request["state"] == "partial"
    assert len(alive(moto.client())) == 2
    wire.stop()


def test_fewer_than_asked_for_is_not_what_was_asked_for(tmp_path, moto):
    muster, wire = partial_lab(tmp_path, moto)
    result = muster.run("request", "create", "cpu-small", 5, "--deadline", "5s", "--wait", "--output", "json")
    assert result.code == 1, str(result)
    assert result.json["request"]["state"] == "partial"
    assert len(alive(moto.client())) == 2
    wire.stop()


def test_too_few_are_given_back_at_once(tmp_path, moto):
    muster, wire = partial_lab(tmp_path, moto)
    result = muster.run("request", "create", "cpu-small", 5, "--at-least", 3, "--deadline", "5s", "--wait")
    assert result.code == 1, str(result)
    (request,) = muster.requests()
    assert request["state"] == "failed"
    assert alive(moto.client()) == []
    wire.stop()


def test_a_cancelled_request_leaves_nothing(tmp_path):
    # Machines that take a minute to come up, so that there is something to cancel.
    muster = Muster(tmp_path / "muster", config="emulator: {boot: 60s, shutdown: 300ms}\n")
    waiting = muster.start("request", "create", "cpu-small", 3, "--wait")
    try:
        def launched():
            found = muster.requests()
            return found if found and {m["state"] for m in found[0]["machines"]} == {"pending"} else None

        (request,) = wait_for("three machines pending", launched)
        muster.ok("request", "cancel", request["id"])
        assert muster.settled(request["id"])["state"] == "cancelled"
        assert muster.finish(waiting, ("request", "create"), 30).code == 1
    finally:
        end(waiting)
    with emulator_of(muster) as endpoint:
        assert alive(ec2(endpoint)) == []


def test_a_request_cancelled_before_any_call_makes_none(remote, wire, emulator):
    request = remote.create("cpu-small", 3)
    remote.ok("request", "cancel", request["id"])
    assert remote.settled(request["id"])["state"] == "cancelled"
    assert wire.count("RunInstances") == 0
    assert instances(ec2(emulator)) == []


# MARK: A bad day on the wire

def test_a_lost_reply_launches_once_not_twice(remote, wire, emulator):
    lost = []

    def spoil(call):
        if call.action == "RunInstances" and not lost:
            lost.append(call)
            return LOST

    wire.spoil = spoil
    request = remote.create("cpu-small", 5, "--wait")
    assert request["state"] == "fulfilled"
    assert len(lost) == 1 and wire.count("RunInstances") >= 2
    assert len({call.parameters["ClientToken"] for call in wire.calls if call.action == "RunInstances"}) == 1
    assert len(alive(ec2(emulator))) == 5


def test_a_throttled_call_is_made_again_as_it_was(remote, wire, emulator):
    left = [2]

    def spoil(call):
        if call.action == "RunInstances" and left[0]:
            left[0] -= 1
            return TOO_FAST

    wire.spoil = spoil
    assert remote.create("cpu-small", 2, "--wait")["state"] == "fulfilled"
    sent = [call.parameters for call in wire.calls if call.action == "RunInstances"]
    assert len(sent) == 3 and sent[0] == sent[1] == sent[2]
    assert len(alive(ec2(emulator))) == 2


def test_a_return_whose_reply_is_lost_still_ends_everything(remote, wire, emulator):
    request = remote.create("cpu-small", 3, "--wait")
    lost = []

    def spoil(call):
        if call.action == "TerminateInstances" and not lost:
            lost.append(call)
            return LOST

    wire.spoil = spoil
    remote.ok("machine", "return", "--request", request["id"], "--wait")
    assert len(lost) == 1
    assert alive(ec2(emulator)) == []


def test_an_instance_the_cloud_does_not_know_does_not_sink_the_return_of_others(remote, wire, emulator):
    request = remote.create("cpu-small", 4, "--wait")
    gone = request["machines"][1]["instance"]
    ec2(emulator).terminate_instances(InstanceIds=[gone])

    def spoil(call):
        # As if the cloud had forgotten it meanwhile.
        if call.action == "TerminateInstances" and gone in call.parameters.values():
            return Refusal(400, "InvalidInstanceID.NotFound", f"The instance ID '{gone}' does not exist")

    wire.spoil = spoil
    remote.ok("machine", "return", "--request", request["id"], "--wait")
    assert alive(ec2(emulator)) == []
    states = [machine["state"] for machine in remote.machines("--request", request["id"])]
    assert set(states) <= {"terminated", "lost"} and states.count("terminated") >= 3, states


# MARK: Many processes

def test_processes_share_the_cloud_within_them(muster):
    args = ("request", "create", "cpu-small", 5, "--wait", "--output", "json")
    creates = [muster.start(*args) for _ in range(4)]
    results = [muster.finish(process, args) for process in creates]
    assert [result.code for result in results] == [0] * 4, "\n".join(map(str, results))
    bound = [machine["instance"] for result in results for machine in result.json["request"]["machines"]]
    with emulator_of(muster) as endpoint:
        there = {one["InstanceId"] for one in instances(ec2(endpoint))}
    assert len(there) == 20 and set(bound) == there


def test_processes_on_one_state_folder_do_not_get_in_each_others_way(remote, emulator):
    agents = [remote.start("agent", "run") for _ in range(2)]
    args = ("request", "create", "cpu-small", 5, "--wait", "--output", "json")
    creates = [remote.start(*args) for _ in range(4)]
    try:
        results = [remote.finish(process, args) for process in creates]
    finally:
        codes = [end(agent) for agent in agents]
    assert [result.code for result in results] == [0] * 4, "\n".join(map(str, results))
    assert codes == [0, 0]
    bound = [machine["instance"] for result in results for machine in result.json["request"]["machines"]]
    there = {one["InstanceId"] for one in alive(ec2(emulator))}
    assert len(there) == 20 and set(bound) == there


def test_an_agent_keeps_what_others_promised_and_ends_when_told(remote, emulator):
    agent = remote.start("agent", "run")
    try:
        remote.create("cpu-small", 3)
        # Nobody but the agent looks from here on.
        wait_for("three machines running", lambda: len(instances(ec2(emulator), "running")) == 3)
        assert agent.poll() is None
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0
    finally:
        end(agent)


def test_a_lifetime_that_runs_out_ends_the_machine(tmp_path, remote, emulator):
    folder = tmp_path / "short-lived"
    folder.mkdir()
    (folder / "templates.yaml").write_text(
        "templates:\n  mayfly: {image: ami-12345678, machine_types: [t3.micro], zones: [us-east-1a], lifetime: 2s}\n")
    request = remote.create("mayfly", 2, "--templates", folder, "--wait")
    assert request["state"] == "fulfilled"
    agent = remote.start("agent", "run")
    try:
        wait_for("nothing left", lambda: not alive(ec2(emulator)))
    finally:
        assert end(agent) == 0


# MARK: What is left on disk

def test_nobody_else_can_read_what_is_stored(tmp_path):
    muster = Muster(tmp_path / "muster", config=QUICK_EMULATOR)
    process = muster.start("request", "create", "cpu-small", 1, "--wait", umask=0)
    assert muster.finish(process, ("request", "create")).code == 0
    modes = {}
    for folder, _, files in os.walk(muster.state):
        modes[folder] = stat.S_IMODE(os.stat(folder).st_mode)
        assert modes[folder] == 0o700, f"{folder}: {modes[folder]:o}"
        for name in files:
            path = os.path.join(folder, name)
            modes[path] = stat.S_IMODE(os.stat(path).st_mode)
            assert modes[path] == 0o600, f"{path}: {modes[path]:o}"
    assert len(modes) > 2, "a ledger and a world were expected"
