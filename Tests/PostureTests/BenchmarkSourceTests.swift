import Bytes
import Findings
import Kube
import Posture
import TestKit
import Testing

/// Which of a node's sources counts, what contradicts what, and what nobody saw: each a way in which a check could pass falsely.
@Suite struct BenchmarkSourceTests {
  private static func review(
    _ record: NodeRecord, edition: BenchmarkEdition = .v12
  ) -> BenchmarkReview {
    BenchmarkReview(edition: edition, records: [record], snapshot: nil, scan: nil)
  }

  private static func verdict(_ number: String, _ record: NodeRecord) -> BenchmarkVerdict? {
    let result = review(record).results.first { $0.number == number }
    return result?.nodes.first?.verdict ?? result?.verdict
  }

  private static func record(
    _ component: NodeComponent, _ facts: NodeFact<ComponentArguments>..., distribution: NodeDistribution = .kubeadm
  ) -> NodeRecord {
    var record = NodeRecord(name: "a", distribution: distribution)
    record.components[component] = facts
    return record
  }

  private static func process(_ words: String..., id: Int = 5) -> NodeFact<ComponentArguments> {
    .read(ComponentArguments(words), .process(id))
  }

  /// One flag by itself, and the verdict.
  static let flags: [(component: NodeComponent, words: [String], number: String, status: String)] = [
    // Without the flag both listen everywhere.
    (.controllerManager, ["--profiling=false"], "1.3.7", "fail"),
    (.controllerManager, ["--bind-address=127.0.0.1"], "1.3.7", "pass"),
    (.controllerManager, ["--bind-address", "127.0.0.1"], "1.3.7", "pass"),
    (.controllerManager, ["--bind-address=::"], "1.3.7", "fail"),
    (.scheduler, ["--bind-address=127.0.0.1", "--bind-address=0.0.0.0"], "1.4.2", "fail"),
    (.scheduler, [], "1.4.2", "fail"),
    (.scheduler, ["--profiling=0"], "1.4.1", "pass"),
    (.scheduler, ["--profiling", "false"], "1.4.1", "fail"),
    // What the file says is not known here.
    (.scheduler, ["--config=/etc/kubernetes/scheduler.yaml", "--profiling=false"], "1.4.1", "not-evaluated"),
    // The old flag names all plugins that are on.
    (.apiServer, ["--admission-control=NodeRestriction"], "1.2.12", "fail"),
    (.apiServer, ["--admission-control=AlwaysAdmit,ServiceAccount"], "1.2.10", "fail"),
    (.apiServer, ["--disable-admission-plugins=ServiceAccount"], "1.2.12", "fail"),
    (.apiServer, [], "1.2.12", "pass"),
    (
      .apiServer, ["--enable-admission-plugins=NodeRestriction", "--enable-admission-plugins=EventRateLimit"], "1.2.14",
      "pass"
    ),
    (.apiServer, ["--token-auth-file="], "1.2.2", "fail"), (.apiServer, ["--anonymous_auth=false"], "1.2.1", "pass"),
    (.apiServer, ["--anonymous-auth=FALSE"], "1.2.1", "pass"), (.apiServer, ["--anonymous-auth=no"], "1.2.1", "fail"),
    (.apiServer, ["--client-ca-file=\"\""], "1.2.25", "fail"),
    (.apiServer, ["--audit-log-path=/a=b"], "1.2.16", "pass"),
    (.apiServer, ["--authorization-mode=Node", "--authorization-mode=RBAC,AlwaysAllow"], "1.2.6", "fail"),
    (.apiServer, ["--request-timeout=0"], "1.2.20", "fail"), (.apiServer, ["--request-timeout=1h"], "1.2.20", "fail"),
    (.apiServer, ["--audit-log-maxage=99999999999999999999"], "1.2.17", "fail"),
    (.apiServer, ["--tls-cipher-suites="], "1.2.29", "fail"),
    // etcd's environment sets what no flag does.
    (.etcd, ["--client-cert-auth"], "2.2", "pass"), (.etcd, ["--auto-tls"], "2.3", "fail"),
    // Its own standard is off, and the benchmark accepts that it is not set.
    (.kubelet, [], "4.2.10", "warn"), (.kubelet, ["--rotate-certificates=false"], "4.2.10", "fail"),
    (.kubelet, [], "4.2.1", "fail"), (.kubelet, ["--config=kubelet.json"], "4.2.1", "not-evaluated"),
    (.kubelet, ["--read-only-port=0"], "4.2.4", "pass"), (.kubelet, [], "4.2.4", "fail"),
    (.proxy, ["--metrics-bind-address=0.0.0.0:10249"], "4.3.1", "fail"),
    (.proxy, ["--config=/x", "--metrics-bind-address=127.0.0.1"], "4.3.1", "not-evaluated"),
  ]

