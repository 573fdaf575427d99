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
    /// How much it is to have, and how much of that on-demand.
    var total: Int
    var onDemand: Int
    /// Whether it was told how much of which market, so that a change must say it too.
    var saysParts: Bool
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
        self.total = total
        // What is said of neither market is of the usual one; a Spot Fleet's is the spot market.
        let onDemand = capacity.whole("onDemandTargetCapacity") ?? 0, spot = capacity.whole("spotTargetCapacity") ?? 0
        let isUsuallyOnDemand = capacity.text("defaultTargetCapacityType") == Market.onDemand.rawValue
        self.onDemand = onDemand + (isUsuallyOnDemand ? max(0, total - onDemand - spot) : 0)
        saysParts = onDemand > 0 || spot > 0
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

    /// Whether it is to have some of each market.
    var isMixed: Bool { onDemand > 0 && onDemand < total }

    /// What to ask for so that it has so much in all, and no reason to launch one machine in place of another.
    ///
    /// - Parameter leaving: the members that are about to be ended.
    func target(of total: Int, without leaving: [Instance]) -> FleetTarget {
        guard saysParts else { return FleetTarget(total: total) }
        if onDemand == 0 { return FleetTarget(total: total, onDemand: 0) }
        if onDemand >= self.total { return FleetTarget(total: total, onDemand: total) }
        func weight(_ market: Market) -> Int {
            leaving.filter { $0.market == market }.reduce(0) { $0 + (weights[$1.type] ?? 1) }
        }
        // What is there stays, whatever its share; what is still to come is shared as it was asked for.
        let staysOnDemand = max(0, fulfilledOnDemand - weight(.onDemand))
        let staysSpot = max(0, fulfilled - fulfilledOnDemand - weight(.spot))
        let coming = max(0, total - staysOnDemand - staysSpot)
        let share = total * onDemand / max(1, self.total)
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
