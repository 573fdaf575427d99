import Provisioning

/// What a listing is asked for: which, in which order, and which page of them.
struct GCPListing {
    let filter: GCPFilter
    let max: Int
    let newestFirst: Bool
    /// The place in the order behind which this page begins.
    let after: String?

    /// One of what may be listed: what it is ordered by, when it was made, and what is told of it once it is known to
    /// be on the page.
    struct Item {
        let key: String
        let createdAt: Timestamp?
        private let write: () -> JSONValue

        init(key: String, createdAt: Timestamp?, json: @autoclosure @escaping () -> JSONValue) {
            self.key = key
            self.createdAt = createdAt
            write = json
        }

        var json: JSONValue { write() }

        /// In order of making, by a text: those made at one moment by their names.
        fileprivate func order(newestFirst: Bool) -> String {
            guard newestFirst else { return key }
            let age = String(Int64.max - (createdAt?.microseconds ?? 0))
            return String(repeating: "0", count: 19 - age.count) + age + "/" + key
        }
    }

    init(_ call: GCPCall, of shape: String) throws(GCPError) {
        filter = try GCPFilter(call.query["filter"] ?? "", of: shape)
        max = try call.number("maxResults") ?? 500
        guard (0...500).contains(max) else {
            throw .invalid(at: "maxResults", "\(max)", "Acceptable values are 0 to 500, inclusive. (Default: 500)")
        }
        switch call.query["orderBy"] ?? "" {
        case "", "name", "name asc": newestFirst = false
        case "creationTimestamp desc": newestFirst = true
        case let other: throw .invalid(at: "orderBy", other, "Must be 'name' or 'creationTimestamp desc'.")
        }
        if let token = call.query["pageToken"], !token.isEmpty {
            guard let bytes = [UInt8](base64URL: token), let text = String(validating: bytes, as: UTF8.self) else {
                throw .invalid(at: "pageToken", token, "The page token is not valid.")
            }
            after = text
        } else {
            after = nil
        }
    }

    /// A page of those that are wanted, and what to ask for the next by.
    func page(_ items: [Item]) -> (items: [Item], next: String?) {
        var ordered = items.map { (order: $0.order(newestFirst: newestFirst), item: $0) }
        ordered.sort { $0.order < $1.order }
        var page: [Item] = []
        var last = ""
        let size = max == 0 ? 500 : max
        for (order, item) in ordered where after.map({ order > $0 }) ?? true {
            if page.count == size, case .everything = filter { return (page, Array(last.utf8).base64URL) }
            let json = item.json
            guard filter.accepts(json) else { continue }
            if page.count == size { return (page, Array(last.utf8).base64URL) }
            page.append(Item(key: item.key, createdAt: item.createdAt, json: json))
            last = order
        }
        return (page, nil)
    }
}

extension GCPCall {
    /// A page of what lies in one place.
    func list(_ kind: String, of shape: String, _ items: [GCPListing.Item]) throws(GCPError) -> JSONValue {
        let page = try GCPListing(self, of: shape).page(items)
        let below = method.path.map { $0.hasPrefix("{") ? self[String($0.dropFirst().dropLast())] : $0 }
        let path = path(below.joined(separator: "/"))
        return [
            "kind": .string("compute#\(kind)List"), "id": .string(path),
            "items": page.items.isEmpty ? nil : .array(page.items.map(\.json)),
            "nextPageToken": page.next.map(JSONValue.string), "selfLink": .link(path),
        ]
    }

    /// A page of what lies anywhere, by place; a place with nothing on the page says so.
    ///
    /// - Parameter items: by place: `zones/us-central1-a`.
    func aggregate(
        _ kind: String, _ field: String, of shape: String, _ items: [(place: String, item: GCPListing.Item)],
        places: [String]
    ) throws(GCPError) -> JSONValue {
        let listing = try GCPListing(self, of: shape)
        let placed = items.map { place, item in
            GCPListing.Item(key: "\(place) \(item.key)", createdAt: item.createdAt, json: item.json)
        }
        let page = listing.page(placed)
        let byPlace = Dictionary(grouping: page.items) { String($0.key.prefix { $0 != " " }) }
        var scopes = JSONObject()
        // With many zones, each of which is named once, a search for a name that is there already would be long.
        for place in places {
            if let found = byPlace[place] {
                scopes.append(place, .object(JSONObject.of(field, .array(found.map(\.json)))))
            } else {
                scopes.append(place, ["warning": GCPCall.emptiness(of: place)])
            }
        }
        let path = path(method.path.joined(separator: "/"))
        return [
            "kind": .string("compute#\(kind)AggregatedList"), "id": .string(path), "items": .object(scopes),
            "nextPageToken": page.next.map(JSONValue.string), "selfLink": .link(path),
        ]
    }

    private static func emptiness(of place: String) -> JSONValue {
        [
            "code": "NO_RESULTS_ON_PAGE", "message": .string("There are no results for scope '\(place)' on this page."),
            "data": [["key": "scope", "value": .string(place)]],
        ]
    }
}

extension JSONObject {
    fileprivate static func of(_ name: String, _ value: JSONValue) -> JSONObject {
        var object = JSONObject()
        object[name] = value
        return object
    }
}
