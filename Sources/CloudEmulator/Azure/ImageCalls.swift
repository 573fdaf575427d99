/// The images of the marketplace: publishers, their offers, the plans of those, and their versions.
enum ImageCalls {
    static func answer(_ call: ARMCall) throws(ARMError) -> ARMAnswer {
        let location = try CatalogCalls.knownLocation(call)
        let start = "/subscriptions/\(call.subscription)/providers/Microsoft.Compute/locations/\(location)/publishers"
        var found = AzureInventory.images
        if let publisher = call.names["publisher"] { found = try found.only(publisher, \.publisher) }
        if let offer = call.names["offer"] { found = try found.only(offer, \.offer) }
        if let sku = call.names["sku"] { found = try found.only(sku, \.sku) }
        func entry(_ name: String, _ path: String) -> JSONValue {
            ["name": .string(name), "location": .string(location), "id": .string("\(start)/\(path)")]
        }
        func entries(_ names: [String], _ path: (String) -> String) -> ARMAnswer {
            ARMAnswer(body: .array(Set(names).sorted().map { entry($0, path($0)) }))
        }
        let publisher = found.first?.publisher ?? "", offer = found.first?.offer ?? "", sku = found.first?.sku ?? ""
        let ofPublisher = "\(publisher)/ArtifactTypes/VMImage/Offers"
        let ofSku = "\(ofPublisher)/\(offer)/Skus/\(sku)/Versions"
        switch call.operation {
        case "VirtualMachineImages_ListPublishers": return entries(found.map(\.publisher)) { $0 }
        case "VirtualMachineImages_ListOffers": return entries(found.map(\.offer)) { "\(ofPublisher)/\($0)" }
        case "VirtualMachineImages_ListSkus": return entries(found.map(\.sku)) { "\(ofPublisher)/\(offer)/Skus/\($0)" }
        case "VirtualMachineImages_List":
            var versions = found.flatMap(\.versions).sorted()
            if call.query["$orderby"]?.lowercased() == "name desc" { versions.reverse() }
            if let top = call.query["$top"].flatMap({ Int($0) }) { versions = Array(versions.prefix(top)) }
            return ARMAnswer(body: .array(versions.map { entry($0, "\(ofSku)/\($0)") }))
        case "VirtualMachineImages_Get":
            let wanted = call.names["version"] ?? ""
            guard let image = found.first,
                let version = wanted.lowercased() == "latest"
                    ? image.versions.last : image.versions.first(where: { $0 == wanted })
            else { throw .noArtifact("VMImage") }
            var shown = entry(version, "\(ofSku)/\(version)")
            shown["properties"] = [
                "osDiskImage": [
                    "operatingSystem": .string(image.isWindows ? "Windows" : "Linux")
                ],
                "dataDiskImages": [], "automaticOSUpgradeProperties": ["automaticOSUpgradeSupported": false],
                "hyperVGeneration": .string("V\(image.generation)"),
                "architecture": .string(image.isArm ? "Arm64" : "x64"), "features": [],
            ]
            return .value(shown)
        default: throw .noEntity(call.operation)
        }
    }
}

extension [AzureInventory.Image] {
    fileprivate func only(
        _ name: String, _ part: (AzureInventory.Image) -> String
    ) throws(ARMError) -> [AzureInventory.Image] {
        let found = filter { part($0).lowercased() == name.lowercased() }
        guard !found.isEmpty else { throw .noArtifact(name) }
        return found
    }
}

extension ARMError {
    static func noArtifact(_ what: String) -> ARMError {
        ARMError("NotFound", "Artifact: \(what) was not found.", status: 404)
    }
}
