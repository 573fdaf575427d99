/// What a caller asks for.
package struct Order: Hashable, Sendable, Codable {
    package var template: Template.ID
    package var count: Int
    /// Fewer than this and the caller wants none; nil: any number is better than none.
    package var atLeast: Int?
    /// The same key gives the same request; nil: every order is a new one.
    package var key: String?
    package var account: AccountName?
    /// How long to try before settling for what there is.
    package var deadlineSeconds: Int = Order.defaultDeadlineSeconds
    /// How long each machine may live once it runs; nil: as the template says.
    package var lifetimeSeconds: Int?
    /// Added to the template's, and winning over them.
    package var tags: [String: String] = [:]
    /// Values for the template's parameters, as written; nil: none are given.
    package var parameters: [String: String]?

    package static let defaultDeadlineSeconds = 15 * 60

    package init(template: Template.ID, count: Int) {
        self.template = template
        self.count = count
    }
}
