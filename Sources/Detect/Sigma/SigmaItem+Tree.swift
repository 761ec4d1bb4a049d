import Bytes

/// What the modifiers of one item have made of a value so far.
private enum Stage {
  case text([SigmaText])
  case plain(SigmaItem.Value)
  case expression(String, flags: String)
  case network(IPRange)
  case compare(FieldTest.Comparison, Double)
  case exists(Bool)
  case reference(String, FieldTest.Placement)
  case time(FieldTest.TimePart, FieldTest.Comparison, Double)

  var kind: String {
    switch self {
    case .text: "text"
    case .plain(.number): "a number"
    case .plain(.flag): "true or false"
    case .plain(.null): "null"
    case .plain(.text): "text"
    case .expression: "a regular expression"
    case .network: "a network"
    case .compare: "a comparison"
    case .exists: "a test of existence"
    case .reference: "a reference"
    case .time: "a part of a date"
    }
  }
}

extension SigmaItem {
  /// All modifiers of Sigma 2.1 and pySigma.
  package static let modifierNames: Set<String> = [
    "all", "base64", "base64offset", "cased", "cidr", "contains", "day", "dotall", "endswith", "exists", "expand",
    "fieldref", "gt", "gte", "hour", "i", "ignorecase", "lt", "lte", "m", "minute", "month", "multiline", "neq", "re",
    "s", "startswith", "utf16", "utf16be", "utf16le", "week", "wide", "windash", "year",
  ]

