import ArgumentParser
import Bytes
import Findings
import Operations
import Reach
import Report

struct NetworkGenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Write NetworkPolicies that allow what is needed and nothing else.",
    discussion: """
      EXAMPLES
        bartizan network generate -f examples/cluster
        bartizan network generate --flows hubble.jsonl -f cluster.yaml > policies.yaml
        bartizan network generate --flows wanted.csv --no-dns -f manifests/
        bartizan network generate --dialect cilium -f examples/cluster

      Flows are lines of CSV (src,dst,protocol,port), JSON ({"src","dst","protocol","port"}), Hubble or Calico's \
      flow log; dropped flows and replies are left out. An end is NAMESPACE/NAME, an address, a CIDR block, \
      NAMESPACE/* (any pod of it), */* (any pod) or * (anything). Without flows, connections are taken from the \
      addresses of Services that environment, arguments and ConfigMaps of the workloads name, and from what \
      Services, Ingresses, Gateways and host ports open to the outside. Every namespace is isolated in both \
      directions.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Option(name: .shortAndLong, help: "Only the policies of this namespace.", transform: Input.namespace) var namespace:
    String?
  @Option(help: "Observed flows or declared connections. Repeatable.", completion: .file()) var flows: [String] = []
  @Flag(inversion: .prefixedNo, help: "Allow names to be resolved by kube-dns.") var dns = true
  @Option(help: "Whose policies to write: kubernetes, calico or cilium.") var dialect: DialectName = DialectName()
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  struct DialectName: ListedArgument {
    var writer: any PolicyWriter.Type = KubernetesPolicyWriter.self
    init() {}
    init?(argument: String) {
      guard let found = PolicyWriters.all.first(where: { $0.name == argument }) else { return nil }
      writer = found
    }
    var defaultValueDescription: String { writer.name }
    static var allValueStrings: [String] { PolicyWriters.all.map { $0.name } }
  }

  func run() async throws {
    let snapshot = try await input.snapshot(cluster)
    try snapshot.validate(namespaces: [namespace].compactMap { $0 })
    var wanted: [WantedConnection] = []
    for path in flows { wanted += try WantedConnectionFiles.read(path) }
    if flows.isEmpty {
      wanted = ManifestConnections.find(snapshot)
      StandardError.line(
        "\(Phrase.count(wanted.count, "connection")) found in the manifests themselves; --flows takes observed or declared ones"
      )
    }
    var options = PolicyGenerator.Options()
    options.allowsDNS = dns
    options.dialect = dialect.writer
    let generator = PolicyGenerator(wanted, snapshot, options: options)
    for trouble in generator.troubles { StandardError.line(trouble.text) }
    try output.give(
      ManifestsAnswer(
        generator.policies.filter { policy in
          namespace.map { policy[path: "metadata", "namespace"]?.string == $0 } ?? true
        }))
    try ExitStatus.finish(ReachModel.notSeen(ofNeedsIn: snapshot))
  }
}
