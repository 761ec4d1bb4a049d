import Bytes
import FakeCluster
import Kube
import TestKit
import Testing

/// The benchmark over a live cluster: its objects, its kubelets, and the records that its nodes left.
@Suite struct CISLiveTests {
  private static func run(
    _ behaviour: FakeCluster.Behaviour, records: [String] = [], _ words: [String] = []
  ) async throws -> (document: DocumentNode, error: String, asked: [String]) {
    let folder = try TemporaryFolder()
    let resources: [FakeCluster.Resource] = [
      .init(
        "", "v1", "nodes", "Node", namespaced: false,
        ["cp", "worker"].map {
          #"{"metadata":{"name":"\#($0)","annotations":{"kubeadm.alpha.kubernetes.io/cri-socket":"x"}},"status":{"nodeInfo":{"kubeletVersion":"v1.32.1","containerRuntimeVersion":"containerd://2.0"}}}"#
        }),
      .init(
        "", "v1", "pods", "Pod",
        [
          #"{"metadata":{"name":"kube-apiserver-cp","namespace":"kube-system","annotations":{"kubernetes.io/config.mirror":"a"}},"spec":{"nodeName":"cp","containers":[{"name":"kube-apiserver","image":"i","command":["kube-apiserver","--profiling=false","--anonymous-auth=true"]}]}}"#
        ]),
      .init(
        "", "v1", "configmaps", "ConfigMap",
        [
          #"{"metadata":{"name":"kube-proxy","namespace":"kube-system"},"data":{"config.conf":"metricsBindAddress: 0.0.0.0:10249\n"}}"#
        ] + records),
      .init(
        "apps", "v1", "daemonsets", "DaemonSet",
        [
          #"{"metadata":{"name":"kube-proxy","namespace":"kube-system"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"kube-proxy","image":"i","command":["kube-proxy","--config=/var/lib/kube-proxy/config.conf"]}]}}}}"#
        ]),
    ]
    let cluster = try await FakeCluster(resources, behaviour, tls: nil)
    try ClusterCommands.write(to: folder, port: cluster.port)
    let run = try await CommandRun(
      ["cis", "--kubeconfig", folder.path + "/kubeconfig", "--benchmark", "cis-1.12", "--format", "json"] + words,
      environment: ["HOME": folder.path, "PATH": ""])
    let asked = cluster.log.map(\.uri).filter { $0.contains("configz") }
    await cluster.close()
    return (try JSONReader.read(run.output), run.errorText, asked)
  }

  private static func node(_ document: DocumentNode, _ check: String, _ name: String) -> (
    status: String, reason: String
  )? {
    let found = document["checks"]?.elements.first { $0["id"]?.string == check }
    let node = found?["nodes"]?.elements.first { $0["name"]?.string == name }
    return node.map { ($0["status"]?.string ?? "", $0["reason"]?.string ?? "") }
  }

  @Test func kubeletsAreAsked() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.configz = [
      "cp": ["kubeletconfig": ["readOnlyPort": 10255, "authentication": ["anonymous": ["enabled": false]]]],
      "worker": ["kubeletconfig": ["readOnlyPort": 0]],
    ]
    let (document, _, asked) = try await Self.run(behaviour)
    #expect(asked.sorted() == ["/api/v1/nodes/cp/proxy/configz", "/api/v1/nodes/worker/proxy/configz"])
    #expect(
      Self.node(document, "4.2.4", "cp")?.status == "fail" && Self.node(document, "4.2.4", "worker")?.status == "pass")
    #expect(Self.node(document, "4.2.1", "cp")?.status == "pass")
    #expect(
      Self.node(document, "1.2.1", "cp")?.status == "fail" && Self.node(document, "1.2.15", "cp")?.status == "pass")
    #expect(Self.node(document, "4.3.1", "worker")?.status == "fail")
    #expect(Self.node(document, "1.1.1", "cp")?.status == "not-evaluated")
  }

  @Test func aRefusalIsSaid() async throws {
    var behaviour = FakeCluster.Behaviour()
    behaviour.forbidden = ["nodes/proxy"]
    let (document, error, asked) = try await Self.run(behaviour)
    #expect(asked.count == 1 && error.contains("nodes/proxy"))
    #expect(Self.node(document, "4.2.4", "cp")?.reason == "refused")
  }

  /// What nodes left is found, told from what others left, and added to what the API tells.
  @Test func recordsThatNodesLeft() async throws {
    func map(_ namespace: String, _ name: String, mode: Int) throws -> String {
      var record = NodeRecord(name: name, distribution: .kubeadm, version: "v1.32.1")
      record.components[.kubelet] = [.read(ComponentArguments(["--read-only-port=0"]), .process(9))]
      let path = "/etc/kubernetes/kubelet.conf"
      record.files[path] = .read(.init(mode: mode, owner: "root", group: "root"), .file(path))
      return JSONWriter.compact(try NodeRecordMap.document(record, namespace: namespace))
    }
    var behaviour = FakeCluster.Behaviour()
    behaviour.configz = ["cp": ["kubeletconfig": ["readOnlyPort": 10255]]]
    let (document, error, _) = try await Self.run(
      behaviour,
      records: [
        try map("bartizan-nodes", "worker", mode: 0o600), try map("shop", "cp", mode: 0o600),
        #"{"metadata":{"name":"node-x","namespace":"bartizan-nodes","labels":{"bartizan.dev/node-record":"true"}},"data":{"record.json":"{"}}"#,
      ])
    #expect(Self.node(document, "4.1.5", "worker")?.status == "pass")
    #expect(Self.node(document, "4.1.5", "cp")?.status == "not-evaluated")
    #expect(error.contains("bartizan-nodes/node-x"))
    // Two nodes that are not alike.
    #expect(document["nodeGroups"]?.elements.count == 2)
    let (other, _, _) = try await Self.run(
      behaviour, records: [try map("own", "worker", mode: 0o644)], ["--node-namespace", "own"])
    #expect(Self.node(other, "4.1.5", "worker")?.status == "fail")
  }
}
