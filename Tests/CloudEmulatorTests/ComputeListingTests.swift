import FoundationEssentials
import Provisioning
import Testing

@testable import CloudEmulator

/// Lists of the emulated Compute Engine: pages, orders and filters.
@Suite struct ComputeListingTests {
    private let cloud: ComputeCloud

    init() throws {
        cloud = try ComputeCloud()
        for (name, team) in [("a1", "red"), ("a2", "blue"), ("b1", "red")] {
            _ = try cloud.insert(name, ["labels": ["team": .string(team)]])
            cloud.clock.turn(.seconds(1))
        }
    }

    @Test(
        arguments: [
            ("", ["a1", "a2", "b1"]), ("labels.team=red", ["a1", "b1"]), ("labels.team = \"blue\"", ["a2"]),
            ("labels.team!=red", ["a2"]), ("labels.none:*", []), ("labels.team:*", ["a1", "a2", "b1"]),
            ("labels.team:bl", ["a2"]), ("name=a1", ["a1"]), ("(name=a1) OR (name=b1)", ["a1", "b1"]),
            ("name eq a.*", ["a1", "a2"]), ("name ne 'a.*'", ["b1"]), ("(labels.team eq red) (name eq b.*)", ["b1"]),
            ("labels.team = red AND name != a1", ["b1"]), ("NOT name = a1", ["a2", "b1"]), ("-name:a", ["b1"]),
            ("name=a1 OR name=a2 AND labels.team=red", ["a1"]), ("(name=a1 OR name=a2) AND labels.team=blue", ["a2"]),
            ("status = STAGING OR status = PROVISIONING", ["a1", "a2", "b1"]), ("status=RUNNING", []),
            ("scheduling.preemptible = false", ["a1", "a2", "b1"]), ("networkInterfaces.networkIP=10.128.0.2", ["a2"]),
            ("name > a1", ["a2", "b1"]), ("name<=a2", ["a1", "a2"]), ("disks.diskSizeGb>=10", ["a1", "a2", "b1"]),
            ("name:(a)", nil), ("nonsense=1", nil), ("labels", nil), ("name=", nil), ("(name=a1", nil),
            ("name a1", nil),
            ("status.code=1", nil), ("name=a1)", nil), ("name=\"a1", nil), ("AND", nil),
        ] as [(String, [String]?)])
    func aFilterMeansWhatItSays(filter: String, wanted: [String]?) throws {
        let answer = try cloud.get("\(ComputeCloud.zone)/instances", query: ["filter": filter])
        #expect(answer.status == (wanted == nil ? 400 : 200))
        if let wanted {
            #expect(answer.items.compactMap { $0["name"]?.string } == wanted)
        } else {
            #expect(answer.reason == "invalid")
        }
    }

    @Test func pagesAreAsLargeAsAskedForAndHoldEachOnce() throws {
        for path in ["\(ComputeCloud.zone)/instances", "\(ComputeCloud.zone)/disks"] {
            var names: [String] = []
            var token: String?
            for _ in 0..<5 {
                var query = ["maxResults": "2"]
                query["pageToken"] = token
                let page = try cloud.get(path, query: query)
                #expect(page.items.count <= 2)
                names += page.items.compactMap { $0["name"]?.string }
                token = page.json["nextPageToken"]?.string
                if token == nil { break }
            }
            #expect(names == ["a1", "a2", "b1"])
        }
        #expect(try cloud.get("\(ComputeCloud.zone)/instances", query: ["maxResults": "501"]).status == 400)
        #expect(try cloud.get("\(ComputeCloud.zone)/instances", query: ["pageToken": "?"]).status == 400)
    }

    @Test func theNewestComeFirstWhereThatIsAskedFor() throws {
        let newest = ["orderBy": "creationTimestamp desc"]
        #expect(try cloud.names(query: newest) == ["b1", "a2", "a1"])
        let page = try cloud.get("\(ComputeCloud.zone)/instances", query: newest.merging(["maxResults": "1"]) { $1 })
        let next = try #require(page.json["nextPageToken"]?.string)
        #expect(try cloud.names(query: newest.merging(["pageToken": next]) { $1 }) == ["a2", "a1"])
        #expect(try cloud.get("\(ComputeCloud.zone)/instances", query: ["orderBy": "status"]).status == 400)
    }

