import Cloud
import CloudAWS
import Provisioning
import Testing

/// What becomes of a group after it was made, call by call.
@Suite struct AutoScalingMembersTests {
    private let model: PublishedModel
    private let ec2: PublishedModel
    private let strategy = AutoScalingGroup()

    init() throws {
        model = try PublishedModel.autoScaling.get()
        ec2 = try PublishedModel.ec2.get()
    }

    private static let name = "muster-\(Sample.token)"

    private func group(target: Int) -> Scaffold {
        var group = Scaffold(
            id: Sample.token.group, kind: "auto-scaling-group", account: "lab", api: AutoScalingGroup.api,
            state: .ready, since: Timestamp(seconds: 0), target: target, upkeep: .maintain)
        group.name = Self.name
        return group
    }

    /// Makes the calls of a procedure, each answered as told; every one must be as the clouds' models describe it.
    private func walk<Reply>(
        _ procedure: Procedure<Reply>, _ answers: [AutoScalingReplies.Answer],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (calls: [String], reply: Reply?) {
        var (procedure, calls) = (procedure, [String]())
        for answer in answers {
            let call = procedure.call
            let isEC2 = call.service == "ec2"
            let faults = isEC2 ? ec2.faults(in: call.form) : model.faults(in: call.form)
            #expect(faults.isEmpty, "\(call.action): \(faults)", sourceLocation: sourceLocation)
            calls.append(short(call))
            let step: Procedure<Reply>.Step
            switch answer {
            case .yes(let body): step = try call.read(response(body, 200))
            case .no(let body): step = try #require(call.consent?(call.fault(response(body, 400))), "\(call.action)")
            }
            switch step {
            case .done(let reply): return (calls, reply)
            case .then(let next): procedure = next
            }
        }
        return (calls + ["… " + procedure.call.action], nil)
    }

    private func response(_ body: String, _ status: Int) -> HTTPResponse {
        HTTPResponse(status: status, headers: [], body: Array(body.utf8))
    }

    /// `DetachInstances i-1 i-2`
    private func short<Reply>(_ call: Call<Reply>) -> String {
        let parts = call.form.dropFirst(2).filter {
            $0.name.contains("InstanceId") || $0.name == "DesiredCapacity" || $0.name.hasPrefix("ScalingProcesses")
        }
        return ([call.action] + parts.map(\.value)).joined(separator: " ")
    }

    private func members(_ ids: Range<Int>, _ state: String = "InService") -> [(String, String)] {
        ids.map { ("i-\($0)", state) }
    }

    private func ids(_ numbers: [Int]) -> [Instance.ID] { numbers.map { Instance.ID("i-\($0)") } }

    // MARK: Members leave

    @Test func membersAreDetachedWithTheirTargetAndThenEnded() throws {
        let walked = try walk(
            strategy.shrink(group(target: 3), by: ids([4, 1])),
            [
                .group(members(0..<5), desired: 5, suspended: true), .accepted("DetachInstances"), .ended,
            ])
        #expect(walked.calls == ["DescribeAutoScalingGroups", "DetachInstances i-1 i-4", "TerminateInstances i-1 i-4"])
        #expect(walked.reply != nil)
    }

    @Test func everyoneThatLeavesTakesTheTargetAlong() throws {
        let shrink = try strategy.shrink(group(target: 3), by: ids([1, 4]))
        guard
            case .then(let detach) = try shrink.call.read(
                response(AutoScalingReplies.group(members(0..<5), desired: 5, suspended: true), 200))
        else { return #expect(Bool(false), "nothing follows") }
        #expect(detach.call.form.contains { $0 == ("ShouldDecrementDesiredCapacity", "true") })
        #expect(detach.call.form.contains { $0 == ("AutoScalingGroupName", Self.name) })
    }

    @Test func aThousandLeaveInTheFewestCallsThereAre() throws {
        let leaving = Array(0..<1000)
        let answers: [AutoScalingReplies.Answer] =
            [.group(members(0..<1200), desired: 1200, suspended: true)]
            + Array(repeating: .accepted("DetachInstances"), count: 50) + [.ended]
        let walked = try walk(strategy.shrink(group(target: 200), by: ids(leaving)), answers)
        #expect(walked.calls.count == 52 && walked.reply != nil)
        #expect(walked.calls[1].split(separator: " ").count == 21)
        #expect(walked.calls.last?.split(separator: " ").count == 1001)
    }

    @Test func oneByItselfIsEndedByWayOfItsGroup() throws {
        let walked = try walk(
            strategy.shrink(group(target: 4), by: ids([2])),
            [
                .group(members(0..<5), desired: 5, suspended: true), .accepted("TerminateInstanceInAutoScalingGroup"),
                .ended,
            ])
        #expect(
            walked.calls == [
                "DescribeAutoScalingGroups", "TerminateInstanceInAutoScalingGroup i-2", "TerminateInstances i-2",
            ])
    }

    @Test func whatCannotBeDetachedYetIsEndedByWayOfItsGroup() throws {
        let there = members(0..<3) + [("i-3", "Pending"), ("i-4", "Pending:Wait"), ("i-5", "Terminating")]
        let walked = try walk(
            strategy.shrink(group(target: 1), by: ids([1, 2, 3, 4, 5])),
            [
                .group(there, desired: 5, suspended: true), .accepted("TerminateInstanceInAutoScalingGroup"),
                .accepted("TerminateInstanceInAutoScalingGroup"), .accepted("DetachInstances"), .ended,
            ])
        #expect(
            walked.calls == [
                "DescribeAutoScalingGroups", "TerminateInstanceInAutoScalingGroup i-3",
                "TerminateInstanceInAutoScalingGroup i-4", "DetachInstances i-1 i-2",
                "TerminateInstances i-1 i-2 i-3 i-4 i-5",
            ])
    }

