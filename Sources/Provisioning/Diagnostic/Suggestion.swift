/// The candidate a person most likely meant, or nil when none is close.
///
/// Close means: at most a third of the letters differ (and at least one may), counting a swap of neighbours
/// as one difference (optimal string alignment; Damerau, CACM 7(3), 1964).
package func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    // What is as long is no slip of the pen, and comparing takes as long as both lengths multiplied.
    if word.utf8.count > 128 { return nil }
    let wanted = Array(word.lowercased().utf8)
    let allowed = max(1, wanted.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in candidates where candidate != word {
        let letters = Array(candidate.lowercased().utf8)
        if abs(letters.count - wanted.count) > allowed { continue }
        let distance = differences(wanted, letters)
        if distance <= allowed, best.map({ (distance, candidate) < ($0.distance, $0.word) }) ?? true {
            best = (distance, candidate)
        }
    }
    return best?.word
}

/// A hint of the form "did you mean `x`?", or nil when nothing is close.
package func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String? {
    suggestion(for: word, among: candidates).map { "did you mean `\($0)`?" }
}

private func differences(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in 0..<b.count {
            var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
