import Cloud
import FoundationEssentials
import Provisioning

/// The value of one parameter of Systems Manager, in AWS's JSON protocol.
///
/// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
enum SSMParameter {
    static func call<Reply>(_ name: String, read: @escaping @Sendable (String) throws -> Reply) -> Call<Reply> {
        Call(
            action: "GetParameter", effect: .reads, service: "ssm", method: "POST",
            headers: [
                HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                HTTPHeader("X-Amz-Target", "AmazonSSM.GetParameter"),
            ],
            body: body(name), parameters: [("Name", name)],
            read: { response in
                do {
                    let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body))
                    return try read(answer.parameter.value)
                } catch is DecodingError {
                    throw Unreadable("GetParameter gave no parameter")
                }
            },
            fault: fault)
    }

    private struct Question: Encodable {
        var name: String

        enum CodingKeys: String, CodingKey { case name = "Name" }
    }

    private struct Answer: Decodable {
        struct Parameter: Decodable {
            var value: String

            enum CodingKeys: String, CodingKey { case value = "Value" }
        }

        var parameter: Parameter

        enum CodingKeys: String, CodingKey { case parameter = "Parameter" }
    }

    private struct Refusal: Decodable {
        var type: String
        var message: String?
        /// As some of the services write it.
        var capitalMessage: String?

        enum CodingKeys: String, CodingKey { case type = "__type", message, capitalMessage = "Message" }
    }

    private static func body(_ name: String) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text always can be encoded.
        return (try? encoder.encode(Question(name: name))).map(Array.init) ?? []
    }

    /// The code may stand behind the name of its service: `com.amazonaws.ssm#ParameterNotFound`.
    @Sendable private static func fault(_ response: HTTPResponse) -> Fault {
        guard let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body)) else {
            return EC2Reply.fault(response)
        }
        let code = refusal.type.split(separator: "#").last.map(String.init)
        return Fault(
            status: response.status, code: code, message: refusal.message ?? refusal.capitalMessage ?? "",
            exchange: response.headers["x-amzn-RequestId"])
    }
}
