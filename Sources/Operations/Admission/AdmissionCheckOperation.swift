package import Admission
import Collect
package import Kube
package import Report

/// Objects against policies (`admission check`, `admission audit`).
package enum AdmissionCheckOperation {
  /// Objects that one task judges before it looks whether it was stopped.
  private static let portion = 256

  /// - Parameter objects: all of them are judged, policies among them left out.
  package static func run(
    _ objects: [KubeObject], _ input: AdmissionInput, _ sender: ObjectVerdicts.Sender, sources: [String],
    toolVersion: String
  ) async throws -> PolicyVerdictsAnswer {
    let judge = input.judge
    let portions = stride(from: 0, to: objects.count, by: portion).map {
      objects[$0..<min($0 + portion, objects.count)]
    }
    let parts = await Parallel.map(Array(portions.indices), width: Processors.count) { index in
      var verdicts = ObjectVerdicts()
      for object in portions[index] {
        if Task.isCancelled { break }
        verdicts.judge(object, judge, sender)
      }
      return verdicts
    }
    try Task.checkCancellation()
    var verdicts = ObjectVerdicts()
    for part in parts { verdicts.add(part) }
    return PolicyVerdictsAnswer(verdicts, input.policies, sources: sources, toolVersion: toolVersion)
  }
}