  /// The tests that the item stands for.
  ///
  /// - Parameters:
  ///   - names: the names under which a field is looked for.
  ///   - placeholders: values of placeholders; without an entry the placeholder is unknown.
  package func tree(
    names: (String) -> FieldNames, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> MatchTree {
    for modifier in modifiers where !Self.modifierNames.contains(modifier) {
      throw fail(.unknownModifier(modifier), line)
    }
    let fields = (renamed ?? [field]).map { $0.isEmpty ? FieldNames.wholeRecord : names($0) }
    let isCased = modifiers.contains("cased")
    var trees: [MatchTree] = []
    for value in values {
      let tests = try tests(value, isCased: isCased, fail)
      trees.append(Self.joined(fields.map { field in Self.joined(tests.map { Self.tree(field, $0) }) }))
    }
    let tree = modifiers.contains("all") ? (trees.count == 1 ? trees[0] : .all(trees)) : Self.joined(trees)
    return modifiers.contains("neq") ? .not(tree) : tree
  }

  private static func joined(_ trees: [MatchTree]) -> MatchTree { trees.count == 1 ? trees[0] : .any(trees) }

  private enum Outcome {
    case test(FieldTest)
    case absent
  }

  private static func tree(_ field: FieldNames, _ outcome: Outcome) -> MatchTree {
    switch outcome {
    case .test(let test): .test(field: field, test)
    case .absent: .not(.test(field: field, .exists))
    }
  }

  private func tests(
    _ value: Value, isCased: Bool, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> [Outcome] {
    var stage: Stage
    if case .text(let text) = value { stage = .text([SigmaText(text)]) } else { stage = .plain(value) }
    for modifier in modifiers { stage = try apply(modifier, to: stage, value, fail) }
    switch stage {
    case .text(let texts):
      return try texts.map { text throws(RuleError) in
        if let name = text.placeholders.first { throw fail(.placeholder(name), line) }
        // A keyword stands anywhere in the record.
        let placed = field.isEmpty ? text.surrounded(before: true, after: true) : text
        return .test(.pattern(placed.pattern(isCased: isCased)))
      }
    case .plain(.null): return [.test(.null)]
    case .plain(let value):
      let text = SigmaText(parts: [.bytes(Array(value.plain.utf8))])
      let placed = field.isEmpty ? text.surrounded(before: true, after: true) : text
      return [.test(.pattern(placed.pattern(isCased: isCased)))]
    case .expression(let source, let flags):
      let text = (flags.isEmpty ? "" : "(?" + flags + ")") + source
      do { _ = try LinearRegex(text) } catch { throw fail(.expression(error.message, pattern: source), line) }
      return [.test(.expression(text))]
    case .network(let range): return [.test(.network(range))]
    case .compare(let comparison, let number): return [.test(.compare(comparison, number))]
    case .exists(let flag): return [flag ? .test(.exists) : .absent]
    case .reference(let field, let placement): return [.test(.field(field, placement, isCased: isCased))]
    case .time(let part, let comparison, let number): return [.test(.time(part, comparison, number))]
    }
  }

  private func apply(
    _ modifier: String, to stage: Stage, _ value: Value, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> Stage {
    func refuse() -> RuleError { fail(.modifier(modifier, on: stage.kind), line) }
    /// Numbers are as good as their digits wherever text is wanted.
    func texts() throws(RuleError) -> [SigmaText] {
      switch stage {
      case .text(let texts): return texts
      case .plain(.number(_, let text)): return [SigmaText(parts: [.bytes(Array(text.utf8))])]
      case .plain(.flag(let flag)): return [SigmaText(flag ? "true" : "false")]
      default: throw refuse()
      }
    }
    func number() throws(RuleError) -> Double {
      switch stage {
      case .plain(.number(let number, _)): return number
      case .text: if let number = Double(value.plain) { return number }
      default: break
      }
      throw refuse()
    }
    switch modifier {
    case "all", "neq", "cased": return stage
    case "contains", "startswith", "endswith":
      let placement: FieldTest.Placement =
        modifier == "contains" ? .anywhere : modifier == "startswith" ? .start : .end
      switch stage {
      case .reference(let name, _): return .reference(name, placement)
      case .expression(let source, let flags):
        switch placement {
        case .start: return .expression("^(?:" + source + ")", flags: flags)
        case .end: return .expression("(?:" + source + ")$", flags: flags)
        default: return stage
        }
      default:
        return .text(try texts().map { $0.surrounded(before: placement != .start, after: placement != .end) })
      }
    case "base64", "base64offset":
      var made: [SigmaText] = []
      for text in try texts() {
        guard let bytes = text.literal else { throw fail(.modifier(modifier, on: "text with wildcards"), line) }
        if modifier == "base64" {
          made.append(SigmaText(parts: [.bytes(Array(Base64.encode(bytes).utf8))]))
        } else {
          made += SigmaText.base64Offsets(bytes)
        }
      }
      return .text(made)
    case "utf16le", "wide": return .text(try texts().map { $0.utf16(bigEndian: false, mark: false) })
    case "utf16be": return .text(try texts().map { $0.utf16(bigEndian: true, mark: false) })
    case "utf16": return .text(try texts().map { $0.utf16(bigEndian: false, mark: true) })
    case "windash":
      var made: [SigmaText] = []
      for text in try texts() {
        guard let variants = text.dashVariants else {
          throw fail(.tooLarge("the number of variants of `windash`"), line)
        }
        made += variants
      }
      return .text(made)
    case "expand": return .text(try texts().map(\.withPlaceholders))
    case "re":
      // The expression as it was written, before wildcards and escapes.
      switch value {
      case .text(let text): return .expression(text, flags: "")
      case .number(_, let text): return .expression(text, flags: "")
      default: throw refuse()
      }
    case "i", "ignorecase", "m", "multiline", "s", "dotall":
      guard case .expression(let source, let flags) = stage else { throw refuse() }
      let letter =
        modifier == "ignorecase" ? "i" : modifier == "multiline" ? "m" : modifier == "dotall" ? "s" : modifier
      return .expression(source, flags: flags.contains(letter) ? flags : flags + letter)
    case "cidr":
      guard case .text(let text) = value, let range = IPRange(cidr: text) else {
        throw fail(.modifier(modifier, on: "what is no network: \(value.plain)"), line)
      }
      return .network(range)
    case "lt", "lte", "gt", "gte":
      guard let comparison = FieldTest.Comparison(rawValue: modifier) else { throw refuse() }
      if case .time(let part, _, let number) = stage { return .time(part, comparison, number) }
      return .compare(comparison, try number())
    case "minute", "hour", "day", "week", "month", "year":
      guard let part = FieldTest.TimePart(rawValue: modifier) else { throw refuse() }
      if case .compare(let comparison, let number) = stage { return .time(part, comparison, number) }
      return .time(part, .equal, try number())
    case "exists":
      switch value {
      case .flag(let flag): return .exists(flag)
      case .text(let text) where ["true", "yes"].contains(text.lowercased()): return .exists(true)
      case .text(let text) where ["false", "no"].contains(text.lowercased()): return .exists(false)
      default: throw refuse()
      }
    case "fieldref":
      guard case .text(let text) = value else { throw refuse() }
      if case .text(let made) = stage, let first = made.first {
        let placement: FieldTest.Placement =
          switch (first.parts.first == .many, first.parts.last == .many) {
          case (true, true): .anywhere
          case (true, false): .end
          case (false, true): .start
          case (false, false): .whole
          }
        return .reference(text, placement)
      }
      return .reference(text, .whole)
    default: throw fail(.unknownModifier(modifier), line)
    }
  }
}
