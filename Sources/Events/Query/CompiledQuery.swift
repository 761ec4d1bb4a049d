package import Bytes

/// A query compiled for evaluation on millions of events.
package struct CompiledQuery: Sendable {
  indirect enum Node: Sendable {
    case all
    case none
    case and([Node])
    case or([Node])
    case not(Node)
    case test(FieldReference, ValueTest)
    /// Any field whose name fits.
    case names([[UInt8]], [FieldReference], ValueTest)
    /// Elements of a list.
    case nested(PathPlan, Node)
    case free(WordSequence)
    case freeWildcard(FreeWildcard)
  }

  package let node: QueryNode
  let root: Node
  /// What a block of events must contain for any of them to match.
  package let requirement: QueryRequirement
  /// The range of time outside of which no event matches.
  package let time: TimeRange
  /// Whether what matches an event without its secrets also matches the event with them.
  private let isBlindToMask: Bool
  /// Whether nothing that is asked for can be a secret.
  private let asksNoSecret: Bool

  /// - Parameter now: what `now` stands for in the query.
  /// - Throws: `QueryError` for a comparison that makes no sense.
  package init(_ node: QueryNode, now: Timestamp) throws(QueryError) {
    self.node = node
    root = try Self.compile(node, now, isNested: false)
    requirement = QueryRequirement.of(root)
    time = Self.time(root)
    isBlindToMask = Self.isBlindToMask(root)
    asksNoSecret = Self.asksNoSecret(root)
  }

  package init(_ text: String, now: Timestamp) throws(QueryError) {
    try self.init(try QueryParser.parse(text), now: now)
  }

  // MARK: Compiling

  /// Refuses a value that a field can never have, which would find nothing without a word.
  private static func check(
    _ name: QueryNode.Name, _ value: QueryNode.Value, _ isNested: Bool
  ) throws(QueryError) {
    let column = max(1, name.column)
    if let foreign = ForeignSyntax(of: value) { throw QueryError(.foreign(foreign), column: column) }
    guard !isNested, !name.hasWildcard, let type = FieldID(name: name.text)?.type else { return }
    let words: [String]
    switch value {
    case .wildcard: return
    case .phrase(let text): words = [text]
    case .words(let text): words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    let isWrong =
      switch type {
      case .integer, .number: words.contains { Double($0) == nil }
      // What looks like an address or a network, and is none.
      case .address:
        words.contains { word in
          word.contains { $0 == "." || $0 == ":" || $0 == "/" }
            && word.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" || $0 == "/" } && IPRange(cidr: word) == nil
        }
      default: false
      }
    if isWrong {
      throw QueryError(.notComparable(field: name.text, value: words.joined(separator: " ")), column: column)
    }
  }

  private static func compile(_ node: QueryNode, _ now: Timestamp, isNested: Bool) throws(QueryError) -> Node {
    switch node {
    case .all: return .all
    case .and(let nodes):
      var made: [Node] = []
      for node in nodes { made.append(try compile(node, now, isNested: isNested)) }
      return .and(made)
    case .or(let nodes):
      var made: [Node] = []
      for node in nodes { made.append(try compile(node, now, isNested: isNested)) }
      return .or(made)
    case .not(let node): return .not(try compile(node, now, isNested: isNested))
    case .field(let name, let value):
      try check(name, value, isNested)
      return test(name, isNested) { ValueTest(value, type: $0, now: now) }
    case .exists(let name):
      return test(name, isNested) { _ in .exists() }
    case .range(let name, let comparison, let text):
      let type = isNested ? nil : FieldID(name: name.text)?.type
      let test = ValueTest(text: text, kind: .range(comparison), type: type, now: now, isPhrase: true)
      let isWrong =
        switch type {
        case .integer, .number: test.number == nil
        case .date: test.moment == nil
        case .address: test.network == nil
        case .flag, .object, .text: true
        default: false
        }
      if isWrong { throw QueryError(.notComparable(field: name.text, value: text), column: max(1, name.column)) }
      return self.test(name, isNested) { _ in test }
    case .nested(let name, let inner):
      return .nested(PathPlan(name.text), try compile(inner, now, isNested: true))
    case .free(.words(let text)):
      let words = Tokens.of(text)
      // Only separators: nothing to look for, as an analyzer would have it.
      if words.isEmpty { return .none }
      // Words that hang together (an address, a path) are one term.
      let terms = text.split(whereSeparator: \.isWhitespace).map { WordSequence(String($0)) }.filter {
        !$0.words.isEmpty
      }
      return terms.count == 1 ? .free(terms[0]) : .or(terms.map { .free($0) })
    case .free(.phrase(let text)):
      let phrase = WordSequence(text)
      return phrase.words.isEmpty ? .none : .free(phrase)
    case .free(.wildcard(let pieces)): return .freeWildcard(FreeWildcard(pieces))
    }
  }

  private static func test(
    _ name: QueryNode.Name, _ isNested: Bool, _ make: (FieldID.ValueType?) -> ValueTest
  ) -> Node {
    guard name.hasWildcard else {
      let reference = FieldReference(name.text)
      return .test(reference, make(isNested ? nil : reference.field?.type))
    }
    let pieces = name.pieces.map { Array($0.utf8) }
    let fields = FieldID.allCases.filter { field in
      let bytes = Array(field.name.utf8)
      return ValueTest.matches(bytes.span, pieces)
    }
    return .names(pieces, fields.map { FieldReference($0.name) }, make(nil))
  }

  /// The span outside of which nothing matches.
  private static func time(_ node: Node) -> TimeRange {
    switch node {
    case .and(let nodes):
      var range = TimeRange()
      for node in nodes {
        let other = time(node)
        if let since = other.since { range.since = max(range.since ?? since, since) }
        if let until = other.until { range.until = min(range.until ?? until, until) }
      }
      return range
    case .or(let nodes):
      let ranges = nodes.map(time)
      guard !ranges.isEmpty else { return TimeRange() }
      return TimeRange(
        since: ranges.contains { $0.since == nil } ? nil : ranges.compactMap(\.since).min(),
        until: ranges.contains { $0.until == nil } ? nil : ranges.compactMap(\.until).max())
    case .test(let reference, let test):
      guard case .column(.timestamp) = reference.target, let time = test.time else { return TimeRange() }
      switch test.kind {
      case .equals: return time
      case .range(.less): return TimeRange(until: time.since)
      case .range(.lessOrEqual): return TimeRange(until: time.until)
      case .range(.greater): return TimeRange(since: time.until)
      case .range(.greaterOrEqual): return TimeRange(since: time.since)
      default: return TimeRange()
      }
    default: return TimeRange()
    }
  }

  // MARK: Asking

  package func matches(_ event: Event) -> Bool { Self.holds(root, event) }

  /// Whether an event matches as it is shown: without its secrets.
  package func matchesMasked(_ event: Event) -> Bool {
    if asksNoSecret { return matches(event) }
    // Hiding costs many times what asking does, and nearly all events are done with here.
    if isBlindToMask, !matches(event) { return false }
    return matches(event.masked())
  }

  /// The verdict over all events of a dataset; nil where it is another one for each.
  package func verdict(on dataset: Dataset) -> Bool? { Self.verdict(root, dataset) }

  private static func verdict(_ node: Node, _ dataset: Dataset) -> Bool? {
    switch node {
    case .all: return true
    case .none: return false
    case .and(let nodes):
      let verdicts = nodes.map { verdict($0, dataset) }
      return verdicts.contains(false) ? false : verdicts.contains(nil) ? nil : true
    case .or(let nodes):
      let verdicts = nodes.map { verdict($0, dataset) }
      return verdicts.contains(true) ? true : verdicts.contains(nil) ? nil : false
    case .not(let node): return verdict(node, dataset).map { !$0 }
    case .test(let reference, let test):
      guard case .column(.dataset) = reference.target else { return nil }
      // Where it does not fit, the original may have a field of that name.
      return test.matches(.text(dataset.rawValue)) ? true : nil
    case .names, .nested, .free, .freeWildcard: return nil
    }
  }

  /// What is hidden can make a test hold that did not before only where the test is for the mark itself.
  private static func isBlindToMask(_ node: Node) -> Bool {
    switch node {
    case .all, .none: return true
    // Words that a secret stands between follow each other once it is hidden.
    case .free(let phrase): return phrase.words.count == 1
    case .not, .names, .nested, .freeWildcard: return false
    case .and(let nodes), .or(let nodes): return nodes.allSatisfy(isBlindToMask)
    case .test(_, let test):
      switch test.kind {
      case .exists: return true
      case .equals: return !test.text.contains("*") && test.phrases.allSatisfy { $0.words.count <= 1 }
      case .wildcard, .range: return false
      }
    }
  }

  private static func asksNoSecret(_ node: Node) -> Bool {
    switch node {
    case .all, .none: return true
    case .and(let nodes), .or(let nodes): return nodes.allSatisfy(asksNoSecret)
    case .not(let node): return asksNoSecret(node)
    case .test(let reference, _):
      // It is always there: the original is never asked instead.
      if case .column(.dataset) = reference.target { return true } else { return false }
    case .names, .nested, .free, .freeWildcard: return false
    }
  }

  private static func holds(_ node: Node, _ event: Event) -> Bool {
    switch node {
    case .all: return true
    case .none: return false
    case .and(let nodes): return nodes.allSatisfy { holds($0, event) }
    case .or(let nodes): return nodes.contains { holds($0, event) }
    case .not(let node): return !holds(node, event)
    case .test(let reference, let test): return holds(reference, test, event)
    case .names(let pieces, let fields, let test):
      return fields.contains { holds($0, test, event) } || holds(pieces, test, event)
    case .nested(let path, let inner):
      var isFound = false
      event.eachValue(at: path) { bytes, range, kind in
        guard kind == .object else { return true }
        isFound = holds(inner, bytes, range)
        return !isFound
      }
      return isFound
    case .free(let phrase):
      return event.eachText { phrase.isIn($0, isJSON: $1) }
    case .freeWildcard(let wildcard):
      return event.eachText { wildcard.isIn($0, isJSON: $1) }
    }
  }

  private static func holds(_ reference: FieldReference, _ test: ValueTest, _ event: Event) -> Bool {
    switch reference.target {
    case .column(let column):
      if column.isText {
        if let isMatch = event.withBytes(column, { test.matches(text: $0) }) { return isMatch }
      } else {
        let values = event.values(column.field)
        if !values.isEmpty { return values.contains { test.matches($0) } }
      }
    case .field(let field):
      let values = event.values(field)
      if !values.isEmpty { return values.contains { test.matches($0) } }
    case .path: break
    }
    return holds(reference.path, test, event)
  }

  private static func holds(_ path: PathPlan, _ test: ValueTest, _ event: Event) -> Bool {
    var isFound = false
    event.eachValue(at: path) { bytes, range, kind in
      isFound = holds(test, bytes, range, kind)
      return !isFound
    }
    return isFound
  }

  private static func holds(
    _ test: ValueTest, _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind
  ) -> Bool {
    guard kind == .escaped else { return test.matches(bytes.extracting(range), kind) }
    var text: [UInt8] = []
    JSONScan.unescape(bytes, range, into: &text)
    return test.matches(text: text.span)
  }

  /// Any native field whose name fits.
  private static func holds(_ pieces: [[UInt8]], _ test: ValueTest, _ event: Event) -> Bool {
    var isFound = false
    event.eachLayer { mapping, payload, _ in
      event.withBytes(payload) { bytes in
        mapping.eachNative(bytes, header: event.batch.header, options: event.batch.options) {
          path, bytes, range, kind in
          for alias in mapping.aliases.map(\.prefix) + [""] {
            let name = Array((alias.isEmpty ? path : alias + "." + path).utf8)
            if ValueTest.matches(name.span, pieces), holds(test, bytes, range, kind) {
              isFound = true
              return false
            }
          }
          return true
        }
      }
      return !isFound
    }
    return isFound
  }

  /// Within one element of a list.
  private static func holds(_ node: Node, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    switch node {
    case .all: return true
    case .none: return false
    case .and(let nodes): return nodes.allSatisfy { holds($0, bytes, range) }
    case .or(let nodes): return nodes.contains { holds($0, bytes, range) }
    case .not(let node): return !holds(node, bytes, range)
    case .test(let reference, let test):
      return holds(Array(reference.name.utf8), bytes, range) { holds(test, $0, $1, $2) }
    case .nested(let path, let inner):
      return holds(Array(path.path.utf8), bytes, range) { $2 == .object && holds(inner, $0, $1) }
    case .names(let pieces, _, let test):
      var isFound = false
      Mapping.eachValue(bytes, range, .object, "") { path, value, kind in
        let name = Array(path.utf8)
        isFound = ValueTest.matches(name.span, pieces) && holds(test, bytes, value, kind)
        return !isFound
      }
      return isFound
    case .free(let phrase): return phrase.isIn(bytes.extracting(range), isJSON: true)
    case .freeWildcard(let wildcard): return wildcard.isIn(bytes.extracting(range), isJSON: true)
    }
  }

  private static func holds(
    _ path: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>,
    _ body: (Span<UInt8>, Range<Int>, JSONScan.Kind) -> Bool
  ) -> Bool {
    var isFound = false
    JSONPath.values(bytes, range, .object, path: path.span) { value, kind in
      isFound = body(bytes, Extractor.inner(value, kind), kind)
      return !isFound
    }
    return isFound
  }
}

extension Event {
  /// Visits the texts that free terms search: the original, and texts in it with another spelling.
  func eachText(_ body: (_ text: Span<UInt8>, _ isJSON: Bool) -> Bool) -> Bool {
    let outermost =
      record.layers.first.map { MappingCatalogue.all[Int(batch.layers[Int($0)].mapping)].isObject } ?? false
    if withOriginal({ body($0, outermost) }) { return true }
    for place in record.layers.dropFirst() {
      let layer = batch.layers[Int(place)]
      guard layer.payload.isMade else { continue }
      if withBytes(layer.payload, { body($0, MappingCatalogue.all[Int(layer.mapping)].isObject) }) { return true }
    }
    return eachSpelledText(body)
  }

  /// Visits values that are spelled differently in the original, such as hexadecimal arguments or derived values.
  private func eachSpelledText(_ body: (_ text: Span<UInt8>, _ isJSON: Bool) -> Bool) -> Bool {
    for place in record.layers {
      let layer = batch.layers[Int(place)]
      let mapping = MappingCatalogue.all[Int(layer.mapping)]
      guard case .line(let parse) = mapping.form, mapping.place != MappingCatalogue.text else { continue }
      var parts = LineParts()
      withBytes(layer.payload) { _ = mapping.parseLine($0, batch.header, batch.options, parse, &parts) }
      let scratch = parts.scratch
      for part in parts.parts where part.isScratch {
        if body(scratch.span.extracting(part.value), false) { return true }
      }
    }
    return false
  }
}

extension Mapping {
  /// Visits every value of a record with its path.
  func eachNative(
    _ bytes: Span<UInt8>, header: [String], options: DecodeOptions,
    _ body: (String, Span<UInt8>, Range<Int>, JSONScan.Kind) -> Bool
  ) {
    switch form {
    case .object:
      Self.eachValue(bytes, 0..<bytes.count, .object, "") { body($0, bytes, $1, $2) }
    case .line(let parse):
      var parts = LineParts()
      guard parseLine(bytes, header, options, parse, &parts) else { return }
      let scratch = parts.scratch
      for part in parts.parts {
        let name = scratch.span.text(part.key)
        let goesOn =
          part.isScratch ? body(name, scratch.span, part.value, .string) : body(name, bytes, part.value, .string)
        guard goesOn else { return }
      }
    }
  }

  @discardableResult
  static func eachValue(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, _ path: String, levels: Int = 0,
    _ body: (String, Range<Int>, JSONScan.Kind) -> Bool
  ) -> Bool {
    guard levels < JSONScan.mostLevels else { return true }
    var goesOn = true
    switch kind {
    case .object:
      _ = JSONScan.members(bytes, range.lowerBound) { member in
        let key = bytes.text(member.key)
        goesOn = eachValue(
          bytes, member.value, member.kind, path.isEmpty ? key : path + "." + key, levels: levels + 1, body)
        return goesOn
      }
    case .array:
      _ = JSONScan.elements(bytes, range.lowerBound) { element, kind in
        goesOn = eachValue(bytes, element, kind, path, levels: levels + 1, body)
        return goesOn
      }
    case .none: break
    default: goesOn = body(path, Extractor.inner(range, kind), kind)
    }
    return goesOn
  }
}
