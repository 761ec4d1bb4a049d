import ArgumentParser
import Collect
import Findings
import Report
import Transport

struct NodeCollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Read what the benchmark asks of this node into a record.",
    discussion: """
      EXAMPLES
        bartizan node collect > node.json
        bartizan node collect --root /host --name "$NODE_NAME" > node.json

      Read are command lines of Kubernetes' components, owners and modes of their files, settings that are judged, and \
      names and dates of certificates. Nothing is run, and no key, token or password is kept. What may not be read is \
      recorded as such: as root everything is.
      """)

  @Option(help: "Where the node's file system is mounted.", completion: .directory) var root = "/"
  @Option(help: "The name of the node; by default its host name.") var name: String?
  @OptionGroup var output: OutputOptions<NodeRecordAnswer>

  func run() throws {
    guard FilePaths.isFolder(root) else { throw BartizanError(.input, "--root \(root): no such folder") }
    try output.give(NodeRecordAnswer(NodeCollector(root: root, name: name).collect()))
  }
}
