import Bytes
import Kube

/// Section 4.3: kube-proxy. With a configuration file it ignores nearly all its flags, this one too.
enum ProxySettings {
  static let checks: [BenchmarkCheck] = [
    BenchmarkCheck(
      "4.3.1", "Metrics are served to the node itself only", "the address of metrics is a loopback one",
      node: { node in
        if let verdict = node.exemption(.proxy) { return verdict }
        guard let (arguments, source) = node.commands(.proxy).first else {
          return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)))
        }
        var value = arguments.value("metrics-bind-address")
        var evidence = [BenchmarkEvidence(place: source.text, name: "--metrics-bind-address", value: value)]
        if let path = arguments.value("config") {
          switch node.document(path) {
          case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
          case .absent: return BenchmarkVerdict(.notEvaluated(.unread(.vanished)))
          case .read(let document, let source):
            value = document["metricsBindAddress"]?.text
            evidence = [BenchmarkEvidence(place: source.text, name: "metricsBindAddress", value: value)]
          }
        }
        // Where it is not set it is 127.0.0.1:10249.
        let address = value.flatMap { $0.isEmpty ? nil : $0 } ?? "127.0.0.1:10249"
        let isLocal = address.hasPrefix("127.") || address.hasPrefix("[::1]") || address.hasPrefix("localhost:")
        return isLocal
          ? BenchmarkVerdict(.pass, evidence)
          : BenchmarkVerdict(
            .fail, evidence,
            remedy: arguments.value("config") == nil
              ? .flag(.proxy, "metrics-bind-address=127.0.0.1:10249")
              : .text("in kube-proxy's configuration: metricsBindAddress: \"127.0.0.1:10249\""))
      })
  ]
}
