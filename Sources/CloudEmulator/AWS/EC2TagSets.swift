import Provisioning

extension EC2Face {
    /// The tags of a call by what they are for.
    func tagSets(
        _ parameters: QueryParameters, under name: String, of kinds: Set<String>
    ) throws(EC2Error) -> [String: [Launch.Tag]] {
        var sets: [String: [Launch.Tag]] = [:]
        for specification in parameters.prefixes(name) {
            let kind = try parameters.required("\(specification).ResourceType")
            guard kinds.contains(kind) else {
                throw EC2Error(
                    "InvalidParameterValue", "'\(kind)' is not a valid taggable resource type for this operation.")
            }
            guard sets[kind] == nil else {
                throw EC2Error(
                    "InvalidParameterValue",
                    "The same resource type may not be specified more than once in tag specifications")
            }
            sets[kind] = try tagList(parameters, under: "\(specification).Tag")
        }
        return sets
    }
}
