import Cloud
import Documents
import Provisioning

extension AccountSettings {
    /// Nil where something that must be said is missing or wrong; the reader knows what.
    init?(named name: String, _ reader: inout FieldReader, _ environment: [String: String]) {
        isEmulated = reader.boolean("emulated") ?? false
        let clouds: KeyValuePairs<String, CloudName> = ["aws": "aws", "azure": "azure", "gcp": "gcp"]
        let cloud: CloudName? = reader.required("cloud") { $0.choice($1, of: clouds) }
        tags = reader.texts("tags") ?? [:]
        for key in tags.keys.sorted() where key.hasPrefix(OurTag.prefix) || key.hasPrefix("aws:") {
            reader.report("account.tag", "the tag `\(key)` is reserved", at: reader.map["tags"]?.place)
        }
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let words = CloudWords.of(cloud ?? "aws")
        let region = reader.string("region") ?? words.regionVariables.lazy.compactMap(variable).first
        if region == nil {
            reader.report(
                "field.missing", "an account needs `region`", at: reader.map.place,
                hint: words.regionVariables.first.map { "or set `\($0)`" } ?? "such as `westeurope`")
        }
        let endpointField = reader.field("endpoint")
        let address = endpointField?.value.text ?? (isEmulated ? nil : words.endpointVariable.flatMap(variable))
        endpoint = address.flatMap { Endpoint($0) }
        if let address, endpoint == nil {
            reader.report(
                "account.endpoint", "`\(address)` is no endpoint", at: endpointField?.value.place,
                hint: "write it as `https://host` or `http://127.0.0.1:5000`"
                    + (endpointField == nil ? ", in `\(words.endpointVariable ?? "")`" : ""))
        }
        if isEmulated, endpoint != nil {
            reader.report(
                "field.clash", "an emulated account has no `endpoint`", at: endpointField?.keyPlace,
                hint: "drop one of `emulated` and `endpoint`")
        }
        guard let cloud else { return nil }
        self.name = AccountName(name)
        self.cloud = cloud
        self.region = region ?? ""
        switch cloud {
        case "azure":
            guard let account = AzureAccount(&reader, isEmulated: isEmulated, variable) else { return nil }
            site = .azure(account)
        case "gcp":
            guard let account = GCPAccount(&reader, isEmulated: isEmulated, variable) else { return nil }
            site = .gcp(account)
        default: takeAWS(&reader, at: endpointField, variable)
        }
        // Only now: all that is wrong is told at once.
        if region == nil { return nil }
    }

    private mutating func takeAWS(
        _ reader: inout FieldReader, at endpointField: Layered.Field?, _ variable: (String) -> String?
    ) {
        profile = reader.string("profile")
        role = reader.string("role")
        if let role, !role.hasPrefix("arn:") {
            reader.report(
                "account.role", "`\(role)` is no ARN of a role", at: reader.map["role"]?.place,
                hint: "write it as `arn:aws:iam::123456789012:role/NAME`")
        }
        (externalID, sessionTags) = AccountSettings.roleTerms(&reader, hasRole: role != nil)
        endpointKind = EndpointKind(
            isFIPS: reader.boolean("use_fips") ?? (variable("AWS_USE_FIPS_ENDPOINT")?.lowercased() == "true"),
            isDualStack: reader.boolean("use_dualstack")
                ?? (variable("AWS_USE_DUALSTACK_ENDPOINT")?.lowercased() == "true"))
        // Nothing of the cloud's own is asked in the emulator, nor where somebody has named an endpoint.
        if isEmulated { endpointKind = .plain }
        if endpointKind != .plain, let endpoint {
            reader.report(
                "field.clash", "`\(endpoint)` is named, and \(endpointKind) endpoints are asked for",
                at: endpointField?.value.place ?? reader.map.place,
                hint: "drop the endpoint, or `use_fips` and `use_dualstack`; variables may say them too")
        }
    }
}

/// What other programs of a cloud call what an account may leave out.
private struct CloudWords {
    var regionVariables: [String]
    var endpointVariable: String?

    static func of(_ cloud: CloudName) -> CloudWords {
        switch cloud {
        case "azure": CloudWords(regionVariables: [], endpointVariable: nil)
        case "gcp": CloudWords(regionVariables: ["CLOUDSDK_COMPUTE_REGION"], endpointVariable: nil)
        default:
            CloudWords(regionVariables: ["AWS_REGION", "AWS_DEFAULT_REGION"], endpointVariable: "AWS_ENDPOINT_URL")
        }
    }
}
