import Bytes
package import Findings
package import Kube
package import PodSecurity
import Posture

/// Which checks run and which findings are kept. Terms of one dimension are alternatives; all dimensions must match.
package struct FindingFilter: Sendable {
  private let only: [FilterTerm.Dimension: Set<String>]
  private let exclude: [FilterTerm.Dimension: Set<String>]

  /// Frameworks that checks of the catalogue are mapped to.
  private static let frameworks = Control.Framework.allCases.filter { framework in
    CheckCatalogue.checks.contains { $0.metadata.controls.contains { $0.framework == framework } }
  }

  /// - Parameter policies: names of admission policies that are checks of this scan, too.
  /// - Throws: `BartizanError` for an unknown check, framework or severity: a filter that matches nothing is a mistake,
  ///   and a gate that silently checks nothing is worse than none.
  package init(
    only: [FilterTerm], exclude: [FilterTerm], policies: Set<String> = []
  ) throws(BartizanError) {
    self.only = Dictionary(grouping: only, by: \.dimension).mapValues { Set($0.map(\.value)) }
    self.exclude = Dictionary(grouping: exclude, by: \.dimension).mapValues { Set($0.map(\.value)) }
    for term in only + exclude {
      switch term.dimension {
      case .check
      where !policies.contains(term.value)
        && !CheckCatalogue.checks.contains { $0.metadata.rule.isKnown(as: term.value) }:
        throw BartizanError(.usage, "there is no check \"\(term.value)\"; `bartizan checks list` lists them")
      case .framework where !Self.frameworks.contains(where: { $0.rawValue == term.value }):
        let known = Self.frameworks.map(\.rawValue).joined(separator: ", ")
        throw BartizanError(.usage, "there is no framework \"\(term.value)\"; known are \(known)")
      case .severity where Severity(name: term.value) == nil:
        let known = Severity.allCases.map(\.name).joined(separator: ", ")
        throw BartizanError(.usage, "there is no severity \"\(term.value)\"; known are \(known)")
      default: break
      }
    }
  }

  /// Checks that the filter leaves something to be judged.
  ///
  /// - Throws: `BartizanError` for a namespace or kind of `only` that no object has.
  package func validate(for snapshot: ClusterSnapshot) throws(BartizanError) {
    for namespace in (only[.namespace] ?? []).sorted() {
      let isThere = snapshot.objects.contains { Self.namespace(of: $0.subject) == namespace }
      // It may be among what a live cluster refuses to list.
      guard !isThere, snapshot.refused.isEmpty else { continue }
      throw BartizanError(.input, snapshot.noObject(inNamespace: namespace))
    }
    for kind in (only[.kind] ?? []).sorted()
    where !snapshot.objects.contains(where: { $0.kind == kind }) && snapshot.refused.isEmpty {
      throw BartizanError(
        .input,
        "the input has no object of kind \"\(kind)\"; it has \(Phrase.list(Set(snapshot.objects.map(\.kind)).sorted(), shown: 8))"
      )
    }
  }

  package func runs(_ metadata: CheckMetadata) -> Bool {
    let frameworks = Set(metadata.controls.map(\.framework.rawValue))
    if let ids = only[.check], !ids.contains(where: metadata.rule.isKnown) { return false }
    if let names = only[.framework], names.isDisjoint(with: frameworks) { return false }
    if exclude[.check]?.contains(where: metadata.rule.isKnown) ?? false { return false }
    if let names = exclude[.framework], !frameworks.isEmpty, frameworks.isSubset(of: names) { return false }
    return true
  }

  /// Whether an admission policy is one of the checks; it belongs to no framework.
  func runs(policy name: String) -> Bool {
    if let ids = only[.check], !ids.contains(name) { return false }
    if only[.framework] != nil { return false }
    return !(exclude[.check]?.contains(name) ?? false)
  }

  package func keeps(_ finding: Finding) -> Bool {
    let values: [FilterTerm.Dimension: String] = [
      .namespace: Self.namespace(of: finding.subject), .kind: finding.subject.kind, .severity: finding.severity.name,
    ]
    return values.allSatisfy { dimension, value in
      (only[dimension]?.contains(value) ?? true) && !(exclude[dimension]?.contains(value) ?? false)
    }
  }

  /// The namespace that a subject counts for. A Namespace counts for itself, and a namespaced object without a
  /// namespace for `default`; empty for everything else.
  private static func namespace(of subject: Subject) -> String {
    if let namespace = subject.namespace { return namespace }
    guard let object = subject.object else { return "" }
    let kind = GroupKind(object.group, object.kind)
    if kind == .namespace { return object.name }
    return PodTemplateCatalogue.makesPods(kind) || namespaced.contains(kind) ? "default" : ""
  }

  /// Namespaced kinds of Kubernetes itself.
  private static let namespaced = Set(
    APIResource.builtIn.filter { $0.isNamespaced && $0.subresource.isEmpty }.map(\.groupKind))
}
