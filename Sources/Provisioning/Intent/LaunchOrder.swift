/// All that a strategy needs to write a launch; stored with the intent, so a retry sends the same bytes.
package struct LaunchOrder: Hashable, Sendable, Codable {
    package var request: Request.ID
    package var template: Template
    package var offering: Offering
    package var count: Int
    /// At creation, on everything the launch brings about: ours, the site's, the template's and the order's.
    package var tags: [String: String]

    package init(request: Request.ID, template: Template, offering: Offering, count: Int, tags: [String: String]) {
        self.request = request
        self.template = template
        self.offering = offering
        self.count = count
        self.tags = tags
    }
}
