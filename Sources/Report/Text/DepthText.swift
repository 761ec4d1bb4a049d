import Depth

/// Depths in the words of tables.
enum DepthText {
  /// `2`; `1 to 2` where the input does not tell; `none` where nothing leads there; `at most 4` where the search was cut off.
  static func text(_ answer: DepthField.Answer) -> String {
    guard let depth = answer.depth else { return "no path" }
    let known = depth.isExact ? "\(depth.upper)" : "\(depth.lower) to \(depth.upper)"
    guard answer.certain != answer.depth else { return known }
    guard let certain = answer.certain else { return "\(depth.lower) or no path" }
    return certain.upper == depth.upper ? known : "\(depth.lower) to \(certain.upper)"
  }

  /// The path in one line.
  static func line(_ path: DepthPath) -> String {
    path.stations.map(\.text).joined(separator: " → ")
  }
}
