/// Says what keeps an order from being accepted for a resolved template; empty: nothing does.
///
/// `inUse` is how many machines of the template are alive or promised; `siteTags` are those that the account puts on
/// everything.
package func check(
    _ order: Order, against template: Template, inUse: Int = 0, siteTags: [String: String] = [:]
) -> [Diagnostic] {
    var found: [Diagnostic] = []
    if order.count < 1 {
        found.append(
            .init(.error, "order.count", "`\(order.count)` machines cannot be asked for", hint: "ask for at least 1"))
    }
    if order.count > Order.countMax {
        found.append(
            .init(
                .error, "order.count", "`\(order.count)` machines are more than one request may hold",
                hint: "ask for at most \(Order.countMax), in several requests if need be"))
    }
    if let limit = template.limit, order.count > 0, order.count > limit - inUse {
        let left = max(0, limit - inUse)
        found.append(
            .init(
                .error, "order.limit",
                "`\(order.count)` machines are beyond the limit of template `\(template.id)`: \(limit), of which \(inUse) in use",
                hint: left > 0 ? "ask for at most \(left)" : "give machines back first: `muster machine list`"))
    }
    if let atLeast = order.atLeast, order.count >= 1, !(1...order.count).contains(atLeast) {
        found.append(
            .init(
                .error, "order.at-least", "`\(atLeast)` is no least count for \(order.count) machines",
                hint: "say a number from 1 to \(order.count)"))
    }
    if order.deadlineSeconds < 1 {
        found.append(
            .init(.error, "order.deadline", "a deadline of `\(order.deadlineSeconds)s` is over before it begins"))
    }
    for seconds in [order.deadlineSeconds, order.lifetimeSeconds ?? 1] where seconds > Duration.centurySeconds {
        found.append(.init(.error, "order.deadline", "`\(seconds)s` is more than a century"))
    }
    if let lifetime = order.lifetimeSeconds, lifetime < 1 {
        found.append(.init(.error, "order.lifetime", "a lifetime of `\(lifetime)s` is over before it begins"))
    }
    if let key = order.key, key.isEmpty || key.utf8.count > 256 {
        found.append(.init(.error, "order.key", "a key has 1 to 256 bytes, this one \(key.utf8.count)"))
    }
    found += Order.mistakes(in: order.tags, beside: siteTags.merging(template.tags) { $1 })
    if !template.isActive {
        found.append(
            .init(
                .error, "order.inactive", "template `\(template.id)` is not active",
                hint: "set `is_active: true` in its file, or choose another: `muster template list`"))
    }
    return found
}

extension Order {
    /// What no cloud takes as a tag, or what is ours to set. The bounds are those of EC2, which no cloud is below.
    fileprivate static func mistakes(in tags: [String: String], beside others: [String: String]) -> [Diagnostic] {
        var found: [Diagnostic] = []
        for key in tags.keys.sorted() {
            if key.hasPrefix(OurTag.prefix) || key.lowercased().hasPrefix("aws:") {
                found.append(.init(.error, "order.tag", "the tag `\(key)` is reserved", hint: "choose another key"))
            }
            if key.isEmpty || key.count > 128 || tags[key]!.count > 256 {
                found.append(
                    .init(
                        .error, "order.tag",
                        "the tag `\(key.prefix(40))` has a key of \(key.count) characters and a value of \(tags[key]!.count)",
                        hint: "a key has 1 to 128 characters, a value at most 256"))
            }
        }
        let all = Set(tags.keys).union(others.keys).count
        if all > tagsMax {
            found.append(
                .init(
                    .error, "order.tag", "with the template's and the account's these are \(all) tags",
                    hint: "give at most \(tagsMax) in all"))
        }
        return found
    }

    /// Of the fifty that EC2 allows; the rest is for ours and the account's.
    private static let tagsMax = 45

    /// The most machines in one request.
    package static let countMax = 100_000
}
