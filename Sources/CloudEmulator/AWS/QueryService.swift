import Cloud
import Provisioning

/// What the services that speak AWS's query protocol have in common: a form goes in, a wrapped result comes out.
///
/// EC2 has a dialect of its own.
struct QueryService {
    let namespace: String
    let version: String

    /// A call whose parameters nobody has looked at yet.
    struct Call {
        let action: String
        let text: QueryText
    }

    func call(_ request: HTTPRequest) throws(EC2Error) -> Call {
        guard let text = QueryText(of: request) else {
            throw EC2Error("MalformedQueryString", "The query string contains a syntax error.")
        }
        guard let action = text["Action"] else {
            throw EC2Error("MissingAction", "The request must contain the parameter Action")
        }
        guard text["Version"] == version else { throw unknownAction(action) }
        return Call(action: action, text: text)
    }

    /// The parameters of a call, each known to its action. A list that is said to be empty is as good as none.
    func parameters(_ call: Call, accepting accepted: Set<String>) throws(EC2Error) -> QueryParameters {
        var text = call.text
        text.pairs.removeAll { name, value in
            value.isEmpty && accepted.contains { $0.hasPrefix("\(pattern(of: name)).member.N") }
        }
        return try QueryParameters(text, accepting: accepted)
    }

    func unknownAction(_ action: String) -> EC2Error {
        EC2Error("InvalidAction", "Could not find operation \(action) for version \(version)")
    }

    // MARK: - Answers

    /// - Parameter content: nil: the action has no result.
    func response(to action: String, _ id: String, _ content: ((inout XMLText) -> Void)?) -> HTTPResponse {
        var answer = XMLText()
        answer.root("\(action)Response", namespace: namespace) { answer in
            if let content { answer.named("\(action)Result", content) }
            answer.element("ResponseMetadata") { $0.element("RequestId", id) }
        }
        return QueryService.response(200, answer, id)
    }

    func refusal(_ error: EC2Error, _ id: String) -> HTTPResponse {
        let (code, status) = QueryService.names[error.code] ?? (error.code, error.status)
        var answer = XMLText()
        answer.root("ErrorResponse", namespace: namespace) { answer in
            answer.element("Error") { answer in
                answer.element("Type", status < 500 ? "Sender" : "Receiver")
                answer.element("Code", code)
                answer.element("Message", error.message)
            }
            answer.element("RequestId", id)
        }
        return QueryService.response(status, answer, id)
    }

    /// What these services call what EC2 calls otherwise.
    private static let names: [String: (String, Int)] = [
        "AuthFailure": ("InvalidClientTokenId", 403),
        "RequestExpired": ("SignatureDoesNotMatch", 403),
        "RequestLimitExceeded": ("Throttling", 400),
        "InternalError": ("InternalFailure", 500),
        "MissingParameter": ("ValidationError", 400),
        "UnknownParameter": ("ValidationError", 400),
        "InvalidParameterValue": ("ValidationError", 400),
        "InvalidParameterCombination": ("ValidationError", 400),
    ]

    static func response(_ status: Int, _ answer: XMLText, _ id: String) -> HTTPResponse {
        HTTPResponse(status: status, "text/xml", answer.bytes, answering: id)
    }
}

// MARK: - What their parameters are held to

extension EC2Error {
    static func validation(_ message: String) -> EC2Error { EC2Error("ValidationError", message) }

    /// In the words in which these services find a parameter wrong.
    static func constraint(_ value: String, of name: String, _ rule: String) -> EC2Error {
        let member = name.prefix(1).lowercased() + name.dropFirst()
        return validation(
            "1 validation error detected: Value '\(value)' at '\(member)' failed to satisfy constraint: Member must "
                + rule)
    }
}

extension QueryParameters {
    /// A text of so many letters, each of them one that may stand there; nil: it was not given.
    func text(
        _ name: String, of lengths: ClosedRange<Int>, _ mayHold: (Unicode.Scalar) -> Bool = { _ in true }
    ) throws(EC2Error) -> String? {
        guard let text = self[name] else { return nil }
        let length = text.unicodeScalars.count
        if length < lengths.lowerBound {
            throw .constraint(text, of: name, "have length greater than or equal to \(lengths.lowerBound)")
        }
        if length > lengths.upperBound {
            throw .constraint(text, of: name, "have length less than or equal to \(lengths.upperBound)")
        }
        guard text.unicodeScalars.allSatisfy(mayHold) else {
            throw .constraint(text, of: name, "satisfy regular expression pattern")
        }
        return text
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(EC2Error) -> Int? {
        guard let number = try integer(name) else { return nil }
        if number < range.lowerBound {
            throw .constraint("\(number)", of: name, "have value greater than or equal to \(range.lowerBound)")
        }
        if number > range.upperBound {
            throw .constraint("\(number)", of: name, "have value less than or equal to \(range.upperBound)")
        }
        return number
    }
}

extension Unicode.Scalar {
    /// A letter, a digit, or one of the others that names of IAM may hold.
    func isOfName(or others: String = "_+=,.@-") -> Bool {
        isASCII && (properties.isAlphabetic || ("0"..."9").contains(self)) || others.unicodeScalars.contains(self)
    }
}
