import ArgumentParser
import Bytes
import Collect
import Findings
import Reach

struct NetworkGenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "NetworkPolicies that allow what is needed and nothing else.",
    discussion: """
      EXAMPLES
        bartizan network generate -f examples/cluster
        bartizan network generate --flows hubble.jsonl -f cluster.yaml > policies.yaml
        bartizan network generate --flows wanted.csv --no-dns -f manifests/
        bartizan network generate --dialect cilium -f examples/cluster

      Flows are lines of CSV (src,dst,protocol,port), JSON ({"src","dst","protocol","port"}), Hubble or Calico's flow log;
      dropped flows and replies are left out. An end is NAMESPACE/NAME, an address, a CIDR block, NAMESPACE/* (any pod of
      it), */* (any pod) or * (anything). Without flows, connections are taken from the addresses of Services that
      environment, arguments and ConfigMaps of the workloads name, and from what Services, Ingresses, Gateways and host
      ports open to the outside. Every namespace is closed in both directions.
      """)

  @OptionGroup var input: NetworkSources
  @Option(help: "Flows or declared connections. Repeatable.", completion: .file()) var flows: [String] = []
  @Flag(inversion: .prefixedNo, help: "Allow names to be resolved by kube-dns.") var dns = true
  @Option(help: "Whose policies to write: kubernetes, calico or cilium.") var dialect: DialectName = DialectName()
  @Option(help: "yaml or json (a List).") var format: ManifestFormat = .yaml

  func run() async throws {
    let snapshot = try await input.snapshot()
    var wanted: [WantedConnection] = []
    for path in flows { wanted += try read(path) }
    if flows.isEmpty {
      wanted = ManifestConnections.find(snapshot)
      StandardError.line(
        "bartizan: \(wanted.count) connections named by the manifests themselves; --flows takes observed or declared ones"
      )
    }
    var options = PolicyGenerator.Options()
    options.allowsDNS = dns
    options.dialect = dialect.writer
    let generator = PolicyGenerator(wanted, snapshot, options: options)
    for trouble in generator.troubles { StandardError.line("bartizan: \(trouble.text)") }
    switch format {
    case .yaml: StandardOutput.write(YAMLWriter.text(generator.policies))
    case .json:
      var writer = JSONWriter(pretty: true)
      writer.object { writer in
        writer.field("apiVersion", "v1")
        writer.field("kind", "List")
        writer.key("items")
        writer.array(of: generator.policies) { $0.value($1) }
      }
      writer.endLine()
      StandardOutput.write(writer.bytes)
    }
  }

  struct DialectName: ExpressibleByArgument {
    var writer: any PolicyWriter.Type = KubernetesPolicyWriter.self
    init() {}
    init?(argument: String) {
      guard let found = PolicyWriters.all.first(where: { $0.name == argument }) else { return nil }
      writer = found
    }
    var defaultValueDescription: String { writer.name }
    static var allValueStrings: [String] { PolicyWriters.all.map { $0.name } }
  }

  private func read(_ path: String) throws(BartizanError) -> [WantedConnection] {
    var bytes = try BatchFile.bytes(path)
    if Gzip.isGzip(bytes) {
      do throws(DocumentError) { bytes = try Gzip.decompress(bytes) } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
    }
    var wanted: [WantedConnection] = []
    var lines = 0
    for chunk in LineChunks(bytes) {
      for line in LineChunks.lines(bytes, chunk) {
        lines += 1
        if bytes[line].first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
          let stream = JSONReader.readStream(bytes.span.extracting(line))
          wanted += stream.documents.compactMap { WantedConnection($0) }
        } else if let connection = WantedConnection(csv: String(decoding: bytes[line], as: UTF8.self)) {
          wanted.append(connection)
        }
      }
    }
    guard !wanted.isEmpty else { throw BartizanError(.input, "\(path): no connection in its \(lines) lines") }
    return wanted
  }
}
