import Provisioning

extension GCPOperation {
    func json(in project: String, at now: Timestamp) -> JSONValue {
        let status = status(at: now)
        let isDone = status == .done
        let path = "projects/\(project)/\(place.path)"
        let place: JSONValue? = self.place == .global ? nil : .link(path)
        let problems = isDone ? errors : []
        return [
            "kind": "compute#operation", "id": .id(id), "name": .string(name),
            "zone": isZonal ? place : nil, "region": isZonal ? nil : place,
            "clientOperationId": clientID.map(JSONValue.string), "operationType": .string(type),
            "targetLink": target.map { .link($0) }, "targetId": targetID.map { .id($0) },
            "status": .string(status.rawValue), "user": .string(user), "progress": isDone ? 100 : 0,
            "insertTime": .time(insertedAt), "startTime": status == .pending ? nil : .time(startsAt),
            "endTime": isDone ? .time(endsAt) : nil,
            "error": problems.isEmpty ? nil : ["errors": .array(problems.map { $0.json(in: project) })],
            "httpErrorStatusCode": problems.first.map { .integer($0.status) },
            "httpErrorMessage": problems.first.map { .string($0.statusText) },
            "selfLink": .link("\(path)/operations/\(name)"),
            "operationGroupId": groupID.map(JSONValue.string),
            "instancesBulkInsertOperationMetadata": bulk.map { ["perLocationStatus": counts($0, isDone: isDone)] },
        ]
    }

    private var isZonal: Bool { if case .zone = place { true } else { false } }

    private func counts(_ bulk: [String: GCPBulkCount], isDone: Bool) -> JSONValue {
        var all = JSONValue.object(JSONObject())
        for (location, count) in bulk.sorted(by: { $0.key < $1.key }) {
            var one: JSONValue = ["targetVmCount": .integer(count.target)]
            if isDone {
                for (name, number) in [
                    ("createdVmCount", count.created), ("failedToCreateVmCount", count.failed),
                    ("deletedVmCount", count.deleted),
                ] where number > 0 { one[name] = .integer(number) }
            }
            let rollsBack = count.deleted > 0
            one["status"] = .string(isDone ? "DONE" : rollsBack ? "ROLLING_BACK" : "CREATING")
            all[location] = one
        }
        return all
    }
}

extension GCPProblem {
    func json(in project: String) -> JSONValue {
        let details = details(in: project)
        return [
            "code": .string(code), "message": .string(message),
            "errorDetails": details.isEmpty ? nil : .array(details),
        ]
    }

    private func details(in project: String) -> [JSONValue] {
        if let quota {
            let place = quota.region == "global" ? "per-project" : "per-project-region"
            let dimension = quota.region == "global" ? "global" : quota.region
            return [
                [
                    "quotaInfo": [
                        "metricName": .string("compute.googleapis.com/\(quota.metric.lowercased())"),
                        "limitName": .string(quota.metric.replacing("_", with: "-") + "-" + place),
                        "dimensions": ["region": .string(dimension)], "limit": .number(Double(quota.limit)),
                    ]
                ]
            ]
        }
        guard !facts.isEmpty else { return [] }
        return [
            [
                "help": [
                    "links": [
                        [
                            "description": "Troubleshooting documentation",
                            "url": "https://cloud.google.com/compute/docs/resource-error",
                        ]
                    ]
                ]
            ],
            ["localizedMessage": ["locale": "en-US", "message": .string(message)]],
            [
                "errorInfo": [
                    "reason": status == 503 ? "resource_availability" : .string(code.lowercased()),
                    "domain": "compute.googleapis.com", "metadatas": JSONValue(facts),
                ]
            ],
        ]
    }
}
