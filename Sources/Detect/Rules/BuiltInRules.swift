import DetectionRules

/// The rules that come with the program.
package enum BuiltInRules {
  /// Rules, in the order of their names.
  package static let sources: [RuleSet.Source] = all.filter { !$0.path.hasSuffix(".test.yml") }

  /// Unit tests of the rules, each beside the rule whose name it bears.
  package static let tests: [RuleSet.Source] = all.filter { $0.path.hasSuffix(".test.yml") }

  private static let all: [RuleSet.Source] = (0..<bartizan_rule_count()).compactMap { index in
    guard let name = bartizan_rule_name(index), let text = bartizan_rule_text(index) else { return nil }
    let bytes = UnsafeBufferPointer(start: text, count: bartizan_rule_size(index))
    return RuleSet.Source(path: "built-in/" + String(cString: name), bytes: Array(bytes))
  }
}
