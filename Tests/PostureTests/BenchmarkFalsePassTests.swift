import Bytes
import Findings
import Kube
import Posture
import TestKit
import Testing

/// Ways in which a check of the benchmark could pass by what was not seen, or by what says otherwise.
@Suite struct BenchmarkFalsePassTests {
  private static func verdict(_ number: String, _ record: NodeRecord) -> BenchmarkVerdict? {
    BenchmarkReview(edition: .v12, records: [record], snapshot: nil, scan: nil).results.first { $0.number == number }?
      .nodes.first?.verdict
  }

  private static func remedy(_ number: String, _ record: NodeRecord) -> String? {
    BenchmarkReview(edition: .v12, records: [record], snapshot: nil, scan: nil).results.first { $0.number == number }?
      .remedy
  }

  private static func record(
    _ component: NodeComponent, _ words: [String], _ distribution: NodeDistribution = .kubeadm
  ) -> NodeRecord {
    var record = NodeRecord(name: "a", distribution: distribution)
    record.components[component] = [.read(ComponentArguments(words), .process(1))]
    return record
  }

  // MARK: Flags

  /// A flag that is given with nothing is not given, and what reads as off is off.
  @Test(
    arguments: [
      (.apiServer, ["--authorization-mode="], "1.2.6", "fail"),
      (.apiServer, ["--authorization-config="], "1.2.6", "fail"),
      (.apiServer, ["--authorization-config=", "--authorization-mode=Node,RBAC"], "1.2.6", "pass"),
      (.apiServer, ["--authentication-config=", "--anonymous-auth=false"], "1.2.1", "pass"),
      (.apiServer, ["--encryption-provider-config="], "1.2.28", "fail"),
      (.apiServer, ["--audit-policy-file="], "3.2.1", "fail"),
      (.kubelet, ["--tls-cert-file=", "--tls-private-key-file="], "4.2.9", "fail"),
      (.kubelet, ["--tls-cert-file=/a", "--tls-private-key-file=/b"], "4.2.9", "pass"),
      (.kubelet, ["--authorization-mode="], "4.2.2", "fail"),
      (.kubelet, ["--feature-gates=RotateKubeletServerCertificate=f"], "4.2.11", "fail"),
      (.kubelet, ["--feature-gates=RotateKubeletServerCertificate=0"], "4.2.11", "fail"),
      (.kubelet, ["--feature-gates=AllBeta=false"], "4.2.11", "fail"),
      (.kubelet, ["--feature-gates=AllBeta=false,RotateKubeletServerCertificate=T"], "4.2.11", "pass"),
      (.kubelet, ["--feature-gates=RotateKubeletServerCertificate=no"], "4.2.11", "fail"),
      (.kubelet, ["--feature-gates=AllAlpha=false"], "4.2.11", "pass"),
      (.controllerManager, ["--feature-gates=RotateKubeletServerCertificate=F"], "1.3.6", "fail"),
      (.controllerManager, ["--feature-gates=AllBeta=0"], "1.3.6", "fail"),
      (.controllerManager, ["--feature-gates=rotatekubeletservercertificate=false"], "1.3.6", "pass"),
      (.etcd, ["--cert-file=/a", "--key-file=/b", "--listen-client-urls=http://10.0.0.1:2379"], "2.1", "fail"),
      (.etcd, ["--client-cert-auth", "--listen-client-urls=https://a:2379,http://b:2379"], "2.2", "fail"),
      (.etcd, ["--client-cert-auth", "--listen-client-urls=https://a:2379"], "2.2", "pass"),
      (.etcd, ["--peer-cert-file=/a", "--peer-key-file=/b", "--listen-peer-urls=http://b:2380"], "2.4", "fail"),
      (.etcd, ["--peer-client-cert-auth", "--listen-peer-urls=HTTP://b:2380"], "2.5", "fail"),
      (.proxy, ["--metrics-bind-address=127.0.0.1.evil.example:10249"], "4.3.1", "fail"),
      (.proxy, ["--metrics-bind-address=127.8.0.1:10249"], "4.3.1", "pass"),
      (.proxy, ["--metrics-bind-address=[::1]:10249"], "4.3.1", "pass"),
      (.proxy, ["--metrics-bind-address=[::]:10249"], "4.3.1", "fail"),
      (.proxy, ["--metrics-bind-address=localhost.example:1"], "4.3.1", "fail"),
      (.proxy, ["--config=", "--metrics-bind-address=0.0.0.0"], "4.3.1", "fail"),
    ] as [(NodeComponent, [String], String, String)])
  func flag(_ component: NodeComponent, _ words: [String], _ number: String, _ status: String) {
    #expect(Self.verdict(number, Self.record(component, words))?.status.name == status)
  }

