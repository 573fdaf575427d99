"""The main job as one would write it by hand with boto3: machines by one API of AWS, until they run; and gone again.

    boto3_job.py launch API COUNT     writes what is needed to end them, as JSON
    boto3_job.py end HANDLE

Nothing is recorded and no failure is provided for: this is the straight way through. Standard error has one number, the
milliseconds that it took after boto3 was loaded and its clients were made.
"""

from __future__ import annotations

import json
import sys
import time
import uuid

import boto3

IMAGE, TYPE, ZONE = "ami-0abcdef1234567890", "m6i.large", "us-east-1a"
ROLE = "arn:aws:iam::000000000000:role/aws-ec2-spot-fleet-tagging-role"
# Looked again after so long where not all is as awaited.
INTERVAL = 0.2


class Job:
    def __init__(self, api: str):
        self.api = api
        self.ec2 = boto3.client("ec2")
        self.scaling = boto3.client("autoscaling") if api == "AutoScalingGroup" else None

    # Launching

    def launch(self, count: int) -> dict:
        name = f"job-{uuid.uuid4()}"
        handle = {"api": self.api, "name": name}
        if self.api == "RunInstances":
            self.ec2.run_instances(
                ImageId=IMAGE, InstanceType=TYPE, MinCount=count, MaxCount=count, ClientToken=name,
                Placement={"AvailabilityZone": ZONE}, TagSpecifications=tagged(name))
        else:
            self.ec2.create_launch_template(
                LaunchTemplateName=name,
                LaunchTemplateData={"ImageId": IMAGE, "InstanceType": TYPE, "TagSpecifications": tagged(name)})
            handle["group"] = self.make_group(name, count)
        running = self.wait_for("running", count, name)
        return {**handle, "instances": running}

    def make_group(self, name: str, count: int) -> str | None:
        template = {"LaunchTemplateName": name, "Version": "1"}
        configs = [{"LaunchTemplateSpecification": template, "Overrides": [
            {"InstanceType": TYPE, "AvailabilityZone": ZONE}]}]
        match self.api:
            case "EC2Fleet instant" | "EC2Fleet maintain":
                kind = self.api.split()[1]
                fleet = self.ec2.create_fleet(
                    Type=kind, ClientToken=name, LaunchTemplateConfigs=configs,
                    TargetCapacitySpecification={
                        "TotalTargetCapacity": count, "DefaultTargetCapacityType": "on-demand"})
                return fleet["FleetId"] if kind == "maintain" else None
            case "SpotFleet":
                fleet = self.ec2.request_spot_fleet(SpotFleetRequestConfig={
                    "Type": "request", "ClientToken": name, "IamFleetRole": ROLE, "TargetCapacity": count,
                    "LaunchTemplateConfigs": [{
                        "LaunchTemplateSpecification": template, "Overrides": configs[0]["Overrides"]}]})
                return fleet["SpotFleetRequestId"]
            case "AutoScalingGroup":
                self.scaling.create_auto_scaling_group(
                    AutoScalingGroupName=name, LaunchTemplate=template, MinSize=0, MaxSize=count,
                    DesiredCapacity=count, AvailabilityZones=[ZONE])
                return name
        raise SystemExit(f"no API is called {self.api}")

    # Ending

    def end(self, handle: dict):
        group, instances = handle.get("group"), handle["instances"]
        match self.api:
            case "RunInstances" | "EC2Fleet instant":
                self.ec2.terminate_instances(InstanceIds=instances)
            case "EC2Fleet maintain":
                self.ec2.delete_fleets(FleetIds=[group], TerminateInstances=True)
            case "SpotFleet":
                self.ec2.cancel_spot_fleet_requests(SpotFleetRequestIds=[group], TerminateInstances=True)
            case "AutoScalingGroup":
                self.scaling.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
        self.wait_for("terminated", len(instances), handle["name"])
        if self.api != "RunInstances":
            self.ec2.delete_launch_template(LaunchTemplateName=handle["name"])

    # Looking

    def wait_for(self, state: str, count: int, name: str) -> list[str]:
        """The ids of all that carry the name, once all of them are so."""
        pages = self.ec2.get_paginator("describe_instances")
        while True:
            there = [
                one["InstanceId"]
                for page in pages.paginate(
                    Filters=[{"Name": "tag:job", "Values": [name]}], PaginationConfig={"PageSize": 1000})
                for reservation in page["Reservations"] for one in reservation["Instances"]
                if one["State"]["Name"] == state]
            if len(there) >= count:
                return there
            time.sleep(INTERVAL)


def tagged(name: str) -> list[dict]:
    return [{"ResourceType": "instance", "Tags": [{"Key": "job", "Value": name}, {"Key": "team", "Value": "bench"}]}]


def main():
    verb, *arguments = sys.argv[1:]
    handle = json.loads(arguments[0]) if verb == "end" else {"api": arguments[0]}
    job = Job(handle["api"])
    began = time.monotonic()
    if verb == "end":
        job.end(handle)
    else:
        handle = job.launch(int(arguments[1]))
    took = time.monotonic() - began
    print(json.dumps(handle))
    print(took * 1000, file=sys.stderr)


if __name__ == "__main__":
    main()
