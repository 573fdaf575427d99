import Cloud
import Provisioning

/// How much a fleet is to have.
struct FleetTarget: Hashable, Sendable {
    var total: Int
    /// How much of it on-demand; nil: nothing is said of it.
    var onDemand: Int?
}

/// What EC2 says of a fleet.
struct FleetState: Hashable, Sendable {
    var name: String
    /// Whether it launches nothing any more, whatever becomes of its machines.
    var isOver: Bool
    var target: FleetTarget
    /// How much of it there is, in the units of its target.
    var fulfilled: Int
    var fulfilledOnDemand: Int
    /// What a machine of a type counts for, where not 1.
    var weights: [String: Int] = [:]
    /// The token of the call that made it.
    var token: String?

    init(_ item: XMLElement, _ words: FleetWords) throws {
        // A Spot Fleet says about itself what it was asked for, and an EC2 Fleet has all side by side.
        let config = item["spotFleetRequestConfig"] ?? item
        let capacity = item["targetCapacitySpecification"] ?? config
        guard let name = item.text(words.answeredID), let state = item.text(words.state),
            let total = capacity.whole("totalTargetCapacity") ?? capacity.whole("targetCapacity")
        else { throw Unreadable("a fleet has no id, state or target") }
        self.name = name
        isOver = state.hasPrefix(words.over) || state == "failed"
        target = FleetTarget(total: total, onDemand: capacity.whole("onDemandTargetCapacity"))
        fulfilled = config.whole("fulfilledCapacity") ?? 0
        fulfilledOnDemand =
            config.whole("fulfilledOnDemandCapacity") ?? config.whole("onDemandFulfilledCapacity") ?? 0
        for override in (config["launchTemplateConfigs"]?.children("item") ?? []).flatMap({
            $0["overrides"]?.children("item") ?? []
        }) {
            if let type = override.text("instanceType"), let weight = override.whole("weightedCapacity") {
                weights[type] = weight
            }
        }
        let tags = item["tagSet"]?.children("item") ?? []
        token = tags.first { $0.text("key") == OurTag.token }?.text("value") ?? config.text("clientToken")
    }

    /// Whether it is to have some of each market, so that a change must say how much of which.
    var isMixed: Bool { (target.onDemand ?? 0) > 0 && (target.onDemand ?? 0) < target.total }

    /// What to ask for so that it has so much in all, and no reason to launch one machine in place of another.
    ///
    /// - Parameter leaving: the members that are about to be ended.
    func target(of total: Int, without leaving: [Instance]) -> FleetTarget {
        guard let onDemand = target.onDemand else { return FleetTarget(total: total) }
        if onDemand == 0 { return FleetTarget(total: total, onDemand: 0) }
        if onDemand >= target.total { return FleetTarget(total: total, onDemand: total) }
        func weight(_ market: Market) -> Int {
            leaving.filter { $0.market == market }.reduce(0) { $0 + (weights[$1.type] ?? 1) }
        }
        // What is there stays, whatever its share; what is still to come is shared as it was asked for.
        let staysOnDemand = max(0, fulfilledOnDemand - weight(.onDemand))
        let staysSpot = max(0, fulfilled - fulfilledOnDemand - weight(.spot))
        let coming = max(0, total - staysOnDemand - staysSpot)
        let share = total * onDemand / max(1, target.total)
        let wanted = staysOnDemand + min(coming, max(0, share - staysOnDemand))
        return FleetTarget(total: total, onDemand: min(total, wanted))
    }
}

extension XMLElement {
    /// A capacity, which EC2 answers as a fraction; nil: it says none.
    fileprivate func whole(_ name: String) -> Int? {
        guard let number = text(name).flatMap(Double.init), number.isFinite, abs(number) < 1_000_000_000 else {
            return nil
        }
        return Int(number.rounded())
    }
}
