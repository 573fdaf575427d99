import Provisioning

/// A request to a cloud paired with how to read the reply; a plain value that can be printed instead of sent.
package struct Call<Reply: Sendable>: Sendable {
    /// What the cloud calls it: `RunInstances`.
    package var action: String
    package var effect: CallEffect
    package var service: Service
    /// Unsigned; its endpoint is the session's to fill in.
    package var method: String
    package var path: String
    package var query: String
    package var headers: [HTTPHeader]
    package var body: [UInt8]
    /// The body as a person would read it, a line a parameter; a dry run prints it.
    package var parameters: [(name: String, value: String)]
    /// Reads a reply of status 2xx.
    ///
    /// Throwing means the answer could not be understood, so nobody knows what became of the call; but for a
    /// `Refusal`, which means that the answer is a no by what it tells.
    package var read: @Sendable (HTTPResponse) throws -> Reply
    /// Reads a reply of any other status.
    package var fault: @Sendable (HTTPResponse) -> Fault
    /// How many machines it launches or ends: some clouds count these beside the calls.
    package var machines = 0
    /// How many more calls like it the cloud will take for now, where an answer says so.
    package var headroom: (@Sendable (HTTPResponse) -> Int?)?
    /// The reply a fault stands for where a cloud says yes in the form of a no, as EC2 answers a dry run.
    package var consent: (@Sendable (Fault) -> Reply?)?

    package init(
        action: String, effect: CallEffect, service: Service, method: String, path: String = "/", query: String = "",
        headers: [HTTPHeader] = [], body: [UInt8] = [], parameters: [(name: String, value: String)] = [],
        read: @escaping @Sendable (HTTPResponse) throws -> Reply,
        fault: @escaping @Sendable (HTTPResponse) -> Fault
    ) {
        self.action = action
        self.effect = effect
        self.service = service
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.parameters = parameters
        self.read = read
        self.fault = fault
    }
}

/// Whether a call can change anything at the cloud.
package enum CallEffect: String, Sendable, Hashable { case reads, changes }

/// A cloud's service, as its endpoints and signatures name it: `ec2`.
package enum ServiceNaming {}
package typealias Service = Identifier<ServiceNaming>

/// A cloud's no as it came over the wire, before any table gave it a meaning.
package struct Fault: Sendable, Hashable {
    package var status: Int
    /// Nil: the answer was not in the cloud's own form, such as a proxy's HTML page.
    package var code: String?
    package var message: String
    package var subjects: [String]
    package var exchange: String?
    package var retryAfter: Duration?

    package init(
        status: Int, code: String?, message: String, subjects: [String] = [], exchange: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.subjects = subjects
        self.exchange = exchange
        self.retryAfter = retryAfter
    }
}

/// An answer with status 2xx that is not what the cloud's documentation says it is.
package struct Unreadable: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
