import Bytes
import Kube

/// Looks in the rules of policies, bindings and webhook configurations for what no request can ever match: a misspelt resource
/// silently judges nothing.
struct RuleCoverage {
  /// A resource in a rule that stands for nothing that is known.
  struct Gap {
    /// `spec.matchConstraints.resourceRules[0].resources[1]`
    let path: String
    let message: String
    /// False where a definition that is not in the input may serve it.
    let isCertain: Bool
  }

  private let resources: ResourceTable
  private let groups: Set<String>

  init(_ resources: ResourceTable) {
    self.resources = resources
    groups = Set(resources.all.map(\.group))
  }

  /// - Parameter object: a policy, a binding or a webhook configuration, with its defaults, in the newest version.
  func gaps(_ object: DocumentNode) -> [Gap] {
    var gaps: [Gap] = []
    for field in ["matchConstraints", "matchResources"] {
      for list in ["resourceRules", "excludeResourceRules"] {
        check(object[path: "spec", field, list], "spec.\(field).\(list)", &gaps)
      }
    }
    for (index, webhook) in (object["webhooks"]?.elements ?? []).enumerated() {
      check(webhook["rules"], "webhooks[\(index)].rules", &gaps)
    }
    return gaps
  }

  private struct Rule {
    let groups: [String]
    let versions: [String]
    let scope: String

    init(_ node: DocumentNode) {
      groups = node["apiGroups"]?.strings ?? []
      versions = node["apiVersions"]?.strings ?? []
      scope = node["scope"]?.string ?? "*"
    }

    func serves(_ resource: APIResource) -> Bool {
      (groups.contains("*") || groups.contains(resource.group))
        && (versions.contains("*") || versions.contains(resource.version))
    }

    func isInScope(_ resource: APIResource) -> Bool {
      scope == "*" || (scope == "Namespaced") == resource.isNamespaced
    }
  }

  private func check(_ rules: DocumentNode?, _ path: String, _ gaps: inout [Gap]) {
    for (index, node) in (rules?.elements ?? []).enumerated() {
      let rule = Rule(node)
      for (number, item) in (node["resources"]?.elements ?? []).enumerated() {
        guard let text = item.string, !text.isEmpty, let gap = gap(text, rule) else { continue }
        gaps.append(
          Gap(path: "\(path)[\(index)].resources[\(number)]", message: gap.message, isCertain: gap.isCertain))
      }
    }
  }

  private static func names(_ text: String, _ resource: APIResource) -> Bool {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let subresource = parts.count > 1 ? parts[1] : ""
    return (parts[0] == "*" || parts[0] == resource.resource)
      && (subresource == "*" || subresource == resource.subresource)
  }

  private func gap(_ text: String, _ rule: Rule) -> (message: String, isCertain: Bool)? {
    let named = resources.all.filter { Self.names(text, $0) }
    let served = named.filter(rule.serves)
    if served.contains(where: { rule.isInScope($0) && !AdmissionRequest.isNeverJudged($0) }) { return nil }
    if let first = served.first(where: rule.isInScope) {
      return ("no policy and no webhook is ever asked about \(first.path)", true)
    }
    if let first = served.first {
      return (
        "scope \(rule.scope) leaves \(first.path) out, which is \(first.isNamespaced ? "in namespaces" : "in none")",
        true
      )
    }
    // What a definition that is not in the input serves is not known. A group without a dot can have none.
    let others = rule.groups.filter { $0 == "*" || (!groups.contains($0) && $0.contains(".")) }
    let known = rule.groups.filter { groups.contains($0) }
    if let group = others.first {
      let place = group == "*" ? "in any group" : "in \(group)"
      let hint = known.isEmpty && group != "*" ? "" : hint(text, named)
      return (
        "whether there is a resource \(text) \(place) is not known: no CustomResourceDefinition in the input has it\(hint)",
        false
      )
    }
    let place = rule.groups.map { group in
      rule.versions.map { group.isEmpty ? $0 : "\(group)/\($0)" }.joined(separator: ", ")
    }.joined(separator: ", ")
    return ("there is no resource \(text) in \(place)\(hint(text, named))", true)
  }

  /// Where the resource stands, or what may have been meant.
  private func hint(_ text: String, _ named: [APIResource]) -> String {
    let places = Set(named.map(\.apiVersion)).sorted()
    if !places.isEmpty, !text.hasPrefix("*") { return "; it is in \(places.prefix(3).joined(separator: ", "))" }
    let word = text.lowercased()
    let stem = word.split(separator: "/").first.map(String.init) ?? word
    let singular = stem.hasSuffix("s") ? String(stem.dropLast()) : stem
    guard singular.utf8.count >= 3 else { return "" }
    // The kind in place of its resource; else what begins alike.
    let kinds = resources.all.filter { $0.subresource.isEmpty && $0.kind.lowercased() == stem && !text.contains("/") }
    let near =
      kinds.isEmpty
      ? resources.all.filter { resource in
        let name = resource.resource
        if text.contains("/") { return name == stem }
        return resource.subresource.isEmpty && (name.hasPrefix(singular) || singular.hasPrefix(name.dropLast()))
      } : kinds
    let names = Set(near.map(\.path)).sorted()
    return names.isEmpty ? "" : "; did you mean \(names.prefix(4).joined(separator: ", "))?"
  }
}
