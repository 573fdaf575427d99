import Provisioning

/// An account as the catalog sees it: enough to know which files speak for it.
package struct CatalogAccount: Sendable, Hashable {
    package var name: AccountName
    package var cloud: CloudName
    package var isEmulated: Bool
    /// Nil: any.
    package var region: String?

    package init(name: AccountName, cloud: CloudName, isEmulated: Bool = false, region: String? = nil) {
        self.name = name
        self.cloud = cloud
        self.isEmulated = isEmulated
        self.region = region
    }

    /// The name nearly always tells two apart, and an account is looked up several times for each template.
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The four layers, lowest first.
package enum Layer: Int, Sendable, Comparable, CaseIterable {
    case legacy, provider, type, instance

    package static func < (a: Layer, b: Layer) -> Bool { a.rawValue < b.rawValue }

    package var name: String {
        switch self {
        case .legacy: "legacy"
        case .provider: "provider"
        case .type: "type"
        case .instance: "instance"
        }
    }
}

/// Whom a template file speaks for, which its name says.
enum Reach: Sendable, Hashable {
    case everyone
    case cloud(CloudName)
    /// Emulated accounts of every cloud; above the cloud's own file of the same layer.
    case emulated
    case account(AccountName)

    func includes(_ account: CatalogAccount) -> Bool {
        switch self {
        case .everyone: true
        case .cloud(let cloud): account.cloud == cloud
        case .emulated: account.isEmulated
        case .account(let name): account.name == name
        }
    }

    /// The narrower of two files of one layer wins.
    var narrowness: Int {
        switch self {
        case .everyone: 0
        case .cloud: 1
        case .emulated: 2
        case .account: 3
        }
    }

    /// An account for checking templates that no account of `config/` asks for.
    var example: CatalogAccount {
        switch self {
        case .everyone: CatalogAccount(name: "example", cloud: "aws")
        case .cloud(let cloud): CatalogAccount(name: "example", cloud: cloud)
        case .emulated: CatalogAccount(name: "example", cloud: "aws", isEmulated: true)
        case .account(let name): CatalogAccount(name: name, cloud: "aws")
        }
    }
}

/// Where a file stands among the others; a higher one wins, field by field.
///
/// Layers first; then the catalog's directories in the order they are listed, so that a site's own directory
/// wins over the one it was shipped with; then names, so that the order is the same everywhere.
struct Rank: Sendable, Comparable {
    var layer: Layer
    var reach: Reach
    var directory: Int
    var path: String

    static func < (a: Rank, b: Rank) -> Bool {
        (a.layer, a.reach.narrowness, a.directory, a.path) < (b.layer, b.reach.narrowness, b.directory, b.path)
    }

    /// Whether two files stand side by side, so that neither can be meant to win over the other.
    func isLevel(with other: Rank) -> Bool {
        layer == other.layer && reach == other.reach && directory == other.directory
    }
}

/// What a file name says: `awsprov_templates.yaml` is the provider layer for `aws`.
struct FileNaming: Sendable {
    var layer: Layer
    var reach: Reach

    static let clouds: [CloudName] = ["aws", "azure", "gcp"]

    /// Nil: the name follows none of the patterns. Also read are `aws_templates.json` and `<account>_templates.json`,
    /// as other tools write them, and HostFactory's `<account>prov_templates.json`.
    init?(_ fileName: String) {
        guard let stem = FileNaming.stem(fileName) else { return nil }
        if stem == "templates" {
            self.init(layer: .legacy, reach: .everyone)
            return
        }
        guard stem.hasSuffix("_templates") else { return nil }
        let subject = stem.dropLast("_templates".count)
        func reach(_ name: Substring) -> Reach? {
            if name == "emulated" { return .emulated }
            let cloud = CloudName(String(name))
            return FileNaming.clouds.contains(cloud) ? .cloud(cloud) : nil
        }
        if subject.hasSuffix("inst"), subject.count > 4 {
            self.init(layer: .instance, reach: .account(AccountName(String(subject.dropLast(4)))))
        } else if subject.hasSuffix("type"), let reach = reach(subject.dropLast(4)) {
            self.init(layer: .type, reach: reach)
        } else if subject.hasSuffix("prov"), subject.count > 4 {
            let name = subject.dropLast(4)
            self.init(layer: .provider, reach: reach(name) ?? .account(AccountName(String(name))))
        } else if let reach = reach(subject) {
            self.init(layer: .provider, reach: reach)
        } else if !subject.isEmpty, !subject.hasSuffix("type") {
            self.init(layer: .instance, reach: .account(AccountName(String(subject))))
        } else {
            return nil
        }
    }

    init(layer: Layer, reach: Reach) {
        self.layer = layer
        self.reach = reach
    }

    /// The name without its ending; nil if it is no YAML or JSON file.
    static func stem(_ fileName: String) -> Substring? {
        for ending in [".yaml", ".yml", ".json"] where fileName.hasSuffix(ending) && fileName.count > ending.count {
            return fileName.dropLast(ending.count)
        }
        return nil
    }
}
