package import Bytes
import Findings

/// The audit policy of an API server: which requests it logs, and how much of them. The first rule that fits holds; a
/// request that fits none is not logged. Source: kubernetes/apiserver, pkg/audit/policy/checker.go.
package struct AuditPolicy: Sendable {
  /// How much of a request is logged, ascending.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    case none = "None"
    case metadata = "Metadata"
    case request = "Request"
    case requestResponse = "RequestResponse"

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
  }

  /// Resources of one API group, all of them where none is named.
  package struct Resources: Sendable {
    package let group: String
    package let resources: [String]
    package let names: [String]
  }

  /// A rule of the policy; empty lists stand for everything.
  package struct Rule: Sendable {
    package let level: Level
    package let users: [String]
    package let groups: [String]
    package let verbs: [String]
    package let resources: [Resources]
    package let namespaces: [String]
    package let urls: [String]
    package let omitStages: [String]
    package let line: Int
  }

  /// A request as a policy sees it.
  package struct Request: Sendable, Hashable {
    package var verb: String
    package var user = "somebody"
    package var userGroups = ["system:authenticated"]
    package var group = ""
    /// Empty for a path outside of the resources.
    package var resource: String
    package var subresource = ""
    package var namespace = ""
    package var name = ""
    package var path = ""

    package init(verb: String, resource: String) {
      self.verb = verb
      self.resource = resource
    }
  }

  package let rules: [Rule]
  package let omitStages: [String]
  package let file: String

  /// - Throws: for a document that is no policy.
  package init(_ bytes: [UInt8], file: String) throws(RuleError) {
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first {
      throw RuleError(.unreadable(error.message), at: Location(file: file, line: error.line))
    }
    try self.init(stream.documents.first, file: file)
  }

  /// - Throws: for a document that is no policy.
  package init(_ node: DocumentNode?, file: String) throws(RuleError) {
    self.file = file
    func fail(_ reason: RuleError.Reason, _ line: UInt32 = 0) -> RuleError {
      RuleError(reason, at: Location(file: file, line: Int(line)))
    }
    guard let node, node["kind"]?.text == "Policy" else {
      throw fail(.unreadable("no audit policy (`kind: Policy`)"))
    }
    omitStages = node["omitStages"]?.strings ?? []
    var rules: [Rule] = []
    for rule in node["rules"]?.elements ?? [] {
      guard let level = rule["level"]?.text.flatMap({ Level(rawValue: $0) }) else {
        throw fail(.wrong("level", is: "none of None, Metadata, Request, RequestResponse"), rule.line)
      }
      rules.append(
        Rule(
          level: level, users: rule["users"]?.strings ?? [], groups: rule["userGroups"]?.strings ?? [],
          verbs: rule["verbs"]?.strings ?? [],
          resources: (rule["resources"]?.elements ?? []).map {
            Resources(
              group: $0["group"]?.text ?? "", resources: $0["resources"]?.strings ?? [],
              names: $0["resourceNames"]?.strings ?? [])
          }, namespaces: rule["namespaces"]?.strings ?? [], urls: rule["nonResourceURLs"]?.strings ?? [],
          omitStages: rule["omitStages"]?.strings ?? [], line: Int(rule.line)))
    }
    guard !rules.isEmpty else { throw fail(.missing("rules"), node.line) }
    self.rules = rules
  }

  /// How much of a request is logged, and the rule that says so; nil where none fits.
  package func level(of request: Request) -> (level: Level, rule: Rule?) {
    for rule in rules where rule.fits(request) { return (rule.level, rule) }
    return (.none, nil)
  }
}

extension AuditPolicy.Rule {
  package func fits(_ request: AuditPolicy.Request) -> Bool {
    if !users.isEmpty, !users.contains(request.user) { return false }
    if !groups.isEmpty, !groups.contains(where: request.userGroups.contains) { return false }
    if !verbs.isEmpty, !verbs.contains(request.verb) { return false }
    if !namespaces.isEmpty || !resources.isEmpty { return !request.resource.isEmpty && fitsResource(request) }
    if !urls.isEmpty {
      guard request.resource.isEmpty else { return false }
      return urls.contains { url in
        url == "*" || url == request.path || url.hasSuffix("*") && request.path.hasPrefix(url.dropLast())
      }
    }
    return true
  }

  private func fitsResource(_ request: AuditPolicy.Request) -> Bool {
    if !namespaces.isEmpty, !namespaces.contains(request.namespace) { return false }
    if resources.isEmpty { return true }
    let whole = request.subresource.isEmpty ? request.resource : request.resource + "/" + request.subresource
    return resources.contains { item in
      guard item.group == request.group else { return false }
      if item.resources.isEmpty { return true }
      guard item.names.isEmpty || item.names.contains(request.name) else { return false }
      return item.resources.contains { resource in
        if resource == "*" || resource == whole { return true }
        if resource.hasPrefix("*/") {
          return !request.subresource.isEmpty && resource.dropFirst(2) == request.subresource
        }
        if resource.hasSuffix("/*") { return resource.dropLast(2) == request.resource }
        return false
      }
    }
  }
}
