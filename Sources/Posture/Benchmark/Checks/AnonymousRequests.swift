import Bytes
import Kube

/// 1.2.1: requests without credentials. A file of `AuthenticationConfiguration` decides where it speaks of them.
enum AnonymousRequests {
  static let check = BenchmarkCheck(
    "1.2.1", "Requests without credentials are refused",
    "--anonymous-auth=false, or an AuthenticationConfiguration that allows them nowhere",
    node: { $0.comparing(.apiServer, judge) })

  private static func judge(_ node: BenchmarkNode) -> BenchmarkVerdict {
    let remedy = BenchmarkRemedy.flag(.apiServer, "anonymous-auth=false")
    func byFlag() -> BenchmarkVerdict {
      node.judge(.apiServer, FlagRule("anonymous-auth", .equals("false"), standard: "true"), remedy: remedy)
    }
    guard let path = node.commands(.apiServer).first?.arguments.path("authentication-config") else {
      return byFlag()
    }
    if let verdict = node.exemption(.apiServer) { return verdict }
    switch node.document(path) {
    case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
    case .absent(let source):
      return BenchmarkVerdict(
        .fail, [BenchmarkEvidence(place: source.text, name: "AuthenticationConfiguration", value: nil)],
        remedy: remedy)
    case .read(let document, let source):
      guard let anonymous = document["anonymous"] else { return byFlag() }
      // The API server takes this only without the flag.
      let remedy = BenchmarkRemedy.text("in \(path): anonymous: {enabled: false}, and no --anonymous-auth")
      let isOn = anonymous["enabled"]?.bool ?? false
      let paths = (anonymous["conditions"]?.elements ?? []).compactMap { $0["path"]?.string }
      let evidence = [
        BenchmarkEvidence(place: source.text, name: "anonymous.enabled", value: isOn ? "true" : "false"),
        BenchmarkEvidence(
          place: source.text, name: "anonymous.conditions", value: paths.isEmpty ? nil : paths.joined(separator: ",")),
      ]
      if !isOn { return BenchmarkVerdict(.pass, evidence) }
      return paths.isEmpty
        ? BenchmarkVerdict(.fail, evidence, remedy: remedy)
        : BenchmarkVerdict(.warn(.judgement), evidence, remedy: remedy)
    }
  }
}
