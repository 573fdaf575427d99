/// What a cloud said when it was asked about one thing that a template names.
package struct Finding: Hashable, Sendable {
    package enum Subject: String, Hashable, Sendable, CaseIterable {
        case image
        case type
        case zone
        case subnet
        case securityGroup = "security group"
        case key
        case role
        case placementGroup = "placement group"
        case launchTemplate = "launch template"
        case diskType = "disk type"
        case acceleratorType = "accelerator type"
        case permission
        case quota
    }

    package enum Answer: Hashable, Sendable {
        /// It is there and can be used; what there is to say of it, which may be nothing.
        case verified(String)
        /// It is not there, or cannot be used, and why: the template would not work.
        case absent(String)
        /// It follows from what is known, and why it is no more than that: the cloud does not tell.
        case predicted(String)
        /// Nobody knows, and why: who may not look has not seen that nothing is there.
        case unknown(String)
    }

    package var subject: Subject
    /// As the template names it.
    package var name: String
    package var answer: Answer
    /// The id it goes by at the cloud, of an image that was found, whether or not it can be used.
    package var id: String?

    package init(_ subject: Subject, _ name: String, _ answer: Answer, id: String? = nil) {
        self.subject = subject
        self.name = name
        self.answer = answer
        self.id = id
    }
}

extension Finding {
    package var isAbsent: Bool { if case .absent = answer { true } else { false } }

    /// `verified`, `absent`, `predicted` or `unknown`.
    package var word: String {
        switch answer {
        case .verified: "verified"
        case .absent: "absent"
        case .predicted: "predicted"
        case .unknown: "unknown"
        }
    }

    package var detail: String {
        switch answer {
        case .verified(let detail), .absent(let detail), .predicted(let detail), .unknown(let detail): detail
        }
    }
}
