import Bytes
import Kube

/// 1.2.6 to 1.2.8: who authorizes requests. A file of `AuthorizationConfiguration` takes the place of the flag.
enum AuthorizationModes {
  private static func line(_ rule: ValueRule) -> String {
    switch rule {
    case .holds(let type): "an authorizer with type: \(type)"
    case .lacks(let type): "take the authorizer of type \(type) away, and name Node and RBAC"
    default: "authorizers of the types Node and RBAC"
    }
  }

  static func check(_ key: String, _ title: String, _ expected: String, _ rule: ValueRule) -> BenchmarkCheck {
    BenchmarkCheck(
      key, title, expected,
      node: {
        $0.comparing(.apiServer) { node in
          let remedy = BenchmarkRemedy.flag(.apiServer, "authorization-mode=Node,RBAC")
          guard let path = node.commands(.apiServer).first?.arguments.path("authorization-config") else {
            return node.judge(
              .apiServer, FlagRule("authorization-mode", rule, standard: "AlwaysAllow", isList: true), remedy: remedy)
          }
          if let verdict = node.exemption(.apiServer) { return verdict }
          switch node.document(path) {
          case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
          case .absent(let source):
            return BenchmarkVerdict(
              .notEvaluated(.unread(.vanished)),
              [BenchmarkEvidence(place: source.text, name: "authorizers", value: nil)])
          case .read(let document, let source):
            let types = (document["authorizers"]?.elements ?? []).compactMap { $0["type"]?.string }.joined(
              separator: ",")
            let evidence = [BenchmarkEvidence(place: source.text, name: "authorizers", value: types)]
            return rule.accepts(types)
              ? BenchmarkVerdict(.pass, evidence)
              // The API server does not start with the file and the flag.
              : BenchmarkVerdict(.fail, evidence, remedy: .text("in \(path): \(line(rule))"))
          }
        }
      })
  }
}
