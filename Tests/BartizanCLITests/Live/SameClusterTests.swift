import Bytes
import FakeCluster
import TestKit
import Testing

/// The same cluster from the manifests that were applied, from a dump with what controllers made of them, and live: the same
/// workloads in every answer.
@Suite struct SameClusterTests {
  /// Fields that tell where something was read, or count what was.
  private static let places: Set<String> = [
    "location", "ruleLocation", "file", "line", "column", "place", "sources", "summary", "fingerprint", "source",
    "input",
  ]

  private static func answers(_ command: ClusterCommands.Command, _ input: [String], _ folder: TemporaryFolder)
    async throws
    -> (status: Int32, output: String)
  {
    let format = command.formats.contains("json") ? "json" : command.formats[0]
    let run = try await CommandRun(
      command.arguments(format) + input, environment: ["HOME": folder.path, "PATH": ""])
    guard format == "json", let document = try? JSONReader.read(run.output) else {
      // A picture is called after the files.
      let lines = run.outputText.split(separator: "\n").filter { !$0.contains("Reachability of") }
      return (run.status, lines.joined(separator: "\n"))
    }
    if command.name == "scan" { return (run.status, findings(document)) }
    var writer = JSONWriter(pretty: true)
    writer.value(comparable(document))
    return (run.status, String(decoding: writer.bytes, as: UTF8.self))
  }

  /// What was found where; messages and evidence speak of places. A credential in a manifest is one that is read by whoever
  /// reads the manifest: a Secret that a server stores is none.
  private static func findings(_ report: DocumentNode) -> String {
    (report["findings"]?.elements ?? []).filter { $0["check"]?.text != "secret-in-manifest" }.map { finding in
      let subject = finding["subject"]
      let name = [subject?["kind"], subject?["namespace"], subject?["name"]].map { $0?.text ?? "" }
      return ([finding["check"]?.text ?? "", finding["severity"]?.text ?? ""] + name).joined(separator: " ")
    }.sorted().joined(separator: "\n")
  }

  private static func text(_ node: DocumentNode) -> String {
    var writer = JSONWriter(pretty: false)
    writer.value(node)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func comparable(_ node: DocumentNode) -> DocumentNode {
    switch node.content {
    case .object(let mapping):
      return DocumentNode(
        .object(
          Mapping(
            mapping.entries.filter { !places.contains($0.key) }.map {
              .init(key: $0.key, value: comparable($0.value))
            })))
    case .array(let items):
      // In whatever order the input had them.
      return DocumentNode(.array(items.map(comparable).sorted { text($0) < text($1) }))
    default: return node
    }
  }

  /// Their answers are about objects, of which a dump has more: ReplicaSets, Pods and Jobs; or about the places of policies; or
  /// name places within their evidence.
  private static let aboutObjects: Set<String> = [
    "snapshot save", "admission audit", "admission lint", "admission explain", "cis review", "cis import",
  ]

  @Test func answersAreTheSame() async throws {
    let folder = try TemporaryFolder()
    let cluster = try await FakeCluster(SmallShop.resources, tls: nil)
    try ClusterCommands.write(to: folder, port: cluster.port)
    try folder.write("applied.json", SmallShop.list(ofServer: false))
    try folder.write("dump.json", SmallShop.list(ofServer: true))
    for command in ClusterCommands.all(folder.path) where !Self.aboutObjects.contains(command.name) {
      let file = { (name: String) in ["-f", folder.path + "/" + name] }
      let applied = try await Self.answers(command, file("applied.json"), folder)
      let dump = try await Self.answers(command, file("dump.json"), folder)
      let live = try await Self.answers(
        command, ["--kubeconfig", folder.path + "/kubeconfig", "--context", "shop"], folder)
      #expect(applied.status == dump.status && dump.status == live.status, "\(command)")
      #expect(applied.output == dump.output, "\(command): from files and from a dump")
      #expect(dump.output == live.output, "\(command): from a dump and live")
    }
    await cluster.close()
  }

  @Test func thereIsNoDifferenceBetweenThem() async throws {
    let folder = try TemporaryFolder()
    try folder.write("applied.json", SmallShop.list(ofServer: false))
    try folder.write("dump.json", SmallShop.list(ofServer: true))
    for words in [["network", "diff"], ["rbac", "diff"], ["diff"]] {
      let run = try await CommandRun(words + [folder.path + "/applied.json", folder.path + "/dump.json"])
      #expect(run.status == 0, "\(words): \(run.outputText)")
    }
  }
}
