import Provisioning

/// Where the word of somebody else for who we are comes from, as `credential_source` has it.
enum GCPSubject {
    case file(String, Form)
    case address(Address, headers: [HTTPHeader], Form)
    case aws(AWSCallerProof)

    /// How the word stands in what is read.
    enum Form {
        case text
        /// Under this key of an object.
        case json(String)
    }

    enum Word {
        case have(Secret)
        case stop(String)
        case later(String)
    }

    init(_ source: CredentialDocument) throws(CredentialDocument.Flaw) {
        if source["environment_id"] != nil {
            self = .aws(try AWSCallerProof(source))
            return
        }
        for kind in ["executable", "certificate"] where source.object(kind) != nil {
            throw .init("asks for `\(kind)`, which is not supported")
        }
        let form = try Form(source.object("format"))
        switch (source["file"], source["url"]) {
        case (let path?, nil): self = .file(path, form)
        case (nil, let text?):
            let headers = source.object("headers")?.texts.map { HTTPHeader($0.key, $0.text) } ?? []
            self = .address(try Address(secretly: text, key: "url"), headers: headers, form)
        case (nil, nil): throw .init("has a `credential_source` with neither `file` nor `url`")
        case (_?, _?): throw .init("has a `credential_source` with both `file` and `url`")
        }
    }

    /// Read each time: whoever gives it renews it.
    func word(for audience: String, _ doors: CredentialDoors, _ variables: [String: String]) async -> Word {
        switch self {
        case .file(let path, let form):
            do { return form.word(in: try doors.readFile(path), from: "`\(path)`") } catch {
                return .stop("`\(path)`: \(error)")
            }
        case .address(let address, let headers, let form):
            let request = HTTPRequest(
                method: "GET", endpoint: address.endpoint, path: address.path, query: address.query, headers: headers)
            let endpoint = TokenEndpoint(
                address: address, doors: doors, deadline: .seconds(10), secrets: headers.map { Secret($0.value) })
            return switch await endpoint.answer(to: request) {
            case .yes(let response): form.word(in: response.body, from: endpoint.place)
            case .refused(let refusal): .stop("\(endpoint.place): \(refusal)")
            case .late(let why): .later("\(endpoint.place): \(why)")
            }
        case .aws(let proof): return await proof.word(for: audience, doors, variables)
        }
    }
}

extension GCPSubject.Form {
    fileprivate init(_ format: CredentialDocument?) throws(CredentialDocument.Flaw) {
        switch format?["type"] ?? "text" {
        case "text": self = .text
        case "json":
            guard let key = format?["subject_token_field_name"] else {
                throw .init("has a `format` of JSON without `subject_token_field_name`")
            }
            self = .json(key)
        default: throw .init("has a `format` that is neither `text` nor `json`")
        }
    }

    fileprivate func word(in bytes: [UInt8], from place: String) -> GCPSubject.Word {
        switch self {
        case .text:
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            return text.isEmpty ? .stop("\(place) is empty") : .have(Secret(text))
        case .json(let key):
            do throws(CredentialDocument.Flaw) {
                return .have(Secret(try CredentialDocument(bytes).required(key)))
            } catch {
                return .stop("\(place) \(error)")
            }
        }
    }
}
