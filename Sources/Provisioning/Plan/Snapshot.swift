/// All that is recorded about one request, read in one transaction.
package struct Snapshot: Sendable {
    package var request: Request
    /// Its own machines; of a return, those to be given back. Sorted by id.
    package var machines: [Machine]
    /// The open ones of this request.
    package var intents: [Intent]
    /// What is not worth asking for at the accounts of these machines.
    package var blocks: [Block]
    /// What the API of each account of these machines allows.
    package var traits: [AccountName: APITraits]
    /// When this pass last asked the clouds; nil: not yet.
    package var observedAt: Timestamp?

    package init(
        request: Request, machines: [Machine], intents: [Intent] = [], blocks: [Block] = [],
        traits: [AccountName: APITraits] = [:], observedAt: Timestamp? = nil
    ) {
        self.request = request
        self.machines = machines
        self.intents = intents
        self.blocks = blocks
        self.traits = traits
        self.observedAt = observedAt
    }
}
