import Depth

/// Depths in the words of tables.
enum DepthText {
  /// What a range means.
  static let doubt =
    "Where there are two numbers, the input leaves something open: the first counts every step that may exist, the second only those that do. `bartizan depth explain TARGET` says what is not known."

  /// `2`; `1 to 2` where the input does not tell, or the search was cut off; `no path` where nothing leads there.
  ///
  /// - Parameter isWhole: whether everything was seen: what leads there may be among what was not.
  static func text(_ answer: DepthField.Answer, isWhole: Bool) -> String {
    guard let depth = answer.depth else { return isWhole ? "no path" : "unknown" }
    let known = depth.isExact ? "\(depth.upper)" : "\(depth.lower) to \(depth.upper)"
    guard answer.certain != answer.depth else { return known }
    guard let certain = answer.certain else { return "\(depth.lower) or no path" }
    return certain.upper == depth.upper ? known : "\(depth.lower) to \(certain.upper)"
  }

  /// What mending something gives.
  static func gain(_ controls: Int) -> String {
    controls >= DepthGraph.unreachable - 2
      ? "without it nothing leads there any more"
      : "takes away \(controls) of the controls before what matters"
  }

  /// The path in one line.
  static func line(_ path: DepthPath) -> String {
    path.stations.map(\.text).joined(separator: " → ")
  }
}