    @Test func zonesAreNotBalancedAfterMembersLeave() throws {
        let walked = try walk(
            strategy.shrink(group(target: 3), by: ids([1, 4])),
            [
                .group(members(0..<5), desired: 5), .accepted("SuspendProcesses"), .accepted("DetachInstances"), .ended,
            ])
        #expect(walked.calls[1] == "SuspendProcesses AZRebalance")
        #expect(walked.calls.count == 4 && walked.reply != nil)
    }

    @Test func theTargetIsSetOutrightWhereItIsAnother() throws {
        // Two that had not come are given back with one that has.
        let walked = try walk(
            strategy.shrink(group(target: 2), by: ids([1, 2])),
            [
                .group(members(0..<3), desired: 6, suspended: true), .accepted("DetachInstances"),
                .accepted("UpdateAutoScalingGroup"), .ended,
            ])
        #expect(
            walked.calls == [
                "DescribeAutoScalingGroups", "DetachInstances i-1 i-2", "UpdateAutoScalingGroup 2",
                "TerminateInstances i-1 i-2",
            ])
    }

    @Test func whoComesAfterTheTargetWasLoweredLeavesAllTheSame() throws {
        // Two were given back before they came, and one stays.
        let shrink = try strategy.shrink(group(target: 1), by: ids([1, 2]))
        let there = AutoScalingReplies.group(members(0..<3), desired: 1, suspended: true)
        guard case .then(let detach) = try shrink.call.read(response(there, 200)) else {
            return #expect(Bool(false), "nothing follows")
        }
        #expect(detach.call.form.contains { $0 == ("ShouldDecrementDesiredCapacity", "false") })
        let walked = try walk(
            shrink,
            [.group(members(0..<3), desired: 1, suspended: true), .accepted("DetachInstances"), .ended])
        #expect(walked.calls == ["DescribeAutoScalingGroups", "DetachInstances i-1 i-2", "TerminateInstances i-1 i-2"])
        let pending = [("i-1", "InService"), ("i-2", "Pending")]
        let mended = try walk(
            strategy.shrink(group(target: 1), by: ids([2])),
            [
                .group(pending, desired: 0, suspended: true), .accepted("UpdateAutoScalingGroup"),
                .accepted("TerminateInstanceInAutoScalingGroup"), .ended,
            ])
        #expect(
            mended.calls == [
                "DescribeAutoScalingGroups", "UpdateAutoScalingGroup 1", "TerminateInstanceInAutoScalingGroup i-2",
                "TerminateInstances i-2",
            ])
    }

    @Test func weightsAreNotLeftToBeCounted() throws {
        let walked = try walk(
            strategy.shrink(group(target: 4), by: ids([1, 2])),
            [
                .group(members(0..<3), desired: 12, suspended: true, weight: 4), .accepted("DetachInstances"),
                .accepted("UpdateAutoScalingGroup"), .ended,
            ])
        #expect(walked.calls[2] == "UpdateAutoScalingGroup 4")
    }

    @Test func onlyTheTargetIsSetWhereNobodyLeaves() throws {
        let off = try walk(
            strategy.shrink(group(target: 2), by: []),
            [.group(members(0..<2), desired: 3, suspended: true), .accepted("UpdateAutoScalingGroup")])
        #expect(off.calls == ["DescribeAutoScalingGroups", "UpdateAutoScalingGroup 2"] && off.reply != nil)
        let right = try walk(
            strategy.shrink(group(target: 2), by: []), [.group(members(0..<2), desired: 2, suspended: true)])
        #expect(right.calls == ["DescribeAutoScalingGroups"] && right.reply != nil)
    }

    // MARK: Begun again

    /// Nothing leaves twice, and whoever was detached before is ended.
    @Test(arguments: [0, 20, 25])
    func whatWasCutShortIsTakenUpWhereItStands(detached: Int) throws {
        let left = 25 - detached
        let walked = try walk(
            strategy.shrink(group(target: 5), by: ids(Array(0..<25))),
            [.group(members(detached..<30), desired: 30 - detached, suspended: true)]
                + Array(repeating: .accepted("DetachInstances"), count: (left + 19) / 20) + [.ended])
        #expect(walked.reply != nil)
        #expect(walked.calls.filter { $0.hasPrefix("DetachInstances") }.count == (left + 19) / 20)
        #expect(walked.calls.last?.split(separator: " ").count == 26)
        #expect(!walked.calls.contains { $0.hasPrefix("Update") })
    }

    @Test func instancesThatAreGoneAreLeftOut() throws {
        let walked = try walk(
            strategy.shrink(group(target: 3), by: ids([1, 2, 3])),
            [
                .group(members(4..<7), desired: 3, suspended: true),
                .no(
                    AutoScalingReplies.ec2Fault(
                        "InvalidInstanceID.NotFound", "The instance IDs 'i-1, i-3' do not exist")), .ended,
            ])
        #expect(
            walked.calls == [
                "DescribeAutoScalingGroups", "TerminateInstances i-1 i-2 i-3", "TerminateInstances i-2",
            ])
        let all = try walk(
            strategy.shrink(group(target: 3), by: ids([1])),
            [
                .group(members(4..<7), desired: 3, suspended: true),
                .no(AutoScalingReplies.ec2Fault("InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist")),
            ])
        #expect(all.reply != nil)
    }

    @Test func membersOfAGroupThatIsGoneAreEnded() throws {
        let going = AutoScalingReplies.Answer.group(members(0..<3), desired: 0, status: "Delete in progress")
        for there in [.noGroup, going] {
            let walked = try walk(strategy.shrink(group(target: 1), by: ids([1, 2])), [there, .ended])
            #expect(walked.calls == ["DescribeAutoScalingGroups", "TerminateInstances i-1 i-2"])
        }
    }

    @Test func aGroupThatGoesMeanwhileStopsNobody() throws {
        let walked = try walk(
            strategy.shrink(group(target: 1), by: ids([1, 2])),
            [
                .group(members(0..<3), desired: 4), .no(AutoScalingReplies.groupNotFound),
                .no(AutoScalingReplies.groupNotFound), .no(AutoScalingReplies.groupNotFound), .ended,
            ])
        #expect(
            walked.calls == [
                "DescribeAutoScalingGroups", "SuspendProcesses AZRebalance", "DetachInstances i-1 i-2",
                "UpdateAutoScalingGroup 1", "TerminateInstances i-1 i-2",
            ])
    }

    @Test func aRefusalThatSaysAnythingElseStands() throws {
        let shrink = try strategy.shrink(group(target: 1), by: ids([1, 2]))
        guard
            case .then(let detach) = try shrink.call.read(
                response(AutoScalingReplies.group(members(0..<3), desired: 3, suspended: true), 200))
        else { return #expect(Bool(false), "nothing follows") }
        for (code, message) in [
            ("ValidationError", "The instance i-1 is not in InService or Standby."),
            ("ValidationError", "The instance i-1 is not part of Auto Scaling group x."),
            ("ResourceContention", "You already have a pending update to an Auto Scaling resource."),
        ] {
            let fault = detach.call.fault(response(AutoScalingReplies.fault(code, message), 400))
            #expect(fault.code == code && fault.message == message)
            #expect(detach.call.consent?(fault) == nil)
            #expect(fault.subjects == (message.contains("i-1") ? ["i-1"] : []))
        }
    }

    // MARK: Groups go

    @Test func aGroupGoesByOneCallHoweverOften() throws {
        let remove = try strategy.remove(group(target: 0))
        #expect(remove.call.form.contains { $0 == ("ForceDelete", "true") })
        for answer in [
            AutoScalingReplies.Answer.accepted("DeleteAutoScalingGroup"), .no(AutoScalingReplies.groupNotFound),
        ] {
            let walked = try walk(remove, [answer])
            #expect(walked.calls == ["DeleteAutoScalingGroup"] && walked.reply != nil)
        }
        for code in ["ResourceInUse", "ScalingActivityInProgress"] {
            #expect(remove.call.consent?(Fault(status: 400, code: code, message: "not now")) == nil)
        }
    }

    @Test func aLaunchTemplateGoesAsOne() throws {
        let scaffold = Scaffold(
            id: "muster-0123", kind: "launch-template", account: "lab", api: AutoScalingGroup.api,
            since: Timestamp(seconds: 0))
        #expect(try strategy.remove(scaffold).call.action == "DeleteLaunchTemplate")
    }

    // MARK: What is said of a group

    @Test func aGroupIsFoundByItsToken() throws {
        let group = group(target: 3)
        #expect(try walk(strategy.find(group), [.group([], desired: 3)]).reply == Self.name)
        #expect(try strategy.find(group).call.form.contains { $0 == ("AutoScalingGroupNames.member.1", Self.name) })
        let going = AutoScalingReplies.Answer.group([], desired: 0, status: "Delete in progress")
        for gone in [.noGroup, going] {
            #expect(try #require(try walk(strategy.find(group), [gone]).reply) == nil)
        }
    }

    @Test func aReportHasTheTargetAndWhyNothingCame() throws {
        let walked = try walk(
            strategy.report(on: group(target: 3)),
            [.group([], desired: 3), .accepted("SuspendProcesses"), .yes(AutoScalingReplies.activities)])
        #expect(
            walked.calls == ["DescribeAutoScalingGroups", "SuspendProcesses AZRebalance", "DescribeScalingActivities"])
        let report = try #require(walked.reply)
        #expect(report.target == 3)
        #expect(
            report.faults.map(\.fault.code) == [
                "InsufficientInstanceCapacity", "UnfulfillableCapacity", "LaunchFailed",
            ])
        #expect(
            report.faults.map(\.offering) == [
                Offering(type: "m5.large", zone: "us-east-1a", market: .onDemand), nil, nil,
            ])
        let balanced = try walk(
            strategy.report(on: group(target: 3)),
            [.group([], desired: 3, suspended: true), .yes(AutoScalingReplies.activities)])
        #expect(balanced.calls == ["DescribeAutoScalingGroups", "DescribeScalingActivities"])
    }

    @Test func aGroupThatIsGoneHasNoTarget() throws {
        let going = AutoScalingReplies.Answer.group([], desired: 0, status: "Delete in progress")
        for gone in [.noGroup, going] {
            #expect(try walk(strategy.report(on: group(target: 3)), [gone]).reply == GroupReport(target: nil))
        }
    }

    @Test func anAnswerThatIsNoneIsNotTakenForOne() throws {
        let describe = try strategy.find(group(target: 3)).call
        for body in [
            "<html/>", "", "<DescribeAutoScalingGroupsResponse/>",
            "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult/></DescribeAutoScalingGroupsResponse>",
            AutoScalingReplies.group([], desired: 3).replacing("<DesiredCapacity>3", with: "<DesiredCapacity>many"),
        ] {
            #expect(throws: (any Error).self) { try describe.read(response(body, 200)) }
        }
        let launch = try strategy.launch(Sample.order(), token: Sample.token)
        #expect(throws: (any Error).self) { try launch.read(response("<DeleteAutoScalingGroupResponse/>", 200)) }
        let made = response(AutoScalingReplies.accepted("CreateAutoScalingGroup"), 200)
        #expect(try launch.read(made) == LaunchReceipt(instances: [], group: Self.name))
    }
}
