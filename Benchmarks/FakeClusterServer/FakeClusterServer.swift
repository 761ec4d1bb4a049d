import FakeCluster
import Foundation

/// A cluster in memory that the live scan is measured against: it prints the path of a kubeconfig and serves until it is
/// ended.
enum FakeClusterServer {
  static func run() async {
    let pods = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 10_000
    do {
      let authority = try VirtualAuthority()
      let tls = try FakeCluster.mutualTLS(authority, try authority.server())
      let cluster = try await FakeCluster(SampleCluster.resources(pods: pods), tls: tls)
      let client = try authority.client("alice")
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bartizan-fake-cluster-\(getpid())")
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let file = folder.appendingPathComponent("kubeconfig")
      let text = SampleCluster.kubeconfig(
        port: cluster.port, authority: authority.certificate, client: client, context: "fake")
      try text.write(to: file, atomically: true, encoding: .utf8)
      print(file.path)
      fflush(nil)
      while true { try await Task.sleep(for: .seconds(3600)) }
    } catch {
      print("the server did not start: \(error)")
      exit(1)
    }
  }
}
