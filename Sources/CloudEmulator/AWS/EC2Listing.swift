/// What every listing but that of instances has in common: filters by some names, and pages.
struct EC2Listing<Item> {
    /// What an item says under each name that it may be filtered by.
    let fields: [String: (Item) -> [String]]
    /// How large a page may be.
    var pageSizes: ClosedRange<Int> = 5...1000

    /// One page of what a call wants of some items, and what to ask for the next one by.
    func page(
        of items: [Item], _ parameters: QueryParameters, _ filters: [(name: String, values: [String])]
    ) throws(EC2Error) -> (items: [Item], next: String?) {
        var found = items
        for (name, values) in filters {
            guard let field = fields[name] else {
                throw EC2Error("InvalidParameterValue", "The filter '\(name)' is invalid")
            }
            found.removeAll { item in
                !field(item).contains { text in values.contains { fits(text, $0) } }
            }
        }
        var start = 0
        if let token = parameters["NextToken"], !token.isEmpty {
            guard let cursor = Description.Cursor(token: token), (0...found.count).contains(cursor.index) else {
                throw EC2Error("InvalidParameterValue", "Unable to parse pagination token")
            }
            start = cursor.index
        }
        var end = found.count
        if let size = try parameters.integer("MaxResults") {
            guard pageSizes.contains(size) else {
                throw EC2Error(
                    "InvalidParameterValue",
                    "Value ( \(size) ) for parameter maxResults is invalid. Expecting a value between "
                        + "\(pageSizes.lowerBound) and \(pageSizes.upperBound).")
            }
            end = min(found.count, start + size)
        }
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        // Nothing of an inventory ever comes or goes, so that a number is cursor enough.
        let next = end < found.count ? Description.Cursor(sequence: 0, index: end).token : nil
        return (Array(found[start..<end]), next)
    }
}