  @Test(arguments: flags.indices) func flag(_ index: Int) {
    let row = Self.flags[index]
    let record = Self.record(row.component, .read(ComponentArguments(row.words), .process(1)))
    #expect(Self.verdict(row.number, record)?.status.name == row.status, "\(row)")
  }

  /// Of two processes one that fails fails; of a process and its file the process counts, and the other is told.
  @Test func contradictions() {
    let good = Self.process("--profiling=false")
    let bad = Self.process("--profiling=true", id: 6)
    let file = NodeFact.read(
      ComponentArguments(["--profiling=true"]), .file("/etc/kubernetes/manifests/kube-scheduler.yaml"))
    #expect(Self.verdict("1.4.1", Self.record(.scheduler, good, bad))?.status == .fail)
    #expect(Self.verdict("1.4.1", Self.record(.scheduler, good, file))?.status == .warn(.contradiction))
    let mended = NodeFact.read(
      ComponentArguments(["--profiling=false"]), .file("/etc/kubernetes/manifests/kube-scheduler.yaml"))
    let failing = Self.verdict("1.4.1", Self.record(.scheduler, bad, mended))
    #expect(failing?.status == .fail && failing?.evidence.map(\.value) == ["true", "false"])
    // The same for what is not one flag.
    let pod = NodeSource.mirrorPod(namespace: "kube-system", name: "x")
    for (number, component, good, bad) in [
      ("2.3", NodeComponent.etcd, "--auto-tls=false", "--auto-tls=true"),
      ("1.2.1", .apiServer, "--anonymous-auth=false", "--anonymous-auth=true"),
      ("1.2.8", .apiServer, "--authorization-mode=RBAC", "--authorization-mode=Node"),
      ("1.2.12", .apiServer, "--v=2", "--disable-admission-plugins=ServiceAccount"),
      ("1.3.6", .controllerManager, "--v=2", "--feature-gates=RotateKubeletServerCertificate=false"),
    ] {
      let record = Self.record(
        component, .read(ComponentArguments([good]), .process(1)), .read(ComponentArguments([bad]), pod))
      #expect(Self.verdict(number, record)?.status == .warn(.contradiction), "\(number)")
    }
  }

  /// k3s writes its title over its command line: without its unit nothing of it passes.
  @Test func hiddenFlags() {
    #expect(NodeComponent.title(["/usr/local/bin/k3s server"]) == ["/usr/local/bin/k3s", "server"])
    #expect(NodeComponent.title(["/usr/local/bin/k3s", "server"]) == nil)
    #expect(NodeComponent.title(["mysqld server"]) == nil && NodeComponent.title([]) == nil)
    var record = Self.record(.distribution, .unread(.hidden, .process(7)), distribution: .k3s)
    record.configurations["/etc/rancher/k3s/config.yaml"] = .absent(.file("/etc/rancher/k3s/config.yaml"))
    record.folders["/etc/rancher/k3s/config.yaml.d"] = .absent(.file("/etc/rancher/k3s/config.yaml.d"))
    #expect(Self.verdict("1.2.1", record)?.status == .notEvaluated(.unread(.hidden)))
    #expect(Self.review(record).results.allSatisfy { $0.verdict.status != .pass })
    let unit = NodeSource.file("/etc/systemd/system/k3s.service")
    func server(_ words: String...) {
      record.components[.distribution] = [.read(ComponentArguments(["server"] + words), unit)]
    }
    server()
    #expect(Self.verdict("1.2.1", record)?.status == .pass)
    server("--kube-apiserver-arg=anonymous-auth=true")
    #expect(Self.verdict("1.2.1", record)?.status == .fail)
    #expect(Self.verdict("1.2.1", record)?.evidence.first?.place == unit.text)
    // Files beside the configuration replace what it says, or add to it; the command line comes last.
    let folder = "/etc/rancher/k3s/config.yaml.d"
    record.folders[folder] = .read(["\(folder)/10.yaml", "\(folder)/old/20.yaml"], .file(folder))
    record.configurations["\(folder)/10.yaml"] = .read(
      ["kube-apiserver-arg+": ["anonymous-auth=true"]], .file("\(folder)/10.yaml"))
    server()
    #expect(Self.verdict("1.2.1", record)?.status == .fail)
    server("--kube-apiserver-arg", "anonymous-auth=false")
    #expect(Self.verdict("1.2.1", record)?.status == .pass)
    record.configurations["\(folder)/10.yaml"] = .unread(.permissionDenied, .file("\(folder)/10.yaml"))
    #expect(Self.verdict("1.2.1", record)?.status == .notEvaluated(.unread(.permissionDenied)))
    // What the node says of itself has the files in it.
    record.components[.distribution] = [
      .unread(.hidden, .process(7)),
      .read(ComponentArguments(["server", "--kube-apiserver-arg", "anonymous-auth=true"]), .nodeStatus),
    ]
    #expect(Self.verdict("1.2.1", record)?.status == .fail)
  }

