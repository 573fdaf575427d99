import Provisioning
import Testing

@testable import CloudGCP

@Suite struct LabelTests {
    @Test(arguments: [
        "ldg-06fz3k9q2m7w1c4d.2f61aa00", "int-1", "", "a_b.c", "ÄÖ/ü", "UPPER", "__", "_2e", "a.b.c..", "世界",
    ])
    func ourTagsReadBackAsTheyWereWritten(value: String) {
        let tags = [OurTag.request: value, OurTag.token: value + "x", OurTag.owner: value]
        let labels = GCPLabels(tags).labels
        #expect(labels.keys.sorted() == ["muster-owner", "muster-request", "muster-token"])
        for (key, value) in labels {
            #expect((key + value).utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains($0) })
        }
        #expect(GCPLabels.tags(in: labels) == tags)
    }

    @Test func twoTagsNeverBecomeOneLabel() {
        let values = ["a.b", "a_b", "a_2eb", "a-b", "A.b", "a_5f2eb", "a_.b"]
        #expect(Set(values.map(GCPLabels.spelled)).count == values.count)
    }

    /// A mark is a ledger's name and thirty-two digits.
    @Test func anOwnersMarkFitsIntoALabel() {
        let mark = "ldg-06fz3k9q2m7w1c4d." + String(repeating: "f", count: 32)
        #expect(GCPLabels.spelled(mark).count <= 63)
    }

    @Test func whatALabelCannotHoldIsKeptWordForWord() {
        let labels = GCPLabels(Sample.oddTags.merging(Sample.ourTags) { $1 })
        #expect(labels.labels["team"] == "data_eng")
        #expect(labels.labels["empty"] == "")
        #expect(labels.others.keys.sorted() == ["1st", "Upper", "a b", "long", "muster-owner", "plus+", "umlaut"])
        #expect(labels.others["a b"] == "c d")
        #expect(labels.labels["muster-owner"] == "ldg-06fz3k_2e2f61aa")
    }

    @Test(arguments: ["a_", "a_2", "a_zz", "a_2E", "a_61", "a.b", "UPPER"])
    func whatWeDidNotSpellIsNoTagOfOurs(value: String) {
        #expect(GCPLabels.tags(in: ["muster-owner": value]) == [:])
    }

    @Test func labelsOfOthersAreNotRead() {
        #expect(GCPLabels.tags(in: ["team": "grid", "muster": "x"]) == [:])
    }
}
