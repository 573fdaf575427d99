/// What every listing but that of instances has in common: filters by some names, and pages.
struct EC2Listing<Item> {
    /// What an item says under each name that it may be filtered by.
    let fields: [String: (Item) -> [String]]
    /// How large a page may be.
    var pageSizes: ClosedRange<Int> = 5...1000
    /// The tags by which an item may be filtered too, where it has any.
    var tags: ((Item) -> [Launch.Tag])?
    /// A number that rises from item to item and never changes. Where there is none, an item's place will do.
    var number: ((Item) -> Int)?

    /// One page of what a call wants of some items, and what to ask for the next one by.
    func page(
        of items: [Item], _ parameters: QueryParameters, _ filters: [(name: String, values: [String])]
    ) throws(EC2Error) -> (items: [Item], next: String?) {
        var found = items
        for (name, values) in filters {
            guard let field = field(name) else {
                throw EC2Error("InvalidParameterValue", "The filter '\(name)' is invalid")
            }
            found.removeAll { item in
                !field(item).contains { text in values.contains { fits(text, $0) } }
            }
        }
        var start = 0
        if let token = parameters["NextToken"], !token.isEmpty {
            guard let cursor = Description.Cursor(token: token),
                number != nil || (0...found.count).contains(cursor.index)
            else { throw EC2Error("InvalidParameterValue", "Unable to parse pagination token") }
            start = cursor.index
            if let number { start = found.firstIndex { number($0) > cursor.index } ?? found.count }
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
        // Nothing of an inventory ever comes or goes, so that a place is cursor enough there.
        let last = end > start ? number?(found[end - 1]) : nil
        let next = end < found.count ? Description.Cursor(sequence: 0, index: last ?? end).token : nil
        return (Array(found[start..<end]), next)
    }

    private func field(_ name: String) -> ((Item) -> [String])? {
        if let field = fields[name] { return field }
        guard let tags else { return nil }
        if name == "tag-key" { return { tags($0).map(\.key) } }
        guard name.hasPrefix("tag:") else { return nil }
        let key = name.dropFirst(4)
        return { tags($0).filter { $0.key == key }.map(\.value) }
    }
}
