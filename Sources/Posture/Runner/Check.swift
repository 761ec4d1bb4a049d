import Access
import Bytes
import Depth
package import Findings
import Images
package import Kube
package import PodSecurity
import Reach

/// A rule that judges objects of a cluster, an image or a registry. To add one, conform to `WorkloadCheck` or
/// `ObjectCheck` and add a line to `CheckCatalogue`; see `docs/how-to/add-a-check.md`.
package protocol Check: Sendable {
  var metadata: CheckMetadata { get }
}

extension Check {
  /// Kinds that must have been listed completely before this check may report *pass*.
  package var needs: Set<GroupKind> {
    var needs = Set(metadata.absenceOf + metadata.reads)
    if let check = self as? any ObjectCheck { needs.formUnion(check.kinds) }
    if self is any WorkloadCheck { needs.formUnion(PodTemplateCatalogue.kinds) }
    return needs
  }
}

/// A check of every object that creates pods.
package protocol WorkloadCheck: Check {
  func examine(_ workload: Workload, _ context: CheckContext) -> Outcome
}

/// A check of individual objects of certain kinds.
package protocol ObjectCheck: Check {
  var kinds: [GroupKind] { get }
  func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome
}

/// A check of every object, whatever its kind, that may find several things wrong with it.
package protocol EveryObjectCheck: Check {
  /// - Parameter index: the object's place in the snapshot.
  func examine(_ object: KubeObject, at index: Int, _ context: CheckContext) -> [Failure]
}

/// A check of individual objects of any kind, those of custom resources among them.
package protocol AnyKindCheck: Check {
  func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome
}

/// The verdict of a check on one object.
package enum Outcome: Sendable {
  case pass
  case fail(Failure)
  /// The check does not apply to this object: a Windows pod has no seccomp profile.
  case notApplicable
  /// The check applies, but the input does not contain the answer; the text says what is missing.
  case notEvaluated(String)

  package static func fail(
    _ message: String, _ evidence: [Evidence], severity: Severity? = nil, fix: Fix? = nil, cause: String? = nil,
    why: String? = nil
  ) -> Outcome {
    .fail(Failure(message: message, evidence: evidence, severity: severity, fix: fix, cause: cause, why: why))
  }

  /// Fails when there is any evidence; passes otherwise. The message is only made when needed.
  package static func failing(
    on evidence: [Evidence], _ message: @autoclosure () -> String, fix: @autoclosure () -> Fix? = nil
  ) -> Outcome {
    evidence.isEmpty ? .pass : .fail(message(), evidence, fix: fix())
  }
}

/// What is wrong with one object, by one check; the runner makes a finding of it.
package struct Failure: Sendable {
  package let message: String
  /// At least one; the first is where the finding is shown.
  package let evidence: [Evidence]
  /// Overrides the check's own severity.
  package let severity: Severity?
  package let fix: Fix?
  /// Common cause of several findings of the object, see `Finding.cause`; nil where there is none.
  package let cause: String?
  /// Why the object is exposed here, as the explanation of its severity; nil where the risk context gives one.
  package let why: String?
  /// Replaces the check's own title where that says more than is true here; such a finding is not raised by its context.
  package let title: String?

  package init(
    message: String, evidence: [Evidence], severity: Severity? = nil, fix: Fix? = nil, cause: String? = nil,
    why: String? = nil, title: String? = nil
  ) {
    self.title = title
    self.fix = fix
    self.cause = cause
    self.why = why
    self.message = message
    self.evidence = evidence
    self.severity = severity
  }
}

extension Failure {
  /// The paths of the evidence by the names of elements; nil where they count none.
  func places(in object: KubeObject) -> [String]? {
    guard evidence.contains(where: { $0.path.utf8.contains(UInt8(ascii: "[")) }) else { return nil }
    return evidence.map { ElementNames.path($0.path, in: object.root) }
  }
}

/// The form of a verb for names of which duplicates count once, as `listed` shows them.
package func verb(_ names: [String], _ singular: String, _ plural: String) -> String {
  Phrase.noun(Set(names).count, singular, plural)
}

/// Quoted names for a sentence: `container "a"`, `containers "a", "b" and 3 more`. Duplicates count once.
package func listed(_ singular: String, _ names: [String], plural: String? = nil) -> String {
  var seen = Set<String>()
  let unique = names.filter { seen.insert($0).inserted }
  // What has no name is the only one of its kind.
  if unique == [""] { return "the " + singular }
  let shown = unique.prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
  let rest = unique.count > 4 ? " and \(unique.count - 4) more" : ""
  return (unique.count == 1 ? singular : plural ?? singular + "s") + " " + shown + rest
}
