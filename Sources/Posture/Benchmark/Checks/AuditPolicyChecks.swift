import Bytes
import Kube

/// Section 3.2: what the API server's audit policy records.
enum AuditPolicyChecks {
  static let checks: [BenchmarkCheck] = [
    BenchmarkCheck(
      "3.2.1", "There is an audit policy",
      "--audit-policy-file is given, its file records requests, and they are written to a log or sent on",
      node: { node in judge(node, hasRecords) }),
    BenchmarkCheck(
      "3.2.2", "The audit policy records what matters",
      "Secrets, ConfigMaps and token reviews at Metadata, not with their contents; changes of pods and Deployments, exec, port-forward and proxy at Metadata or more; of everybody and everywhere",
      node: { node in judge(node, recordsWhatMatters) }),
  ]

  private static let remedy = BenchmarkRemedy.text(
    "write an audit policy (bartizan rules audit-policy prints one), name it with --audit-policy-file of the API server, and give --audit-log-path"
  )

  /// What the judgement of a policy is made of.
  private struct Policy {
    let document: DocumentNode
    let path: String
    let evidence: [BenchmarkEvidence]

    var rules: [DocumentNode] { document["rules"]?.elements ?? [] }

    /// What a rule records of a request; nil for nothing.
    ///
    /// A request that is over has passed the stages `RequestReceived` and `ResponseComplete`; one that goes on, such as exec,
    /// `ResponseStarted` as well. Source: `apiserver/pkg/audit/policy`, `pkg/endpoints/filters/audit.go`.
    func level(_ rule: DocumentNode, isLong: Bool) -> String? {
      guard let level = rule["level"]?.string, ["Metadata", "Request", "RequestResponse"].contains(level) else {
        return nil
      }
      let omitted = Set((document["omitStages"]?.strings ?? []) + (rule["omitStages"]?.strings ?? []))
      let stages = ["RequestReceived", "ResponseComplete"] + (isLong ? ["ResponseStarted"] : [])
      return stages.allSatisfy(omitted.contains) ? nil : level
    }
  }

