import Documents
import Provisioning

// The keys of the maps within a template.

enum ImageKeys {
    static let owner: FieldName = "owner"
    static let name: FieldName = "name"
    static let architecture: FieldName = "architecture"

    static let described = [
        TemplateKey(owner, .text, "Who published it: an account's number, or `amazon`; otherwise one's own."),
        TemplateKey(name, .text, "Its name, in which `*` stands for anything; the newest that matches is taken."),
        TemplateKey(architecture, .word(Architecture.allCases.map(\.rawValue)), "The processor it is for."),
    ]
}

enum RequirementKeys {
    static let vcpus: FieldName = "vcpus"
    static let memory: FieldName = "memory"
    static let memoryPerVCPU: FieldName = "memory_per_vcpu"
    static let architecture: FieldName = "architecture"
    static let makers: FieldName = "cpu_makers"
    static let gpu: FieldName = "gpu"
    static let localDisk: FieldName = "local_disk"
    static let burstable: FieldName = "burstable"
    static let bareMetal: FieldName = "bare_metal"
    static let exclude: FieldName = "exclude"
    static let only: FieldName = "only"

    static let gpuName: FieldName = "name"
    static let gpuCount: FieldName = "count"
    static let gpuMemory: FieldName = "memory"

    private static let inclusion = Requirements.Inclusion.allCases.map(\.rawValue)
    private static let gpuKeys = [
        TemplateKey(gpuName, .text, "As its maker names it, such as `A10G`."),
        TemplateKey(gpuCount, .bounds, "How many; otherwise at least one."),
        TemplateKey(gpuMemory, .sizeBounds, "The memory of each."),
    ]

    static let described = [
        TemplateKey(vcpus, .bounds, "A number, or `min` and `max`."),
        TemplateKey(memory, .sizeBounds, "A size as in `16GiB`, or `min` and `max`."),
        TemplateKey(memoryPerVCPU, .sizeBounds, "The memory for each vCPU."),
        TemplateKey(
            architecture, .word(Architecture.allCases.map(\.rawValue)),
            "The kind of processor; `x86_64` unless said otherwise."),
        TemplateKey(makers, .names, "Who makes it: `intel`, `amd`, or the cloud's own name."),
        TemplateKey(gpu, .map(gpuKeys), "Its graphics processors; otherwise machines have none."),
        TemplateKey(
            localDisk, .either([.word(inclusion), .sizeBounds]),
            "Disks of the host: whether there are to be any, or how large together."),
        TemplateKey(burstable, .word(inclusion), "Machines with processor credits; `excluded` unless said otherwise."),
        TemplateKey(bareMetal, .word(inclusion), "Whole hosts; `excluded` unless said otherwise."),
        TemplateKey(exclude, .names, "Types not to take, as in `t*`."),
        TemplateKey(only, .names, "Nothing but these types, as in `m6*`."),
    ]
}

enum DiskKeys {
    static let device: FieldName = "device"
    static let size: FieldName = "size_gb"
    static let type: FieldName = "type"
    static let iops: FieldName = "iops"
    static let throughput: FieldName = "throughput"
    static let encrypted: FieldName = "encrypted"
    static let encryptionKey: FieldName = "encryption_key"
    static let snapshot: FieldName = "snapshot"
    static let outlivesMachine: FieldName = "outlives_machine"

    static let described = [
        TemplateKey(device, .text, "What the machine is to call it; otherwise the next free name."),
        TemplateKey(size, .integer(TemplateValues.diskSizes), "Its size in GiB; a snapshot's disk may leave it out."),
        TemplateKey(type, .text, "Its type, such as `gp3`."),
        TemplateKey(iops, .integer(TemplateValues.positive), "Its operations a second."),
        TemplateKey(throughput, .integer(TemplateValues.positive), "Its throughput in MiB/s."),
        TemplateKey(encrypted, .boolean, "Whether it is encrypted."),
        TemplateKey(encryptionKey, .text, "The key it is encrypted with: an id, ARN or alias."),
        TemplateKey(snapshot, .text, "What it is made from; otherwise it is empty."),
        TemplateKey(outlivesMachine, .boolean, "Whether it stays when its machine ends; false unless said otherwise."),
    ]
}

enum PlacementKeys {
    static let group: FieldName = "group"
    static let partition: FieldName = "partition"
    static let tenancy: FieldName = "tenancy"
    static let host: FieldName = "host"

    static let described = [
        TemplateKey(group, .text, "The name of a placement group, proximity group or placement policy."),
        TemplateKey(partition, .integer(1...7), "The partition of such a group."),
        TemplateKey(tenancy, .word(TemplateValues.tenancies), "Whether the hardware is one's own."),
        TemplateKey(host, .text, "The id of a dedicated host."),
    ]
}

enum MetadataKeys {
    static let enabled: FieldName = "enabled"
    static let tokens: FieldName = "tokens"
    static let hopLimit: FieldName = "hop_limit"
    static let tags: FieldName = "tags"

    static let described = [
        TemplateKey(enabled, .boolean, "Whether it can be asked at all."),
        TemplateKey(tokens, .word(TemplateValues.tokens), "Whether a session's token is needed, as IMDSv2 does."),
        TemplateKey(hopLimit, .integer(1...64), "How many networks an answer may cross; containers need 2."),
        TemplateKey(tags, .boolean, "Whether a machine sees its tags there."),
    ]
}

enum NetworkKeys {
    static let ipv6Addresses: FieldName = "ipv6_addresses"
    static let fabricAdapter: FieldName = "fabric_adapter"
    static let accelerated: FieldName = "accelerated"
    static let forwardsTraffic: FieldName = "forwards_traffic"

    static let described = [
        TemplateKey(ipv6Addresses, .integer(1...100), "How many IPv6 addresses it gets.", feature: .ipv6),
        TemplateKey(
            fabricAdapter, .boolean, "An Elastic Fabric Adapter, for tightly coupled work.", feature: .fabricAdapter),
        TemplateKey(accelerated, .boolean, "Accelerated networking.", feature: .acceleratedNetwork),
        TemplateKey(
            forwardsTraffic, .boolean, "Whether it may pass on what is not for itself.", feature: .trafficForwarding),
    ]
}

enum CPUKeys {
    static let cores: FieldName = "cores"
    static let threadsPerCore: FieldName = "threads_per_core"

    static let described = [
        TemplateKey(cores, .integer(1...1_024), "How many cores; otherwise all the type has."),
        TemplateKey(threadsPerCore, .integer(1...2), "1 turns simultaneous multithreading off."),
    ]
}

enum ParameterKeys {
    static let type: FieldName = "type"
    static let values: FieldName = "values"
    static let usual: FieldName = "default"
    static let example: FieldName = "example"
    static let min: FieldName = "min"
    static let max: FieldName = "max"
    static let description: FieldName = "description"

    static let described = [
        TemplateKey(
            type, .word(Parameter.Kind.allCases.map(\.rawValue)), "What its values are; text unless said otherwise."),
        TemplateKey(values, .listOf(.anything), "The values of an enum, of which an order chooses one."),
        TemplateKey(usual, .anything, "Its value where an order gives none; without one an order has to."),
        TemplateKey(example, .anything, "A value to check the template with, where there is no default."),
        TemplateKey(min, .anything, "The least value, or the shortest length of a text."),
        TemplateKey(max, .anything, "The greatest value, or the greatest length of a text."),
        TemplateKey(description, .text, "A line for people."),
    ]
}
