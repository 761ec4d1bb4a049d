/// The DOT language. Source: Graphviz documentation, "DOT Language".
enum Graphviz {
  /// A quoted ID.
  static func quoted(_ text: String) -> String {
    "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
