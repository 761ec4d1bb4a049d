import Bytes
import Events
import TestKit
import Testing

/// Every log that stands beside the project is read, and each of its records is known for what it is.
@Suite struct SharedSourcesTests {
  static let expected: [(path: String, datasets: [String: Int])] = [
    ("kubernetes-recorded/attacks/audit-a.jsonl.gz", ["kubernetes.audit": 9379]),
    ("kubernetes-recorded/attacks/audit-b.jsonl.gz", ["kubernetes.audit": 6377]),
    ("kubernetes-recorded/attacks/audit-c.jsonl.gz", ["kubernetes.audit": 848]),
    ("kubernetes-recorded/audit-scenario.jsonl.gz", ["kubernetes.audit": 2526]),
    ("kubernetes-recorded/audit-least-privilege.jsonl", ["kubernetes.audit": 329]),
    ("posture/audit2rbac/testdata/demo.log", ["kubernetes.audit": 37]),
    ("siem/panther/kubernetes_rules.jsonl", ["gcp.audit": 19, "kubernetes.audit": 106]),
    ("siem/panther/gcp_k8s.jsonl", ["gcp.audit": 33, "kubernetes.audit": 93, "azure.platformlogs": 1]),
    ("siem/panther/ecr_registry.jsonl", ["aws.cloudtrail": 3]),
    // Okta, Zendesk, GitHub and the like, in the file's own wrapping.
    ("siem/panther/standard_rules.jsonl", ["gcp.audit": 3, "aws.cloudtrail": 2, "shipper.record": 47]),
    ("siem/captures/logger-rfc3164.udp", ["system.pam": 1]), ("siem/captures/logger-rfc5424.tcp", ["system.sshd": 1]),
    ("siem/captures/rsyslog-rfc3164.udp", ["system.sshd": 2]),
    ("siem/captures/rsyslog-rfc5424-octet.tcp", ["system.sshd": 2]),
    ("siem/captures/splunk-01.body", ["shipper.record": 1]), ("siem/captures/splunk-02.body", ["shipper.record": 1]),
  ]

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func everyRecordIsKnown() throws {
    for (path, datasets) in Self.expected {
      let batch = EventDecoder.decode(try EventExpectations.shared(path))
      var counts: [String: Int] = [:]
      for event in batch.events { counts[event.dataset.rawValue, default: 0] += 1 }
      #expect(counts == datasets, "\(path)")
      #expect(batch.problems.isEmpty, "\(path)")
    }
  }

