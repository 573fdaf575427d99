import Cloud
import FoundationEssentials
import Provisioning

/// Systems Manager as it looks from outside, as far as the public parameters for images go: JSON in, JSON out.
struct SSMFace {
    var signatures: SignatureCheck

    private static let prefix = "AmazonSSM."

    static func action(of request: HTTPRequest) -> String? {
        request.headers["X-Amz-Target"].flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
    }

    func answer(_ request: HTTPRequest, world: World, at now: Timestamp, chance: () -> UInt64) -> HTTPResponse {
        let id = EC2Face.requestID(chance)
        do throws(EC2Error) {
            let region = try signatures.scope(of: request, in: world, at: now).region
            guard SSMFace.action(of: request) == "GetParameter" else {
                throw EC2Error("UnknownOperationException", "")
            }
            return SSMFace.response(200, try parameter(request, in: region), id)
        } catch {
            return SSMFace.refusal(error, id)
        }
    }

    private struct Question: Decodable {
        var name: String
        var withDecryption: Bool?

        enum CodingKeys: String, CodingKey { case name = "Name", withDecryption = "WithDecryption" }
    }

    private func parameter(_ request: HTTPRequest, in region: String) throws(EC2Error) -> JSONAnswer {
        let question: Question
        do { question = try JSONDecoder().decode(Question.self, from: Data(request.body)) } catch {
            throw EC2Error("SerializationException", "the request is not what GetParameter takes")
        }
        // `NAME:VERSION` asks for one version; there is only the first.
        let parts = question.name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let value = Inventory.parameters[parts[0]], parts.count <= 2 else {
            throw EC2Error("ParameterNotFound", "")
        }
        guard parts.count == 1 || parts[1] == "1" else {
            throw EC2Error("ParameterVersionNotFound", "Systems Manager could not find version \(parts[1]) of it")
        }
        return JSONAnswer(
            parameter: .init(
                arn: "arn:aws:ssm:\(region)::parameter\(parts[0])", dataType: "text", lastModifiedDate: 1_794_000_000,
                name: parts[0], type: "String", value: value, version: 1))
    }
}

// MARK: - Answers

extension SSMFace {
    fileprivate struct JSONAnswer: Encodable {
        struct Parameter: Encodable {
            var arn, dataType: String
            var lastModifiedDate: Int
            var name, type, value: String
            var version: Int

            enum CodingKeys: String, CodingKey {
                case arn = "ARN", dataType = "DataType", lastModifiedDate = "LastModifiedDate", name = "Name"
                case type = "Type", value = "Value", version = "Version"
            }
        }

        var parameter: Parameter

        enum CodingKeys: String, CodingKey { case parameter = "Parameter" }
    }

    private struct RefusalAnswer: Encodable {
        var type, message: String

        enum CodingKeys: String, CodingKey { case type = "__type", message }
    }

    static func refusal(_ error: EC2Error, _ id: String) -> HTTPResponse {
        let (code, status) = SSMFace.names[error.code] ?? (error.code, error.status)
        return response(status, RefusalAnswer(type: code, message: error.message), id)
    }

    /// What services that speak JSON call what EC2 calls otherwise.
    private static let names: [String: (String, Int)] = [
        "AuthFailure": ("UnrecognizedClientException", 400),
        "ExpiredToken": ("ExpiredTokenException", 400),
        "SignatureDoesNotMatch": ("InvalidSignatureException", 400),
        "RequestExpired": ("InvalidSignatureException", 400),
        "IncompleteSignature": ("IncompleteSignatureException", 400),
        "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 400),
        "RequestLimitExceeded": ("ThrottlingException", 400),
    ]

    private static func response(_ status: Int, _ answer: some Encodable, _ id: String) -> HTTPResponse {
        // These are texts and numbers, which always can be written.
        let body = (try? JSONEncoder().encode(answer)).map(Array.init) ?? []
        return HTTPResponse(status: status, "application/x-amz-json-1.1", body, answering: id)
    }
}