    @Test func aListOfAllPlacesNamesThemAllAndSaysWhereNothingIs() throws {
        _ = try cloud.post(
            "zones/us-east1-b/instances",
            ComputeCloud.instance("c1", ["machineType": "zones/us-east1-b/machineTypes/e2-small"]))
        var found: [String: [String]] = [:]
        var token: String?
        for _ in 0..<10 {
            var query = ["maxResults": "2"]
            query["pageToken"] = token
            let page = try cloud.get("aggregated/instances", query: query)
            let scopes = page.json["items"]?.object?.fields ?? []
            #expect(scopes.count == 61)
            for scope in scopes {
                if let instances = scope.value["instances"]?.array {
                    found[scope.name, default: []] += instances.compactMap { $0["name"]?.string }
                } else {
                    #expect(scope.value["warning"]?["code"]?.string == "NO_RESULTS_ON_PAGE")
                }
            }
            token = page.json["nextPageToken"]?.string
            if token == nil { break }
        }
        #expect(found == ["zones/us-central1-a": ["a1", "a2", "b1"], "zones/us-east1-b": ["c1"]])
    }

    @Test func operationsAreListedByWhereTheyAreAndFoundByTheirNumber() throws {
        let all = try cloud.get("\(ComputeCloud.zone)/operations", query: ["filter": "operationType=insert"])
        #expect(all.items.count == 3)
        let id = try #require(all.items.first?["id"]?.string)
        #expect(try cloud.get("\(ComputeCloud.zone)/operations/\(id)").json == all.items.first)
        #expect(try cloud.post("\(ComputeCloud.zone)/operations/\(id)/wait").json == all.items.first)
        #expect(try cloud.get("global/operations/\(id)").status == 404)
        let gone = cloud.emulator.handle(cloud.request("DELETE", "\(ComputeCloud.zone)/operations/\(id)"))
        #expect(gone.status == 204)
        #expect(gone.body == [])
        #expect(try cloud.get("\(ComputeCloud.zone)/operations/\(id)").status == 404)
    }

    @Test(arguments: [
        "zones", "regions", "zones/us-central1-a", "zones/us-central1-a/machineTypes", "aggregated/machineTypes",
        "zones/us-central1-a/machineTypes/n2-custom-4-8192", "zones/us-central1-a/acceleratorTypes",
        "aggregated/acceleratorTypes", "zones/us-central1-a/diskTypes", "zones/us-central1-a/diskTypes/pd-ssd",
        "global/networks", "global/networks/default", "regions/us-central1/subnetworks",
        "regions/us-central1/subnetworks/default", "aggregated/subnetworks", "global/firewalls", "aggregated/disks",
        "zones/us-central1-a/reservations", "aggregated/operations", "global/operations",
        "regions/us-central1/operations",
        "global/instanceTemplates", "aggregated/instanceGroupManagers", "zones/us-central1-a/instanceGroups",
        "zones/us-central1-a/instances/a1/serialPort", "",
    ])
    func whatIsThereFromTheStartHasTheFormThatGoogleDescribes(path: String) throws {
        #expect(try cloud.get(path).status == 200)
    }

    @Test func imagesAreFoundByTheirNameAndByTheirFamily() throws {
        func get(_ path: String) -> ComputeAnswer {
            var request = cloud.request("GET", "")
            request.path = "/compute/v1/projects/\(path)"
            return ComputeAnswer(cloud.emulator.handle(request))
        }
        let newest = get("debian-cloud/global/images/family/debian-12").json
        let name = try #require(newest["name"]?.string)
        #expect(get("debian-cloud/global/images/\(name)").json == newest)
        #expect(get("debian-cloud/global/images").items.count == 4)
        #expect(get("debian-cloud/global/images/none").status == 404)
        let flaws = try ComputeCloud.document.get().flaws(in: .init(newest.bytes), as: "Image")
        #expect(flaws == [])
    }
}
