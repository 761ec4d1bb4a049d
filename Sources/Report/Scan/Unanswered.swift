import Bytes
import Findings

/// Questions about objects that the input does not answer, put together: checks that lack the same of as many objects are one.
struct Unanswered: Hashable {
  /// Ids of checks, in order; empty: every check.
  let checks: [String]
  /// How many objects each of the checks could not judge.
  let objects: Int
  /// That of the first object.
  let reason: String

  var text: String {
    guard !checks.isEmpty else {
      return "not judged: \(reason)"
        + (objects > 1 ? " (and \(objects - 1) more that the API server would refuse)" : "")
    }
    return "\(Phrase.list(checks, shown: 6)) could not be answered for \(Phrase.count(objects, "object")): \(reason)"
  }

  static func of(_ result: ScanResult) -> [Unanswered] {
    var byCheck: [String: (objects: Int, reason: String)] = [:]
    var refused: (objects: Int, reason: String)?
    for gap in result.notEvaluated where gap.subject != nil {
      guard let check = gap.check?.rawValue else {
        refused = ((refused?.objects ?? 0) + 1, refused?.reason ?? gap.reason)
        continue
      }
      byCheck[check, default: (0, gap.reason)].objects += 1
    }
    let groups = Dictionary(grouping: byCheck) {
      Unanswered(checks: [], objects: $0.value.objects, reason: $0.value.reason)
    }
    let answers = groups.map { gap, checks in
      Unanswered(checks: checks.map(\.key).sorted(), objects: gap.objects, reason: gap.reason)
    }.sorted { $0.checks.lexicographicallyPrecedes($1.checks) }
    return (refused.map { [Unanswered(checks: [], objects: $0.objects, reason: $0.reason)] } ?? []) + answers
  }
}
