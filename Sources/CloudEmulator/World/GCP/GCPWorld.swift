/// What there is in an emulated Google Cloud.
package struct GCPWorld: Sendable, Codable {
    package init() {}
}
