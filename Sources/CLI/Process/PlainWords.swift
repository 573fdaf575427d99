import ArgumentParser

/// A command line that says everything in the plainest way: flags and options once, an option's value in the word after
/// it, the value of no other word beginning with a dash.
struct PlainWords {
    /// What is written otherwise, and is the parser's.
    struct Unclear: Error {}

    private var arguments: [String] = []
    private var options: [String: String] = [:]
    private var flags: Set<String> = []

    /// - Parameter known: the words that are flags; all others that begin with a dash are options.
    init(_ words: ArraySlice<String>, flags known: [String]) throws(Unclear) {
        var rest = words
        while let word = rest.popFirst() {
            if !word.hasPrefix("-") {
                arguments.append(word)
            } else if known.contains(word) {
                guard flags.insert(word).inserted else { throw Unclear() }
            } else {
                guard let value = rest.popFirst(), !value.isEmpty, !value.hasPrefix("-"), options[word] == nil else {
                    throw Unclear()
                }
                options[word] = value
            }
        }
        arguments.reverse()
    }

    /// Whether all was taken; what is left is a mistake or an option that only the parser knows.
    var isEmpty: Bool { arguments.isEmpty && options.isEmpty && flags.isEmpty }

    /// The next word that belongs to no option.
    mutating func argument<Value: ExpressibleByArgument>() throws(Unclear) -> Value {
        guard let word = arguments.popLast(), let value = Value(argument: word) else { throw Unclear() }
        return value
    }

    /// All words that belong to no option.
    mutating func allArguments() -> [String] {
        defer { arguments = [] }
        return arguments.reversed()
    }

    mutating func option<Value: ExpressibleByArgument>(_ names: String...) throws(Unclear) -> Value? {
        let written = names.compactMap { options.removeValue(forKey: $0) }
        guard let word = written.first else { return nil }
        guard written.count == 1, let value = Value(argument: word) else { throw Unclear() }
        return value
    }

    /// An option that may be repeated, and is not.
    mutating func options<Value: ExpressibleByArgument>(_ name: String) throws(Unclear) -> [Value] {
        let value: Value? = try option(name)
        return value.map { [$0] } ?? []
    }

    mutating func flag(_ name: String) -> Bool { flags.remove(name) != nil }
}

/// A command as schedulers give it all day: it can be made without the argument parser, which takes longer than most of
/// what comes after it.
protocol PlainCommand: ParsableCommand {
    static var plainFlags: [String] { get }

    /// Sets every property, for one that is left as it was declared cannot be read.
    init(plain words: inout PlainWords) throws(PlainWords.Unclear)
}

/// The command, where all of it is plain; whatever is not, mistakes and `--help` among it, is the parser's, so that there
/// is one place for what a command line may say.
func plainCommand(_ arguments: [String]) -> (any ParsableCommand)? {
    guard arguments.count >= 2, let kind = plainCommandKind(arguments[0], arguments[1]) else { return nil }
    do {
        var words = try PlainWords(arguments.dropFirst(2), flags: kind.plainFlags)
        var command = try kind.init(plain: &words)
        guard words.isEmpty else { return nil }
        try command.validate()
        return command
    } catch {
        return nil
    }
}

private func plainCommandKind(_ noun: String, _ verb: String) -> (any PlainCommand.Type)? {
    switch (noun, verb) {
    case ("template", "list"): TemplateList.self
    case ("request", "create"): RequestCreate.self
    case ("request", "show"): RequestShow.self
    case ("machine", "list"): MachineList.self
    case ("machine", "return"): MachineReturn.self
    default: nil
    }
}

// MARK: - The commands

extension HouseOptions {
    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        config = try words.option("--config")
        stateDir = try words.option("--state-dir")
        templates = try words.options("--templates")
        verbose = false
    }
}

extension OutputOptions {
    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        output = try words.option("--output", "-o") ?? .table
    }
}

extension TemplateList: PlainCommand {
    static var plainFlags: [String] { [] }

    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        options = try HouseOptions(plain: &words)
        output = try OutputOptions(plain: &words)
    }
}

extension RequestCreate: PlainCommand {
    static var plainFlags: [String] { ["--wait", "--dry-run", "--ask-cloud"] }

    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        template = try words.argument()
        count = try words.argument()
        account = try words.option("--account")
        key = try words.option("--key")
        atLeast = try words.option("--at-least")
        deadline = try words.option("--deadline")
        lifetime = try words.option("--lifetime")
        tags = try words.options("--tag")
        parameters = try words.options("--set")
        wait = words.flag("--wait")
        dryRun = words.flag("--dry-run")
        askCloud = words.flag("--ask-cloud")
        options = try HouseOptions(plain: &words)
        output = try OutputOptions(plain: &words)
    }
}

extension RequestShow: PlainCommand {
    static var plainFlags: [String] { ["--wait"] }

    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        id = try words.argument()
        wait = words.flag("--wait")
        options = try HouseOptions(plain: &words)
        output = try OutputOptions(plain: &words)
    }
}

extension MachineList: PlainCommand {
    static var plainFlags: [String] { [] }

    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        request = try words.option("--request")
        state = try words.option("--state")
        options = try HouseOptions(plain: &words)
        output = try OutputOptions(plain: &words)
    }
}

extension MachineReturn: PlainCommand {
    static var plainFlags: [String] { ["--wait"] }

    init(plain words: inout PlainWords) throws(PlainWords.Unclear) {
        self.init()
        ids = words.allArguments()
        request = try words.option("--request")
        wait = words.flag("--wait")
        options = try HouseOptions(plain: &words)
        output = try OutputOptions(plain: &words)
    }
}
