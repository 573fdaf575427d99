import Cloud
import Provisioning

/// Finds out which image a template means, whether it can be used, and whether it suits the template's types.
struct ImageLookUp: Sendable {
    private enum Wanted: Sendable {
        case id(String)
        /// The name of an SSM parameter that holds an id.
        case parameter(String)
        case search(ImageSearch)
    }

    private let wanted: Wanted
    private let topic: LookUp.Topic
    var types: [String]
    /// What the types were chosen for, so that there is no need to ask about them.
    private let architecture: Architecture?

    static let typesOfOnePage = 100

    /// Nil: the template names no image; a launch template does.
    init?(_ template: Template) {
        let text = template.image
        if text.isEmpty {
            guard let search = template.imageSearch else { return nil }
            wanted = .search(search)
            topic = .init(.image, search.description)
        } else {
            let prefix = ["resolve:ssm:", "ssm:"].first(where: text.hasPrefix) ?? ""
            wanted =
                prefix.isEmpty && !text.hasPrefix("/") ? .id(text) : .parameter(String(text.dropFirst(prefix.count)))
            topic = .init(.image, text)
        }
        types = template.offerings.map(\.type).eachOnce
        architecture = template.requirements?.architecture
    }

    /// Whether the template says its image otherwise than by its id.
    var isToResolve: Bool { if case .id = wanted { false } else { true } }

    /// The same as `RunInstances` takes it for an `ImageId`; nil: it has no form for it.
    ///
    /// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html
    var forLaunch: String? { if case .parameter(let name) = wanted { "resolve:ssm:\(name)" } else { nil } }

    var first: LookUp {
        switch wanted {
        case .id(let id): describe(id)
        case .parameter(let name): parameter(name)
        case .search(let search): start(search)
        }
    }

    private func step(_ answer: Finding.Answer, id: String? = nil) -> LookUp.Step {
        LookUp.Step([Finding(topic.subject, topic.name, answer, id: id)])
    }

    // MARK: - By an id

    private func describe(_ id: String) -> LookUp {
        var query = EC2Query("DescribeImages")
        query.list("ImageId", [id])
        var call = query.call(.reads) { response in
            guard let image = try EC2Reply.items("imagesSet", of: response).compactMap(EC2Image.init).first else {
                return step(.absent("there is no image `\(id)` here"))
            }
            return judge(image)
        }
        call.takeAbsence(of: topic)
        return LookUp([topic], call)
    }

    private func judge(_ image: EC2Image) -> LookUp.Step {
        switch image.state {
        case "available": suited(image)
        case "pending", "transient": step(.unknown("\(image.id) is still \(image.state)"))
        default: step(.absent("\(image.id) is \(image.state)"))
        }
    }

    private func found(_ image: EC2Image) -> LookUp.Step {
        let facts = [isToResolve ? image.id : nil, image.name, image.architecture].compactMap(\.self)
        return step(.verified(facts.joined(separator: ", ")), id: image.id)
    }

    // MARK: - By a parameter

    private func parameter(_ name: String) -> LookUp {
        var call = SSMParameter.call(name) { value in
            // Public parameters hold an id alone; others may hold anything.
            guard value.hasPrefix("ami-") else { return step(.absent("the parameter holds no id of an image")) }
            return LookUp.Step(next: [describe(value)])
        }
        call.takeAbsence(of: topic)
        return LookUp([topic], call)
    }

    // MARK: - By a search

    /// A search that says no architecture is for whatever suits all types, where something does.
    private func start(_ search: ImageSearch) -> LookUp {
        if let wanted = search.architecture ?? architecture {
            return page(of: search, for: [wanted.rawValue], after: nil, best: nil)
        }
        let unfiltered = page(of: search, for: [], after: nil, best: nil)
        if types.isEmpty { return unfiltered }
        // Whoever may not look at types finds the newest of all. Nothing is said of the image yet, either way.
        return processors(about: [], otherwise: LookUp.Step(next: [unfiltered])) { processors in
            let common = processors.values.map(Set.init).reduce(nil) { all, own in all?.intersection(own) ?? own } ?? []
            return LookUp.Step(next: [page(of: search, for: common.sorted(), after: nil, best: nil)])
        }
    }

