/// What libFuzzer calls with each file it makes up. Built by `scripts/fuzz`, with `ReadingCheck.swift` beside it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let faults = ReadingCheck(Array(UnsafeBufferPointer(start: start, count: count))).faults
    // A trap is what a fuzzer takes for a finding.
    if !faults.isEmpty { fatalError("\(faults)") }
    return 0
}
