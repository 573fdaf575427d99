import Provisioning
import Testing

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("instance_typ", "instance_type"), ("INSTANCE_TYPE", "instance_type"), ("imagee", "image"),
        ("iamge", "image"), ("zone", "zones"), ("ragion", "region"),
    ])
    func aSlipOfTheFingersIsUnderstood(word: String, meant: String) {
        #expect(suggestion(for: word, among: ["instance_type", "image", "zones", "region"]) == meant)
    }

    @Test(arguments: ["color", "x", "zzzzz", "reg", "instance"])
    func nothingIsSuggestedForWhatIsClosestToNothing(word: String) {
        #expect(suggestion(for: word, among: ["instance_type", "image", "zones", "region"]) == nil)
    }

    @Test func aSwapOfNeighboursIsOneDifference() {
        // Three letters allow one difference; a swap counted as two would be too far.
        #expect(suggestion(for: "abd", among: ["adb"]) == "adb")
        #expect(suggestion(for: "abd", among: ["dba"]) == nil)
    }

    @Test func theClosestIsSuggestedAndOfEquallyCloseOnesTheFirstInTheAlphabet() {
        #expect(suggestion(for: "regiom", among: ["regions", "region"]) == "region")
        #expect(suggestion(for: "cat", among: ["rat", "bat", "hat"]) == "bat")
        #expect(suggestion(for: "cat", among: ["hat", "bat", "rat"]) == "bat")
    }

    @Test func theWordItselfIsNoSuggestion() {
        #expect(suggestion(for: "image", among: ["image"]) == nil)
    }

    @Test func theHintIsAQuestion() {
        #expect(didYouMean("imagee", among: ["image"]) == "did you mean `image`?")
        #expect(didYouMean("colour", among: ["image"]) == nil)
    }
}
