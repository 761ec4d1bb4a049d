import ArgumentParser
import Posture

struct NodeManifestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest", abstract: "Print a DaemonSet that collects the record of each node.",
    discussion: """
      EXAMPLES
        bartizan node manifest | kubectl apply -f -
        kubectl logs -n bartizan-nodes PODNAME -c collect > node.json

      It mounts what is read, read-only, has no privileges and no capability but that of reading files of others, and no \
      token. Take it away when the records are there.
      """)

  @Option(name: .shortAndLong, help: "Namespace of the DaemonSet.") var namespace = "bartizan-nodes"
  @Option(help: "The image of Bartizan.") var image = "bartizan:latest"

  func run() throws { StandardOutput.write(NodeManifest.text(namespace: namespace, image: image)) }
}
