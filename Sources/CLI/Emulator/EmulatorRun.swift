import ArgumentParser
import CloudEmulator
import Provisioning
import Setup

struct EmulatorRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serve the emulated cloud on a loopback port until told to stop.",
        discussion: """
            It is the cloud that emulated accounts see; its world is kept in the state folder. Only this machine can \
            reach it, and its credentials open nothing else.

            EXAMPLES:
              muster emulator run
              muster emulator run --port 4566
              muster emulator run --limits short.yaml
            """)

    @Option(help: "The port; 0 takes a free one.")
    var port = 0

    @Option(
        help: "Set capacity, quotas, rates and faults by this file first, as `emulator limit` does.",
        completion: .file(extensions: ["yaml", "json"]))
    var limits: String?

    @Option(
        help: "Add a line to this file for each request: its action, the status, and the microseconds it took.",
        completion: .file())
    var logRequests: String?

    @OptionGroup var options: HouseOptions

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("'\(port)' is no port.") }
    }

    func run() throws {
        // Before anything starts a thread.
        let signals = Signals()
        let limits = try limits.map(EmulatorLimits.read)
        let emulator = try options.house().emulator()
        try limits?.apply(to: emulator)
        let server = EmulatorServer(emulator, log: try logRequests.map { try RequestLog($0) })
        let port = port
        // To be told to stop is how it is meant to end, so this is no interruption.
        try serving {
            let serving = Task {
                try await server.run(port: port) { port in
                    StandardError.shared.write(EmulatorRun.hint(port: port, .demo))
                    StandardError.shared.write(EmulatorRun.azureHint(port: port, .demo))
                    // Last, for whoever started us waits for it.
                    try? writeOutput("listening on http://127.0.0.1:\(port)\n")
                }
            }
            signals.onArrival { serving.cancel() }
            try await serving.value
        }
    }

    /// The environment with which any AWS tool talks to it.
    static func hint(port: Int, _ credential: EmulatorCredential) -> String {
        """
        hint: point AWS tools at it with
          export AWS_ENDPOINT_URL=http://127.0.0.1:\(port) AWS_DEFAULT_REGION=us-east-1
          export AWS_ACCESS_KEY_ID=\(credential.accessKeyID) AWS_SECRET_ACCESS_KEY=\(credential.secret.revealed)

        """
    }

    /// What an Azure client needs; where it insists on TLS, something must speak that for us.
    static func azureHint(port: Int, _ access: AzureAccess) -> String {
        """
        hint: Azure's Resource Manager and its tokens are at http://127.0.0.1:\(port) too, with
          export AZURE_TENANT_ID=\(access.tenant) AZURE_CLIENT_ID=\(access.client)
          export AZURE_CLIENT_SECRET=\(access.secret.revealed)

        """
    }
}
