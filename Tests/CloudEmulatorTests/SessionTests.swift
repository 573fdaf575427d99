import Cloud
import CloudEmulator
import FoundationEssentials
import Provisioning
import Testing

/// Temporary credentials open what lasting ones do, for as long as they were given.
@Suite struct SessionTests {
    private static let role = "arn:aws:iam::000000000000:role/demo"

    @Test(arguments: STSParameters.byAction.keys.sorted())
    func everyParameterTakenIsInSTSsModel(_ action: String) throws {
        let model = try PublishedModel("sts-2011-06-15")
        #expect(model.operations[action] != nil)
        #expect(STSParameters.byAction[action]?.subtracting(model.parameters(of: action)) == [])
    }

    @Test func anAssumedRoleIsBelievedByEveryFaceUntilItExpires() throws {
        let cloud = try EmulatedCloud()
        let session = try cloud.assumeRole(seconds: 900)
        func codes() -> [String?] {
            [
                cloud.sts("GetCallerIdentity", credential: session).code,
                Answer(cloud.emulator.handle(cloud.request("DescribeInstances", [:], credential: session))).code,
                cloud.iam(credential: session).code,
            ]
        }
        #expect(codes() == [nil, nil, nil])
        cloud.clock.turn(.seconds(899))
        #expect(codes() == [nil, nil, nil])
        cloud.clock.turn(.seconds(1))
        // EC2 says it in words of its own.
        #expect(codes() == ["ExpiredToken", "RequestExpired", "ExpiredToken"])
        let late = Answer(cloud.emulator.handle(cloud.request("RunInstances", [:], credential: session)))
        #expect(late.code == "RequestExpired")
        cloud.clock.turn(.seconds(3600))
        _ = try cloud.assumeRole(seconds: 900)
        #expect(codes() == ["InvalidClientTokenId", "AuthFailure", "InvalidClientTokenId"])
    }

    @Test func eachCallGivesOthers() throws {
        let cloud = try EmulatedCloud()
        let sessions = try (0..<20).map { _ in try cloud.assumeRole() }
        #expect(Set(sessions.map(\.accessKeyID)).count == 20)
        #expect(Set(sessions.map { $0.secret.revealed }).count == 20)
        #expect(Set(sessions.compactMap { $0.sessionToken?.revealed }).count == 20)
    }

    @Test func whatOneProcessGaveOutAnotherBelieves() throws {
        let folder = try ScratchFolder()
        let clock = TurnedClock()
        let one = try EmulatedCloud(clock: clock) { $0.worldFile = folder.file("world.json") }
        let other = try EmulatedCloud(seed: 8, clock: clock) { $0.worldFile = folder.file("world.json") }
        let session = try one.assumeRole()
        #expect(other.sts("GetCallerIdentity", credential: session).status == 200)
        let stranger = try EmulatedCloud(clock: clock)
        #expect(stranger.sts("GetCallerIdentity", credential: session).code == "InvalidClientTokenId")
    }

    @Test func aRefusedRoleLeavesNothingBehind() throws {
        let cloud = try EmulatedCloud()
        let before = try cloud.emulator.world().revision
        for change in [
            ["RoleArn": "arn:aws:iam::000000000000:role/guarded"], ["RoleSessionName": ""], ["Nonsense": "1"],
            ["Policy": "{"], ["Tags.member.1.Key": "a"], ["DurationSeconds": "899"], ["DurationSeconds": "an hour"],
        ] {
            let all = ["RoleArn": Self.role, "RoleSessionName": "tests"].merging(change) { _, more in more }
            #expect(cloud.sts("AssumeRole", all).status >= 400)
        }
        #expect(try cloud.emulator.world().revision == before)
        #expect(try cloud.emulator.world().sessions == nil)
    }

    @Test func aRateAndAFaultHoldForSTSToo() throws {
        let cloud = try EmulatedCloud()
        try cloud.emulator.change { $0.limits.rates["AssumeRole"] = RateBucket(size: 1, perSecond: 1) }
        _ = try cloud.assumeRole()
        let parameters = ["RoleArn": Self.role, "RoleSessionName": "tests"]
        #expect(cloud.sts("AssumeRole", parameters).code == "Throttling")
        cloud.clock.turn(.seconds(1))
        try cloud.emulator.change {
            $0.faults = [Fault(.refuse(code: "IDPCommunicationError", message: "", status: 400), on: "AssumeRole")]
        }
        #expect(cloud.sts("AssumeRole", parameters).code == "IDPCommunicationError")
        #expect(cloud.sts("AssumeRole", parameters).status == 200)
    }

    @Test func aWorldOfBeforeThereWereSessionsStillOpens() throws {
        let folder = try ScratchFolder()
        let file = folder.file("world.json")
        _ = try EmulatedCloud { $0.worldFile = file }.launch()
        #expect(try !String(decoding: Data(contentsOf: URL(filePath: file)), as: UTF8.self).contains("sessions"))
        #expect(try EmulatedCloud { $0.worldFile = file }.describe().instances.count == 1)
    }
}

extension EmulatedCloud {
    func sts(
        _ action: String, _ parameters: [String: String] = [:], credential: EmulatorCredential = .demo
    ) -> Answer {
        let all = parameters.merging(["Version": "2011-06-15"]) { mine, _ in mine }
        return Answer(emulator.handle(request(action, all, credential: credential, service: "sts")))
    }

    func iam(credential: EmulatorCredential) -> Answer {
        let parameters = ["Version": "2010-05-08", "InstanceProfileName": "demo"]
        return Answer(
            emulator.handle(request("GetInstanceProfile", parameters, credential: credential, service: "iam")))
    }

    func assumeRole(seconds: Int = 3600) throws -> EmulatorCredential {
        let answer = sts(
            "AssumeRole",
            [
                "RoleArn": "arn:aws:iam::000000000000:role/demo", "RoleSessionName": "tests",
                "DurationSeconds": "\(seconds)",
            ])
        return EmulatorCredential(
            accessKeyID: try #require(answer.all("AccessKeyId").first),
            secret: Secret(try #require(answer.all("SecretAccessKey").first)),
            sessionToken: Secret(try #require(answer.all("SessionToken").first)))
    }
}
