import Findings

/// What a result does not rest on, a line each, for formats that have one place for all of it.
enum Unseen {
  static func lines(_ result: ScanResult) -> [String] {
    Refusals.of(result).map(\.reason)
      + result.problems.filter(\.hidesInput).map { "\($0.location.text): \($0.message)" }
      + Unanswered.of(result).map(\.text)
  }
}