  static let folders: [(path: String, datasets: [String: Int])] = [
    // One of the traces is `{"kind": 0}`.
    ("siem/falco-k8s-audit/traces", ["kubernetes.audit": 51, "json.log": 1]),
    ("siem/sigma/regression_data", ["windows.event": 238]), ("siem/stratus-detonation-logs", ["aws.cloudtrail": 310]),
  ]

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func everyFileOfAFolderIsKnown() throws {
    for (path, datasets) in Self.folders {
      var counts: [String: Int] = [:]
      for file in SharedData.files(path) where file.hasSuffix(".json") {
        let batch = EventDecoder.decode(try FileReaderForTests.bytes(file))
        for event in batch.events { counts[event.dataset.rawValue, default: 0] += 1 }
        #expect(batch.problems.isEmpty, "\(file)")
      }
      #expect(counts == datasets, "\(path)")
    }
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func aTableWithoutHeader() throws {
    var options = DecodeOptions()
    options.format = .csv(
      columns: [
        "cluster", "@timestamp", "user.name", "event.action", "orchestrator.resource.type",
        "kubernetes.audit.objectRef.subresource", "orchestrator.resource.name", "", "url.original", "event.id",
        "kubernetes.audit.stage", "http.response.status_code", "", "", "",
      ], delimiter: 0x2C)
    let batch = EventDecoder.decode(
      try SharedData.bytes("siem/k8s-benign/perfspec-audit-logs.csv"), options: options)
    #expect(batch.count == 16_564)
    // The last row ends in the middle.
    #expect(batch.problems == [RecordProblem(.kept(.columnCount), line: 16_564)])
    let first = try #require(batch.events.first)
    EventExpectations.expect(
      first, "csv.row",
      [
        "@timestamp": "2023-01-27T18:28:08.129781Z", "user.name": "system:node:k8s-node-1-perfspec",
        "event.action": "watch", "orchestrator.resource.type": "configmaps", "http.response.status_code": "403",
        "cluster": #"{"name":"k8s-master-perfspec"}"#,
      ])
    #expect(batch.events.allSatisfy { $0.time != nil || $0.fault != nil })
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func whatTheRecordedServerWroteIsUnderstood() throws {
    let batch = EventDecoder.decode(try EventExpectations.shared("kubernetes-recorded/attacks/audit-a.jsonl.gz"))
    var stories = AuditStories()
    var coverage = FieldCoverage()
    var refused = 0
    for event in batch.events {
      stories.add(event)
      coverage.add(event)
      #expect(event.time != nil)
      if event.statusCode == 401 {
        refused += 1
        #expect(event.text(.userName) == nil && event.outcome == .failure)
      }
    }
    #expect(refused == 55)
    #expect(stories.repetitions == 0)
    #expect(stories.stories.allSatisfy { (1...2).contains($0.events.count) })
    let source = try #require(coverage.sources.first)
    #expect(coverage.sources.count == 1 && source.events == 9379 && coverage.unparsed.isEmpty)
    // Outside of bodies and annotations, these fields of the server's are reached by their path only.
    let unmapped = source.unmapped.map(\.path).filter {
      !$0.hasPrefix("requestObject.") && !$0.hasPrefix("responseObject.") && !$0.hasPrefix("annotations.")
    }
    #expect(
      unmapped == [
        "authenticationMetadata.impersonationConstraint", "objectRef.resourceVersion",
        "responseStatus.details.causes.field", "responseStatus.details.causes.message",
        "responseStatus.details.causes.reason", "responseStatus.details.group", "responseStatus.details.kind",
        "responseStatus.details.name", "responseStatus.details.retryAfterSeconds", "responseStatus.details.uid",
        "responseStatus.status", "user.extra.authentication.kubernetes.io/node-uid",
      ])
    #expect(source.mapped.contains { $0.path == "user.username" && $0.fields.contains(.userName) && $0.count == 9324 })
  }

  /// What others made of the same records. Source: OCSF's mapping examples.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func examplesOfAnotherSchemaMeanTheSame() throws {
    let folder = "siem/ocsf/examples/mappings/"
    for version in ["v1.1.0", "v1.5.0"] {
      let path = folder + "markdown/AWS/\(version)/EKS Audit Logs/samples/eks"
      try Self.isSameRequest(path + ".raw", path + ".ocsf")
    }
    try Self.isSameRequest(
      folder + "bloblang/AWS/eks/v1.2.0/samples/eks.json", folder + "bloblang/AWS/eks/v1.2.0/samples/ocsf_eks.json")

    let raw = try #require(
      EventDecoder.decode(try SharedData.bytes(folder + "markdown/Falco/samples/falco.raw")).events.first)
    let other = try JSONReader.read(try SharedData.bytes(folder + "markdown/Falco/samples/falco.ocsf"))
    #expect(raw.dataset == .falcoAlert && raw.kind == .alert)
    #expect(raw.text(.ruleName) == other[path: "finding", "title"]?.string)
    #expect(raw.text(.eventId) == other[path: "finding", "uid"]?.string)
    #expect(raw.text(.message) == other[path: "finding", "desc"]?.string)
    #expect(raw.text(.logLevel) == other["status"]?.string?.lowercased())
    #expect(raw.values(.tags).map(\.text) == other[path: "metadata", "labels"]?.strings)
    #expect(raw.time.map { $0.nanoseconds / 1_000_000 } == other["time"]?.int)
    let observed = Dictionary(
      uniqueKeysWithValues: (other["observables"]?.elements ?? []).map {
        ($0["name"]?.string ?? "", $0["value"]?.string)
      })
    for (name, field) in [
      ("hostname", FieldID.hostName), ("user.name", .userName), ("proc.pname", .processParentName),
      ("container.image.repository", .containerImageName), ("container.image.tag", .containerImageTag),
    ] {
      #expect(raw.text(field) == observed[name], "\(name)")
    }
  }

  private static func isSameRequest(_ raw: String, _ ocsf: String) throws {
    let event = try #require(EventDecoder.decode(try SharedData.bytes(raw)).events.first)
    let other = try JSONReader.read(withoutStrayCommas(try SharedData.bytes(ocsf)))
    #expect(event.dataset == .kubernetesAudit)
    #expect(event.text(.userName) == other[path: "actor", "user", "name"]?.string)
    #expect(event.text(.userId) == other[path: "actor", "user", "uid"]?.string)
    #expect(
      event.values(.userGroupName).map(\.text)
        == (other[path: "actor", "user", "groups"]?.elements ?? []).compactMap { $0["name"]?.string })
    #expect(event.text(.eventAction) == other[path: "api", "operation"]?.string)
    #expect(event.text(.eventId) == other[path: "api", "request", "uid"]?.string)
    #expect(event.statusCode == (other[path: "api", "response", "code"]?.int).map { Int($0) })
    #expect(event.text(.userAgentOriginal) == other[path: "http_request", "user_agent"]?.string)
    #expect(event.text(.urlPath) == other[path: "http_request", "url", "path"]?.string)
    #expect(event.text(.kubernetesAuditLevel) == other[path: "metadata", "log_level"]?.string)
    let resource = other["resources"]?.elements.first
    #expect(event.text(.orchestratorResourceType) == resource?["type"]?.string)
    #expect(event.text(.orchestratorResourceName) == resource?["name"]?.string)
    // The examples' addresses are made unreal; the place is what counts.
    #expect(event.text(.sourceIp) == other[path: "src_endpoint", "ip"]?.string)
    let time = other["time"]?.int ?? 0
    #expect(event.time.map { $0.nanoseconds / (time > 1 << 42 ? 1000 : 1_000_000) } == time)
  }

  /// One of the examples has a comma before a closing brace.
  private static func withoutStrayCommas(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: ","),
        let next = bytes[(index + 1)...].first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }),
        next == UInt8(ascii: "}") || next == UInt8(ascii: "]")
      {
        continue
      }
      output.append(byte)
    }
    return output
  }

  /// Names that the schema has are used as it defines them; every other is one of the project's own name spaces.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func namesAreTheSchemas() throws {
    var types: [String: String] = [:]
    for line in String(decoding: try SharedData.bytes("siem/ecs/fields.csv"), as: UTF8.self).split(separator: "\n") {
      let columns = line.split(separator: ",", omittingEmptySubsequences: false)
      if columns.count > 4 { types[String(columns[3])] = String(columns[4]) }
    }
    let own = ["bartizan.", "kubernetes.", "source.kubernetes.", "destination.kubernetes.", "winlog."]
    let single: Set<String> = [
      "container.image.id", "log.iostream", "log.source.address", "network.policy.name", "network.verdict",
    ]
    for field in FieldID.allCases {
      #expect(FieldID(name: field.name) == field)
      guard let type = types[field.name] else {
        #expect(own.contains { field.name.hasPrefix($0) } || single.contains(field.name), "\(field.name)")
        continue
      }
      let expected: Set<FieldID.ValueType> =
        switch type {
        case "keyword", "constant_keyword": [.keyword]
        case "wildcard": [.wildcard]
        case "match_only_text": [.text]
        case "long": [.integer]
        case "date": [.date]
        case "ip": [.address]
        case "boolean": [.flag]
        default: [.object]
        }
      #expect(expected.contains(field.type), "\(field.name) is \(type)")
    }
    #expect(Column.allCases.count <= 24)
  }
}
