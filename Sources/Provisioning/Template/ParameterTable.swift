/// What one call of a cloud takes, in the cloud's own words, read from `providers/<cloud>/parameters/`.
package struct ParameterTable: Sendable {
    /// What the cloud calls it: `CreateFleet`.
    package var action: String
    /// The structure among its parameters that a template writes; nil: all of them.
    package var within: String?
    package var root: String
    package var structures: [String: Structure] = [:]
    /// What we write ourselves, by its path.
    package var ours: [String: Reserved] = [:]

    package indirect enum Kind: Hashable, Sendable {
        case text, integer, long, number, boolean, time
        case words([String])
        /// What stands between its name and its numbers on the wire; nil: nothing.
        case list(Kind, after: String?)
        case structure(String)
    }

    package struct Member: Sendable {
        package var name: String
        /// What it is called on the wire.
        package var wire: String
        package var kind: Kind

        package init(name: String, wire: String, kind: Kind) {
            self.name = name
            self.wire = wire
            self.kind = kind
        }
    }

    package struct Structure: Sendable {
        /// In order.
        package let names: [String]
        private let members: [String: Member]

        package init(_ members: [Member]) {
            names = members.map(\.name)
            var byName: [String: Member] = [:]
            for member in members {
                byName[member.name] = member
                byName[member.name.startingLowerCase] = member
            }
            self.members = byName
        }

        /// By its name, or the same with a small letter at its start, as `spotOptions` for `SpotOptions`.
        package subscript(name: String) -> Member? { members[name] }
    }

    /// Why a template may not write a parameter, and what it can do instead.
    package struct Reserved: Hashable, Sendable {
        package var why: String
        package var instead: String?

        package init(why: String, instead: String?) {
            self.why = why
            self.instead = instead
        }
    }

    package init(action: String, within: String? = nil, root: String) {
        self.action = action
        self.within = within
        self.root = root
    }
}

extension String {
    /// `VPCZoneIdentifier` becomes `vpcZoneIdentifier`.
    fileprivate var startingLowerCase: String {
        let capitals = prefix { $0.isUppercase }.count
        // The last capital of several begins the next word.
        let count = capitals > 1 && capitals < self.count ? capitals - 1 : capitals
        return prefix(count).lowercased() + dropFirst(count)
    }
}

/// The tables of a cloud, each read when it is first asked for: few templates need any.
package final class ParameterTables: Sendable {
    package typealias Reading = Result<ParameterTable?, Rejected>

    private let read: @Sendable (APIName) -> Reading
    private let known = Lock<[APIName: Reading]>([:])

    /// - Parameter read: nil: nothing is known of what this API takes.
    package init(read: @escaping @Sendable (APIName) -> Reading) { self.read = read }

    package static let none = ParameterTables { _ in .success(nil) }

    /// What the launching call of an API takes; nil: nothing is known of it, and nothing is checked by it.
    ///
    /// - Throws: `Rejected` if its table is damaged.
    package func call(of api: APIName) throws(Rejected) -> ParameterTable? {
        try known.withLock { known in
            if let reading = known[api] { return reading }
            let reading = read(api)
            known[api] = reading
            return reading
        }.get()
    }

    /// What the launch templates of an API's cloud take.
    package func launchTemplate(for api: APIName) throws(Rejected) -> ParameterTable? {
        try call(of: APIName("\(api.text.prefix { $0 != "/" })/launch-template"))
    }
}
