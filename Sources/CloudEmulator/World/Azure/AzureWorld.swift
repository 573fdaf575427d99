/// What there is in an emulated Azure.
package struct AzureWorld: Sendable, Codable {
    package init() {}
}
