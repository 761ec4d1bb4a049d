import Bytes
import Kube

/// 1.2.1: requests without credentials. A file of `AuthenticationConfiguration` decides where it speaks of them.
enum AnonymousRequests {
  static let check = BenchmarkCheck(
    "1.2.1", "Requests without credentials are refused",
    "--anonymous-auth=false, or an AuthenticationConfiguration that allows them nowhere",
    node: { node in
      let remedy = BenchmarkRemedy.flag(.apiServer, "anonymous-auth=false")
      guard let path = node.commands(.apiServer).first?.arguments.value("authentication-config") else {
        return node.judge(.apiServer, remedy: remedy) {
          let result = FlagRule("anonymous-auth", .equals("false"), standard: "true").evaluate($0, $1)
          return (result.isGood, [result.evidence])
        }
      }
      if let verdict = node.exemption(.apiServer) { return verdict }
      switch node.document(path) {
      case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
      case .absent(let source):
        return BenchmarkVerdict(
          .fail, [BenchmarkEvidence(place: source.text, name: "AuthenticationConfiguration", value: nil)],
          remedy: remedy)
      case .read(let document, let source):
        guard let anonymous = document["anonymous"] else {
          return node.judge(.apiServer, remedy: remedy) {
            let result = FlagRule("anonymous-auth", .equals("false"), standard: "true").evaluate($0, $1)
            return (result.isGood, [result.evidence])
          }
        }
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
    })
}
