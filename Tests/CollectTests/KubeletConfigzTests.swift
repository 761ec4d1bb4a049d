import Bytes
import Collect
import FakeCluster
import Findings
import Kube
import TestKit
import Testing

/// Settings of kubelets through the API server, and records that nodes leave in it.
@Suite struct KubeletConfigzTests {
  private static let settings: DocumentNode = ["kubeletconfig": ["readOnlyPort": 10255]]

  @Test func eachNodeIsAsked() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.configz = ["a": Self.settings, "b": Self.settings]
    let live = try await LiveCluster(SampleCluster.resources(pods: 1), behaviour)
    let outcome = try await KubeletConfigz.read(
      live.endpoint, nodes: ["a", "gone", "b", "../../secrets"], settings: live.settings)
    #expect(outcome.answers.mapValues { $0["kubeletconfig"]?["readOnlyPort"]?.int } == ["a": 10255, "b": 10255])
    #expect(outcome.refused == ["gone": .failed, "../../secrets": .failed])
    #expect(outcome.trouble?.contains("gone: ") == true)
    let asked = live.cluster.log.filter { $0.uri.contains("configz") }
    #expect(asked.allSatisfy { $0.method == "GET" && !$0.uri.contains("secrets") })
    await live.cluster.close()
  }

  @Test func aRefusalIsOneForAll() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.configz = ["a": Self.settings]
    behaviour.forbidden = ["nodes/proxy"]
    let live = try await LiveCluster(SampleCluster.resources(pods: 1), behaviour)
    let outcome = try await KubeletConfigz.read(live.endpoint, nodes: ["a", "b", "c"], settings: live.settings)
    #expect(outcome.answers.isEmpty && outcome.refused == ["a": .refused, "b": .refused, "c": .refused])
    #expect(outcome.trouble?.contains("nodes/proxy") == true)
    #expect(live.cluster.log.count { $0.uri.contains("configz") } == 1)
    await live.cluster.close()
  }

  @Test func recordsAreLeft() async throws {
    let live = try await LiveCluster()
    var record = NodeRecord(name: "cp-1", distribution: .kubeadm, version: "v1.32.1")
    try await NodeRecordStore.leave(record, namespace: "bartizan-nodes", at: live.endpoint)
    let first = try #require(live.cluster.written["bartizan-nodes/node-cp-1"])
    #expect(try NodeRecordMap.record(in: first) == record)
    // The next one takes its place.
    record.version = "v1.33.0"
    try await NodeRecordStore.leave(record, namespace: "bartizan-nodes", at: live.endpoint)
    #expect(try NodeRecordMap.record(in: try #require(live.cluster.written["bartizan-nodes/node-cp-1"])) == record)
    #expect(live.cluster.log.map(\.method) == ["PUT", "POST", "PUT"])
    await live.cluster.close()
  }

  @Test func whoMayNotWriteIsTold() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = ["write:configmaps"]
    let live = try await LiveCluster(SampleCluster.resources(pods: 1), behaviour)
    let record = NodeRecord(name: "a", distribution: .unknown)
    await #expect(throws: BartizanError.self) {
      try await NodeRecordStore.leave(record, namespace: "n", at: live.endpoint)
    }
    #expect(live.cluster.written.isEmpty)
    await live.cluster.close()
  }
}
