package import Bytes
import Findings

/// Falco rules that were read: those for events of the API server are evaluated, those for system calls are known by
/// name.
package struct FalcoRuleSet: Sendable {
  /// A rule about events of the API server.
  package struct Rule: Sendable {
    package var info: RuleInfo
    package var condition: FalcoCondition
    /// With `%field` for the value of a field.
    package var output: String
    package var priority: String
  }

  package var rules: [Rule] = []
  /// Rules for other sources, with the source that they need.
  package var foreign: [(info: RuleInfo, source: String)] = []
  package var errors: [RuleError] = []

  package init() {}
}

/// Reads files of Falco rules in their order: later ones append to earlier ones, or replace them.
package struct FalcoReader: Sendable {
  private struct Draft {
    var location: Location
    var description = ""
    var condition: String?
    var output = ""
    var priority = ""
    var source = "syscall"
    var tags: [String] = []
    var isEnabled = true
    var exceptions: [Exception] = []
  }

  private struct Exception {
    var name: String
    var fields: [String]
    var isSingle: Bool
    var comparisons: [String]
    var values: [DocumentNode]
  }

  private var lists: [String: [String]] = [:]
  private var macros: [String: (text: String, location: Location)] = [:]
  private var drafts: [String: Draft] = [:]
  private var order: [String] = []
  private var errors: [RuleError] = []

  package init() {}

  package mutating func read(_ node: DocumentNode, file: String) {
    for item in node.elements {
      let location = Location(file: file, line: Int(item.line))
      do throws(RuleError) {
        try read(item, location)
      } catch {
        errors.append(error)
      }
    }
  }

  private mutating func read(_ item: DocumentNode, _ location: Location) throws(RuleError) {
    if let name = item["list"]?.text {
      let items = (item["items"]?.elements ?? []).compactMap(\.text).flatMap { lists[$0] ?? [$0] }
      let appends = item["append"]?.bool == true || item[path: "override", "items"]?.text == "append"
      lists[name] = appends ? (lists[name] ?? []) + items : items
    } else if let name = item["macro"]?.text {
      guard let text = item["condition"]?.text else { throw RuleError(.missing("condition"), at: location) }
      let appends = item["append"]?.bool == true || item[path: "override", "condition"]?.text == "append"
      if appends {
        guard let old = macros[name] else { throw RuleError(.unknownRule(name), at: location) }
        macros[name] = (old.text + " " + text, old.location)
      } else {
        macros[name] = (text, location)
      }
    } else if let name = item["rule"]?.text {
      try rule(name, item, location)
    } else if item["required_engine_version"] != nil || item["required_plugin_versions"] != nil {
      // They speak of Falco's own versions.
    } else {
      throw RuleError(.unreadable("neither rule, macro nor list"), at: location)
    }
  }

  private mutating func rule(_ name: String, _ item: DocumentNode, _ location: Location) throws(RuleError) {
    let overrides = item["override"]
    let appends = item["append"]?.bool == true
    if appends || overrides != nil {
      guard var draft = drafts[name] else { throw RuleError(.unknownRule(name), at: location) }
      func mode(_ key: String) -> String? { overrides?[key]?.text ?? (appends ? "append" : nil) }
      if let text = item["condition"]?.text {
        draft.condition = mode("condition") == "replace" ? text : (draft.condition ?? "") + " " + text
      }
      if let text = item["output"]?.text, let mode = mode("output") {
        draft.output = mode == "replace" ? text : draft.output + " " + text
      }
      if let text = item["desc"]?.text, let mode = mode("desc") {
        draft.description = mode == "replace" ? text : draft.description + " " + text
      }
      if let list = item["tags"]?.strings, let mode = mode("tags") {
        draft.tags = mode == "replace" ? list : draft.tags + list
      }
      if let text = item["priority"]?.text, overrides?["priority"] != nil { draft.priority = text }
      if let flag = item["enabled"]?.bool, overrides?["enabled"] != nil || appends { draft.isEnabled = flag }
      if let nodes = item["exceptions"] {
        let more = try exceptions(nodes, location)
        if mode("exceptions") == "replace" {
          draft.exceptions = more
        } else {
          for exception in more {
            if let place = draft.exceptions.firstIndex(where: { $0.name == exception.name }) {
              draft.exceptions[place].values += exception.values
            } else {
              draft.exceptions.append(exception)
            }
          }
        }
      }
      drafts[name] = draft
      return
    }
    guard let condition = item["condition"]?.text else {
      // Only switched on or off.
      guard let flag = item["enabled"]?.bool else { throw RuleError(.missing("condition"), at: location) }
      guard drafts[name] != nil else { throw RuleError(.unknownRule(name), at: location) }
      drafts[name]?.isEnabled = flag
      return
    }
    guard let output = item["output"]?.text else { throw RuleError(.missing("output"), at: location) }
    guard let priority = item["priority"]?.text else { throw RuleError(.missing("priority"), at: location) }
    guard Self.severity(priority) != nil else {
      throw RuleError(.wrong("priority", is: "`\(priority)`"), at: location)
    }
    var draft = Draft(location: location)
    draft.condition = condition
    draft.output = output
    draft.priority = priority
    draft.description = item["desc"]?.text ?? ""
    draft.source = item["source"]?.text ?? "syscall"
    draft.tags = item["tags"]?.strings ?? []
    draft.isEnabled = item["enabled"]?.bool ?? true
    draft.exceptions = try item["exceptions"].map { node throws(RuleError) in try exceptions(node, location) } ?? []
    if drafts[name] == nil { order.append(name) }
    drafts[name] = draft
  }

  private func exceptions(_ node: DocumentNode, _ location: Location) throws(RuleError) -> [Exception] {
    var made: [Exception] = []
    for item in node.elements {
      guard let name = item["name"]?.text else { throw RuleError(.missing("exceptions.name"), at: location) }
      let single = item["fields"]?.text
      let fields = single.map { [$0] } ?? item["fields"]?.strings ?? []
      let comparisons = item["comps"]?.text.map { [$0] } ?? item["comps"]?.strings ?? []
      made.append(
        Exception(
          name: name, fields: fields, isSingle: single != nil, comparisons: comparisons,
          values: item["values"]?.elements ?? []))
    }
    return made
  }

  static func severity(_ priority: String) -> Severity? {
    switch priority.lowercased() {
    case "emergency", "alert", "critical": .critical
    case "error": .high
    case "warning": .medium
    case "notice": .low
    case "informational", "info", "debug": .info
    default: nil
    }
  }

  /// Resolves everything once all files were read.
  package mutating func finish() -> FalcoRuleSet {
    var set = FalcoRuleSet()
    var conditions: [String: FalcoCondition] = [:]
    for (name, macro) in macros {
      do throws(FalcoCondition.Invalid) {
        conditions[name] = try FalcoCondition(macro.text)
      } catch {
        errors.append(RuleError(.condition("macro `\(name)`: \(error.message)"), at: macro.location))
      }
    }
    for name in order {
      guard let draft = drafts[name], draft.isEnabled, let text = draft.condition else { continue }
      var info = RuleInfo(id: name, title: name, location: draft.location)
      info.language = .falco
      info.description = draft.description.trimming(while: \.isWhitespace)
      info.tags = draft.tags
      info.severity = Self.severity(draft.priority) ?? .medium
      info.logSource =
        draft.source == "k8s_audit"
        ? LogSource(product: "kubernetes", service: "audit") : LogSource(product: draft.source)
      info.message = draft.output
      do throws(FalcoCondition.Invalid) {
        var condition = try FalcoCondition(text)
        for exception in draft.exceptions {
          if let term = try Self.condition(exception) { condition = .all([condition, .not(term)]) }
        }
        condition = try condition.resolved(macros: conditions, lists: lists)
        guard draft.source == "k8s_audit" else {
          set.foreign.append((info, draft.source))
          continue
        }
        if let unknown = condition.fields.first(where: { !FalcoFields.isKnown($0) }) {
          errors.append(RuleError(.unknownField(unknown.text), at: draft.location))
          continue
        }
        set.rules.append(
          FalcoRuleSet.Rule(info: info, condition: condition, output: draft.output, priority: draft.priority))
      } catch {
        errors.append(RuleError(.condition(error.message), at: draft.location))
      }
    }
    set.errors = errors
    return set
  }

  /// The condition of an exception: any of its rows, in which all fields must agree.
  private static func condition(_ exception: Exception) throws(FalcoCondition.Invalid) -> FalcoCondition? {
    guard !exception.fields.isEmpty, !exception.values.isEmpty else { return nil }
    func check(_ field: String, _ comparison: String?, _ value: DocumentNode) throws(FalcoCondition.Invalid)
      -> FalcoCondition
    {
      let quoted = { (node: DocumentNode) in
        "\"" + (node.text ?? "").replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
      }
      if let list = value.array {
        return try FalcoCondition("\(field) \(comparison ?? "in") (\(list.map(quoted).joined(separator: ", ")))")
      }
      let operation = comparison ?? "="
      if ["in", "intersects", "pmatch"].contains(operation) {
        return try FalcoCondition("\(field) \(operation) (\(quoted(value)))")
      }
      return try FalcoCondition("\(field) \(operation) \(quoted(value))")
    }
    if exception.isSingle {
      return try check(exception.fields[0], exception.comparisons.first ?? "in", DocumentNode(.array(exception.values)))
    }
    var rows: [FalcoCondition] = []
    for row in exception.values {
      let cells = row.array ?? [row]
      guard cells.count == exception.fields.count else {
        throw FalcoCondition.Invalid(
          message: "exception `\(exception.name)` has rows with other than \(exception.fields.count) values")
      }
      var terms: [FalcoCondition] = []
      for (index, cell) in cells.enumerated() {
        let comparison = index < exception.comparisons.count ? exception.comparisons[index] : nil
        terms.append(try check(exception.fields[index], comparison, cell))
      }
      rows.append(.all(terms))
    }
    return .any(rows)
  }
}

extension String {
  fileprivate func trimming(while condition: (Character) -> Bool) -> String {
    var text = self[...]
    while let first = text.first, condition(first) { text = text.dropFirst() }
    while let last = text.last, condition(last) { text = text.dropLast() }
    return String(text)
  }
}
