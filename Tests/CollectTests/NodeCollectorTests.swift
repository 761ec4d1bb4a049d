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
}
