import Provisioning

/// Temporary credentials that this cloud gave out, and for whom they speak.
///
/// They are kept with the world, so that every process that shares it believes them; they open nothing else.
package struct IssuedSession: Sendable, Codable, Hashable {
    package let accessKeyID: String
    package let secret: String
    package let token: String
    package let caller: Caller
    package let expiresAt: Timestamp
    /// The role of this machine, as its metadata give it: asked again, they give the same until it nears its end.
    package let isOfMachine: Bool

    /// How long it is still known that they have been good once.
    fileprivate static let remembrance: Duration = .seconds(3600)

    fileprivate func isForgotten(at now: Timestamp) -> Bool { expiresAt + Self.remembrance <= now }
}

/// Who asks, as the cloud calls them.
package struct Caller: Sendable, Codable, Hashable {
    package let arn: String
    package let userID: String
    package let kind: Kind

    package enum Kind: String, Sendable, Codable {
        /// With credentials that last.
        case user
        /// The user still, with credentials that do not.
        case userSession
        case roleSession
    }

    /// Whoever has the account's own keys.
    package static let account = Caller(
        arn: "arn:aws:iam::\(EmulatorSettings.accountNumber):user/\(Inventory.userName)",
        userID: "AIDAEMULATEDMUSTER0000", kind: .user)

    /// Whoever assumed a role, under the name chosen for that.
    static func session(of role: Inventory.Role, named name: String) -> Caller {
        Caller(
            arn: "arn:aws:sts::\(EmulatorSettings.accountNumber):assumed-role/\(role.name)/\(name)",
            userID: "\(role.id):\(name)", kind: .roleSession)
    }
}

extension World {
    /// Gives out credentials that nobody has yet.
    mutating func issue(
        to caller: Caller, for duration: Duration, isOfMachine: Bool = false, at now: Timestamp, chance: () -> UInt64
    ) -> IssuedSession {
        func letters(_ words: Int) -> String { hex((0..<words * 8).map { _ in UInt8(truncatingIfNeeded: chance()) }) }
        let session = IssuedSession(
            // Sixteen digits that no other of this world's names has.
            accessKeyID: "ASIA" + freshDigits(chance).dropFirst().uppercased(), secret: String(letters(3).prefix(40)),
            token: "IQoJ" + letters(12), caller: caller, expiresAt: now + duration, isOfMachine: isOfMachine)
        sessions = (sessions ?? []).filter { !$0.isForgotten(at: now) } + [session]
        touch()
        return session
    }

    /// The credentials that this machine has now.
    mutating func machineSession(at now: Timestamp, chance: () -> UInt64) -> IssuedSession {
        let enough: Duration = .seconds(900)
        if let current = (sessions ?? []).last(where: { $0.isOfMachine && $0.expiresAt - now > enough }) {
            return current
        }
        let caller = Caller.session(of: Inventory.machineRole, named: Inventory.machine)
        return issue(to: caller, for: .seconds(21_600), isOfMachine: true, at: now, chance: chance)
    }
}