    /// The newest of all pages: EC2 gives them in no order.
    private func page(
        of search: ImageSearch, for architectures: [String], after cursor: String?, best: EC2Image?
    ) -> LookUp {
        var query = EC2Query("DescribeImages")
        query.list("Owner", [search.owner ?? "self"])
        query.filter("name", [search.name])
        query.filter("state", ["available"])
        if !architectures.isEmpty { query.filter("architecture", architectures) }
        query.set("MaxResults", 1000)
        query.set("NextToken", cursor)
        let call = query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("imagesSet", of: response)
            let newest = (items.compactMap(EC2Image.init) + [best].compactMap(\.self)).max()
            if let next {
                return LookUp.Step(next: [page(of: search, for: architectures, after: next, best: newest)])
            }
            guard let newest else {
                let kind = architectures.isEmpty ? "" : " for \(architectures.joined(separator: " or "))"
                return step(.absent("no image\(kind) matches"))
            }
            return judge(newest)
        }
        return LookUp([topic], call)
    }

    // MARK: - Does it suit the types?

    private func suited(_ image: EC2Image) -> LookUp.Step {
        if let wanted = architecture, let own = Architecture(rawValue: image.architecture) {
            if own == wanted { return found(image) }
            return misfit(image, ["its types are for \(wanted.rawValue)"])
        }
        if types.isEmpty { return found(image) }
        // That it exists is known, whoever may look at types.
        let question = processors(about: [topic], otherwise: found(image)) { processors in
            let misfits = processors.filter { !$0.value.contains(image.architecture) }
            if misfits.isEmpty { return found(image) }
            return misfit(image, misfits.map { "\($0.key) is for \($0.value.joined(separator: " and "))" }.sorted())
        }
        return LookUp.Step(next: [question])
    }

    private func misfit(_ image: EC2Image, _ types: [String]) -> LookUp.Step {
        step(.absent((["\(image.id) is for \(image.architecture)"] + types).joined(separator: ", ")), id: image.id)
    }

    /// What each type can run, and what follows from it; a type that is not there says nothing.
    private func processors(
        about topics: [LookUp.Topic], after cursor: String? = nil, found: [String: [String]] = [:],
        otherwise: LookUp.Step, then: @escaping @Sendable ([String: [String]]) -> LookUp.Step
    ) -> LookUp {
        var query = EC2Query("DescribeInstanceTypes")
        query.filter("instance-type", types)
        query.set("MaxResults", ImageLookUp.typesOfOnePage)
        query.set("NextToken", cursor)
        let call = query.call(.reads) { response in
            let (items, next) = try EC2Reply.page("instanceTypeSet", of: response)
            var found = found
            for item in items {
                let names = item["processorInfo"]?["supportedArchitectures"]?.children("item").map(\.text) ?? []
                if let type = item.text("instanceType"), !names.isEmpty { found[type] = names }
            }
            guard let next else { return then(found) }
            return LookUp.Step(
                next: [processors(about: topics, after: next, found: found, otherwise: otherwise, then: then)])
        }
        return LookUp(topics, call, otherwise: otherwise)
    }
}

/// An image as EC2 describes it.
struct EC2Image: Sendable, Comparable {
    let id: String
    let name: String?
    let state: String
    let architecture: String
    /// `2026-11-20T08:15:00.000Z`: sorts as text.
    let createdAt: String

    init?(_ item: XMLElement) {
        guard let id = item.text("imageId"), !id.isEmpty else { return nil }
        self.id = id
        name = item.text("name")
        state = item.text("imageState") ?? "available"
        architecture = item.text("architecture") ?? "x86_64"
        createdAt = item.text("creationDate") ?? ""
    }

    /// The older is the less; of two of the same moment the id decides, so that the choice is always the same.
    static func < (a: EC2Image, b: EC2Image) -> Bool { (a.createdAt, a.id) < (b.createdAt, b.id) }
}
