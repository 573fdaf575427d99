import Provisioning

extension Fleet {
    package enum State: Sendable, Hashable { case active, ended, endedRunning, endedTerminating }

    package enum Activity: String, Sendable {
        case error, fulfilled
        case pendingFulfillment = "pending_fulfillment"
        case pendingTermination = "pending_termination"
    }

    /// The units of those it has.
    package func fulfilled(_ market: Market? = nil) -> Double {
        members.lazy.filter { market == nil || $0.market == market }.reduce(0) { $0 + $1.weight }
    }

    /// The units still to be launched.
    func missing(_ market: Market) -> Double {
        max(0, Double(terms.target(market)) - (mode == .maintain ? fulfilled(market) : given[market] ?? 0))
    }

    package func activity(_ state: State) -> Activity {
        switch state {
        case .endedTerminating: return .pendingTermination
        case .active, .ended, .endedRunning: break
        }
        if Market.allCases.allSatisfy({ missing($0) == 0 }) { return .fulfilled }
        return refusals.isEmpty ? .pendingFulfillment : .error
    }

    /// How long a maintained fleet takes to replace what it lost.
    static let replacementDelay: Duration = .seconds(3)
    /// How often it tries again where there was no room.
    static let retryInterval: Duration = .seconds(5)
}

extension World {
    package func state(of fleet: Fleet, in region: String, at now: Timestamp) -> Fleet.State {
        guard let ending = fleet.ending else { return .active }
        if ending.terminates {
            // Those told to end have left the members, so that they are looked for by the fleet's mark.
            let isEnding = (regions[region]?.reservations ?? []).contains { reservation in
                reservation.launch.tags.contains { $0.key == fleet.mark && $0.value == fleet.id }
                    && reservation.instances.contains { $0.state(at: now) != .terminated }
            }
            return isEnding ? .endedTerminating : .ended
        }
        return fleet.members.isEmpty ? .ended : .endedRunning
    }

    /// The reservation and the place in it of an instance, if the world still remembers it.
    func place(of member: Fleet.Member, in region: String) -> (reservation: Int, index: Int)? {
        guard let reservations = regions[region]?.reservations,
            let at = reservations.placeInOrder(from: { $0.sequence >= member.sequence }),
            reservations[at].sequence == member.sequence,
            let index = reservations[at].instances.placeInOrder(from: { $0.index >= member.index }),
            reservations[at].instances[index].id == member.instance
        else { return nil }
        return (at, index)
    }
}

extension Fleet {
    /// The tag by which its instances tell whose they are.
    var mark: String { kind == .fleet ? "aws:ec2:fleet-id" : "aws:ec2spot:fleet-request-id" }
}
