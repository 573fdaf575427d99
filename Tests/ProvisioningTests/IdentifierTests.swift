import Provisioning
import Testing

@Suite struct IdentifierTests {
    private func surroundings(at moment: Timestamp, chance: UInt64) -> Surroundings {
        Surroundings(now: { moment }, sleep: { _ in }, random: { chance })
    }

    @Test func namesMadeLaterSortLater() {
        var chance = SeededGenerator(seed: 9)
        var milliseconds: Int64 = 1_700_000_000_000
        var names: [String] = []
        for _ in 0..<1000 {
            names.append(
                surroundings(at: Timestamp(microseconds: milliseconds * 1000), chance: chance.next()).freshName())
            milliseconds += Int64.random(in: 1...10_000_000, using: &chance)
        }
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test func aNameIsSixteenLettersAndDigitsThatSurviveBeingReadAloud() {
        var chance = SeededGenerator(seed: 10)
        let allowed = Set("0123456789abcdefghjkmnpqrstvwxyz")
        for _ in 0..<200 {
            let name = surroundings(at: Timestamp(seconds: 1_800_000_000), chance: chance.next()).freshName()
            #expect(name.count == 16)
            #expect(allowed.isSuperset(of: name))
        }
    }

    @Test func namesOfOneMillisecondDifferByChanceAlone() {
        let moment = Timestamp(seconds: 1_800_000_000)
        let one = surroundings(at: moment, chance: 1).freshName(), two = surroundings(at: moment, chance: 2).freshName()
        #expect(one != two)
        #expect(one.prefix(9) == two.prefix(9))
    }

    @Test func allThirtyFiveBitsOfChanceAreInTheName() {
        let moment = Timestamp(seconds: 0)
        let names = (0..<35).map { surroundings(at: moment, chance: 1 << UInt64($0)).freshName() }
        #expect(Set(names).count == 35)
        #expect(surroundings(at: moment, chance: (1 << 35) - 1).freshName() == "000000000zzzzzzz")
    }

    @Test func machinesAreNumberedSoThatTheySortAsTheyCount() {
        let request = Sample.request(count: 3)
        #expect(request.machineID(number: 1) == "mch-one-0001")
        #expect(request.machineID(number: 9999) == "mch-one-9999")
        let ids = (1...9999).map { request.machineID(number: $0) }
        #expect(ids == ids.sorted())
    }
}