  @Test(
    arguments: [
      (
        ["[Service]\nExecStart=/usr/local/bin/k3s \\\n    server \\\n\t'--x=a b' \\\n\n[Install]\n"],
        ["/usr/local/bin/k3s", "server", "--x=a b"]
      ),
      (["ExecStart=-/bin/a b\n", "ExecStart=\nExecStart=/bin/c \"d e\"\n"], ["/bin/c", "d e"]),
      (["# ExecStart=/bin/a\nExecStart=/bin/b\\ c\n"], ["/bin/b c"]),
      (["ExecStart=/bin/a $FLAGS\n"], nil), (["ExecStart=/bin/a 'b\n"], nil), (["ExecStartPre=/bin/a\n"], nil),
      (["ExecStart=/bin/a %i\n"], nil), ([], nil), (["ExecStart=/bin/a\\"], ["/bin/a"]),
    ] as [([String], [String]?)]) func units(_ texts: [String], _ words: [String]?)
  {
    #expect(ServiceUnit(texts).command == words)
  }

  /// k3s writes what it sets into a file, beside which others may stand and say otherwise.
  @Test func filesOfTheKubeletOfK3s() {
    let folder = "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d"
    var record = Self.record(
      .distribution, .read(ComponentArguments(["server"]), .file("/etc/systemd/system/k3s.service")), distribution: .k3s
    )
    record.configurations["/etc/rancher/k3s/config.yaml"] = .absent(.file("/etc/rancher/k3s/config.yaml"))
    record.folders["/etc/rancher/k3s/config.yaml.d"] = .absent(.file("/etc/rancher/k3s/config.yaml.d"))
    #expect(Self.verdict("4.2.4", record)?.status == .notEvaluated(.unread(.notCollected)))
    // Before 1.32 there was no such folder, and k3s gave flags.
    record.folders[folder] = .absent(.file(folder))
    #expect(Self.verdict("4.2.4", record)?.status == .pass)
    record.folders[folder] = .read(["\(folder)/00-k3s-defaults.conf", "\(folder)/90-own.conf"], .file(folder))
    record.configurations["\(folder)/00-k3s-defaults.conf"] = .read(["readOnlyPort": 0], .file("a"))
    record.configurations["\(folder)/90-own.conf"] = .read(["readOnlyPort": 10255], .file("b"))
    #expect(Self.verdict("4.2.4", record)?.status == .fail)
    record.configurations["\(folder)/90-own.conf"] = .read(["kind": "KubeletConfiguration"], .file("b"))
    #expect(Self.verdict("4.2.4", record)?.status == .pass)
    record.configurations["\(folder)/90-own.conf"] = .unread(.malformed, .file("b"))
    #expect(Self.verdict("4.2.4", record)?.status == .notEvaluated(.unread(.malformed)))
  }

