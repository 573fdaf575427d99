import Provisioning

extension EC2Face {
    /// Deletes EC2 Fleets, cancels Spot Fleets, each as far as it can be.
    func endFleets(
        _ kind: Fleet.Kind, _ parameters: QueryParameters, in region: String, world: inout World, at now: Timestamp
    ) throws(EC2Error) -> (inout XMLText) -> Void {
        let ids = parameters.list(kind.idName)
        guard !ids.isEmpty else { throw .missingParameter(kind.idName) }
        guard ids.count <= 100 else { throw .invalidValue("\(ids.count)", of: kind.idName) }
        _ = try parameters.required("TerminateInstances")
        let terminating = try parameters.boolean("TerminateInstances") ?? true
        if try parameters.boolean("DryRun") == true { throw .dryRun }
        let endings = world.endFleets(ids, kind, terminating: terminating, in: region, at: now)
        return { answer in
            answer.named("successful\(kind.endedSet)") { answer in
                for case (let id, .done(let before, let after)) in endings {
                    answer.element("item") { answer in
                        answer.named("current\(kind.stateName)", after.word(kind))
                        answer.named("previous\(kind.stateName)", before.word(kind))
                        answer.element(kind.idElement, id)
                    }
                }
            }
            answer.named("unsuccessful\(kind.endedSet)") { answer in
                for (id, ending) in endings {
                    guard let (code, message) = ending.refusal(of: id, kind) else { continue }
                    answer.element("item") { answer in
                        answer.element("error") { answer in
                            answer.element("code", code)
                            answer.element("message", message)
                        }
                        answer.element(kind.idElement, id)
                    }
                }
            }
        }
    }
}

extension Fleet.Kind {
    /// The parameter that names one.
    var idName: String { self == .fleet ? "FleetId" : "SpotFleetRequestId" }

    /// The element of an answer that names one.
    var idElement: StaticString { self == .fleet ? "fleetId" : "spotFleetRequestId" }

    fileprivate var stateName: String { self == .fleet ? "FleetState" : "SpotFleetRequestState" }

    fileprivate var endedSet: String { self == .fleet ? "FleetDeletionSet" : "FleetRequestSet" }
}

extension FleetEnding {
    /// Why a fleet was not ended; nil: it was.
    fileprivate func refusal(of id: String, _ kind: Fleet.Kind) -> (code: String, message: String)? {
        let start = kind == .fleet ? "fleet" : "fleetRequest"
        return switch self {
        case .done: nil
        case .malformed: ("\(start)IdMalformed", EC2Error.malformedFleet(id, kind).message)
        case .unknown: ("\(start)IdDoesNotExist", EC2Error.unknownFleet(id, kind).message)
        case .notInState:
            (
                kind == .fleet ? "fleetNotInDeletableState" : "fleetRequestNotInCancellableState",
                "The fleet '\(id)' is not in a state in which it can be ended"
            )
        case .notWithoutInstances:
            ("unexpectedError", "NoTerminateInstances option is not supported for instant fleet")
        }
    }
}

extension Fleet.State {
    /// EC2 Fleets are deleted, Spot Fleets are cancelled.
    func word(_ kind: Fleet.Kind) -> String {
        let ended = kind == .fleet ? "deleted" : "cancelled"
        return switch self {
        case .active: "active"
        case .ended: ended
        case .endedRunning: "\(ended)_running"
        case .endedTerminating: "\(ended)_terminating"
        }
    }
}
