import Cloud

extension HTTPResponse {
    /// An answer with the headers that every service of AWS gives its own.
    init(status: Int, _ contentType: String, _ body: [UInt8], answering id: String) {
        self.init(
            status: status,
            headers: [
                HTTPHeader("Content-Type", contentType), HTTPHeader("x-amzn-RequestId", id),
                HTTPHeader("Server", "MusterEmulator"),
            ], body: body)
    }
}