  private static func judge(_ node: BenchmarkNode, _ judge: (Policy) -> BenchmarkVerdict) -> BenchmarkVerdict {
    if let verdict = node.exemption(.apiServer) { return verdict }
    return node.comparing(.apiServer) { node in
      guard let (arguments, source) = node.commands(.apiServer).first else {
        return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)))
      }
      func flag(_ name: String) -> BenchmarkEvidence {
        BenchmarkEvidence(
          place: (arguments.origin(of: name) ?? source).text, name: "--" + name, value: arguments.value(name))
      }
      let evidence = [flag("audit-policy-file")]
      guard let path = arguments.path("audit-policy-file") else {
        return BenchmarkVerdict(.fail, evidence, remedy: remedy)
      }
      let backends = ["audit-log-path", "audit-webhook-config-file"]
      guard backends.contains(where: { arguments.path($0) != nil }) else {
        return BenchmarkVerdict(.fail, backends.map(flag) + evidence, remedy: remedy)
      }
      switch node.document(path) {
      case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)), evidence)
      case .absent(let source):
        return BenchmarkVerdict(
          .fail, evidence + [BenchmarkEvidence(place: source.text, name: "audit policy", value: nil)], remedy: remedy)
      case .read(let document, _):
        if let kind = document["kind"]?.text, kind != "Policy" {
          return BenchmarkVerdict(
            .fail, evidence + [BenchmarkEvidence(place: path, name: "kind", value: kind)], remedy: remedy)
        }
        return judge(Policy(document: document, path: path, evidence: evidence))
      }
    }
  }

  private static func hasRecords(_ policy: Policy) -> BenchmarkVerdict {
    var records = false
    // Rules after one that takes every request away are never reached.
    for rule in policy.rules {
      if policy.level(rule, isLong: false) != nil {
        records = true
        break
      }
      if isAboutEverything(rule) { break }
    }
    let own =
      policy.evidence + [BenchmarkEvidence(place: policy.path, name: "rules", value: "\(policy.rules.count)")]
    return records ? BenchmarkVerdict(.pass, own) : BenchmarkVerdict(.fail, own, remedy: remedy)
  }

  /// Each request by the first rule that is about it, whoever makes it: a rule for some people, namespaces or names before that
  /// says what is recorded of these. What it leaves out of whole groups or namespaces fails; what of single users or names, for
  /// which there may be a reason, is for a person to weigh.
  private static func recordsWhatMatters(_ policy: Policy) -> BenchmarkVerdict {
    var bad: [BenchmarkEvidence] = []
    var odd: [BenchmarkEvidence] = []
    var good: [BenchmarkEvidence] = []
    for request in requests {
      var isDecided = false
      for (index, rule) in policy.rules.enumerated() {
        let reach = reach(of: rule, request)
        guard reach != .none else { continue }
        let level = policy.level(rule, isLong: request.isLong)
        let fits = request.isSecret ? level == "Metadata" : level != nil
        let whom = whom(rule)
        let own = BenchmarkEvidence(
          place: policy.path,
          name: "\(request.verb) \(request.resource)\(whom.isEmpty ? "" : " of \(whom), by rules[\(index)]")",
          value: level ?? "None")
        switch (fits, reach) {
        case (true, .all): good.append(own)
        case (true, _): break
        case (false, .names): odd.append(own)
        case (false, _): bad.append(own)
        }
        if reach == .all {
          isDecided = true
          break
        }
      }
      if !isDecided {
        bad.append(
          BenchmarkEvidence(place: policy.path, name: "\(request.verb) \(request.resource)", value: "None"))
      }
    }
    let evidence = bad + odd + policy.evidence + good
    if !bad.isEmpty { return BenchmarkVerdict(.fail, evidence, remedy: remedy) }
    return odd.isEmpty
      ? BenchmarkVerdict(.pass, evidence) : BenchmarkVerdict(.warn(.judgement), evidence, remedy: remedy)
  }

  /// A request that the benchmark wants recorded.
  private struct Request: Sendable {
    let verb: String
    let group: String
    let resource: String
    let isSecret: Bool
    var isLong: Bool { ["pods/exec", "pods/portforward", "pods/proxy", "services/proxy"].contains(resource) }
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

  /// How many of the requests of a kind a rule is about.
  private enum Reach { case none, names, groups, all }

  private static func texts(_ rule: DocumentNode, _ key: String) -> [String] { rule[key]?.strings ?? [] }

  /// Everybody who is logged in.
  private static let everybody = "system:authenticated"

  private static func isAboutEverything(_ rule: DocumentNode) -> Bool {
    ["users", "verbs", "resources", "namespaces", "nonResourceURLs"].allSatisfy { (rule[$0]?.elements ?? []).isEmpty }
      && ((rule["userGroups"]?.elements ?? []).isEmpty || texts(rule, "userGroups").contains(everybody))
  }

  private static func whom(_ rule: DocumentNode) -> String {
    let groups = texts(rule, "userGroups").filter { $0 != everybody }
    return
      (texts(rule, "users") + (groups.count < texts(rule, "userGroups").count ? [] : groups)
      + texts(rule, "namespaces").map { $0.isEmpty ? "no namespace" : "namespace \($0)" }).joined(separator: ", ")
  }

  /// Source: `apiserver/pkg/audit/policy/checker.go`.
  private static func reach(of rule: DocumentNode, _ request: Request) -> Reach {
    let verbs = texts(rule, "verbs")
    if !verbs.isEmpty, !verbs.contains(request.verb), !verbs.contains("*") { return .none }
    var isForNames = !texts(rule, "users").isEmpty
    let resources = rule["resources"]?.elements ?? []
    if resources.isEmpty {
      if !(rule["nonResourceURLs"]?.elements ?? []).isEmpty { return .none }
    } else {
      let fitting = resources.filter { holds($0, request) }
      if fitting.isEmpty { return .none }
      isForNames = isForNames || fitting.allSatisfy { !($0["resourceNames"]?.elements ?? []).isEmpty }
    }
    let namespaces = texts(rule, "namespaces")
    let isOfNoNamespace = request.resource == "tokenreviews"
    if !namespaces.isEmpty, isOfNoNamespace, !namespaces.contains("") { return .none }
    if !namespaces.isEmpty, !isOfNoNamespace, namespaces.allSatisfy(\.isEmpty) { return .none }
    let groups = texts(rule, "userGroups")
    let isForGroups = !groups.isEmpty && !groups.contains(everybody)
    let isForNamespaces = !namespaces.isEmpty && !isOfNoNamespace
    return isForNames ? .names : isForGroups || isForNamespaces ? .groups : .all
  }

  private static func holds(_ item: DocumentNode, _ request: Request) -> Bool {
    guard item["group"]?.string ?? "" == request.group else { return false }
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
