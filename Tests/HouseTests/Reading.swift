import FoundationEssentials

/// Reads a house from its folder.
///
/// Package.swift is read as text: its targets are calls of `room`, `program`, `.executableTarget`, `.target` and
/// `.systemLibrary`, each with string literals for names.
extension HousePlan {
    init(of root: String) throws {
        let package = try text(of: root + "/Package.swift")
        let targets = declaredTargets(in: package)
        libraries = Set(targets.filter { $0.kind == "systemLibrary" }.map(\.name))
        rooms = try targets.filter { $0.kind != "systemLibrary" }.map { target in
            let folder = target.path ?? "Sources/\(target.name)"
            let files = try swiftFiles(under: folder, of: root).map {
                SourceFile(path: $0, imports: imports(in: try text(of: root + "/" + $0)))
            }
            return Room(name: target.name, uses: target.uses, products: target.products, files: files)
        }
    }
}

struct DeclaredTarget {
    var kind: String
    var name: String
    var path: String?
    var uses: Set<String>
    var products: Set<String>
}

func declaredTargets(in package: String) -> [DeclaredTarget] {
    let source = withoutComments(package)
    let opening =
        /(?<kind>\broom|\bprogram|\.executableTarget|\.systemLibrary|\.target)\(\s*(?:name:\s*)?"(?<name>\w+)"/
    return source.matches(of: opening).compactMap { match in
        let call = balanced(source[match.range.lowerBound...])
        // Within a list of dependencies `.target(name:)` names a target that is declared elsewhere.
        if match.kind == ".target", call.wholeMatch(of: /\.target\(\s*name:\s*"\w+"\s*\)/) != nil { return nil }
        let products = call.matches(of: /\.product\(\s*name:\s*"(\w+)"[^)]*\)/)
        let own = call.replacing(/\.product\([^)]*\)/, with: "")
        let list = own.firstMatch(of: /(?:uses|dependencies):\s*\[([^\]]*)\]/)?.1 ?? ""
        return DeclaredTarget(
            kind: String(match.kind.drop { $0 == "." }), name: String(match.name),
            path: own.firstMatch(of: /path:\s*"([^"]+)"/).map { String($0.1) },
            uses: Set(list.matches(of: /"(\w+)"/).map { String($0.1) }),
            products: Set(products.map { String($0.1) }))
    }
}

/// The modules a file imports, whatever attributes or kinds stand before their names.
func imports(in source: String) -> [String] {
    let line =
        #/
        ^\s* (?:@\w+(?:\([^)]*\))?\s+)*                             # attributes
        (?:(?:public|package|internal|fileprivate|private)\s+)?      # who may see it
        import\s+
        (?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)? # a single declaration of the module
        (\w+)
        /#
    return source.split(whereSeparator: \.isNewline).compactMap { $0.prefixMatch(of: line).map { String($0.1) } }
}

func swiftFiles(under folder: String, of root: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: root + "/" + folder) else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
        .filter { $0.hasSuffix(".swift") }.sorted().map { folder + "/" + $0 }
}

func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else { throw Missing(path: path) }
    return String(decoding: data, as: UTF8.self)
}

struct Missing: Error { let path: String }

/// The folder that Package.swift stands in.
let houseRoot = #filePath.components(upTo: "/Tests/")

extension String {
    fileprivate func components(upTo mark: String) -> String {
        firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
    }
}

private func withoutComments(_ source: String) -> String {
    // A URL has its slashes inside a literal, after a colon.
    source.replacing(/(^|[^:])\/\/[^\n]*/.anchorsMatchLineEndings()) { "\($0.1)" }
}

/// From the start of a call to its closing parenthesis.
private func balanced(_ source: Substring) -> Substring {
    var depth = 0
    for index in source.indices {
        switch source[index] {
        case "(": depth += 1
        case ")":
            depth -= 1
            if depth == 0 { return source[...index] }
        default: break
        }
    }
    return source
}
