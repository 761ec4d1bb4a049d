import Bytes
import Collect
import Glibc
import Kube
import TestKit
import Testing

/// Records of nodes from a folder, whatever is in it.
@Suite struct NodeCollectorTests {
  private static func text(_ record: NodeRecord) -> String {
    var writer = JSONWriter(pretty: true)
    writer.value(record.document)
    return writer.text
  }

  private static func node() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("etc/hostname", "cp-1\n")
    try folder.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    try folder.write("etc/group", "root:x:0:\n")
    try folder.write(
      "etc/kubernetes/manifests/kube-apiserver.yaml",
      "spec: {containers: [{command: [kube-apiserver, --profiling=true]}]}")
    try folder.write(
      "proc/10/cmdline",
      "kube-apiserver\0--profiling=false\0--token-auth-file=a=b c\0--encryption-provider-config=/etc/kubernetes/enc.yaml\0"
    )
    try folder.write(
      "proc/11/cmdline", "/usr/bin/kubelet\0--config=/var/lib/kubelet/config.yaml\0--bootstrap-token=s3cr3t\0")
    try folder.write("proc/12/cmdline", "")
    try folder.write("proc/13/cmdline", "mysqld\0--password=hunter2\0")
    try folder.write("proc/x/cmdline", "kube-scheduler\0")
    try folder.write(
      "etc/kubernetes/enc.yaml",
      "resources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: a, secret: c2VjcmV0}]}}]}]\n")
    try folder.write(
      "var/lib/kubelet/config.yaml", "readOnlyPort: 0\nstaticPodURLHeader: {Authorization: [bearer-hunter2]}\n")
    return folder
  }

  @Test func whatIsRead() throws {
    let folder = try Self.node()
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.name == "cp-1" && record.distribution == .kubeadm)
    #expect(
      record.arguments(of: .apiServer).compactMap { $0.value?.value("profiling") } == ["false", "true"])
    #expect(record.arguments(of: .apiServer).first?.value?.value("token-auth-file") == "a=b c")
    #expect(record.runs(.scheduler) == false && record.runs(.kubelet) == true)
    #expect(
      record.configuration("/etc/kubernetes/enc.yaml").value?["resources"]?.elements[0]["providers"]?.elements[0]
        .entries[0].key == "aescbc")
    #expect(record.configuration("/var/lib/kubelet/config.yaml").value?["readOnlyPort"]?.int == 0)
    #expect(record.file("/etc/kubernetes/admin.conf").isAbsent)
    let text = Self.text(record)
    for secret in ["c2VjcmV0", "hunter2", "s3cr3t", "mysqld"] { #expect(!text.contains(secret), "\(secret)") }
    #expect(try NodeRecord(JSONReader.read(text)) == record)
  }

  @Test func whatIsBadIsUnread() throws {
    let folder = try Self.node()
    try folder.write("etc/kubernetes/enc.yaml", [0x61, 0, 0x62])
    try folder.write("var/lib/kubelet/config.yaml", "readOnlyPort: 0\nauthentication: {anonymous:\n")
    try folder.link("etc/kubernetes/scheduler.conf", to: "scheduler.conf")
    try folder.link("etc/kubernetes/controller-manager.conf", to: "/etc/kubernetes/scheduler.conf")
    try folder.write("etc/kubernetes/pki/ca.crt", "no certificate")
    try folder.link("etc/kubernetes/pki/up", to: "..")
    // A link that leads out leads within the folder.
    try folder.link("etc/kubernetes/admin.conf", to: "/../../../../../../../../etc/hostname")
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.configuration("/etc/kubernetes/enc.yaml").unreadReason == .notText)
    #expect(record.configuration("/var/lib/kubelet/config.yaml").unreadReason == .malformed)
    #expect(record.file("/etc/kubernetes/scheduler.conf").unreadReason == .symlinkLoop)
    #expect(record.file("/etc/kubernetes/controller-manager.conf").unreadReason == .symlinkLoop)
    #expect(record.folder("/etc/kubernetes/pki").value == ["/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/pki/up"])
    #expect(record.certificate("/etc/kubernetes/admin.conf").unreadReason == .malformed)
    #expect(record.file("/etc/kubernetes/admin.conf").value != nil)
  }

  @Test func whatIsTooLargeOrNoFileIsUnread() throws {
    let folder = try Self.node()
    try folder.write("etc/kubernetes/enc.yaml", [UInt8](repeating: 0x61, count: 2 << 20))
    #expect(unlink(folder.path + "/var/lib/kubelet/config.yaml") == 0)
    #expect(mkfifo(folder.path + "/var/lib/kubelet/config.yaml", 0o600) == 0)
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.configuration("/etc/kubernetes/enc.yaml").unreadReason == .tooLarge)
    #expect(record.configuration("/var/lib/kubelet/config.yaml").unreadReason == .special)
  }

  @Test func withoutProcessesNothingIsAbsent() throws {
    let folder = try TemporaryFolder()
    try folder.write("etc/hostname", "x")
    let record = NodeCollector(root: folder.path, name: "y").collect()
    #expect(record.name == "y" && record.runs(.apiServer) == nil && record.runs(.kubelet) == nil)
  }

  /// A table of processes without a kubelet and without the kernel's threads is that of a container.
  @Test func processesOfAContainer() throws {
    let folder = try TemporaryFolder()
    try folder.write("proc/1/cmdline", "bartizan\0node\0collect\0")
    #expect(NodeCollector(root: folder.path).collect().runs(.apiServer) == nil)
    try folder.write("proc/2/cmdline", "")
    #expect(NodeCollector(root: folder.path).collect().runs(.apiServer) == false)
    let kind = try TemporaryFolder()
    try kind.write("proc/1/cmdline", "/sbin/init\0")
    try kind.write("proc/90/cmdline", "/usr/bin/kubelet\0--config=/var/lib/kubelet/config.yaml\0")
    #expect(NodeCollector(root: kind.path).collect().runs(.apiServer) == false)
  }

  /// k3s hides its flags: they are in its unit, with drop-ins, and in files beside its configuration.
  @Test func hiddenFlags() throws {
    let folder = try TemporaryFolder()
    try folder.write("var/lib/rancher/k3s/data", "")
    try folder.write("proc/2/cmdline", "")
    try folder.write("proc/700/cmdline", "/usr/local/bin/k3s server" + String(repeating: "\0", count: 40))
    #expect(NodeCollector(root: folder.path).collect().components[.distribution] == [.unread(.hidden, .process(700))])
    try folder.write(
      "etc/systemd/system/k3s.service",
      "[Service]\nExecStart=/usr/local/bin/k3s \\\n    server \\\n\t'--secrets-encryption' \\\n\n")
    try folder.write("etc/rancher/k3s/config.yaml", "token: s3cr3t\nprofile: cis\n")
    try folder.write("etc/rancher/k3s/config.yaml.d/10.yaml", "kube-apiserver-arg+: [anonymous-auth=true]\n")
    var record = NodeCollector(root: folder.path).collect()
    let unit = NodeSource.file("/etc/systemd/system/k3s.service")
    #expect(record.components[.distribution] == [.read(ComponentArguments(["server", "--secrets-encryption"]), unit)])
    #expect(record.distribution == .k3s && !Self.text(record).contains("s3cr3t"))
    #expect(record.effectiveArguments(of: .apiServer).first?.value?.value("anonymous-auth") == "true")
    // A drop-in takes the command back.
    try folder.write(
      "etc/systemd/system/k3s.service.d/a.conf",
      "[Service]\nExecStart=\nExecStart=/usr/local/bin/k3s agent --token=s3cr3t\n")
    record = NodeCollector(root: folder.path).collect()
    #expect(record.components[.distribution] == [.read(ComponentArguments(["agent", "--token=REDACTED"]), unit)])
    #expect(record.holds(.apiServer) == false)
  }

  /// What a component reads is what its container has at that path.
  @Test func filesOfContainers() throws {
    let folder = try Self.node()
    try folder.write("etc/kubernetes/enc.yaml", "resources: [{resources: [secrets], providers: [{aescbc: {}}]}]\n")
    try folder.write("srv/enc.yaml", "resources: [{resources: [secrets], providers: [{identity: {}}]}]\n")
    func provider() -> String? {
      let record = NodeCollector(root: folder.path).collect()
      return record.configuration("/etc/kubernetes/enc.yaml").value?["resources"]?.elements[0]["providers"]?.elements[0]
        .entries[0].key
    }
    #expect(provider() == "aescbc")
    try folder.write(
      "etc/kubernetes/manifests/kube-apiserver.yaml",
      """
      spec:
        containers: [{command: [kube-apiserver], volumeMounts: [{name: e, mountPath: /etc/kubernetes/enc.yaml}, {name: k, mountPath: /etc/kubernetes}]}]
        volumes: [{name: e, hostPath: {path: /srv/enc.yaml}}, {name: k, hostPath: {path: /etc/kubernetes}}]
      """)
    #expect(provider() == "identity")
    // The process itself leads to it, for whoever may look.
    try folder.write(
      "proc/10/root/etc/kubernetes/enc.yaml", "resources: [{resources: [secrets], providers: [{kms: {}}]}]\n")
    #expect(provider() == "kms")
  }

  /// What is not mounted was not looked at; it is not absent.
  @Test func partsOfANode() throws {
    let folder = try Self.node()
    try folder.write("proc/20/cmdline", "/home/kubernetes/bin/kubelet\0--config=/home/kubernetes/kubelet-config.yaml\0")
    try folder.link("etc/kubernetes/admin.conf", to: "/opt/admin.conf")
    try folder.link("etc/kubernetes/scheduler.conf", to: "/etc/kubernetes/missing")
    var record = NodeCollector(root: folder.path, mounted: ["/etc", "/var/lib", "/proc"]).collect()
    #expect(record.configuration("/home/kubernetes/kubelet-config.yaml").unreadReason == .notMounted)
    #expect(record.file("/etc/kubernetes/admin.conf").unreadReason == .notMounted)
    #expect(record.file("/etc/kubernetes/scheduler.conf").isAbsent)
    #expect(record.file("/usr/lib/systemd/system/kubelet.service").unreadReason == .notMounted)
    #expect(record.file("/etc/systemd/system/kubelet.service").isAbsent)
    record = NodeCollector(root: folder.path).collect()
    #expect(record.file("/usr/lib/systemd/system/kubelet.service").isAbsent)
    // Where nothing marks the distribution, its programs do.
    let gke = try TemporaryFolder()
    try gke.write("proc/20/cmdline", "/home/kubernetes/bin/kubelet\0--config=/home/kubernetes/kubelet-config.yaml\0")
    #expect(NodeCollector(root: gke.path, mounted: ["/etc", "/proc"]).collect().distribution == .gke)
  }

  /// OpenShift's flags are in a file of the pod, which names further files.
  @Test func flagsInAFile() throws {
    let folder = try TemporaryFolder()
    try folder.write("etc/kubernetes/static-pod-resources/x", "")
    try folder.write("proc/5/cmdline", "kube-apiserver\0--openshift-config=/etc/config.yaml\0")
    try folder.write(
      "proc/5/root/etc/config.yaml",
      "apiServerArguments: {audit-policy-file: [/etc/audit.yaml], token-auth-file: [/t], oidc-client-secret: [hunter2]}\n"
    )
    try folder.write("proc/5/root/etc/audit.yaml", "rules: [{level: Metadata}]\n")
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.distribution == .openshift)
    #expect(record.effectiveArguments(of: .apiServer).first?.value?.value("token-auth-file") == "/t")
    #expect(record.configuration("/etc/audit.yaml").value?["rules"]?.elements.count == 1)
    #expect(!Self.text(record).contains("hunter2"))
  }

  @Test func environmentOfEtcd() throws {
    let folder = try TemporaryFolder()
    try folder.write("proc/5/cmdline", "etcd\0--name=a\0")
    try folder.write(
      "proc/5/environ", "PATH=/bin\0ETCD_AUTO_TLS=true\0ETCD_INITIAL_CLUSTER_TOKEN=t\0PASSWORD=hunter2\0")
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.arguments(of: .etcd).first?.value?.value("auto-tls") == "true")
    #expect(!Self.text(record).contains("hunter2"))
  }

  /// A process that ends while it is read, and a folder of them that never ends.
  @Test func processesThatVanish() throws {
    let folder = try Self.node()
    try folder.write("proc/30/status", "")
    try folder.link("proc/31", to: "31")
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.runs(.apiServer) == true && record.runs(.scheduler) == nil)
  }

  // MARK: What was found by looking at nodes of other shapes

  /// Static pods are found by what is in their files, in the folder that the kubelet is told.
  @Test(
    arguments: [
      ("staticPodPath: /srv/pods\n", "", "srv/pods/api.manifest"),
      ("readOnlyPort: 0\n", " --pod-manifest-path=/srv/pods", "srv/pods/x.json"),
      ("readOnlyPort: 0\n", "", "etc/kubernetes/manifests/kube-apiserver-pod.yml"),
    ]) func staticPods(_ config: String, _ flag: String, _ file: String) throws
  {
    let folder = try Self.node()
    #expect(unlink(folder.path + "/etc/kubernetes/manifests/kube-apiserver.yaml") == 0)
    try folder.write("var/lib/kubelet/config.yaml", config)
    try folder.write(
      "proc/11/cmdline",
      ("/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml" + flag).split(separator: " ").joined(separator: "\0")
        + "\0")
    try folder.write(
      file,
      "{\"kind\": \"Pod\", \"spec\": {\"containers\": [{\"command\": [\"kube-apiserver\", \"--profiling=true\"]}]}}")
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.arguments(of: .apiServer).last?.source == .file("/" + file))
    #expect(record.file("/" + file).value != nil)
    // One that cannot be read may be of any component.
    let place = "/" + file.split(separator: "/").dropLast().joined(separator: "/")
    #expect(record.folder(place).value == ["/" + file])
    try folder.write(String(place.dropFirst()) + "/broken.yaml", "a: [1\n")
    #expect(NodeCollector(root: folder.path).collect().folder(place).unreadReason == .malformed)
  }

  /// A pod that a shell starts hides its flags, and its file is the component's all the same.
  @Test func wrappedPods() throws {
    let folder = try Self.node()
    let file = "/etc/kubernetes/manifests/kube-apiserver-pod.yaml"
    #expect(unlink(folder.path + "/etc/kubernetes/manifests/kube-apiserver.yaml") == 0)
    try folder.write(
      String(file.dropFirst()),
      "spec: {containers: [{name: kube-apiserver, command: [/bin/bash, -ec], args: [\"exec hyperkube kube-apiserver --x\"]}]}"
    )
    let record = NodeCollector(root: folder.path).collect()
    #expect(record.components[.apiServer]?.last == .unread(.hidden, .file(file)) && record.file(file).value != nil)
    #expect(record.arguments(of: .apiServer).compactMap(\.value).count == 1)
  }

  /// A file of a cloud's, or an empty folder, does not say who runs the control plane that runs here.
  @Test(
    arguments: [
      "etc/kubernetes/azure.json", "etc/eks/x", "home/kubernetes/kubelet-config.yaml", "var/lib/rancher/k3s/x",
    ])
  func marksOfOthers(_ mark: String) throws {
    let folder = try Self.node()
    try folder.write(mark, "{}")
    #expect(NodeCollector(root: folder.path).collect().distribution == .kubeadm)
    let worker = try TemporaryFolder()
    try worker.write(mark, "{}")
    #expect(NodeCollector(root: worker.path).collect().distribution != .unknown)
  }

  /// A file whose name is no text is not passed over.
  @Test func namesThatAreNoText() throws {
    let folder = try Self.node()
    try folder.write("etc/cni/net.d/a.conf", "{}")
    let name: [UInt8] = Array((folder.path + "/etc/cni/net.d/b").utf8) + [0xFF, 0]
    let descriptor = name.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o666) }
    }
    #expect(descriptor >= 0)
    close(descriptor)
    let record = NodeCollector(root: folder.path).collect()
    let odd = record.folder("/etc/cni/net.d").value?.first { $0.contains("\u{FFFD}") }
    #expect(odd.map { record.file($0).unreadReason } == .notText)
  }

  /// k3s's environment names its configuration: that of its process, or that of its unit.
  @Test func environmentOfK3s() throws {
    let folder = try TemporaryFolder()
    try folder.write("var/lib/rancher/k3s/data/x", "")
    try folder.write("proc/2/cmdline", "")
    try folder.write("proc/700/cmdline", "/usr/local/bin/k3s server" + String(repeating: "\0", count: 40))
    try folder.write(
      "etc/systemd/system/k3s.service",
      "[Service]\nEnvironmentFile=-/etc/default/%N\nEnvironmentFile=-/etc/systemd/system/k3s.service.env\nExecStart=/usr/local/bin/k3s server\n"
    )
    try folder.write("etc/systemd/system/k3s.service.env", "K3S_TOKEN=hunter2\nK3S_CONFIG_FILE=\"/srv/k3s.yaml\"\n")
    try folder.write("srv/k3s.yaml", "kube-apiserver-arg: [anonymous-auth=true]\n")
    var record = NodeCollector(root: folder.path).collect()
    #expect(record.effectiveArguments(of: .apiServer).first?.value?.value("anonymous-auth") == "true")
    #expect(!Self.text(record).contains("hunter2"))
    try folder.write("proc/700/environ", "PATH=/bin\0K3S_TOKEN=hunter2\0")
    record = NodeCollector(root: folder.path).collect()
    #expect(record.effectiveArguments(of: .apiServer).first?.value?.value("anonymous-auth") == "false")
  }

  /// Owners without a list of names, a name that nobody knows, a folder that is no node.
  @Test func whoseAndWhich() throws {
    let folder = try TemporaryFolder()
    #expect(!NodeCollector(root: folder.path).holdsNode)
    try folder.write("etc/kubernetes/kubelet.conf", "")
    let collector = NodeCollector(root: folder.path, moment: "2026-11-29T12:00:00Z")
    #expect(collector.holdsNode && collector.nodeName == nil)
    #expect(NodeCollector(root: folder.path, name: "a").nodeName == "a")
    let record = collector.collect()
    #expect(record.collected == "2026-11-29T12:00:00Z")
    #expect(try NodeRecord(JSONReader.read(Self.text(record))) == record)
    if getuid() == 0 { #expect(record.file("/etc/kubernetes/kubelet.conf").value?.ownerText == "root:root") }
    // A later release's record is not taken for something else.
    #expect {
      try NodeRecord(JSONReader.read(#"{"apiVersion":"bartizan.dev/v2","kind":"NodeRecord","name":"a"}"#))
    } throws: { ($0 as? DocumentError)?.message.contains("bartizan.dev/v2") == true }
  }

  @Test func variablesOfASnap() throws {
    let folder = try TemporaryFolder()
    try folder.write("var/snap/microk8s/current/args/kubelet", "--client-ca-file=${SNAP_DATA}/certs/ca.crt\n")
    let record = NodeCollector(root: folder.path).collect()
    #expect(
      record.arguments(of: .kubelet).first?.value?.value("client-ca-file") == "/var/snap/microk8s/current/certs/ca.crt")
  }
}