  /// The kubelet's files: what is set to nothing there is not set, and a gate may be off by the gate of all of its stage.
  @Test(
    arguments: [
      (["tlsCertFile": "", "tlsPrivateKeyFile": ""], "4.2.9", "fail"),
      (["tlsCertFile": "/a", "tlsPrivateKeyFile": "/b"], "4.2.9", "pass"),
      (["authentication": ["x509": ["clientCAFile": ""]]], "4.2.3", "fail"),
      (["featureGates": ["AllBeta": false]], "4.2.11", "fail"),
      (["featureGates": ["AllBeta": false, "RotateKubeletServerCertificate": true]], "4.2.11", "pass"),
      (["featureGates": ["RotateKubeletServerCertificate": false]], "4.2.11", "fail"),
      (["featureGates": [:]], "4.2.11", "pass"),
    ] as [(DocumentNode, String, String)])
  func kubeletFile(_ document: DocumentNode, _ number: String, _ status: String) {
    let path = "/var/lib/kubelet/config.yaml"
    var record = Self.record(.kubelet, ["--config=\(path)"])
    record.configurations[path] = .read(document, .file(path))
    #expect(Self.verdict(number, record)?.status.name == status)
    // Nothing is judged as if it were the root of the file system.
    record.files["/"] = .read(.init(mode: 0o755, owner: "root", group: "root", isFolder: true), .file("/"))
    record.files["/etc/kubernetes/pki/ca.crt"] = .absent(.file("/etc/kubernetes/pki/ca.crt"))
    #expect(Self.verdict("4.1.7", record)?.evidence.contains { $0.place == "/" } == false)
  }

  /// A flag of the kubelet's wins over its file, also of gates.
  @Test func gatesOfFlagAndFile() {
    let path = "/var/lib/kubelet/config.yaml"
    var record = Self.record(
      .kubelet, ["--config=\(path)", "--feature-gates=RotateKubeletServerCertificate=true"])
    record.configurations[path] = .read(["featureGates": ["RotateKubeletServerCertificate": false]], .file(path))
    #expect(Self.verdict("4.2.11", record)?.status == .pass)
    record.components[.kubelet] = [
      .read(ComponentArguments(["--config=\(path)", "--feature-gates=AllBeta=false"]), .process(1))
    ]
    record.configurations[path] = .read(["featureGates": ["RotateKubeletServerCertificate": true]], .file(path))
    #expect(Self.verdict("4.2.11", record)?.status == .pass)
  }

  /// Of two programs of a kind one that fails fails, in whatever order they were found.
  @Test(
    arguments: [
      (.kubelet, ["--read-only-port=0"], ["--read-only-port=10255"], "4.2.4"),
      (.kubelet, ["--rotate-certificates=true"], ["--rotate-certificates=false"], "4.2.10"),
      (.kubelet, ["--tls-cert-file=/a", "--tls-private-key-file=/b"], ["--v=2"], "4.2.9"),
      (.kubelet, ["--v=2"], ["--feature-gates=AllBeta=false"], "4.2.11"),
      (.proxy, ["--metrics-bind-address=127.0.0.1"], ["--metrics-bind-address=0.0.0.0"], "4.3.1"),
      (.apiServer, ["--profiling=false"], ["--profiling=true"], "1.2.15"),
      (
        .apiServer, ["--audit-policy-file=/p", "--audit-log-path=/l"], ["--audit-log-path=/l"], "3.2.1"
      ),
    ] as [(NodeComponent, [String], [String], String)])
  func twins(_ component: NodeComponent, _ good: [String], _ bad: [String], _ number: String) {
    var record = NodeRecord(name: "a", distribution: .kubeadm)
    record.configurations["/p"] = .read(["rules": [["level": "Metadata"]]], .file("/p"))
    for order in [[good, bad], [bad, good]] {
      record.components[component] = order.enumerated().map { .read(ComponentArguments($1), .process($0 + 1)) }
      #expect(Self.verdict(number, record)?.status == .fail, "\(number) \(order)")
    }
    record.components[component] = [.read(ComponentArguments(good), .process(1))]
    #expect(Self.verdict(number, record)?.status == .pass, "\(number)")
    // Of one that could not be judged nobody knows.
    if component == .kubelet, number == "4.2.4" {
      record.components[component]?.append(.read(ComponentArguments(["--config=/x"]), .process(2)))
      #expect(Self.verdict(number, record)?.status.name == "not-evaluated")
    }
  }

