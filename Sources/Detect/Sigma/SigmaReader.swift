package import Bytes
import Findings

/// Reads Sigma documents: rules, correlations and filters.
package enum SigmaReader {
  /// One document of a file of rules.
  package enum Document: Sendable {
    case rule(SigmaRule)
    case correlation(SigmaCorrelation)
    case filter(SigmaFilter)
  }

  /// - Returns: nil for a document that is none of Sigma's.
  package static func read(_ node: DocumentNode, file: String) throws(RuleError) -> Document? {
    let fail = { (reason: RuleError.Reason, line: Int) in
      RuleError(reason, at: Location(file: file, line: line))
    }
    if let twice = SigmaKeys.repeated(in: node) { throw fail(.duplicate(twice.key), Int(twice.line)) }
    if let key = SigmaKeys.misspelled(in: node) { throw fail(.unknownKey(key.name, nearest: key.nearest), key.line) }
    if let detection = node["detection"] {
      let info = try info(node, file, fail)
      guard node["logsource"] != nil else { throw fail(.missing("logsource"), Int(node.line)) }
      var rule = SigmaRule(info: info, detections: try SigmaDetections(detection, fail))
      for (index, exception) in (node["exceptions"]?.elements ?? []).enumerated() {
        let line = Int(exception.line)
        guard let reason = exception["reason"]?.text, !reason.isEmpty else { throw fail(.missing("reason"), line) }
        guard let match = exception["match"] else { throw fail(.missing("match"), line) }
        let expires = exception["expires"]?.text
        if let expires, CalendarDate(expires) == nil { throw fail(.wrong("expires", is: "no date (YYYY-MM-DD)"), line) }
        let name = "exception-\(index + 1)"
        rule.info.exceptions.append(RuleException(reason: reason, expires: expires, detection: name))
        rule.exceptions.append(
          SigmaDetections.Named(name: name, node: try SigmaDetections.node(match, name, fail, depth: 0)))
      }
      return .rule(rule)
    }
    if let correlation = node["correlation"] {
      return .correlation(try self.correlation(node, correlation, file, fail))
    }
    if let filter = node["filter"] { return .filter(try self.filter(node, filter, file, fail)) }
    return nil
  }

  private static func info(
    _ node: DocumentNode, _ file: String, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> RuleInfo {
    let line = Int(node.line)
    guard let title = node["title"]?.text, !title.isEmpty else { throw fail(.missing("title"), line) }
    let name = node["name"]?.text
    var info = RuleInfo(
      id: node["id"]?.text ?? name ?? title, title: title, location: Location(file: file, line: line))
    info.name = name
    info.description = node["description"]?.text ?? ""
    info.status = node["status"]?.text ?? ""
    info.author = node["author"]?.text ?? ""
    info.date = node["date"]?.text ?? ""
    info.modified = node["modified"]?.text ?? ""
    info.references = texts(node["references"])
    info.falsePositives = texts(node["falsepositives"])
    info.tags = texts(node["tags"])
    info.fields = texts(node["fields"])
    info.message = node["message"]?.text ?? ""
    if let level = node["level"] {
      switch level.text?.lowercased() {
      case "informational": info.severity = .info
      case let name?:
        guard let severity = Severity(name: name) else {
          throw fail(
            .wrong("level", is: "`\(name)`; known are informational, low, medium, high, critical"), Int(level.line))
        }
        info.severity = severity
      case nil: throw fail(.wrong("level", is: "no text"), Int(level.line))
      }
    }
    if let source = node["logsource"] {
      guard source.mapping != nil else { throw fail(.wrong("logsource", is: "no mapping"), Int(source.line)) }
      info.logSource = LogSource(
        product: source["product"]?.text, category: source["category"]?.text, service: source["service"]?.text)
    }
    return info
  }

  /// The texts of a list, or of a single value.
  private static func texts(_ node: DocumentNode?) -> [String] {
    guard let node else { return [] }
    if let list = node.array { return list.compactMap(\.text) }
    return node.text.map { [$0] } ?? []
  }

  private static func correlation(
    _ node: DocumentNode, _ body: DocumentNode, _ file: String, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> SigmaCorrelation {
    let line = Int(body.line)
    var info = try info(node, file, fail)
    guard let type = body["type"]?.text else { throw fail(.missing("type"), line) }
    guard let kind = SigmaCorrelation.Kind(rawValue: type) else {
      let known = SigmaCorrelation.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw fail(.wrong("type", is: "`\(type)`; known are \(known)"), line)
    }
    info.isSequence = kind == .temporalOrdered || kind == .temporalOrderedExtended
    let rules = try names(body, "rules", fail)
    let groupBy = try names(body, "group-by", fail)
    var condition: SigmaCondition?
    var bounds: [SigmaCorrelation.Bound] = []
    var fields: [String] = []
    var percentile = 50.0
    if let node = body["condition"] {
      if let text = node.string {
        do { condition = try SigmaCondition(text) } catch { throw fail(error.reason, Int(node.line)) }
      } else {
        guard let mapping = node.mapping else { throw fail(.wrong("condition", is: "no mapping"), Int(node.line)) }
        for entry in mapping.entries {
          switch entry.key {
          case "field": fields = texts(entry.value)
          case "percentile": percentile = try number(entry.value, "percentile", fail)
          default:
            guard let comparison = FieldTest.Comparison(rawValue: entry.key) else {
              throw fail(
                .wrong("condition", is: "with `\(entry.key)`; known are gt, gte, lt, lte, eq, neq"), Int(entry.line))
            }
            bounds.append(
              SigmaCorrelation.Bound(comparison: comparison, number: try number(entry.value, entry.key, fail)))
          }
        }
      }
    }
    guard !rules.isEmpty || !(condition?.names.isEmpty ?? true) else { throw fail(.missing("rules"), line) }
    if let condition {
      for pattern in condition.patterns where !condition.finds(pattern, in: rules) {
        throw fail(.undefined(pattern), Int(body["condition"]?.line ?? body.line))
      }
    }
    guard let span = body["timespan"]?.text else { throw fail(.missing("timespan"), line) }
    guard let timespan = nanoseconds(span) else {
      throw fail(.wrong("timespan", is: "`\(span)`; write a number with s, m, h or d"), line)
    }
    switch kind {
    case .eventCount where bounds.isEmpty: throw fail(.missing("condition"), line)
    case .valueCount, .valueSum, .valueAverage, .valuePercentile, .valueMedian:
      if bounds.isEmpty { throw fail(.missing("condition"), line) }
      if fields.isEmpty { throw fail(.missing("condition.field"), line) }
    default: break
    }
    guard (0...100).contains(percentile) else { throw fail(.wrong("percentile", is: "not between 0 and 100"), line) }
    return SigmaCorrelation(
      info: info, kind: kind, rules: rules, groupBy: groupBy,
      aliases: (body["aliases"]?.entries ?? []).map { alias in
        (alias.key, alias.value.entries.compactMap { entry in entry.value.text.map { (entry.key, $0) } })
      }, timespan: timespan, bounds: bounds, fields: fields, percentile: percentile, condition: condition,
      generates: (body["generate"] ?? node["generate"])?.bool ?? false)
  }

  /// The names under a key, which may be absent. A list that holds nothing, or something else than names, is none: without what
  /// it should name the rule would be another one.
  private static func names(
    _ body: DocumentNode, _ key: String, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> [String] {
    guard let node = body[key] else { return [] }
    let line = Int(node.line)
    guard let list = node.array else {
      guard let text = node.text, !text.isEmpty else { throw fail(.wrong(key, is: "empty"), line) }
      return [text]
    }
    guard !list.isEmpty else { throw fail(.wrong(key, is: "empty"), line) }
    var names: [String] = []
    for element in list {
      guard let text = element.text, !text.isEmpty else {
        throw fail(.wrong(key, is: "a list with something else than names"), Int(element.line))
      }
      names.append(text)
    }
    return names
  }

  private static func number(
    _ node: DocumentNode, _ name: String, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> Double {
    switch node.content {
    case .int(let number): return Double(number)
    case .double(let number) where number.isFinite: return number
    default: throw fail(.wrong(name, is: "no number"), Int(node.line))
    }
  }

  /// `15s`, `5m`, `1h`, `7d` in nanoseconds; nil for anything else.
  package static func nanoseconds(_ text: String) -> Int64? {
    guard let unit = text.last, let count = Int64(text.dropLast()), count > 0 else { return nil }
    let seconds: Int64
    switch unit {
    case "s": seconds = 1
    case "m": seconds = 60
    case "h": seconds = 3_600
    case "d": seconds = 86_400
    case "w": seconds = 604_800
    default: return nil
    }
    let (whole, overflow) = count.multipliedReportingOverflow(by: seconds * 1_000_000_000)
    // Beyond three years no log is kept in memory.
    return overflow || whole > 100_000_000_000_000_000 ? nil : whole
  }

  private static func filter(
    _ node: DocumentNode, _ body: DocumentNode, _ file: String, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> SigmaFilter {
    let info = try info(node, file, fail)
    let rules = texts(body["rules"])
    guard !rules.isEmpty else { throw fail(.missing("filter.rules"), Int(body.line)) }
    let members = Mapping((body.mapping?.entries ?? []).filter { $0.key != "rules" })
    let detections = try SigmaDetections(body.with(.object(members)), fail)
    return SigmaFilter(info: info, rules: rules, detections: detections)
  }
}

extension SigmaDetections {
  /// The conditions over all detections, with the fields under the names of a log source.
  package func tree(
    _ source: LogSource, line: Int, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> MatchTree {
    var trees: [(name: String, tree: MatchTree)] = []
    for detection in named { trees.append((detection.name, try detection.node.tree(source, fail))) }
    var conditions: [MatchTree] = []
    for text in self.conditions {
      do {
        conditions.append(try SigmaCondition(text).tree(trees))
      } catch {
        throw fail(error.reason, line)
      }
    }
    return conditions.count == 1 ? conditions[0] : .any(conditions)
  }
}

extension SigmaDetections.Node {
  package func tree(
    _ source: LogSource, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> MatchTree {
    switch self {
    case .item(let item): return try item.tree(names: { FieldTaxonomy.names($0, source) }, fail)
    case .constant(let value): return .constant(value)
    case .all(let nodes):
      var trees: [MatchTree] = []
      for node in nodes { trees.append(try node.tree(source, fail)) }
      return .all(trees)
    case .any(let nodes):
      var trees: [MatchTree] = []
      for node in nodes { trees.append(try node.tree(source, fail)) }
      return .any(trees)
    }
  }
}
