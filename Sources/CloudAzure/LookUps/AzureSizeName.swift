import Provisioning

/// What the name of a size says: `Standard_NC4as_T4_v3` is of series NC, has features a and s, and a T4.
///
/// https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
struct AzureSizeName {
    let series: String
    /// Lower-case letters: `a` for processors of AMD, `p` for ARM, `d` for a local disk, and so on.
    let features: String
    /// Nil: it shows fewer than it has, and its name does not say which are counted.
    let vcpus: Int?
    /// Whether it shows fewer processors than it has, as `E8-4ds` does.
    let isConstrained: Bool
    private let accelerator: String
    private let version: String

    /// Nil: it is named as no size is.
    init?(_ name: String) {
        let parts = name.split(separator: "_").map(String.init)
        guard parts.count >= 2, ["Standard", "Basic"].contains(parts[0]) else { return nil }
        let letters = parts[1].prefix { $0.isLetter && $0.isUppercase }
        let rest = parts[1].dropFirst(letters.count)
        guard !letters.isEmpty, let first = rest.first, first.isNumber else { return nil }
        series = String(letters)
        let size = rest.prefix { $0.isNumber || $0 == "-" }
        isConstrained = size.contains("-")
        vcpus = Int(size)
        features = String(rest.dropFirst(size.count))
        let ends = parts.dropFirst(2)
        version = ends.last.flatMap { $0.first == "v" ? $0 : nil } ?? ""
        accelerator = ends.first { $0.first?.isUppercase ?? false } ?? ""
    }

    /// `NCasT4v3`: sizes with one processor.
    var family: String { series + features + accelerator + version }

    /// Its memory is encrypted, and its image has to know.
    var isConfidential: Bool { ["DC", "EC", "NCC"].contains(series) }

    /// As the table in `providers/` names them.
    func maker(_ architecture: Architecture) -> String {
        if architecture == .arm { return version == "v6" ? "azure" : "ampere" }
        return features.contains("a") || ["HB", "HX"].contains(series) ? "amd" : "intel"
    }

    /// What is known of its GPU, which the listing counts and does not name; nil: nothing.
    var gpu: (name: String, memory: Int, leastVCPUs: Int)? {
        let name = accelerator.isEmpty && series == "ND" && version == "v4" ? "A100" : accelerator
        // Whoever has fewer processors has a share of one.
        switch name {
        case "T4": return (name, 16, 4)
        case "A10": return (name, 24, 36)
        case "A100": return (name, accelerator.isEmpty ? 40 : 80, 24)
        case "H100": return (name, series == "NC" ? 94 : 80, 40)
        case "H200": return (name, 141, 96)
        case "MI300X": return (name, 192, 96)
        default: return nil
        }
    }
}
