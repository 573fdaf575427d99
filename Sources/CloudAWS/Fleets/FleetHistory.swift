import Cloud
import Provisioning

/// What went wrong with a fleet, as it tells afterwards: up to half a minute late, and for two days.
///
/// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EventInformation.html
extension FleetGroups {
    /// The newest first.
    static func faults(
        of fleet: FleetState, since start: Timestamp, found: [FleetEvent] = [], after cursor: String? = nil
    ) -> Procedure<GroupReport> {
        var query = EC2Query(words.history)
        query.set(words.id, fleet.name)
        query.set("StartTime", start.description)
        query.set("EventType", words.faultEvents)
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        var call: Call<Procedure<GroupReport>.Step> = query.call(.reads) { response in
            let (items, more) = try EC2Reply.page("historyRecordSet", of: response)
            let found = found + items.compactMap(FleetEvent.init)
            if let more { return .then(faults(of: fleet, since: start, found: found, after: more)) }
            let newest = found.sorted { $0.at > $1.at }.map { OfferingFault(nil, $0.fault) }
            return .done(GroupReport(target: fleet.total, faults: newest.eachOnce))
        }
        // Why something is missing is good to know, and nothing that anybody must be allowed to ask.
        call.consent = { fault in
            fault.code == "UnauthorizedOperation" ? .done(GroupReport(target: fleet.total)) : nil
        }
        return Procedure(call)
    }
}

/// Something that a fleet was refused.
struct FleetEvent: Sendable {
    let at: Timestamp
    let fault: Fault

    /// Nil: it is not about that.
    init?(_ item: XMLElement) {
        guard let kind = item.text("eventType"), let what = item["eventInformation"]?.text("eventSubType"),
            let at = item.text("timestamp").flatMap({ Timestamp($0) }),
            ["error", "service-error"].contains(kind) || FleetEvent.notes.contains(what)
        else { return nil }
        let words = item["eventInformation"]?.text("eventDescription") ?? ""
        self.at = at
        fault = Fault(status: 400, code: FleetEvent.code(of: what, in: words), message: words)
    }

    /// What is called information, and is a no all the same.
    private static let notes: Set = ["launchSpecTemporarilyBlacklisted", "launchSpecUnusable"]

    /// The code of EC2 that an event stands for: that in its words, if there is one, says more than its name.
    static func code(of what: String, in words: String) -> String {
        if let named = words.split(whereSeparator: { !($0.isLetter || $0 == ".") }).first(where: \.isCode) {
            return String(named)
        }
        switch what {
        case "spotInstanceCountLimitExceeded": return "MaxSpotInstanceCountExceeded"
        case "launchSpecUnusable": return "SpotMaxPriceTooLow"
        case "spotFleetRequestConfigurationInvalid", "fleetRequestConfigurationInvalid": return "InvalidParameterValue"
        case "iamFleetRoleInvalid": return "UnauthorizedOperation"
        default: return what.prefix(1).uppercased() + what.dropFirst()
        }
    }
}

extension Substring {
    /// Whether it is written as EC2 writes codes: `InsufficientInstanceCapacity`, `InvalidSubnetID.NotFound`.
    fileprivate var isCode: Bool {
        first?.isUppercase == true && count >= 12 && contains { $0.isLowercase }
            && filter(\.isUppercase).count >= 2 && !hasSuffix(".")
    }
}
