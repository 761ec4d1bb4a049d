import Access
import Bytes
import Depth
package import Findings
import Images
package import Kube
package import PodSecurity
import Reach

/// One question that Bartizan asks of a cluster. Conform to `WorkloadCheck` or `ObjectCheck`, and add one line to
/// `CheckCatalogue`; `docs/how-to/add-a-check.md` walks through it.
package protocol Check: Sendable {
  var metadata: CheckMetadata { get }
}

extension Check {
  /// Kinds that must have been listed, all of them, before this check may say *pass*.
  package var needs: Set<GroupKind> {
    var needs = Set(metadata.absenceOf + metadata.reads)
    if let check = self as? any ObjectCheck { needs.formUnion(check.kinds) }
    if self is any WorkloadCheck { needs.formUnion(PodTemplateCatalogue.kinds) }
    return needs
  }
}

/// A check of everything that makes pods.
package protocol WorkloadCheck: Check {
  func examine(_ workload: Workload, _ context: CheckContext) -> Outcome
}

/// A check of single objects of certain kinds.
package protocol ObjectCheck: Check {
  var kinds: [GroupKind] { get }
  func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome
}

/// What a check says of one object.
package enum Outcome: Sendable {
  case pass
  case fail(Failure)
  /// The question makes no sense for this object: a Windows pod has no seccomp profile.
  case notApplicable
  /// The question makes sense, and the input does not hold the answer.
  case notEvaluated(String)

  package static func fail(
    _ message: String, _ evidence: [Evidence], severity: Severity? = nil, fix: Fix? = nil, cause: String? = nil,
    why: String? = nil
  ) -> Outcome {
    .fail(Failure(message: message, evidence: evidence, severity: severity, fix: fix, cause: cause, why: why))
  }

  /// Fails when there is any evidence, with a message made from it.
  package static func failing(
    on evidence: [Evidence], _ message: @autoclosure () -> String, fix: @autoclosure () -> Fix? = nil
  ) -> Outcome {
    evidence.isEmpty ? .pass : .fail(message(), evidence, fix: fix())
  }
}

package struct Failure: Sendable {
  package let message: String
  /// At least one; the first is where the finding is shown.
  package let evidence: [Evidence]
  /// Overrides the check's own severity.
  package let severity: Severity?
  package let fix: Fix?
  package let cause: String?
  /// Why it is within reach here, whatever else is.
  package let why: String?

  package init(
    message: String, evidence: [Evidence], severity: Severity? = nil, fix: Fix? = nil, cause: String? = nil,
    why: String? = nil
  ) {
    self.fix = fix
    self.cause = cause
    self.why = why
    self.message = message
    self.evidence = evidence
    self.severity = severity
  }
}

/// `container "a"`, `containers "a", "b" and 3 more`: names in a sentence.
package func listed(_ singular: String, _ names: [String], plural: String? = nil) -> String {
  var seen = Set<String>()
  let unique = names.filter { seen.insert($0).inserted }
  let shown = unique.prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
  let rest = unique.count > 4 ? " and \(unique.count - 4) more" : ""
  return (unique.count == 1 ? singular : plural ?? singular + "s") + " " + shown + rest
}
