import Documents
import Provisioning

/// What somebody wants of a template file.
package struct TemplateChange: Sendable {
    package enum Verb: Sendable {
        /// A new template, with the fields of a text if one is given.
        case create(from: SourceOfFields?)
        case update
        case delete
        /// A new template that has what another one's entry has.
        case copy(Template.ID)
    }

    /// Fields as somebody wrote them down: a map in YAML or JSON.
    package struct SourceOfFields: Sendable {
        package var text: [UInt8]
        /// What diagnostics call it.
        package var file: String

        package init(text: [UInt8], file: String) {
            self.text = text
            self.file = file
        }

        package init(path: String) throws(Rejected) {
            guard let text = try HeldFile.contents(of: path) else {
                throw Rejected(Diagnostic(.error, "file.missing", "there is no file `\(path)`"))
            }
            self.init(text: text, file: path)
        }
    }

    package enum Field: Sendable {
        /// A key, dotted where it leads into a map, and what it is to be: text, or YAML in brackets or quotes.
        case set(String, to: String)
        /// The key is to be there no longer, so that the layers below are heard again.
        case unset(String)
    }

    package enum Target: Sendable {
        /// Where the template is: in the highest layer, if in several. A new one goes to the provider layer.
        case usual
        case layer(Layer)
        case file(String)
    }

    package var verb: Verb
    package var id: Template.ID
    package var fields: [Field]
    package var target: Target
    /// Whose layers are meant; nil: the default account's.
    package var account: AccountName?

    package init(
        _ verb: Verb, _ id: Template.ID, fields: [Field] = [], target: Target = .usual, account: AccountName? = nil
    ) {
        self.verb = verb
        self.id = id
        self.fields = fields
        self.target = target
        self.account = account
    }
}

/// A change as it was made, or would be.
package struct TemplateEdit: Sendable {
    package var id: Template.ID
    package var file: String
    package var layer: Layer
    /// Empty: the file is new.
    package var before: String
    package var after: String
    /// What is not wrong, but new.
    package var warnings: [Diagnostic]
    /// Where else the template is given.
    package var others: [String]

    package var isChange: Bool { before != after }
}
