import Documents
import Provisioning

extension ResolvedTemplate {
    /// Where a value is written, alone or in a list; where the template is named if that cannot be told.
    package func place(naming text: String) -> Place {
        let leaf = fields.leaves().first { leaf in
            leaf.text == text || leaf.text.hasPrefix("[") && leaf.text.items.contains(text)
        }
        return leaf?.origin.place ?? place
    }
}

extension String {
    /// Those of a list as a leaf shows it.
    fileprivate var items: [String] {
        dropFirst().dropLast().split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
}
