import Bytes
import Kube

/// Section 4.3: kube-proxy. With a configuration file it ignores nearly all its flags, this one too.
enum ProxySettings {
  static let checks: [BenchmarkCheck] = [
    BenchmarkCheck(
      "4.3.1", "Metrics are served to the node itself only", "the address of metrics is a loopback one",
      node: { node in
        if let verdict = node.exemption(.proxy) { return verdict }
        return node.comparing(.proxy, judge)
      })
  ]

  private static func judge(_ node: BenchmarkNode) -> BenchmarkVerdict {
    guard let (arguments, source) = node.commands(.proxy).first else {
      return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)))
    }
    var value = arguments.value("metrics-bind-address")
    var evidence = [BenchmarkEvidence(place: source.text, name: "--metrics-bind-address", value: value)]
    let configuration = arguments.path("config")
    if let configuration {
      switch node.document(configuration) {
      case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
      case .absent: return BenchmarkVerdict(.notEvaluated(.unread(.vanished)))
      case .read(let document, let source):
        value = document["metricsBindAddress"]?.text
        evidence = [BenchmarkEvidence(place: source.text, name: "metricsBindAddress", value: value)]
      }
    }
    // Where it is not set it is 127.0.0.1:10249.
    let address = value.flatMap { $0.isEmpty ? nil : $0 } ?? "127.0.0.1:10249"
    if isLoopback(address) { return BenchmarkVerdict(.pass, evidence) }
    return BenchmarkVerdict(
      .fail, evidence,
      remedy: configuration.map { .text("in \($0) of kube-proxy: metricsBindAddress: \"127.0.0.1:10249\"") }
        ?? .flag(.proxy, "metrics-bind-address=127.0.0.1:10249"))
  }

  /// Whether an address, with or without a port, is reached from the node itself only.
  static func isLoopback(_ address: String) -> Bool {
    var host = address[...]
    if host.hasPrefix("[") {
      host = host.dropFirst().prefix { $0 != "]" }
    } else if host.count(where: { $0 == ":" }) == 1 {
      host = host.prefix { $0 != ":" }
    }
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
