/// A program that a profile names, which prints credentials.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
struct AWSProcessLink: CredentialLink {
    let profile: AWSProfile
    let run: @Sendable ([String]) async -> ProgramEnd

    var name: String { "a credential process" }

    func look() async -> CredentialFinding {
        guard let line = profile.values?["credential_process"]?.revealed else {
            return profile.lacks("credential_process")
        }
        // Its arguments may hold a secret, so no more than its name is ever told.
        guard let words = CommandWords.split(line), let program = words.first, !program.isEmpty else {
            return .stop("`credential_process` in profile `\(profile.name)` has a quote that is not closed, or no name")
        }
        let output: [UInt8]
        switch await run(words) {
        case .failed(let why): return .stop("`\(program)` \(why)")
        case .done(let printed): output = printed
        }
        do throws(CredentialDocument.Flaw) {
            let document = try CredentialDocument(output)
            guard document["Version"] == "1" else { return .stop("what `\(program)` printed has no `Version` 1") }
            return .found(
                try document.credentials(
                    tokenKey: "SessionToken", source: "the credential process of profile `\(profile.name)`"))
        } catch {
            return .stop("what `\(program)` printed \(error)")
        }
    }
}

/// Words of a command line, told apart by the quoting of a shell and nothing else: no variable, no `~`, no `|`.
enum CommandWords {
    /// Nil: a quote is not closed, or a backslash ends the line.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = line[...]
        while let next = rest.popFirst() {
            switch (next, quote) {
            case ("\\", nil):
                guard let escaped = rest.popFirst() else { return nil }
                word = (word ?? "") + String(escaped)
            case ("\\", "\""):
                guard let escaped = rest.popFirst() else { return nil }
                // Within double quotes only these two lose their meaning by it.
                word = (word ?? "") + (escaped == "\"" || escaped == "\\" ? "\(escaped)" : "\\\(escaped)")
            case (let mark, let open?) where mark == open: quote = nil
            case (let other, _?): word = (word ?? "") + String(other)
            case ("\"", nil), ("'", nil):
                quote = next
                word = word ?? ""
            case (let space, nil) where space.isWhitespace:
                if let ended = word { words.append(ended) }
                word = nil
            case (let other, nil): word = (word ?? "") + String(other)
            }
        }
        if quote != nil { return nil }
        return word.map { words + [$0] } ?? words
    }
}