  /// What kubeadm gives to nodes that join is not what this node has: it may be seen to be wrong by it, and never right.
  @Test func templatesOfKubeadm() {
    let path = "/var/lib/kubelet/config.yaml"
    var record = Self.record(.kubelet, Self.process("--config=\(path)"))
    let map = NodeSource.configMap(namespace: "kube-system", name: "kubelet-config", key: "kubelet")
    record.configurations[path] = .read(["readOnlyPort": 0], map)
    #expect(Self.verdict("4.2.4", record)?.status == .notEvaluated(.unread(.notInSource)))
    record.configurations[path] = .read(["readOnlyPort": 10255], map)
    #expect(Self.verdict("4.2.4", record)?.status == .fail)
    record.configurations[path] = .read(["readOnlyPort": 0], .file(path))
    #expect(Self.verdict("4.2.4", record)?.status == .pass)
  }

  /// OpenShift's API server takes its flags from a file: where that was not read, absence of a flag says nothing.
  @Test func flagsInAFile() {
    let path = "/etc/kubernetes/static-pod-resources/configmaps/config/config.yaml"
    var record = Self.record(
      .apiServer, Self.process("--openshift-config=\(path)", "--anonymous-auth=false"), distribution: .openshift)
    #expect(Self.verdict("1.2.2", record)?.status == .notEvaluated(.unread(.notCollected)))
    record.configurations[path] = .read(
      ["apiServerArguments": ["token-auth-file": ["/x"], "anonymous-auth": ["true"]]], .file(path))
    #expect(Self.verdict("1.2.2", record)?.status == .fail)
    #expect(Self.verdict("1.2.1", record)?.status == .pass)
  }

  @Test func schedulerConfiguration() {
    let path = "/etc/kubernetes/scheduler.yaml"
    var record = Self.record(.scheduler, Self.process("--config=\(path)", "--profiling=false"))
    record.configurations[path] = .read(["kind": "KubeSchedulerConfiguration"], .file(path))
    #expect(Self.verdict("1.4.1", record)?.status == .fail)
    record.configurations[path] = .read(["enableProfiling": false], .file(path))
    #expect(Self.verdict("1.4.1", record)?.status == .pass)
  }

  /// etcd's environment, of a pod or of a process whose environment may not be read.
  @Test func environmentOfEtcd() {
    let arguments = ComponentArguments(["--name=a"]).withEnvironment([
      "ETCD_AUTO_TLS=true", "PATH=/bin", "ETCD_DATA_DIR=", "ETCD_NAME=b",
    ])
    #expect(arguments.words == ["--auto-tls=true", "--name=b", "--name=a"] && arguments.value("name") == "a")
    var record = Self.record(.etcd, .read(arguments, .process(3)))
    #expect(Self.verdict("2.3", record)?.status == .fail)
    record.components[.etcd] = [Self.process("--name=a"), .unread(.permissionDenied, .process(5))]
    #expect(Self.verdict("2.3", record)?.status == .notEvaluated(.unread(.permissionDenied)))
    record.components[.etcd]?.append(.read(ComponentArguments([]), .file("/etc/kubernetes/manifests/etcd.yaml")))
    #expect(Self.verdict("2.3", record)?.status == .pass)
  }

  /// Rules that none reaches record nothing.
  @Test func auditPolicies() {
    let path = "/etc/kubernetes/audit.yaml"
    var record = Self.record(
      .apiServer, Self.process("--audit-policy-file=\(path)", "--audit-log-path=/var/log/audit.log"))
    for (rules, status) in [
      ([["level": "None"], ["level": "Metadata"]], "fail"), ([["level": "Metadata"], ["level": "None"]], "pass"),
      ([["level": "None", "users": ["a"]], ["level": "Metadata"]], "pass"), ([], "fail"), ([["level": "None"]], "fail"),
    ] as [([DocumentNode], String)] {
      record.configurations[path] = .read(["rules": DocumentNode(.array(rules))], .file(path))
      #expect(Self.verdict("3.2.1", record)?.status.name == status, "\(rules)")
    }
  }

