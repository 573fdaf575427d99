/// Where Azure is, and which zones there are.
extension AzureInventory {
    /// By location; many have no zones.
    package static let locations: [String: [String]] = {
        var all: [String: [String]] = [:]
        for name in zonal { all[name] = ["1", "2", "3"] }
        for name in regional { all[name] = [] }
        return all
    }()

    private static let zonal = [
        "canadacentral", "centralus", "eastus", "eastus2", "mexicocentral", "southcentralus", "westus2", "westus3",
        "brazilsouth", "chilecentral", "austriaeast", "belgiumcentral", "denmarkeast", "francecentral",
        "germanywestcentral", "italynorth", "northeurope", "norwayeast", "polandcentral", "spaincentral",
        "swedencentral", "switzerlandnorth", "uksouth", "westeurope", "israelcentral", "qatarcentral",
        "southafricanorth", "uaenorth", "australiaeast", "centralindia", "eastasia", "indonesiacentral",
        "japaneast", "japanwest", "koreacentral", "malaysiawest", "newzealandnorth", "southeastasia",
    ]

    private static let regional = [
        "canadaeast", "northcentralus", "westcentralus", "westus", "brazilsoutheast", "francesouth",
        "germanynorth", "norwaywest", "switzerlandwest", "ukwest", "southafricawest", "uaecentral",
        "australiacentral", "australiacentral2", "australiasoutheast", "jioindiacentral", "jioindiawest",
        "koreasouth", "southindia", "westindia",
    ]

    /// A location as it is written in ids: `East US 2` is `eastus2`.
    static func location(_ text: String) -> String { text.lowercased().filter { $0 != " " } }

    /// `East US 2` for `eastus2`, near enough: it is for people to read.
    static func displayName(of location: String) -> String {
        var rest = location[...], words: [String] = []
        for direction in ["north", "south", "east", "west", "central"] where rest.hasPrefix(direction) {
            words.append(direction.capitalized)
            rest = rest.dropFirst(direction.count)
        }
        let number = rest.reversed().prefix(while: \.isNumber).reversed()
        rest = rest.dropLast(number.count)
        var ends: [String] = []
        for direction in ["north", "south", "east", "west", "central"]
        where rest.hasSuffix(direction) && rest != direction {
            ends.append(direction.capitalized)
            rest = rest.dropLast(direction.count)
            break
        }
        if !rest.isEmpty { words.append(rest.count < 3 ? rest.uppercased() : String(rest).capitalized) }
        words += ends
        if !number.isEmpty { words.append(String(number)) }
        return words.joined(separator: " ")
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
