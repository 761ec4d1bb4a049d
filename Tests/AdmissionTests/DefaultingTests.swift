import Bytes
import Kube
import TestKit
import Testing

@testable import Admission

/// What a server of release 1.36.2 made of objects, compared with what we make of them.
@Suite struct DefaultingTests {
  static let user = AdmissionRequest.User(name: "defaulter", groups: ["system:masters", "system:authenticated"])

  @Test(.enabled(if: SharedData.isPresent)) func pairs() throws {
    let rows = try RecordedRows.read("defaulting-pairs.jsonl")
    var equal = 0
    var others: [String] = []
    let cluster = AdmissionCluster([], ignorance: "a test")
    for row in rows {
      guard row["status"]?.int == 201 else { continue }
      let submitted = try #require(row["submitted"])
      let admitted = try #require(row["admitted"])
      let namespace = admitted[path: "metadata", "namespace"]?.string ?? ""
      let request = try #require(
        RecordedRows.creation(submitted, namespace: namespace, user: Self.user, cluster.resources))
      let outcome = ObjectCreation.run(request, cluster)
      // These rows were recorded without generations.
      let differences = RecordedRows.differences(
        Self.withoutChoices(outcome.object.setting(path: ["metadata", "generation"], nil)),
        Self.withoutChoices(admitted))
      if differences.isEmpty {
        equal += 1
      } else {
        others.append(
          "\(RecordedRows.text(row, "src")) \(RecordedRows.text(submitted, "kind")): \(differences.prefix(4))")
      }
    }
    RecordedRows.expect("defaulting-pairs", equal, of: others, count: 137)
  }

  /// Names of token volumes, ids, addresses and ports that the server chooses.
  static func withoutChoices(_ object: DocumentNode) -> DocumentNode {
    switch object.content {
    case .object(let mapping):
      return DocumentNode(
        .object(
          Mapping(
            mapping.entries.compactMap { entry in
              switch entry.key {
              case "clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort", "batch.kubernetes.io/controller-uid",
                "controller-uid":
                return entry.value.string == "None" || entry.value.elements.first?.string == "None" ? entry : nil
              case "name" where entry.value.string?.hasPrefix("kube-api-access-") == true: return nil
              default: return Mapping.Entry(key: entry.key, value: withoutChoices(entry.value))
              }
            })))
    case .array(let items): return DocumentNode(.array(items.map(withoutChoices)))
    default: return object
    }
  }

  @Test(.enabled(if: SharedData.isPresent)) func dryRuns() throws {
    let rows = try RecordedRows.read("admission/defaulting-more.jsonl").filter { $0["kind"]?.string == "dry-run" }
    var equal = 0
    var others: [String] = []
    let cluster = AdmissionCluster([], ignorance: "a test")
    for row in rows {
      let submitted = try #require(row["submitted"])
      let admitted = try #require(row["admitted"])
      let request = try #require(
        RecordedRows.creation(submitted, namespace: "defaulting", user: Self.user, cluster.resources))
      let outcome = ObjectCreation.run(request, cluster)
      let differences = RecordedRows.differences(
        Self.withoutChoices(outcome.object), Self.withoutChoices(admitted))
      if differences.isEmpty, outcome.refusal == nil {
        equal += 1
      } else {
        others.append("\(RecordedRows.text(row, "id")): \(differences.prefix(6)) \(outcome.refusal?.message ?? "")")
      }
    }
    RecordedRows.expect("dry runs", equal, of: others, count: 391)
  }

  @Test(.enabled(if: SharedData.isPresent)) func contexts() throws {
    let rows = try RecordedRows.read("admission/defaulting-more.jsonl").filter { $0["kind"]?.string == "context" }
    var equal = 0
    var others: [String] = []
    for row in rows {
      let submitted = try #require(row["submitted"])
      let namespace = RecordedRows.text(row, "namespace")
      let context = (row["context"]?.elements ?? []).map { object -> DocumentNode in
        let kind = object["kind"]?.string ?? ""
        return ["LimitRange", "ResourceQuota", "ServiceAccount"].contains(kind)
          ? object.setting(path: ["metadata", "namespace"], DocumentNode(.string(namespace))) : object
      }
      let own: DocumentNode = [
        "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": DocumentNode(.string(namespace))],
      ]
      let cluster = AdmissionCluster(context + [own])
      let request = try #require(
        RecordedRows.creation(submitted, namespace: namespace, user: Self.user, cluster.resources))
      let outcome = ObjectCreation.run(request, cluster)
      if let admitted = row["admitted"] {
        let differences = RecordedRows.differences(
          Self.withoutChoices(outcome.object), Self.withoutChoices(admitted))
        if differences.isEmpty, outcome.refusal == nil {
          equal += 1
        } else {
          others.append("\(RecordedRows.text(row, "id")): \(differences.prefix(6)) \(outcome.refusal?.message ?? "")")
        }
      } else if let refusal = outcome.refusal, Int64(refusal.status) == row["status"]?.int,
        refusal.message == row["body"]?["message"]?.string
      {
        equal += 1
      } else {
        others.append(
          "\(RecordedRows.text(row, "id")): \(outcome.refusal?.message ?? "passed") | \(row["body"]?["message"]?.string ?? "")"
        )
      }
    }
    RecordedRows.expect("contexts", equal, of: others, count: 37)
  }

  @Test(.enabled(if: SharedData.isPresent)) func versions() throws {
    let rows = try RecordedRows.read("admission/defaulting-more.jsonl").filter { $0["kind"]?.string == "versions" }
    var equal = 0
    var others: [String] = []
    let cluster = AdmissionCluster([], ignorance: "a test")
    for row in rows {
      guard let admitted = row["admitted"] else { continue }
      let submitted = try #require(row["submitted"])
      let namespace = admitted[path: "metadata", "namespace"]?.string ?? ""
      let request = try #require(
        RecordedRows.creation(submitted, namespace: namespace, user: Self.user, cluster.resources))
      let outcome = ObjectCreation.run(request, cluster)
      var differences = RecordedRows.differences(
        Self.withoutChoices(outcome.object), Self.withoutChoices(admitted))
      for reading in row["readAs"]?.entries ?? [] {
        let read = Conversion.convert(outcome.object, to: reading.key).map(ServerObject.normalized)
        differences += RecordedRows.differences(
          Self.withoutChoices(read ?? "no such version"), Self.withoutChoices(reading.value), reading.key)
      }
      if differences.isEmpty {
        equal += 1
      } else {
        others.append("\(RecordedRows.text(row, "id")): \(differences.prefix(6)) \(outcome.refusal?.message ?? "")")
      }
    }
    RecordedRows.expect(
      "versions", equal, of: others, count: 84,
      known: [
        "default-versions/networking.k8s.io_v1/ServiceCIDR/1/networking.k8s.io_v1beta1":
          "a controller had set its finalizer before the object was read"
      ])
  }
}
