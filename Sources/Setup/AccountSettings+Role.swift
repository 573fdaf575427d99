import Documents

extension AccountSettings {
    /// What goes with the role of an account.
    ///
    /// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    static func roleTerms(
        _ reader: inout FieldReader, hasRole: Bool
    ) -> (externalID: String?, sessionTags: [String: String]) {
        let externalID = reader.string("external_id"), tags = reader.texts("session_tags") ?? [:]
        for key in ["external_id", "session_tags"] where !hasRole {
            guard let field = reader.map[key] else { continue }
            reader.report(
                "field.clash", "`\(key)` goes with `role`, and there is none", at: field.place,
                hint: "add the `role` to assume, or drop it")
        }
        if let externalID, !(2...1224).contains(externalID.utf8.count) || externalID.contains(where: \.isWhitespace) {
            reader.report(
                "account.role", "`external_id` has 2 to 1224 characters, and no space among them",
                at: reader.map["external_id"]?.place)
        }
        if tags.count > 50 || tags.contains(where: { !isSessionTag($0.key, $0.value) }) {
            reader.report(
                "account.role", "`session_tags` are more than 50, or one is too long, or reserved",
                at: reader.map["session_tags"]?.place,
                hint: "keys have 1 to 128 characters and do not begin with `aws:`, values at most 256")
        }
        return (externalID, tags)
    }

    private static func isSessionTag(_ key: String, _ value: String) -> Bool {
        (1...128).contains(key.count) && !key.lowercased().hasPrefix("aws:") && value.count <= 256
    }
}
