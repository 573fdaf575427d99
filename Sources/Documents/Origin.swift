import Provisioning

/// Where a value came from.
package struct Origin: Sendable, Hashable, CustomStringConvertible {
    /// Nil: it is in no file.
    package var place: Place?
    /// Who says so: `provider`, `environment MUSTER_REGION`, `flag --region`.
    package var layer: String

    package init(place: Place? = nil, layer: String) {
        self.place = place
        self.layer = layer
    }

    /// `templates/awsprov_templates.yaml:4:3 (provider)`
    package var description: String { place.map { "\($0) (\(layer))" } ?? layer }
}
