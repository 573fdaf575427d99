import Provisioning

/// One condition of a listing: an instance passes if any of the values matches.
package struct InstanceFilter: Sendable, Hashable {
    package var subject: Subject
    /// With `*` for any text and `?` for any one letter.
    package var values: [String]

    package enum Subject: Sendable, Hashable {
        case tag(String)
        case tagKey, tagValue
        case field(Field)
    }

    /// As EC2 names them.
    package enum Field: String, Sendable, Hashable, CaseIterable {
        case affinity, architecture
        case availabilityZone = "availability-zone"
        case clientToken = "client-token"
        case imageID = "image-id"
        case groupID = "instance.group-id"
        case instanceID = "instance-id"
        case lifecycle = "instance-lifecycle"
        case stateCode = "instance-state-code"
        case stateName = "instance-state-name"
        case type = "instance-type"
        case keyName = "key-name"
        case launchIndex = "launch-index"
        case ownerID = "owner-id"
        case privateIP = "private-ip-address"
        case publicIP = "ip-address"
        case reservationID = "reservation-id"
        case reasonCode = "state-reason-code"
        case subnetID = "subnet-id"
    }

    /// Nil: there is no such filter.
    package init?(name: String, values: [String]) {
        if name.hasPrefix("tag:") {
            subject = .tag(String(name.dropFirst(4)))
        } else if name == "tag-key" {
            subject = .tagKey
        } else if name == "tag-value" {
            subject = .tagValue
        } else if let field = Field(rawValue: name) {
            subject = .field(field)
        } else {
            return nil
        }
        self.values = values
    }

    func accepts(_ instance: EmulatedInstance, of reservation: Reservation, at now: Timestamp) -> Bool {
        let tags = reservation.tags(of: instance)
        return switch subject {
        case .tag(let key): tags.contains { $0.key == key && matches($0.value) }
        case .tagKey: tags.contains { matches($0.key) }
        case .tagValue: tags.contains { matches($0.value) }
        case .field(let field): field.values(of: instance, in: reservation, at: now).contains(where: matches)
        }
    }

    private func matches(_ text: String) -> Bool {
        values.contains { pattern in
            pattern == text
                || (pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
                    && isMatch(Array(text), for: Array(pattern)))
        }
    }
}

extension InstanceFilter.Field {
    /// What an instance has under this name; nothing where it has none.
    fileprivate func values(
        of instance: EmulatedInstance, in reservation: Reservation, at now: Timestamp
    ) -> [String] {
        let launch = reservation.launch
        let state = instance.state(at: now)
        switch self {
        case .affinity: return []
        case .architecture: return [processor(ofType: launch.type)]
        case .availabilityZone: return [reservation.zone]
        case .clientToken: return launch.clientToken.map { [$0] } ?? []
        case .imageID: return [launch.image]
        case .groupID: return launch.groups
        case .instanceID: return [instance.id]
        case .lifecycle: return launch.market == .spot ? ["spot"] : []
        case .stateCode: return ["\(state.code)"]
        case .stateName: return [state.rawValue]
        case .type: return [launch.type]
        case .keyName: return launch.keyName.map { [$0] } ?? []
        case .launchIndex: return ["\(instance.index)"]
        case .ownerID: return [EmulatorSettings.accountNumber]
        case .privateIP: return state == .terminated ? [] : [instance.privateIP]
        case .publicIP: return state == .running && launch.hasPublicAddress ? [instance.publicIP] : []
        case .reservationID: return [reservation.id]
        case .reasonCode: return (state == .shuttingDown || state == .terminated) ? [instance.ending?.code ?? ""] : []
        case .subnetID: return state == .terminated ? [] : [launch.subnet ?? defaultSubnet(of: reservation.zone)]
        }
    }
}

extension EmulatedInstance.State {
    /// The low byte, which is all that means something.
    package var code: Int {
        switch self {
        case .pending: 0
        case .running: 16
        case .shuttingDown: 32
        case .terminated: 48
        }
    }
}

/// Families whose generation is followed by a `g` have the cloud's own ARM processors, and so has A1.
func processor(ofType type: String) -> String {
    let family = type.prefix { $0 != "." }
    let rest = family.drop(while: \.isLetter).drop(while: \.isNumber)
    return family == "a1" || (rest.first == "g" && !family.hasPrefix("p")) ? "arm64" : "x86_64"
}

/// The subnet an instance lands in where the call names none: one a zone, always the same.
func defaultSubnet(of zone: String) -> String {
    let number = zone.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) } & 0xFFFF_FFFF
    let digits = String(number, radix: 16)
    return "subnet-" + String(repeating: "0", count: 17 - digits.count) + digits
}

extension World {
    /// The subnet of each zone of a region.
    package func defaultSubnets(in region: String) -> [String: String] {
        Dictionary(
            (conditions.zones[region] ?? []).map { ($0, defaultSubnet(of: $0)) },
            uniquingKeysWith: { first, _ in first })
    }
}

/// Whether a text fits a pattern in which `*` stands for anything and `?` for one character.
func fits(_ text: String, _ pattern: String) -> Bool { isMatch(Array(text), for: Array(pattern)) }

/// Whether a text fits a pattern; one pass, going back at most to the last `*`.
private func isMatch(_ text: [Character], for pattern: [Character]) -> Bool {
    var t = 0, p = 0
    var star: (p: Int, t: Int)?
    while t < text.count {
        if p < pattern.count, pattern[p] == "*" {
            star = (p, t)
            p += 1
        } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
            p += 1
            t += 1
        } else if let last = star {
            star = (last.p, last.t + 1)
            (p, t) = (last.p + 1, last.t + 1)
        } else {
            return false
        }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
}
