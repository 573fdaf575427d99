/// What a machine of a type has, besides its vCPUs, read off its name.
///
/// As with vCPUs, the rules are right for most of today's types, and have an answer for every text.
struct TypeFacts: Hashable {
    var memoryMiB: Int
    var maker: String
    var isBurstable: Bool
    var isBareMetal: Bool
    var localDiskGB: Int
    var gpu: GPU?

    struct GPU: Hashable {
        var name: String
        var count: Int
        var memoryMiB: Int
    }

    init(ofType type: String) {
        let family = type.prefix { $0 != "." }, size = type.dropFirst(family.count + 1)
        let letters = family.prefix(while: \.isLetter)
        let behind = family.dropFirst(letters.count).drop(while: \.isNumber)
        let vcpus = vcpus(ofType: type)
        isBurstable = letters == "t"
        isBareMetal = size.hasPrefix("metal")
        let isByAMD = behind.first == "a" || family == "g5" || family == "g6"
        maker = processor(ofType: type) == "arm64" ? "AWS" : isByAMD ? "AMD" : "Intel"
        memoryMiB =
            switch letters {
            case "c": vcpus * 2048
            case "r": vcpus * 8192
            default: vcpus * 4096
            }
        if isBurstable, let small = ["nano": 512, "micro": 1024, "small": 2048, "medium": 4096][size] {
            memoryMiB = small
        }
        gpu = TypeFacts.gpus[String(family)].map { name, memory in
            GPU(name: name, count: TypeFacts.gpuCounts[String(size)] ?? 1, memoryMiB: memory)
        }
        localDiskGB = behind.contains("d") || gpu != nil ? max(1, vcpus * 75 / 2) : 0
    }

    private static let gpus = ["g4dn": ("T4", 16384), "g5": ("A10G", 22888), "g6": ("L4", 22888)]
    private static let gpuCounts = ["12xlarge": 4, "24xlarge": 4, "48xlarge": 8, "metal": 8]
}
