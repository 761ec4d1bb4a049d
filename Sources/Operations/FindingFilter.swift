import Bytes
package import Findings
package import Kube
package import PodSecurity
import Posture

/// Which checks run and which findings are kept. Terms of one dimension are alternatives; all dimensions must match.
package struct FindingFilter: Sendable {
  private var only: [FilterTerm.Dimension: Set<String>]
  private var exclude: [FilterTerm.Dimension: Set<String>]
  /// Its terms as the command line spells them, sorted.
  private var terms: [String]
  /// Where objects go that name no namespace.
  package var defaultNamespace = "default"

  /// Frameworks that checks of the catalogue are mapped to.
  package static let frameworks = Control.Framework.allCases.filter { framework in
    CheckCatalogue.checks.contains { $0.metadata.controls.contains { $0.framework == framework } }
  }

  /// - Parameter policies: names of admission policies that are checks of this scan, too.
  /// - Throws: `BartizanError` for an unknown check, framework or severity: a filter that matches nothing is a mistake,
  ///   and a gate that silently checks nothing is worse than none.
  package init(
    only: [FilterTerm], exclude: [FilterTerm], policies: Set<String> = []
  ) throws(BartizanError) {
    self.only = Dictionary(grouping: only, by: \.dimension).mapValues { Set($0.map(Self.value(of:))) }
    self.exclude = Dictionary(grouping: exclude, by: \.dimension).mapValues { Set($0.map(Self.value(of:))) }
    terms = Set(
      only.map { "--only \(Self.text(of: $0))" } + exclude.map { "--exclude \(Self.text(of: $0))" }
    ).sorted()
    for term in only + exclude {
      switch term.dimension {
      case .check
      where !policies.contains(term.value)
        && !CheckCatalogue.checks.contains { $0.metadata.rule.isKnown(as: term.value) }:
        let known = CheckCatalogue.checks.map(\.metadata.id.rawValue) + policies
        let hint = NearestName.of(term.value, in: known).map { "did you mean \($0)?" }
        throw BartizanError(
          .usage, "there is no check \"\(term.value)\"; \(hint ?? "`bartizan checks list` lists them")")
      case .framework where !Self.frameworks.contains(where: { $0.rawValue == Self.value(of: term) }):
        if let known = Control.Framework(rawValue: Self.value(of: term)) {
          throw BartizanError(
            .usage,
            "no check of manifests belongs to \(known.rawValue), whose rules are about nodes; `scan --framework \(known.rawValue)` and `cis` report by it"
          )
        }
        let known = Self.frameworks.map(\.rawValue)
        let hint = NearestName.of(term.value, in: Control.Framework.allCases.map(\.rawValue)).map {
          "did you mean \($0)?"
        }
        throw BartizanError(
          .usage,
          "there is no framework \"\(term.value)\"; \(hint ?? "known are \(known.joined(separator: ", "))")")
      case .severity where Severity(name: term.value) == nil:
        let known = Severity.allCases.map(\.name).joined(separator: ", ")
        throw BartizanError(.usage, "there is no severity \"\(term.value)\"; known are \(known)")
      case .namespace where term.value.isEmpty, .kind where term.value.isEmpty:
        throw BartizanError(.usage, "\(term.dimension.rawValue): names nothing")
      default: break
      }
    }
    // What one takes in and the other takes out again is nothing, and of nothing nothing is found.
    for (dimension, wanted) in self.only where wanted.isSubset(of: self.exclude[dimension] ?? []) {
      throw BartizanError(
        .usage, "--only and --exclude leave nothing: both name \(dimension.rawValue) \(Phrase.list(wanted.sorted()))")
    }
    if Set(Severity.allCases.map(\.name)).isSubset(of: self.exclude[.severity] ?? []) {
      throw BartizanError(.usage, "--exclude leaves nothing: it names every severity")
    }
    let isAnyRun = CheckCatalogue.checks.contains { runs($0.metadata) } || policies.contains(where: runs(policy:))
    if !isAnyRun { throw BartizanError(.usage, "--only and --exclude leave no check to run") }
  }

  /// Whether it keeps or leaves out findings by how severe they are.
  package var namesSeverities: Bool { only[.severity] != nil || exclude[.severity] != nil }

  /// The same for whoever counts findings of every severity.
  package var withoutSeverities: FindingFilter {
    var filter = self
    filter.only[.severity] = nil
    filter.exclude[.severity] = nil
    filter.terms.removeAll { $0.contains(" \(FilterTerm.Dimension.severity.rawValue):") }
    return filter
  }

  /// A term's value as the catalogue and the objects have it: kinds of Kubernetes itself may be written as kubectl takes
  /// them, `deployment` or `deployments`.
  private static func value(of term: FilterTerm) -> String {
    let lower = term.value.lowercased()
    return switch term.dimension {
    case .check, .namespace: term.value
    case .framework: lower
    case .severity: Severity(name: term.value)?.name ?? term.value
    case .kind:
      APIResource.builtIn.first { $0.subresource.isEmpty && ($0.resource == lower || $0.kind.lowercased() == lower) }?
        .kind ?? term.value
    }
  }

  /// Checks that the filter leaves something to be judged.
  ///
  /// - Throws: `BartizanError` for a namespace or kind of `only` that no object has, and where no object has both.
  package func validate(for snapshot: ClusterSnapshot) throws(BartizanError) {
    for namespace in (only[.namespace] ?? []).sorted() {
      let isThere = snapshot.objects.contains { self.namespace(of: $0.subject) == namespace }
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
    guard let namespaces = only[.namespace], let kinds = only[.kind], snapshot.refused.isEmpty else { return }
    let hasBoth = snapshot.objects.contains {
      kinds.contains($0.kind) && namespaces.contains(namespace(of: $0.subject))
    }
    guard !hasBoth else { return }
    throw BartizanError(
      .input,
      "the input has no object of kind \(Phrase.list(kinds.sorted(), shown: 8)) in namespace \(Phrase.list(namespaces.sorted(), shown: 8))"
    )
  }

  /// What the filter leaves out and the input does not have: then somebody may have meant another name.
  package func remarks(on snapshot: ClusterSnapshot) -> [String] {
    guard snapshot.refused.isEmpty else { return [] }
    let namespaces = (exclude[.namespace] ?? []).filter { name in
      !snapshot.objects.contains { namespace(of: $0.subject) == name }
    }
    let kinds = (exclude[.kind] ?? []).filter { kind in !snapshot.objects.contains { $0.kind == kind } }
    return namespaces.sorted().map { "--exclude namespace:\($0) leaves nothing out: no object is in it" }
      + kinds.sorted().map { "--exclude kind:\($0) leaves nothing out: no object is of that kind" }
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

  /// Sets aside what is left out, and writes down by what. Of what was accepted, and left out in any case, nobody is told that it
  /// was accepted.
  func apply(to result: inout ScanResult) {
    let dropped = result.findings + result.setAside.map(\.finding)
    result.findings.removeAll { !keeps($0) }
    result.setAside =
      result.setAside.filter { keeps($0.finding) } + dropped.filter { !keeps($0) }.map { SetAside($0, .filter) }
    result.filters = terms
  }

  /// `severity:low`; a check by its id alone.
  private static func text(of term: FilterTerm) -> String {
    term.dimension == .check ? value(of: term) : "\(term.dimension.rawValue):\(value(of: term))"
  }

  package func keeps(_ finding: Finding) -> Bool {
    let values: [FilterTerm.Dimension: String] = [
      .namespace: namespace(of: finding.subject), .kind: finding.subject.kind, .severity: finding.severity.name,
    ]
    return values.allSatisfy { dimension, value in
      (only[dimension]?.contains(value) ?? true) && !(exclude[dimension]?.contains(value) ?? false)
    }
  }

  /// The namespace that a subject counts for. A Namespace counts for itself, and a namespaced object without a
  /// namespace for the one that it would go to; empty for everything else.
  private func namespace(of subject: Subject) -> String {
    if let namespace = subject.namespace { return namespace }
    guard let object = subject.object else { return "" }
    let kind = GroupKind(object.group, object.kind)
    if kind == .namespace { return object.name }
    return PodTemplateCatalogue.makesPods(kind) || Self.namespaced.contains(kind) ? defaultNamespace : ""
  }

  /// Namespaced kinds of Kubernetes itself.
  private static let namespaced = Set(
    APIResource.builtIn.filter { $0.isNamespaced && $0.subresource.isEmpty }.map(\.groupKind))
}