  /// Keys that flags name are judged wherever they are.
  @Test func keysElsewhere() {
    var record = Self.record(
      .apiServer, Self.process("--tls-cert-file=/srv/k8s/server.crt", "--tls-private-key-file=/srv/k8s/server.key"))
    record.folders["/etc/kubernetes/pki"] = .absent(.file("/etc/kubernetes/pki"))
    #expect(Self.verdict("1.1.21", record)?.status == .notEvaluated(.unread(.notCollected)))
    record.files["/srv/k8s/server.key"] = .read(
      .init(mode: 0o644, owner: "root", group: "root"), .file("/srv/k8s/server.key"))
    record.files["/srv/k8s/server.crt"] = .read(
      .init(mode: 0o644, owner: "kube", group: "root"), .file("/srv/k8s/server.crt"))
    #expect(Self.verdict("1.1.21", record)?.status == .fail && Self.verdict("1.1.20", record)?.status == .pass)
    #expect(Self.verdict("1.1.19", record)?.status == .fail)
  }

  /// Anybody may write the annotation of a mirror pod; only the system's namespaces are believed.
  @Test func inventedMirrorPods() {
    let pod = { (namespace: String) in
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: kube-scheduler-cp, namespace: \(namespace), annotations: {kubernetes.io/config.mirror: abc}}
      spec: {nodeName: cp, containers: [{name: kube-scheduler, command: [kube-scheduler, --profiling=false]}]}
      ---
      apiVersion: v1
      kind: Node
      metadata: {name: cp}
      """
    }
    #expect(NodeRecord.records(of: Fixtures.snapshot(pod("shop")))[0].runs(.scheduler) == nil)
    #expect(NodeRecord.records(of: Fixtures.snapshot(pod("kube-system")))[0].runs(.scheduler) == true)
  }

  @Test func etcdElsewhereIsNotSeen() {
    let record = Self.record(.apiServer, Self.process("--etcd-servers=https://etcd.example:2379"))
    var whole = record
    whole.components[.etcd] = [.absent(.processes)]
    #expect(Self.review(whole).results.first { $0.number == "2.2" }?.verdict.status == .notEvaluated(.noRecord))
  }

  @Test func editionsOfVersions() {
    for (minor, edition) in [(20, BenchmarkEdition.v9), (27, .v9), (28, .v10), (31, .v11), (34, .v12), (40, .v12)] {
      #expect(BenchmarkEdition.nearest(minor: minor) == edition)
    }
  }

  // MARK: Records that nodes leave

  @Test func recordsInConfigMaps() throws {
    let record = Self.record(.kubelet, Self.process("--read-only-port=0"))
    let map = try NodeRecordMap.document(record, namespace: "bartizan-nodes")
    #expect(try NodeRecordMap.record(in: map) == record)
    var large = record
    for index in 0..<12_000 {
      large.files["/etc/\(index)"] = .absent(.file("/etc/\(index)/" + String(repeating: "x", count: 40)))
    }
    let packed = try NodeRecordMap.document(large, namespace: "n")
    #expect(packed["data"] == nil && packed["binaryData"] != nil)
    #expect(try NodeRecordMap.record(in: packed) == large)
    #expect(JSONWriter.compact(packed).utf8.count < 1 << 20)
    func snapshot(_ namespace: String, name: String = "node-a", data: String? = nil) -> ClusterSnapshot {
      Fixtures.snapshot(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: \(name), namespace: \(namespace), labels: {bartizan.dev/node-record: "true"}}
        data:
          record.json: '\(data ?? map["data"]?["record.json"]?.string ?? "")'
        """)
    }
    #expect(NodeRecordMap.records(in: snapshot("bartizan-nodes")).records == [record])
    // Whoever may write a ConfigMap elsewhere does not invent records.
    #expect(NodeRecordMap.records(in: snapshot("shop")).records.isEmpty)
    #expect(NodeRecordMap.records(in: snapshot("shop"), namespace: "shop").records == [record])
    for broken in [
      snapshot("bartizan-nodes", name: "node-b"), snapshot("bartizan-nodes", data: "{"),
      snapshot("bartizan-nodes", data: "[]"),
    ] {
      let found = NodeRecordMap.records(in: broken)
      #expect(found.records.isEmpty && found.broken.count == 1)
    }
  }

  // MARK: Trend

  @Test func trend() throws {
    func review(_ profiling: String, _ name: String = "a") -> BenchmarkReview {
      var record = Self.record(.scheduler, Self.process("--profiling=\(profiling)", "--bind-address=127.0.0.1"))
      record.name = name
      return Self.review(record)
    }
    func earlier(_ checks: String, _ edition: String = "cis-1.12") throws -> DocumentNode {
      try JSONReader.read(#"{"kind":"CISBenchmark","benchmark":"\#(edition)","checks":[\#(checks)]}"#)
    }
    let passed = #"{"id":"1.4.1","title":"x","status":"pass","nodes":[{"name":"a","status":"pass"}]}"#
    let failed =
      #"{"id":"1.4.1","title":"x","status":"fail","nodes":[{"name":"a","status":"fail"},{"name":"b","status":"pass"}]}"#
    func row(_ earlier: DocumentNode, _ now: BenchmarkReview, _ number: String = "1.4.1") throws -> BenchmarkTrend.Row?
    {
      try BenchmarkTrend(earlier: earlier, now: now).rows.first { $0.number == number }
    }
    #expect(try row(earlier(passed), review("true"))?.change == .worse)
    #expect(try BenchmarkTrend(earlier: earlier(passed), now: review("true")).hasNewFailures)
    #expect(try row(earlier(passed), review("false")) == nil)
    let better = try #require(try row(earlier(failed), review("false")))
    #expect(better.change == .better && better.nodes.map(\.change) == [.better, .gone])
    #expect(try row(earlier(#"{"id":"9.9","title":"x","status":"fail"}"#), review("false"), "9.9")?.change == .gone)
    #expect(try row(earlier(""), review("false"))?.change == .new)
    // It fails as before, on another node.
    let other = try #require(try row(earlier(failed), review("true", "c")))
    #expect(other.nodes.map(\.change) == [.new, .gone, .gone])
    #expect(try BenchmarkTrend(earlier: earlier(failed), now: review("true", "c")).hasNewFailures)
    var hidden = Self.record(.scheduler, .unread(.permissionDenied, .processes))
    hidden.name = "a"
    #expect(try row(earlier(passed), Self.review(hidden))?.change == .unseen)
    for broken in ["[]", "{}", #"{"kind":"ScanReport"}"#] {
      #expect(throws: DocumentError.self) { try BenchmarkTrend(earlier: JSONReader.read(broken), now: review("true")) }
    }
    #expect(throws: DocumentError.self) { try BenchmarkTrend(earlier: earlier(passed, "cis-1.9"), now: review("true")) }
  }

  // MARK: Frameworks

  @Test func controlsOfOtherFrameworks() async {
    let keys = Set(BenchmarkReview.checks.map(\.key))
    let guide = Set(FrameworkCatalogue.controls(.nsa).map(\.id))
    for check in BenchmarkReview.checks {
      for control in BenchmarkControls.controls(check.key) {
        switch control.framework {
        case .nsa: #expect(guide.contains(control.id))
        case .stig: #expect(control.id.wholeMatch(of: /V-24[25][0-9]{3}/) != nil)
        default: Issue.record("\(check.key) \(control.text)")
        }
      }
    }
    #expect(BenchmarkControls.controls("1.2.1").map(\.id) == ["authentication-and-authorization", "V-242390"])
    #expect(keys.contains { !BenchmarkControls.controls($0).contains { $0.framework == .stig } })
    guard SharedData.isPresent else { return }
    // A setting that both ask for has the id that kube-bench's STIG definitions give it.
    for (key, id, file) in [
      ("1.2.1", "V-242390", "controlplane"), ("4.2.1", "V-242391", "node"), ("5.4.1", "V-242415", "node"),
    ] {
      let text = (try? SharedData.bytes("posture/kube-bench/cfg/eks-stig-kubernetes-v1r6/\(file).yaml")).map {
        String(decoding: $0, as: UTF8.self)
      }
      #expect(text?.contains("id: \(id)") == true, "\(id)")
      #expect(BenchmarkControls.controls(key).map(\.id).contains(id))
    }
  }

  /// A scan by the benchmark is the benchmark: all sections, by the same verdicts.
  @Test func frameworkReports() async throws {
    let snapshot = BenchmarkTests.weakCluster
    let scan = await PostureScan().run(snapshot)
    let record = try BenchmarkTests.record("kubeadm-weak-cp")
    let review = BenchmarkReview(edition: .v12, records: [record], snapshot: snapshot, scan: scan)
    let report = FrameworkReport(.cis, scan, review)
    #expect(report.rows.count == 131 && report.benchmark == "cis-1.12")
    for (row, result) in zip(report.rows, review.results) {
      #expect(row.id == result.number && (row.status == .failed) == (result.verdict.status == .fail))
      #expect((row.status == .passed) == (result.verdict.status == .pass))
    }
    let blind = BenchmarkReview(edition: .v12, records: [], snapshot: snapshot, scan: scan)
    let without = FrameworkReport(.cis, scan, blind)
    #expect(without.rows.filter { $0.id.hasPrefix("1.") }.allSatisfy { $0.status == .notEvaluated && $0.reason != nil })
    let stig = FrameworkReport(.stig, scan, review)
    #expect(stig.rows.first { $0.id == "V-242390" }?.status == .failed)
    #expect(FrameworkReport(.stig, scan, blind).rows.first { $0.id == "V-242390" }?.status == .notEvaluated)
    let nsa = FrameworkReport(.nsa, scan, review)
    #expect(nsa.rows.first { $0.id == "audit-logging" }?.status == .failed)
    // Nothing passes by objects alone that is about the API server as well.
    let empty = FrameworkReport(.nsa, scan, blind)
    #expect(empty.rows.allSatisfy { $0.status != .passed || $0.id == "pod-security" || $0.id == "supply-chain" })
  }
}

