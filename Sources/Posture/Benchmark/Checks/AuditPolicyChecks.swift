import Bytes
import Kube

/// Section 3.2: what the API server's audit policy records.
enum AuditPolicyChecks {
  static let checks: [BenchmarkCheck] = [
    BenchmarkCheck(
      "3.2.1", "There is an audit policy", "--audit-policy-file is given, and its file records requests",
      node: { node in
        switch policy(of: node) {
        case .verdict(let verdict): return verdict
        case .policy(let document, let evidence):
          let rules = document["rules"]?.elements ?? []
          // Rules after one that takes every request away are never reached.
          let reached = rules.prefix { !isAboutEverything($0) || ($0["level"]?.string ?? "None") != "None" }
          let records = reached.contains { ($0["level"]?.string ?? "None") != "None" }
          let own =
            evidence + [BenchmarkEvidence(place: evidence[0].value ?? "", name: "rules", value: "\(rules.count)")]
          return records
            ? BenchmarkVerdict(.pass, own) : BenchmarkVerdict(.fail, own, remedy: remedy)
        }
      }),
    BenchmarkCheck(
      "3.2.2", "The audit policy records what matters",
      "Secrets, ConfigMaps and token reviews at Metadata, not with their contents; changes of pods and Deployments, exec, port-forward and proxy at Metadata or more",
      node: { node in
        switch policy(of: node) {
        case .verdict(let verdict): return verdict
        case .policy(let document, let evidence):
          let rules = document["rules"]?.elements ?? []
          var found = evidence
          var isGood = true
          for request in requests {
            let level = rules.lazy.first { matches($0, request) }?["level"]?.string ?? "None"
            let fits = request.isSecret ? level == "Metadata" : level != "None"
            isGood = isGood && fits
            let own = BenchmarkEvidence(
              place: evidence[0].value ?? "", name: "\(request.verb) \(request.resource)", value: level)
            if fits { found.append(own) } else { found.insert(own, at: 0) }
          }
          return isGood
            ? BenchmarkVerdict(.pass, found) : BenchmarkVerdict(.fail, found, remedy: remedy)
        }
      }),
  ]

  private static let remedy = BenchmarkRemedy.text(
    "write an audit policy (bartizan rules audit-policy prints one), and name it with --audit-policy-file of the API server"
  )

  private enum Answer {
    case verdict(BenchmarkVerdict)
    case policy(DocumentNode, [BenchmarkEvidence])
  }

  private static func policy(of node: BenchmarkNode) -> Answer {
    if let verdict = node.exemption(.apiServer) { return .verdict(verdict) }
    guard let (arguments, source) = node.commands(.apiServer).first else {
      return .verdict(BenchmarkVerdict(.notEvaluated(.unread(.notCollected))))
    }
    let path = arguments.value("audit-policy-file")
    let evidence = [BenchmarkEvidence(place: source.text, name: "--audit-policy-file", value: path)]
    guard let path else { return .verdict(BenchmarkVerdict(.fail, evidence, remedy: remedy)) }
    switch node.document(path) {
    case .unread(let reason, _): return .verdict(BenchmarkVerdict(.notEvaluated(.unread(reason)), evidence))
    case .absent(let source):
      return .verdict(
        BenchmarkVerdict(
          .fail, evidence + [BenchmarkEvidence(place: source.text, name: "audit policy", value: nil)], remedy: remedy))
    case .read(let document, _): return .policy(document, evidence)
    }
  }

  private struct Request: Sendable {
    let verb: String
    let group: String
    let resource: String
    let isSecret: Bool
  }

  private static let requests: [Request] = [
    Request(verb: "get", group: "", resource: "secrets", isSecret: true),
    Request(verb: "update", group: "", resource: "secrets", isSecret: true),
    Request(verb: "update", group: "", resource: "configmaps", isSecret: true),
    Request(verb: "create", group: "authentication.k8s.io", resource: "tokenreviews", isSecret: true),
    Request(verb: "create", group: "", resource: "pods", isSecret: false),
    Request(verb: "delete", group: "", resource: "pods", isSecret: false),
    Request(verb: "patch", group: "apps", resource: "deployments", isSecret: false),
    Request(verb: "create", group: "", resource: "pods/exec", isSecret: false),
    Request(verb: "create", group: "", resource: "pods/portforward", isSecret: false),
    Request(verb: "get", group: "", resource: "pods/proxy", isSecret: false),
    Request(verb: "get", group: "", resource: "services/proxy", isSecret: false),
  ]

  private static func isAboutEverything(_ rule: DocumentNode) -> Bool {
    ["users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs"].allSatisfy {
      (rule[$0]?.elements ?? []).isEmpty
    }
  }

  /// Whether a rule is about such a request of any user in any namespace. Source: `apiserver/pkg/audit/policy/checker.go`.
  private static func matches(_ rule: DocumentNode, _ request: Request) -> Bool {
    for key in ["users", "userGroups", "namespaces"] where !(rule[key]?.elements ?? []).isEmpty {
      // One that is about all who are logged in is about any user.
      if key == "userGroups", rule[key]?.strings.contains("system:authenticated") == true { continue }
      return false
    }
    if let verbs = rule["verbs"]?.strings, !verbs.isEmpty, !verbs.contains(request.verb), !verbs.contains("*") {
      return false
    }
    let resources = rule["resources"]?.elements ?? []
    if resources.isEmpty { return (rule["nonResourceURLs"]?.elements ?? []).isEmpty }
    return resources.contains { item in
      let group = item["group"]?.string ?? ""
      guard group == request.group, (item["resourceNames"]?.elements ?? []).isEmpty else { return false }
      let names = item["resources"]?.strings ?? []
      return names.isEmpty
        || names.contains { name in
          if name == request.resource || name == "*" { return true }
          let parts = request.resource.split(separator: "/")
          guard let slash = name.firstIndex(of: "/") else { return false }
          let main = name[..<slash]
          let sub = name[name.index(after: slash)...]
          // `pods/*` is about all subresources of pods, `*/exec` about exec of everything.
          return parts.count == 2 && (main == "*" || main == parts[0]) && (sub == "*" || sub == parts[1])
        }
    }
  }
}