  // MARK: Providers and distributions

  /// A file of a cloud's does not make a control plane that runs here the provider's.
  @Test(arguments: [NodeDistribution.aks, .eks, .gke]) func controlPlaneOfOnesOwn(_ distribution: NodeDistribution) {
    let record = Self.record(.apiServer, ["--anonymous-auth=true"], distribution)
    #expect(Self.verdict("1.2.1", record)?.status == .fail)
    #expect(Self.verdict("1.3.2", record)?.status != .notApplicable(.provider(distribution)))
    var worker = Self.record(.kubelet, ["--v=2"], distribution)
    worker.components[.apiServer] = [.absent(.processes)]
    #expect(Self.verdict("1.2.1", worker)?.status == .notApplicable(.provider(distribution)))
  }

  @Test func labelsOfAProviderAndMirrorPods() {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Node
      metadata: {name: cp}
      status: {nodeInfo: {kubeletVersion: v1.30.5-eks-abc}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: kube-apiserver-cp, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}}
      spec: {nodeName: cp, containers: [{name: a, command: [kube-apiserver, --profiling=true]}]}
      """)
    let records = NodeRecord.records(of: snapshot)
    #expect(records[0].distribution == .unknown)
    #expect(Self.verdict("1.2.15", records[0])?.status == .fail)
  }

  /// k3s reaches its own etcd with certificates, and its own database by a socket.
  @Test func databasesOfK3s() {
    var record = NodeRecord(name: "a", distribution: .k3s)
    let config = "/etc/rancher/k3s/config.yaml"
    let etcd = "/var/lib/rancher/k3s/server/db/etcd/config"
    record.folders[config + ".d"] = .absent(.file(config + ".d"))
    record.files[etcd] = .absent(.file(etcd))
    func set(_ settings: DocumentNode, _ words: String...) {
      record.configurations[config] = .read(settings, .file(config))
      record.components[.distribution] = [.read(ComponentArguments(["server"] + words), .process(1))]
    }
    set([:])
    #expect(Self.verdict("1.2.23", record)?.status == .notApplicable(.notOnNode(.etcd)))
    #expect(Self.verdict("1.2.26", record)?.status == .notApplicable(.notOnNode(.etcd)))
    set(["cluster-init": true])
    #expect(Self.verdict("1.2.23", record)?.status == .pass && Self.verdict("1.2.26", record)?.status == .pass)
    set([:], "--datastore-endpoint=REDACTED")
    #expect(Self.verdict("1.2.26", record)?.status == .fail)
    set([:], "--datastore-endpoint=REDACTED", "--datastore-cafile=/a")
    #expect(Self.verdict("1.2.26", record)?.status == .pass)
    // What k3s makes of its setting stands in no file.
    set(["secrets-encryption": true, "kube-apiserver-arg": ["profiling=true"]])
    let encryption = Self.verdict("1.2.27", record)
    #expect(encryption?.status == .pass && encryption?.evidence.first?.place == "standard k3s")
    #expect(Self.verdict("1.2.15", record)?.evidence.first?.place == "file \(config)")
    set([:])
    #expect(Self.remedy("1.2.27", record) == "in \(config): secrets-encryption: true, then restart k3s")
    #expect(Self.remedy("1.2.16", record)?.contains("kube-apiserver-arg: [\"audit-log-path=") == true)
  }

  // MARK: Files

  private static func file(_ mode: Int, _ owner: String = "root", _ group: String = "root", at path: String)
    -> NodeFact<
      NodeRecord.FileStatus
    >
  {
    .read(.init(mode: mode, owner: owner, group: group), .file(path))
  }

  /// The file of a static pod is found by what is in it, and all such files count.
  @Test func filesOfStaticPods() {
    var record = Self.record(.apiServer, ["--v=2"])
    let usual = "/etc/kubernetes/manifests/kube-apiserver.yaml"
    let folder = "/etc/kubernetes/manifests"
    record.files[usual] = .absent(.file(usual))
    // The process runs, and nobody looked at its folder.
    #expect(Self.verdict("1.1.1", record)?.status == .notEvaluated(.unread(.notCollected)))
    record.folders[folder] = .read([], .file(folder))
    #expect(Self.verdict("1.1.1", record)?.status == .notApplicable(.noFile))
    record.folders[folder] = .unread(.malformed, .file(folder))
    #expect(Self.verdict("1.1.1", record)?.status == .notEvaluated(.unread(.malformed)))
    let other = "/srv/pods/api.manifest"
    record.components[.apiServer]?.append(.read(ComponentArguments(["--v=2"]), .file(other)))
    record.files[other] = Self.file(0o644, at: other)
    #expect(Self.verdict("1.1.1", record)?.status == .fail && Self.verdict("1.1.2", record)?.status == .pass)
    #expect(Self.remedy("1.1.1", record) == "chmod 600 \(other)")
    #expect(Self.remedy("1.2.15", record)?.hasPrefix("in \(other): --profiling=false") == true)
    record.files[usual] = Self.file(0o600, at: usual)
    #expect(Self.verdict("1.1.1", record)?.status == .fail)
  }

  /// All drop-ins of the kubelet's unit count, whatever they are called.
  @Test func dropIns() {
    var record = Self.record(.kubelet, ["--v=2"])
    for path in NodeLayout.layout(of: .kubeadm).kubeletService { record.files[path] = .absent(.file(path)) }
    let folders = NodeLayout.layout(of: .kubeadm).unitDropIns
    #expect(Self.verdict("4.1.1", record)?.status.name == "not-evaluated")
    for folder in folders { record.folders[folder] = .absent(.file(folder)) }
    #expect(Self.verdict("4.1.1", record)?.status == .notApplicable(.noFile))
    let own = folders[0] + "/99-x.conf"
    record.folders[folders[0]] = .read([own, folders[0] + "/notes.txt"], .file(folders[0]))
    record.files[own] = Self.file(0o666, at: own)
    #expect(Self.verdict("4.1.1", record)?.status == .fail)
    record.files[own] = Self.file(0o600, at: own)
    #expect(Self.verdict("4.1.1", record)?.status == .pass)
  }

  /// kube-proxy's configuration names its kubeconfig.
  @Test func kubeconfigOfKubeProxy() {
    let (config, kubeconfig) = ("/etc/kube-proxy.conf", "/srv/kube proxy's.conf")
    var record = Self.record(.proxy, ["--config=\(config)"])
    #expect(Self.verdict("4.1.3", record)?.status == .notEvaluated(.unread(.notCollected)))
    record.configurations[config] = .read(
      ["clientConnection": ["kubeconfig": .init(.string(kubeconfig))]], .file(config))
    record.files[kubeconfig] = Self.file(0o644, "kube", at: kubeconfig)
    #expect(Self.verdict("4.1.3", record)?.status == .fail && Self.verdict("4.1.4", record)?.status == .fail)
    // A name with anything in it is one word of a shell.
    #expect(Self.remedy("4.1.3", record) == "chmod 600 '/srv/kube proxy'\\''s.conf'")
  }

  /// Number 0 is root, and a file of a container is the node's file elsewhere.
  @Test func ownersAndPlaces() {
    var record = Self.record(.etcd, ["--data-dir=/data"])
    record.files["/data"] = .read(
      .init(mode: 0o755, owner: "etcd", group: "etcd", isFolder: true), .file("/srv/etcd"))
    #expect(Self.remedy("1.1.11", record) == "chmod 700 /srv/etcd")
    let path = "/etc/kubernetes/kubelet.conf"
    var kubelet = Self.record(.kubelet, ["--kubeconfig=\(path)"])
    kubelet.files[path] = Self.file(0o600, "0", "0", at: path)
    #expect(Self.verdict("4.1.6", kubelet)?.status == .pass)
    kubelet.files[path] = Self.file(0o600, "1000", "0", at: path)
    #expect(Self.verdict("4.1.6", kubelet)?.status == .fail)
  }

  // MARK: Configurations

  @Test(
    arguments: [
      (["resources": [["resources": ["secrets"], "providers": [["aescbc": ["keys": [[:]]]]]]]], "pass"),
      (["resources": [["resources": ["secrets"], "providers": [["aescbc": ["keys": []]]]]]], "fail"),
      (
        ["kind": "ConfigMap", "resources": [["resources": ["secrets"], "providers": [["secretbox": [:]]]]]], "fail"
      ),
      (
        [
          "kind": "EncryptionConfiguration",
          "resources": [["resources": ["*."], "providers": [["kms": [:]], ["identity": [:]]]]],
        ], "pass"
      ),
    ] as [(DocumentNode, String)])
  func encryption(_ document: DocumentNode, _ status: String) {
    var record = Self.record(.apiServer, ["--encryption-provider-config=/e"])
    record.configurations["/e"] = .read(document, .file("/e"))
    #expect(Self.verdict("1.2.28", record)?.status.name == status)
  }

  /// Nothing of a key is kept, and how many there are is.
  @Test func keptOfConfigurations() throws {
    func kept(_ kind: NodeConfiguration, _ yaml: String) -> String {
      JSONWriter.compact(kind.kept(YAMLReader.readStream(yaml).documents[0]))
    }
    #expect(
      kept(
        .encryption,
        "kind: X\nresources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: a, secret: hunter2}]}}]}]")
        == #"{"kind":"X","resources":[{"resources":["secrets"],"providers":[{"aescbc":{"keys":[{}]}}]}]}"#)
    #expect(
      kept(.distribution, "token: hunter2\nkube-apiserver-arg: [oidc-client-secret=hunter2, profiling=true]\n")
        == #"{"kube-apiserver-arg":["oidc-client-secret=REDACTED","profiling=true"]}"#)
    #expect(kept(.distribution, "datastore-endpoint: mysql://u:hunter2@h\n") == #"{"datastore-endpoint":"REDACTED"}"#)
    #expect(
      kept(.proxy, "clientConnection: {kubeconfig: /k, burst: 5}\nmode: ipvs\n")
        == #"{"mode":"ipvs","clientConnection":{"kubeconfig":"/k"}}"#)
    #expect(kept(.kubelet, "staticPodURL: http://u:hunter2@h/x\n") == #"{"staticPodURL":"http://REDACTED@h/x"}"#)
  }

  @Test(
    arguments: [
      (
        ["--kube-apiserver-arg=oidc-client-secret=S", "--v=2"],
        ["--kube-apiserver-arg=oidc-client-secret=REDACTED", "--v=2"]
      ),
      (["--kube-apiserver-arg", "oidc-client-secret=S"], ["--kube-apiserver-arg", "oidc-client-secret=REDACTED"]),
      (["--vpn-auth=name=tailscale,joinKey=S"], ["--vpn-auth=REDACTED"]),
      (
        ["--initial-cluster-token=S", "--discovery", "S"],
        ["--initial-cluster-token=REDACTED", "--discovery", "REDACTED"]
      ),
      (
        ["--etcd-servers=https://u:S@a:2379,https://b:2379/x@y"],
        ["--etcd-servers=https://REDACTED@a:2379,https://b:2379/x@y"]
      ),
      (["--manifest-url", "https://u:S@h/"], ["--manifest-url", "https://REDACTED@h/"]),
      (
        ["--token-auth-file=/x", "--enable-bootstrap-token-auth=true"],
        ["--token-auth-file=/x", "--enable-bootstrap-token-auth=true"]
      ),
      (["--feature-gates=A=true", "--node-labels=a=b"], ["--feature-gates=A=true", "--node-labels=a=b"]),
    ] as [([String], [String])]) func secrets(_ words: [String], _ kept: [String])
  {
    #expect(ComponentArguments(words).withoutSecrets.words == kept)
  }

  // MARK: Audit policies

  /// Policies that record nothing, or nothing of whole groups and namespaces.
  @Test(
    arguments: [
      ("rules: [{level: Metadata}]", "pass", "pass"),
      ("omitStages: [RequestReceived]\nrules: [{level: Metadata}]", "pass", "pass"),
      (
        "omitStages: [RequestReceived, ResponseStarted, ResponseComplete, Panic]\nrules: [{level: Metadata}]", "fail",
        "fail"
      ),
      ("rules: [{level: Metadata, omitStages: [RequestReceived, ResponseStarted, ResponseComplete]}]", "fail", "fail"),
      ("rules: [{level: None, userGroups: [system:serviceaccounts]}, {level: Metadata}]", "pass", "fail"),
      ("rules: [{level: None, userGroups: [system:masters]}, {level: Metadata}]", "pass", "fail"),
      ("rules: [{level: None, userGroups: [system:authenticated]}, {level: Metadata}]", "fail", "fail"),
      (
        "rules: [{level: None, namespaces: [kube-system], resources: [{group: \"\", resources: [secrets]}]}, {level: Metadata}]",
        "pass", "fail"
      ),
      ("rules: [{level: None, namespaces: [a]}, {level: Metadata}]", "pass", "fail"),
      ("rules: [{level: None, users: [system:kube-scheduler]}, {level: Metadata}]", "pass", "warn"),
      ("rules: [{level: None, users: [a], verbs: [watch]}, {level: Metadata}]", "pass", "pass"),
      (
        "rules: [{level: None, resources: [{group: \"\", resources: [configmaps], resourceNames: [lock]}]}, {level: Metadata}]",
        "pass", "warn"
      ),
      ("rules: [{level: None, nonResourceURLs: [/healthz*]}, {level: Metadata}]", "pass", "pass"),
      (
        "rules: [{level: RequestResponse, userGroups: [developers], resources: [{group: \"\", resources: [secrets]}]}, {level: Metadata}]",
        "pass", "fail"
      ),
      ("rules: [{level: metadata}]", "fail", "fail"), ("kind: ConfigMap\nrules: [{level: Metadata}]", "fail", "fail"),
    ] as [(String, String, String)])
  func auditPolicy(_ yaml: String, _ exists: String, _ covers: String) {
    var record = Self.record(.apiServer, ["--audit-policy-file=/p", "--audit-log-path=/l"])
    record.configurations["/p"] = .read(YAMLReader.readStream(yaml).documents[0], .file("/p"))
    #expect(Self.verdict("3.2.1", record)?.status.name == exists, "\(yaml)")
    #expect(Self.verdict("3.2.2", record)?.status.name == covers, "\(yaml)")
    // Written nowhere and sent nowhere, nothing is recorded.
    record.components[.apiServer] = [.read(ComponentArguments(["--audit-policy-file=/p"]), .process(1))]
    #expect(Self.verdict("3.2.1", record)?.status == .fail && Self.verdict("3.2.2", record)?.status == .fail)
    record.components[.apiServer] = [
      .read(ComponentArguments(["--audit-policy-file=/p", "--audit-webhook-config-file=/w"]), .process(1))
    ]
    #expect(Self.verdict("3.2.1", record)?.status.name == exists)
  }

  // MARK: Remedies

  /// A remedy is for the place at which the value stands that counts.
  @Test func remedies() {
    let path = "/srv/kubelet.yaml"
    var record = Self.record(.kubelet, ["--config=\(path)"])
    record.configurations[path] = .read(["readOnlyPort": 10255], .file(path))
    #expect(Self.remedy("4.2.4", record) == "in \(path): readOnlyPort: 0, then systemctl restart kubelet")
    record.components[.kubelet] = [
      .read(ComponentArguments(["--config=\(path)", "--read-only-port=10255"]), .process(1))
    ]
    #expect(Self.remedy("4.2.4", record)?.contains("flags of the kubelet's unit") == true)
    #expect(Self.remedy("4.2.4", record)?.contains("--read-only-port=0") == true)
    record.components[.kubelet] = [
      .read(ComponentArguments(["--config=\(path)", "--config-dir=/d"]), .process(1))
    ]
    record.folders["/d"] = .read(["/d/90.conf"], .file("/d"))
    record.configurations["/d/90.conf"] = .read(["readOnlyPort": 10255], .file("/d/90.conf"))
    #expect(Self.remedy("4.2.4", record)?.hasPrefix("in /d/90.conf: readOnlyPort: 0") == true)
    record.components[.kubelet] = [.read(ComponentArguments([]), .process(1))]
    #expect(Self.remedy("4.2.4", record)?.contains("--read-only-port=0") == true)
    // Files that the API server and etcd do not take together with flags.
    var server = Self.record(.apiServer, ["--authorization-config=/a", "--authentication-config=/b"])
    server.configurations["/a"] = .read(["authorizers": [["type": "AlwaysAllow"]]], .file("/a"))
    server.configurations["/b"] = .read(["anonymous": ["enabled": true]], .file("/b"))
    #expect(Self.remedy("1.2.6", server)?.hasPrefix("in /a: ") == true)
    #expect(Self.remedy("1.2.1", server) == "in /b: anonymous: {enabled: false}, and no --anonymous-auth")
    var etcd = Self.record(.etcd, ["--config-file=/e"])
    etcd.configurations["/e"] = .read([:], .file("/e"))
    #expect(Self.remedy("2.2", etcd) == "in /e: client-transport-security.client-cert-auth: true")
    etcd.distribution = .rke2
    #expect(
      Self.remedy("2.2", etcd)
        == "in /etc/rancher/rke2/config.yaml: etcd-arg: [\"client-cert-auth=true\"], then restart rke2")
  }
}

/// Section 5 over objects, where what is granted or set passed falsely, or failed.
@Suite struct BenchmarkObjectTests {
  private static func verdict(_ number: String, _ yaml: String, _ records: [NodeRecord] = []) async -> BenchmarkVerdict?
  {
    let review = await BenchmarkTests.review(records, snapshot: Fixtures.snapshot(yaml))
    return review.results.first { $0.number == number }?.verdict
  }

  private static func grant(_ rules: String, kind: String = "ClusterRole", binding: String = "ClusterRoleBinding")
    -> String
  {
    """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: w}
    rules: \(rules)
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: \(binding)
    metadata: {name: x\(binding == "RoleBinding" ? ", namespace: app" : "")}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: w}
    subjects: [{kind: ServiceAccount, name: a, namespace: app}]
    """
  }

  /// Who may do everything may do each of these.
  @Test(arguments: ["5.1.1", "5.1.2", "5.1.4", "5.1.8", "5.1.9", "5.1.10", "5.1.11", "5.1.12", "5.1.13"])
  func everything(_ number: String) async {
    let all = "[{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}]"
    #expect(await Self.verdict(number, Self.grant(all))?.status == .fail)
    // In one namespace there are no nodes, volumes, requests of certificates and webhooks.
    let isOfCluster = ["5.1.9", "5.1.10", "5.1.11", "5.1.12"].contains(number)
    #expect((await Self.verdict(number, Self.grant(all, binding: "RoleBinding"))?.status == .fail) == !isOfCluster)
    let admin = """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: x}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
      subjects: [{kind: User, name: joe, apiGroup: rbac.authorization.k8s.io}]
      """
    #expect(await Self.verdict(number, admin)?.status == .fail)
    // What comes with every cluster is nobody's decision.
    #expect(await Self.verdict(number, BenchmarkTests.hardenedYAML)?.status == .pass)
  }

  @Test func singleRights() async {
    let approval =
      "[{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}]"
    #expect(await Self.verdict("5.1.11", Self.grant(approval))?.status == .fail)
    let bind = "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}]"
    #expect(await Self.verdict("5.1.8", Self.grant(bind))?.status == .fail)
    #expect(await Self.verdict("5.1.8", Self.grant(approval))?.status == .pass)
  }

  private static func pod(_ security: String, _ container: String = "", namespace: String = ", namespace: app")
    -> String
  {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: p\(namespace)}
    spec: {securityContext: {\(security)}, containers: [{name: a, image: "x:1", securityContext: {\(container)}}]}
    """
  }

  @Test(
    arguments: [
      ("5.2.8", pod("", "capabilities: {drop: [ALL], add: [NET_RAW]}"), "fail"),
      ("5.2.8", pod("", "capabilities: {drop: [NET_RAW]}"), "pass"),
      ("5.2.8", pod("", "capabilities: {drop: [ALL]}"), "pass"),
      ("5.2.8", pod("", "capabilities: {drop: [CHOWN]}"), "fail"), ("5.2.8", pod(""), "fail"),
      ("5.2.8", pod("", "privileged: true, capabilities: {drop: [ALL]}"), "fail"),
      ("5.2.7", pod("runAsUser: 1000"), "pass"), ("5.2.7", pod("runAsUser: 1000", "runAsUser: 0"), "fail"),
      ("5.2.7", pod("runAsNonRoot: true"), "pass"), ("5.2.7", pod(""), "fail"),
      ("5.2.7", pod("runAsNonRoot: true", "runAsNonRoot: false"), "fail"),
      ("5.6.4", pod("", namespace: ""), "fail"), ("5.6.4", pod("", namespace: ", namespace: default"), "fail"),
      ("5.6.4", pod(""), "pass"),
      ("5.1.5", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: app}\n", "fail"),
      // Nobody has seen the grants.
      (
        "5.1.5",
        pod("", "")
          + "\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: app}\nautomountServiceAccountToken: false\n",
        "not-evaluated"
      ),
      (
        "5.1.5",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x, namespace: app}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: Group, name: \"system:serviceaccounts\", apiGroup: rbac.authorization.k8s.io}]\n",
        "fail"
      ),
      ("5.1.2", pod(""), "not-evaluated"), ("5.1.3", pod(""), "not-evaluated"), ("5.1.11", pod(""), "not-evaluated"),
    ] as [(String, String, String)])
  func object(_ number: String, _ yaml: String, _ status: String) async {
    #expect(await Self.verdict(number, yaml)?.status.name == status, "\(number) \(yaml)")
  }

  /// Static pods get no token, whatever their account.
  @Test func mirrorPods() async {
    let pod = """
      apiVersion: v1
      kind: Pod
      metadata: {name: p, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}}
      spec: {containers: [{name: a, image: "x:1"}]}
      """
    #expect(await Self.verdict("5.1.6", pod)?.status != .fail)
    #expect(await Self.verdict("5.1.5", pod)?.status != .fail)
  }

  /// What a dump does not hold was not seen.
  @Test func dumpsWithoutAKind() async {
    var record = NodeRecord(name: "cp", distribution: .kubeadm)
    record.components[.apiServer] = [
      .read(ComponentArguments(["--enable-bootstrap-token-auth=true"]), .process(1))
    ]
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: cp}\n"
    #expect(await Self.verdict("3.1.1", node, [record])?.status == .notEvaluated(.objects))
    #expect(await Self.verdict("3.1.3", node, [record])?.status == .notEvaluated(.objects))
    let secret = "\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\n"
    let seen = await Self.verdict("3.1.3", node + secret, [record])
    #expect(seen?.status == .pass && seen?.evidence.first?.place == "cp: process 1")
    // Each API server counts.
    var other = record
    other.name = "cp2"
    other.components[.apiServer] = [.read(ComponentArguments([]), .process(1))]
    #expect(await Self.verdict("3.1.3", node, [other, record])?.status == .notEvaluated(.objects))
    #expect(await Self.verdict("3.1.3", node, [other])?.status == .pass)
  }

  /// A rule of the guide that nothing here is about is told.
  @Test func rulesThatAreNotCovered() async {
    let snapshot = Fixtures.snapshot(BenchmarkTests.hardenedYAML)
    let scan = await PostureScan().run(snapshot)
    let review = BenchmarkReview(edition: .v12, records: [], snapshot: snapshot, scan: scan)
    let report = FrameworkReport(.stig, scan, review)
    let row = report.rows.first { $0.id == "V-242395" }
    #expect(row?.status == .notEvaluated && row?.reason != nil && report.hasGaps)
    #expect(Set(report.rows.map(\.id)).count == report.rows.count)
    guard SharedData.isPresent else { return }
    var ids = Set<String>()
    for part in ["controlplane", "master", "node", "policies", "managedservices"] {
      guard let text = try? SharedData.bytes("posture/kube-bench/cfg/eks-stig-kubernetes-v1r6/\(part).yaml"),
        let definition = try? BenchmarkDefinition(String(decoding: text, as: UTF8.self))
      else { continue }
      ids.formUnion(definition.checks.map(\.id))
    }
    #expect(ids.subtracting(report.rows.map(\.id)).isEmpty, "\(ids.subtracting(report.rows.map(\.id)).sorted())")
  }
}
