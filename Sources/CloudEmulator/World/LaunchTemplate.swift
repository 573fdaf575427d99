import Provisioning

/// A recipe for launches that the cloud keeps, in versions.
package struct LaunchTemplate: Sendable, Codable, Hashable {
    package let id: String
    package let name: String
    /// Rises from template to template within a region; pages of a listing go by it.
    package let number: Int
    package let createdAt: Timestamp
    package var versions: [Version]
    /// Numbers are never given twice, so that this counts deleted versions too.
    package var latest: Int
    package var defaultVersion: Int = 1
    package var tags: [Launch.Tag]

    /// One version. What it says never changes.
    package struct Version: Sendable, Codable, Hashable {
        package let number: Int
        package let description: String?
        package let createdAt: Timestamp
        package let data: LaunchData
        /// What made it, where the call said so.
        var token: RecordedToken?
    }

    /// Which template somebody means.
    package enum Name: Sendable, Hashable {
        case id(String)
        case name(String)
    }

    /// The version that `1`, `$Latest` or `$Default` means.
    package func version(_ text: String) throws(EC2Error) -> Version {
        let number: Int
        switch text {
        case "$Latest": number = versions.map(\.number).max() ?? 0
        case "$Default", "": number = defaultVersion
        default:
            guard let wanted = Int(text) else { throw .malformedTemplateVersion }
            number = wanted
        }
        guard let version = versions.first(where: { $0.number == number }) else {
            throw .unknownTemplateVersion("\(number)", of: id)
        }
        return version
    }
}

extension World {
    package func template(_ name: LaunchTemplate.Name, in region: String) throws(EC2Error) -> LaunchTemplate {
        let templates = regions[region]?.templates ?? []
        switch name {
        case .id(let id):
            guard isWellFormed(id, prefix: "lt-") else { throw .malformedTemplateID(id) }
            guard let found = templates.first(where: { $0.id == id }) else { throw .unknownTemplateID(id) }
            return found
        case .name(let name):
            guard let found = templates.first(where: { $0.name == name }) else { throw .unknownTemplateName(name) }
            return found
        }
    }

    /// Makes a template with its first version, or answers a repeated token with what it made the first time.
    package mutating func createTemplate(
        _ name: String, _ data: LaunchData, description: String?, tags: [Launch.Tag],
        token: RecordedToken?, in region: String, at now: Timestamp, changing: Bool = true,
        chance: () -> UInt64
    ) throws(EC2Error) -> LaunchTemplate {
        let templates = regions[region]?.templates ?? []
        for template in templates {
            for version in template.versions where version.number == 1 {
                guard try version.token?.isRepeated(by: token) == true else { continue }
                if changing { return template } else { throw .dryRun }
            }
        }
        guard !templates.contains(where: { $0.name == name }) else { throw .templateNameInUse }
        if !changing { throw .dryRun }
        let first = LaunchTemplate.Version(
            number: 1, description: description, createdAt: now, data: data, token: token)
        let template = LaunchTemplate(
            id: "lt-\(freshDigits(chance))", name: name, number: (templates.last?.number ?? 0) + 1, createdAt: now,
            versions: [first], latest: 1, tags: tags)
        regions[region, default: Region()].templates.append(template)
        touch()
        return template
    }

    /// Adds a version, or answers a repeated token with the one it added the first time.
    package mutating func addVersion(
        to name: LaunchTemplate.Name, _ data: LaunchData, over source: String?, description: String?,
        token: RecordedToken?, in region: String, at now: Timestamp, changing: Bool = true
    ) throws(EC2Error) -> (LaunchTemplate, LaunchTemplate.Version) {
        var template = try template(name, in: region)
        for version in template.versions {
            guard try version.token?.isRepeated(by: token) == true else { continue }
            if changing { return (template, version) } else { throw .dryRun }
        }
        let whole = try source.map { text throws(EC2Error) in try template.version(text).data.replaced(by: data) }
        if !changing { throw .dryRun }
        template.latest += 1
        let version = LaunchTemplate.Version(
            number: template.latest, description: description, createdAt: now, data: whole ?? data, token: token)
        template.versions.append(version)
        keep(template, in: region)
        return (template, version)
    }

    package mutating func deleteTemplate(
        _ name: LaunchTemplate.Name, in region: String, changing: Bool = true
    ) throws(EC2Error) -> LaunchTemplate {
        let template = try template(name, in: region)
        if !changing { throw .dryRun }
        regions[region]?.templates.removeAll { $0.id == template.id }
        touch()
        return template
    }

    /// Puts a changed template in the place of what it was.
    mutating func keep(_ template: LaunchTemplate, in region: String) {
        guard let at = regions[region]?.templates.firstIndex(where: { $0.id == template.id }) else { return }
        regions[region]?.templates[at] = template
        touch()
    }
}

extension EC2Error {
    static let templateNameInUse = EC2Error(
        "InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
    static let malformedTemplateName = EC2Error(
        "InvalidLaunchTemplateName.MalformedException",
        "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the "
            + "following characters: - ( ) . / _.")
    static let malformedTemplateVersion = EC2Error(
        "InvalidParameterValue",
        "Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.")

    static func malformedTemplateID(_ id: String) -> EC2Error {
        EC2Error("InvalidLaunchTemplateId.Malformed", "The specified launch template ID, \(id), is malformed")
    }

    static func unknownTemplateID(_ id: String) -> EC2Error {
        EC2Error(
            "InvalidLaunchTemplateId.NotFound",
            "The specified launch template, with template ID \(id), does not exist.")
    }

    static func unknownTemplateName(_ name: String) -> EC2Error {
        EC2Error(
            "InvalidLaunchTemplateName.NotFoundException",
            "The specified launch template, with template name \(name), does not exist.")
    }

    static func unknownTemplateVersion(_ version: String, of id: String) -> EC2Error {
        EC2Error(
            "InvalidLaunchTemplateId.VersionNotFound",
            "Could not find the specified version \(version) for the launch template with ID \(id).")
    }
}
