import Provisioning

extension EC2Face {
    func terminateInstances(
        _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list("InstanceId")
        guard !ids.isEmpty else { throw .missingParameter("InstanceId") }
        let isRehearsal = try parameters.boolean("DryRun") ?? false
        let changes = try world.terminate(ids, in: region, at: now, changing: !isRehearsal)
        if isRehearsal { throw .dryRun }
        return { answer in
            answer.element("instancesSet") { answer in
                for change in changes {
                    answer.element("item") { answer in
                        answer.element("instanceId", change.instance)
                        answer.element("currentState") { $0.write(change.after) }
                        answer.element("previousState") { $0.write(change.before) }
                    }
                }
            }
        }
    }

    func describeInstances(
        _ parameters: QueryParameters, in region: String, world: World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        var wanted = Description()
        wanted.ids = parameters.list("InstanceId")
        wanted.filters = try filters(parameters)
        try readPage(parameters, into: &wanted)
        let page = try world.describe(wanted, in: region, at: now)
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        return { answer in
            answer.element("reservationSet") { answer in
                for reservation in page.reservations {
                    answer.element("item") { $0.write(reservation, at: now) }
                }
            }
            answer.element("nextToken", page.next?.token)
        }
    }

    /// Which page of a list of instances is wanted.
    func readPage(_ parameters: QueryParameters, into wanted: inout Description) throws(EC2Error) {
        wanted.pageSize = try parameters.integer("MaxResults")
        if let size = wanted.pageSize {
            guard wanted.ids.isEmpty else {
                throw EC2Error(
                    "InvalidParameterCombination",
                    "The parameter instancesSet cannot be used with the parameter maxResults")
            }
            guard (5...1000).contains(size) else {
                throw EC2Error(
                    "InvalidParameterValue",
                    "Value ( \(size) ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.")
            }
        }
        if let token = parameters["NextToken"], !token.isEmpty {
            guard wanted.ids.isEmpty, let cursor = Description.Cursor(token: token) else {
                throw EC2Error("InvalidParameterValue", "Unable to parse pagination token")
            }
            wanted.after = cursor
        }
    }

    private func filters(_ parameters: QueryParameters) throws(EC2Error) -> [InstanceFilter] {
        var filters: [InstanceFilter] = []
        for (name, values) in try filterTexts(parameters) {
            guard let filter = InstanceFilter(name: name, values: values) else {
                throw EC2Error("InvalidParameterValue", "The filter '\(name)' is invalid")
            }
            filters.append(filter)
        }
        return filters
    }

    /// The filters of any listing, as they came.
    func filterTexts(_ parameters: QueryParameters) throws(EC2Error) -> [(name: String, values: [String])] {
        var filters: [(name: String, values: [String])] = []
        for prefix in parameters.prefixes("Filter") {
            let name = try parameters.required("\(prefix).Name")
            let values = parameters.list("\(prefix).Value")
            guard !values.isEmpty else { throw EC2Error("InvalidParameterValue", "The filter '\(name)' has no values") }
            guard values.count <= 200 else {
                throw EC2Error(
                    "FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200")
            }
            filters.append((name, values))
        }
        return filters
    }
}

extension Description.Cursor {
    /// As EC2's clients must take it: a text that means nothing to them.
    var token: String { "eyJ2" + hex("\(sequence).\(index)".utf8) }

    init?(token: String) {
        guard token.hasPrefix("eyJ2") else { return nil }
        let digits = Array(token.utf8.dropFirst(4))
        var text: [UInt8] = []
        for at in stride(from: 0, to: digits.count, by: 2) {
            guard at + 1 < digits.count, let high = hexValue(digits[at]), let low = hexValue(digits[at + 1])
            else { return nil }
            text.append(high << 4 | low)
        }
        let parts = String(decoding: text, as: UTF8.self).split(separator: ".").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        self.init(sequence: parts[0], index: parts[1])
    }
}
