import ArgumentParser
import Collect
import Findings
import Report
import Transport

struct NodeCollectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Read what the benchmark asks of this node into a record.",
    discussion: """
      EXAMPLES
        bartizan node collect > node.json
        bartizan node collect --root /host --name "$NODE_NAME" > node.json
        bartizan node collect --root /host --mounted /etc /var/lib /proc \\
          --config-map bartizan-nodes

      Read are command lines of Kubernetes' components, owners and modes of their files, settings that are judged, and \
      names and dates of certificates. Nothing is run, and no key, token or password is kept. What may not be read is \
      recorded as such: as root everything is.
      """)

  @Option(help: "Where the node's file system is mounted.", completion: .directory) var root = "/"
  @Option(help: "The name of the node; by default its host name.") var name: String?
  @Option(
    parsing: .upToNextOption,
    help: "The node's folders that are mounted below --root, where not all are; all up to the next option.")
  var mounted: [String] = []
  @Option(
    help: ArgumentHelp(
      "Leave the record in a ConfigMap of this namespace of the cluster in which this runs, and print nothing.",
      valueName: "namespace"), transform: Input.namespace) var configMap: String?
  @OptionGroup var output: OutputOptions<NodeRecordAnswer>

  func validate() throws {
    for path in mounted where !path.hasPrefix("/") {
      throw ValidationError("--mounted \(path): name a folder from the root")
    }
    if let name, name.isEmpty || name.contains(where: \.isNewline) {
      throw ValidationError("--name \"\(name)\": no name of a node")
    }
  }

  func run() async throws {
    guard FilePaths.isFolder(root) else { throw BartizanError(.input, "--root \(root): no such folder") }
    let folders = mounted.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    let collector = NodeCollector(
      root: root, name: name, mounted: folders.isEmpty ? nil : folders, moment: SourceDate.text ?? Today.moment)
    guard collector.holdsNode else {
      throw BartizanError(.input, "--root \(root): no file system of a node: it has none of /etc, /proc and /var")
    }
    guard collector.nodeName != nil else {
      throw BartizanError(.usage, "which node this is it does not tell: name it with --name")
    }
    let record = collector.collect()
    guard let configMap else { return try output.give(NodeRecordAnswer(record)) }
    try await NodeRecordStore.leave(
      record, namespace: configMap, at: try InClusterEndpoint.find(environment: Environment.value),
      environment: Environment.value)
  }
}