/// The DaemonSet of our own, in our own scan.
@Suite struct NodeManifestTests {
  @Test(arguments: [NodeDistribution.unknown, .microk8s, .gke, .k3s, .rke2, .kubeadm], NodeManifest.Place.allCases)
  func onlyAccessesToTheNode(_ distribution: NodeDistribution, _ place: NodeManifest.Place) async {
    let text = NodeManifest.text(
      namespace: "bartizan-nodes", image: "registry.example/bartizan@sha256:" + String(repeating: "1", count: 64),
      distribution: distribution, place: place)
    let snapshot = Fixtures.snapshot(text)
    #expect(snapshot.problems.isEmpty)
    let scan = await PostureScan().run(snapshot)
    let annotated = Waivers.annotated(snapshot)
    #expect(annotated.problems.isEmpty)
    // Beside the accesses to the node: that nothing but the API server is reached, not even DNS.
    let allowed = Set(
      NodeManifest.exceptions.map(\.check) + ["namespace-pod-security"]
        + (place == .configMap ? ["network-policy-without-dns"] : []))
    let found = Set(scan.findings.map(\.check.rawValue))
    #expect(found.isSubset(of: allowed), "\(found.subtracting(allowed))")
    // Each exception is needed: none lets through what is not there.
    #expect(allowed.isSubset(of: found), "\(allowed.subtracting(found))")
    for finding in scan.findings where allowed.contains(finding.check.rawValue) {
      #expect(
        annotated.waivers.contains { $0.check == finding.check.rawValue && $0.subject == finding.subject },
        "\(finding.check.rawValue) \(finding.subject.text)")
    }
    let set = snapshot.objects(GroupKind("apps", "DaemonSet"))[0]
    let pod = set.spec?[path: "template", "spec"]
    let mounts = pod?["initContainers"]?.elements[0]["volumeMounts"]?.elements ?? []
    #expect(mounts.allSatisfy { $0["readOnly"]?.bool == true })
    // What is mounted and what is said to be are the same.
    let arguments = pod?["initContainers"]?.elements[0]["args"]?.strings ?? []
    let paths = mounts.compactMap { $0["mountPath"]?.string }.filter { $0.hasPrefix("/host") }.map {
      String($0.dropFirst(5))
    }
    #expect(ComponentArguments(arguments).words.contains("--mounted"))
    #expect(paths == Array(arguments.drop { $0 != "--mounted" }.dropFirst().prefix { !$0.hasPrefix("--") }))
    let wanted =
      ["microk8s": "/var/snap/microk8s/current", "gke": "/home/kubernetes"][distribution.rawValue] ?? "/var/lib"
    #expect(paths.contains(wanted))
    let hasToken = (pod?["volumes"]?.elements ?? []).contains { volume in volume["projected"] != nil }
    #expect(hasToken == (place == .configMap))
    #expect(pod?["containers"]?.elements[0]["volumeMounts"] == nil)
  }
}
