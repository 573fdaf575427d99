import Engine
import Provisioning

extension TypeSource {
    var name: String {
        switch self {
        case .cloud: "cloud"
        case .table: "table"
        case .attributes: "attributes"
        }
    }

    var listedAt: String? { if case .cloud(let asked) = self { asked.description } else { nil } }

    /// Why the cloud did not say.
    var answer: String? { if case .table(let why) = self { why } else { nil } }
}
