"""The real process killed with `kill -9` at random moments, on a real file."""

import collections
import concurrent.futures
import os
import random
import time

from conftest import emulator_of, lab_config
from muster import DEMO_KEY, DEMO_SECRET, Muster, alive, ec2, instances, tags

KILLS = 50
# Most of a run is waiting, here and on a real cloud: lanes side by side keep the test short.
LANES = 10
MACHINES = 5
CONFIG = "emulator: {boot: 300ms, shutdown: 200ms}\n"


def kill_during(muster: Muster, args: tuple, delay: float) -> bool:
    """Whether the process was still running when it was killed."""
    process = muster.start(*args)
    time.sleep(delay)
    was_running = process.poll() is None
    process.kill()
    process.communicate()
    return was_running


def moment(dice: random.Random, usual: float) -> float:
    # Half of the kills go to the first third, where the promise is written and the calls are made.
    return dice.uniform(0, usual / 3 if dice.random() < 0.5 else usual)


def one_trial(muster: Muster, dice: random.Random, usual: tuple[float, float]) -> int:
    """Kills a request and then its return, and lets both be carried on; says how many kills struck."""
    struck = 0
    key = f"trial-{dice.getrandbits(64):016x}"
    create = ("request", "create", "cpu-small", str(MACHINES), "--key", key, "--wait")
    struck += kill_during(muster, create, moment(dice, usual[0]))

    if dice.random() < 0.5:
        # Whoever carries it on may be killed as well.
        struck += kill_during(muster, ("agent", "run"), moment(dice, usual[0]))
    if dice.random() < 0.5:
        # Whoever is not sure whether the order was taken repeats it with its key.
        muster.ok(*create)
    promised = [request for request in muster.requests() if request["key"] == key]
    assert len(promised) <= 1, promised
    if not promised:
        return struck
    request = muster.settled(promised[0]["id"])
    running = [machine for machine in request["machines"] if machine["state"] == "running"]
    assert request["state"] == "fulfilled" and len(running) == MACHINES, request
    assert len({machine["instance"] for machine in running}) == MACHINES, request

    give_back = ("machine", "return", "--request", request["id"], "--wait")
    struck += kill_during(muster, give_back, moment(dice, usual[1]))
    for other in muster.requests():
        muster.settled(other["id"])
    if muster.machines("--request", request["id"], "--state", "running"):
        # The return itself was not yet promised.
        muster.ok(*give_back)
    states = {machine["state"] for machine in muster.machines("--request", request["id"])}
    assert states == {"terminated"}, states
    return struck


def one_lane(muster: Muster, seed: int, trials: int, usual: tuple[float, float]) -> int:
    dice = random.Random(seed)
    struck = sum(one_trial(muster, dice, usual) for _ in range(trials))
    # One more, to stay: what exists is then exactly what the ledger says.
    muster.create("cpu-small", MACHINES, "--wait")
    return struck


def hold(endpoint: str, lanes: list[Muster]):
    """What there is, and what there ever was, is what these ledgers say."""
    client = ec2(endpoint)
    owned = {machine["instance"] for muster in lanes for machine in muster.machines("--state", "running")}
    assert len(owned) == MACHINES * len(lanes)
    assert {one["InstanceId"] for one in alive(client)} == owned, "an instance nobody owns, or a machine without one"
    ever = collections.Counter(tags(one)["muster:request"] for one in instances(client))
    promised = {
        request["id"]: request["count"]
        for muster in lanes for request in muster.requests() if request["kind"] == "launch"
    }
    assert ever == promised, "an instance too many, even if it was given back"


def test_killed_at_any_moment_exactly_what_was_asked_for_is_there(tmp_path):
    seed = int(os.environ.get("MUSTER_SEED") or random.SystemRandom().getrandbits(32))
    # Shown when the test fails: MUSTER_SEED repeats its moments.
    print(f"MUSTER_SEED={seed}")

    # How long it takes when nobody interferes.
    calm = Muster(tmp_path / "calm", config=CONFIG)
    began = time.monotonic()
    request = calm.create("cpu-small", MACHINES, "--wait")
    created = time.monotonic()
    calm.ok("machine", "return", "--request", request["id"], "--wait")
    usual = (created - began, time.monotonic() - created)
    print(f"usual times: {usual[0]:.2f} s and {usual[1]:.2f} s")

    # Half of the lanes die with the cloud they carry within them, the others at a cloud that lives on.
    within = [Muster(tmp_path / f"within-{lane}", config=CONFIG) for lane in range(LANES // 2)]
    with emulator_of(Muster(tmp_path / "cloud", config=CONFIG)) as endpoint:
        access = {"AWS_ACCESS_KEY_ID": DEMO_KEY, "AWS_SECRET_ACCESS_KEY": DEMO_SECRET}
        outside = [
            Muster(tmp_path / f"outside-{lane}", config=lab_config(endpoint), env=access)
            for lane in range(LANES // 2)
        ]
        with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
            lanes = [
                pool.submit(one_lane, muster, seed + lane, KILLS // LANES, usual)
                for lane, muster in enumerate(within + outside)
            ]
            struck = sum(lane.result() for lane in lanes)
        hold(endpoint, outside)
    for muster in within:
        with emulator_of(muster) as own:
            hold(own, [muster])

    print(f"{struck} kills struck")
    # Each trial kills twice or three times; too early and too late kills test nothing.
    assert struck >= KILLS
