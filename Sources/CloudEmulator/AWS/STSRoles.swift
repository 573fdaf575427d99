import Provisioning

// Lending a role: to a caller who has proved to be one, or to one of whom somebody else says who it is.

extension STSFace {
    func assumeRole(
        _ parameters: QueryParameters, by caller: Caller, world: inout World, at now: Timestamp,
        chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let wanted = try wantedRole(parameters)
        let externalID = try parameters.text("ExternalId", of: 2...1224) { $0.isOfName(or: "_+=,.@:/-") }
        let identity = try parameters.text("SourceIdentity", of: 2...64) { $0.isOfName() }
        let tagBytes = try checkTags(parameters)
        try refuseDevice(parameters)
        let denied = EC2Error.accessDenied(
            "User: \(caller.arn) is not authorized to perform: sts:AssumeRole on resource: \(wanted.arn)")
        // Neither is told apart from the other: who may not know the role learns nothing of it.
        guard let role = Inventory.roles.first(where: { $0.arn == wanted.arn }) else { throw denied }
        guard role.externalID == nil || role.externalID == externalID else { throw denied }
        if caller.kind == .roleSession, wanted.seconds > 3600 {
            throw .validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
        }
        let size = try packedSize(parameters, tagBytes: tagBytes)
        let session = try lend(role, wanted, world: &world, at: now, chance: chance)
        return { answer in
            answer.write(session, of: role)
            answer.element("PackedPolicySize", size.map(String.init))
            answer.element("SourceIdentity", identity)
        }
    }

    func assumeByWebIdentity(
        _ parameters: QueryParameters, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let wanted = try wantedRole(parameters)
        _ = try parameters.required("WebIdentityToken")
        let text = try parameters.text("WebIdentityToken", of: 4...20_000) ?? ""
        let token = try WebIdentityToken(text, at: now)
        guard let role = Inventory.roles.first(where: { $0.arn == wanted.arn && $0.externalID == nil }) else {
            throw .accessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
        }
        let size = try packedSize(parameters, tagBytes: 0)
        let session = try lend(role, wanted, world: &world, at: now, chance: chance)
        return { answer in
            answer.write(session, of: role)
            answer.element("PackedPolicySize", size.map(String.init))
            answer.element("SubjectFromWebIdentityToken", token.subject)
            answer.element("Audience", token.audience)
            answer.element("Provider", token.issuer)
        }
    }

    private struct Wanted {
        var arn, name: String
        var seconds: Int
    }

    private func wantedRole(_ parameters: QueryParameters) throws(EC2Error) -> Wanted {
        let arn = try parameters.required("RoleArn")
        _ = try parameters.text("RoleArn", of: 20...2048)
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "iam", parts[3].isEmpty,
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (48...57).contains($0) }),
            parts[5].hasPrefix("role/"), parts[5].utf8.count > 5
        else { throw .validation("\(arn) is invalid") }
        _ = try parameters.required("RoleSessionName")
        let name = try parameters.text("RoleSessionName", of: 2...64) { $0.isOfName() } ?? ""
        let seconds = try parameters.number("DurationSeconds", in: 900...43_200) ?? 3600
        return Wanted(arn: arn, name: name, seconds: seconds)
    }

    private func lend(
        _ role: Inventory.Role, _ wanted: Wanted, world: inout World, at now: Timestamp, chance: () -> UInt64
    ) throws(EC2Error) -> IssuedSession {
        guard wanted.seconds <= role.secondsMax else {
            throw .validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        return world.issue(
            to: .session(of: role, named: wanted.name), for: .seconds(wanted.seconds), at: now, chance: chance)
    }

    // MARK: - What a session carries

    /// How many bytes the tags take.
    private func checkTags(_ parameters: QueryParameters) throws(EC2Error) -> Int {
        func mayHold(_ letter: Unicode.Scalar) -> Bool {
            switch letter.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned: false
            default: letter.isASCII ? letter.isOfName(or: " _.:/=+-@") : true
            }
        }
        var keys: Set<String> = [], size = 0
        let tags = parameters.prefixes("Tags.member")
        guard tags.count <= 50 else {
            throw .constraint("\(tags.count)", of: "Tags", "have length less than or equal to 50")
        }
        for tag in tags {
            _ = try parameters.required("\(tag).Key")
            let key = try parameters.text("\(tag).Key", of: 1...128, mayHold) ?? ""
            guard let value = try parameters.text("\(tag).Value", of: 0...256, mayHold) else {
                throw .missingParameter("\(tag).Value")
            }
            guard !key.lowercased().hasPrefix("aws:") else {
                throw .validation("Tag keys starting with 'aws:' are reserved for internal use")
            }
            guard keys.insert(key.lowercased()).inserted else {
                throw .validation("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
            }
            size += key.utf8.count + value.utf8.count
        }
        for key in parameters.list("TransitiveTagKeys.member") where !keys.contains(key.lowercased()) {
            throw .validation("The specified transitive tag key must be included in the requested tags.")
        }
        return size
    }

    /// How much of what a session may carry its policy and its tags take, in percent; nil: there are none.
    private func packedSize(_ parameters: QueryParameters, tagBytes: Int) throws(EC2Error) -> Int? {
        let policies = parameters.prefixes("PolicyArns.member").map { parameters["\($0).arn"] ?? "" }
        guard policies.count <= 10, policies.allSatisfy({ $0.hasPrefix("arn:aws") }) else {
            throw .validation("The policy ARNs are at most 10, and each begins with arn:aws")
        }
        let policy = parameters["Policy"]
        if let policy, (try? JSONValue(parsing: Array(policy.utf8)))?.object == nil {
            throw EC2Error("MalformedPolicyDocument", "This policy contains invalid Json")
        }
        let bytes = (policy?.utf8.count ?? 0) + tagBytes + policies.reduce(0) { $0 + $1.utf8.count }
        guard bytes > 0 else { return nil }
        let percent = (bytes * 100 + 2047) / 2048
        guard percent <= 100 else {
            throw EC2Error(
                "PackedPolicyTooLarge",
                "Serialized token too large for session: packed policy consumes \(percent)% of allotted space")
        }
        return percent
    }
}

extension XMLText {
    fileprivate mutating func write(_ session: IssuedSession, of role: Inventory.Role) {
        element("AssumedRoleUser") { text in
            text.element("AssumedRoleId", session.caller.userID)
            text.element("Arn", session.caller.arn)
        }
        element("Credentials") { $0.write(session) }
    }
}
