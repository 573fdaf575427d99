import Cloud
import Provisioning

/// The Security Token Service as it looks from outside: it tells callers who they are, and lends them roles.
///
/// https://docs.aws.amazon.com/STS/latest/APIReference/
struct STSFace {
    var signatures: SignatureCheck

    static let service = QueryService(namespace: "https://sts.amazonaws.com/doc/2011-06-15/", version: "2011-06-15")

    func answer(
        _ request: HTTPRequest, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) -> HTTPResponse {
        let id = EC2Face.requestID(chance)
        do throws(EC2Error) {
            let call = try STSFace.service.call(request)
            let content: (inout XMLText) -> Void
            if call.action == "AssumeRoleWithWebIdentity" {
                // Whoever has somebody else's word for who they are has nothing to sign with.
                let parameters = try accept(call, world: &world, at: now)
                content = try assumeByWebIdentity(parameters, world: &world, at: now, chance: chance)
            } else {
                let scope = try signatures.scope(of: request, in: world, at: now)
                let parameters = try accept(call, world: &world, at: now)
                content = try perform(
                    call.action, parameters, by: scope.caller, world: &world, at: now, chance: chance)
            }
            return STSFace.service.response(to: call.action, id, content)
        } catch {
            return STSFace.service.refusal(error, id)
        }
    }

    private func accept(
        _ call: QueryService.Call, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> QueryParameters {
        guard let accepted = STSParameters.byAction[call.action] else {
            throw STSFace.service.unknownAction(call.action)
        }
        try world.takeRate(call.action, at: now)
        return try STSFace.service.parameters(call, accepting: accepted)
    }

    private func perform(
        _ action: String, _ parameters: QueryParameters, by caller: Caller, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        switch action {
        case "GetCallerIdentity":
            return { answer in
                answer.element("Arn", caller.arn)
                answer.element("UserId", caller.userID)
                answer.element("Account", EmulatorSettings.accountNumber)
            }
        case "GetSessionToken":
            return try sessionToken(parameters, for: caller, world: &world, at: now, chance: chance)
        case "AssumeRole":
            return try assumeRole(parameters, by: caller, world: &world, at: now, chance: chance)
        default:
            throw STSFace.service.unknownAction(action)
        }
    }

    private func sessionToken(
        _ parameters: QueryParameters, for caller: Caller, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let seconds = try parameters.number("DurationSeconds", in: 900...129_600) ?? 43_200
        try refuseDevice(parameters)
        guard caller.kind == .user else {
            throw .accessDenied("Cannot call GetSessionToken with session credentials")
        }
        let same = Caller(arn: caller.arn, userID: caller.userID, kind: .userSession)
        let session = world.issue(to: same, for: .seconds(seconds), at: now, chance: chance)
        return { answer in
            answer.element("Credentials") { $0.write(session) }
        }
    }

    /// Nobody here has a device that makes codes, so that no code is right.
    func refuseDevice(_ parameters: QueryParameters) throws(EC2Error) {
        let code = try parameters.text("TokenCode", of: 6...6) { ("0"..."9").contains($0) }
        let serial = try parameters.text("SerialNumber", of: 9...256) { $0.isOfName(or: "_+=/:,.@-") }
        guard code != nil || serial != nil else { return }
        throw .accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    }
}

extension EC2Error {
    static func accessDenied(_ message: String) -> EC2Error { EC2Error("AccessDenied", message, status: 403) }
}

extension XMLText {
    mutating func write(_ session: IssuedSession) {
        element("AccessKeyId", session.accessKeyID)
        element("SecretAccessKey", session.secret)
        element("SessionToken", session.token)
        element("Expiration", session.expiresAt.toTheSecond)
    }
}
