/// What a size of virtual machine has, read off its name: `Standard_D4ads_v5`.
///
/// The rules are right for most of today's sizes, and have an answer for every text that is written like one.
package struct AzureSize: Sendable, Hashable {
    package let name: String
    /// `D`, `NC`
    package let letters: String
    package let vcpus: Int
    /// `ads`
    package let features: String
    /// `T4`, where a size says which accelerator it has.
    package let accelerator: String?
    /// `5`; nil: of the first.
    package let version: Int?

    package init?(_ name: String) {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "Standard" || parts[0] == "Basic", let body = parts.dropFirst().first
        else { return nil }
        let letters = body.prefix { $0.isASCII && $0.isUppercase }
        let digits = body.dropFirst(letters.count).prefix { $0.isASCII && $0.isNumber }
        guard !letters.isEmpty, let number = Int(digits), number <= AzureSize.vcpusMax else { return nil }
        var rest = body.dropFirst(letters.count + digits.count)
        // `E4-2s_v5` has the memory of four and two that work.
        var active = number
        if rest.first == "-" {
            let constrained = rest.dropFirst().prefix { $0.isNumber }
            guard let fewer = Int(constrained), fewer <= number else { return nil }
            active = fewer
            rest = rest.dropFirst(1 + constrained.count)
        }
        guard rest.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber) }) else { return nil }
        var version: Int?
        var accelerator: String?
        for part in parts.dropFirst(2) {
            if part.first == "v", let number = Int(part.dropFirst()) {
                version = number
            } else if !part.isEmpty, part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
                accelerator = String(part)
            } else {
                return nil
            }
        }
        self.name = name
        self.letters = String(letters)
        self.vcpus = max(1, active)
        self.features = String(rest)
        self.accelerator = accelerator
        self.version = version
    }

    private static let vcpusMax = 2000

    package var isArm: Bool { features.contains("p") }
    package var takesPremiumDisks: Bool { features.contains("s") }
    package var hasLocalDisk: Bool { features.contains("d") || (version ?? 1) < 4 }
    package var isBurstable: Bool { letters == "B" }

    package var memoryGB: Double {
        let perVCPU: Double =
            switch letters {
            case "E", "L": 8
            case "F": 2
            case "M": 28
            case "NC", "NCC", "ND", "NV": 7
            case "HB", "HC", "HX": 4
            default: features.contains("l") ? 2 : 4
            }
        return Double(vcpus) * perVCPU
    }

    package var gpus: Int {
        guard letters.first == "N" else { return 0 }
        switch letters {
        case "ND": return 8
        default: return max(1, vcpus / (accelerator == "T4" ? 16 : 24))
        }
    }

    package var dataDisksMax: Int { min(64, max(2, vcpus * 2)) }

    /// What its quota is called: `standardDSv5Family`.
    package var family: String {
        guard name.hasPrefix("Standard") else { return "basicAFamily" }
        // Burstable ones say how much memory they have in the same place, and are one family all the same.
        var signs = isBurstable ? features.filter { $0 == "a" || $0 == "p" } + "s" : features
        signs = signs.filter { !$0.isNumber && $0 != "m" && $0 != "i" }
        if let accelerator {
            return "Standard \(letters)\(signs.uppercased())v\(version ?? 1)_\(accelerator) Family"
        }
        let shown = isBurstable && version != nil ? signs.lowercased() : signs.uppercased()
        return "standard\(letters)\(shown)\(version.map { "v\($0)" } ?? "")Family"
    }
}
