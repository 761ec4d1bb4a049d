package import Bytes
import Findings

/// A processing pipeline: what is changed in Sigma rules before they are compiled, in the form of pySigma's YAML
/// pipelines. Steps that only shape queries of other products have no meaning here and are refused by name.
package struct SigmaPipeline: Sendable {
  private enum Step: Sendable {
    case renameFields([String: [String]])
    case prefixFields(String)
    case suffixFields(String)
    case prefixMapping([String: String])
    case dropItem
    case addCondition(SigmaDetections.Node, isNegated: Bool)
    case logSource(LogSource)
    case replaceText(LinearRegex, String)
    case mapText([String: [String]])
    case setValue(SigmaItem.Value)
    case placeholderValues(include: Set<String>?)
    case placeholderWildcards(include: Set<String>?)
    case ruleFailure(String)
    case itemFailure(String)
  }

  private struct Rule: Sendable {
    var step: Step
    var sources: [LogSource] = []
    var needsAllSources = true
    var isNegated = false
    var includesFields: Set<String>?
    var excludesFields: Set<String> = []
  }

  package let name: String
  /// Lower ones first.
  package let priority: Int
  private let steps: [Rule]
  private let variables: [String: [String]]

  /// - Throws: for steps that are unknown or have no meaning here.
  package init(_ node: DocumentNode, file: String) throws(RuleError) {
    func fail(_ reason: RuleError.Reason, _ line: UInt32) -> RuleError {
      RuleError(reason, at: Location(file: file, line: Int(line)))
    }
    name = node["name"]?.text ?? file
    priority = Int(node["priority"]?.int ?? 0)
    var variables: [String: [String]] = [:]
    for entry in node["vars"]?.entries ?? [] {
      variables[entry.key] = entry.value.array?.compactMap(\.text) ?? entry.value.text.map { [$0] } ?? []
    }
    self.variables = variables
    var steps: [Rule] = []
    for node in node["transformations"]?.elements ?? [] {
      guard let type = node["type"]?.text else { throw fail(.missing("type"), node.line) }
      func strings(_ key: String) -> Set<String>? { node[key].map { Set($0.strings) } }
      func mapping() -> [String: [String]] {
        var made: [String: [String]] = [:]
        for entry in node["mapping"]?.entries ?? [] {
          made[entry.key] = entry.value.array?.compactMap(\.text) ?? entry.value.text.map { [$0] } ?? []
        }
        return made
      }
      let step: Step
      switch type {
      case "field_name_mapping": step = .renameFields(mapping())
      case "field_name_prefix_mapping": step = .prefixMapping(mapping().compactMapValues(\.first))
      case "field_name_prefix": step = .prefixFields(node["prefix"]?.text ?? "")
      case "field_name_suffix": step = .suffixFields(node["suffix"]?.text ?? "")
      case "drop_detection_item": step = .dropItem
      case "add_condition":
        guard let conditions = node["conditions"] else { throw fail(.missing("conditions"), node.line) }
        step = .addCondition(
          try SigmaDetections.node(
            conditions, "conditions", { RuleError($0, at: Location(file: file, line: $1)) }, depth: 0),
          isNegated: node["negated"]?.bool ?? false)
      case "change_logsource":
        step = .logSource(
          LogSource(
            product: node["product"]?.text, category: node["category"]?.text, service: node["service"]?.text))
      case "replace_string":
        let pattern = node["regex"]?.text ?? ""
        do {
          step = .replaceText(try LinearRegex(pattern), node["replacement"]?.text ?? "")
        } catch {
          throw fail(.expression(error.message, pattern: pattern), node.line)
        }
      case "map_string": step = .mapText(mapping())
      case "set_value":
        guard let value = node["value"] else { throw fail(.missing("value"), node.line) }
        step = .setValue(value.text.map { .text($0) } ?? .null)
      case "value_placeholders": step = .placeholderValues(include: strings("include"))
      case "wildcard_placeholders": step = .placeholderWildcards(include: strings("include"))
      case "rule_failure": step = .ruleFailure(node["message"]?.text ?? "")
      case "detection_item_failure": step = .itemFailure(node["message"]?.text ?? "")
      default: throw fail(.unsupported("pipeline step `\(type)`"), node.line)
      }
      var rule = Rule(step: step)
      for condition in node["rule_conditions"]?.elements ?? [] {
        guard condition["type"]?.text == "logsource" else {
          throw fail(.unsupported("rule condition `\(condition["type"]?.text ?? "")`"), condition.line)
        }
        rule.sources.append(
          LogSource(
            product: condition["product"]?.text, category: condition["category"]?.text,
            service: condition["service"]?.text))
      }
      rule.needsAllSources = node["rule_cond_op"]?.text != "or"
      rule.isNegated = node["rule_cond_not"]?.bool ?? false
      for condition in node["field_name_conditions"]?.elements ?? [] {
        switch condition["type"]?.text {
        case "include_fields": rule.includesFields = Set(condition["fields"]?.strings ?? [])
        case "exclude_fields": rule.excludesFields = Set(condition["fields"]?.strings ?? [])
        default: throw fail(.unsupported("field condition `\(condition["type"]?.text ?? "")`"), condition.line)
        }
      }
      steps.append(rule)
    }
    self.steps = steps
  }

  /// Changes a rule.
  package func apply(to rule: inout SigmaRule) throws(RuleError) {
    for step in steps {
      if !step.sources.isEmpty {
        let fits = { (source: LogSource) in
          (source.product == nil || source.product == rule.info.logSource.product)
            && (source.category == nil || source.category == rule.info.logSource.category)
            && (source.service == nil || source.service == rule.info.logSource.service)
        }
        let applies = step.needsAllSources ? step.sources.allSatisfy(fits) : step.sources.contains(where: fits)
        if applies == step.isNegated { continue }
      }
      let location = rule.info.location
      switch step.step {
      case .logSource(let source): rule.info.logSource = source
      case .ruleFailure(let message): throw RuleError(.pipeline(message), at: location)
      case .addCondition(let node, let isNegated):
        let name = "_pipeline_\(rule.detections.named.count)"
        rule.detections.named.append(SigmaDetections.Named(name: name, node: node))
        rule.detections.conditions = rule.detections.conditions.map {
          (isNegated ? "not " : "") + name + " and (" + $0 + ")"
        }
      default:
        for index in rule.detections.named.indices {
          rule.detections.named[index].node = try change(rule.detections.named[index].node, step, location)
        }
      }
    }
  }

  private func change(
    _ node: SigmaDetections.Node, _ step: Rule, _ location: Location
  ) throws(RuleError) -> SigmaDetections.Node {
    switch node {
    case .constant: return node
    case .all(let nodes):
      var made: [SigmaDetections.Node] = []
      for node in nodes { made.append(try change(node, step, location)) }
      return .all(made)
    case .any(let nodes):
      var made: [SigmaDetections.Node] = []
      for node in nodes { made.append(try change(node, step, location)) }
      return .any(made)
    case .item(var item):
      if let fields = step.includesFields, !fields.contains(item.field) { return node }
      if step.excludesFields.contains(item.field) { return node }
      func renamed(_ make: (String) -> [String]) {
        guard !item.field.isEmpty else { return }
        item.renamed = (item.renamed ?? [item.field]).flatMap(make)
      }
      func texts(_ make: (String) -> [String]) {
        item.values = item.values.flatMap { value -> [SigmaItem.Value] in
          if case .text(let text) = value { return make(text).map { .text($0) } }
          return [value]
        }
      }
      switch step.step {
      case .renameFields(let mapping): renamed { mapping[$0] ?? [$0] }
      case .prefixFields(let prefix): renamed { [prefix + $0] }
      case .suffixFields(let suffix): renamed { [$0 + suffix] }
      case .prefixMapping(let mapping):
        renamed { name in
          for (prefix, other) in mapping.sorted(by: { $0.key.count > $1.key.count }) where name.hasPrefix(prefix) {
            return [other + name.dropFirst(prefix.count)]
          }
          return [name]
        }
      case .dropItem: return .constant(true)
      case .replaceText(let pattern, let replacement):
        texts { text in
          var output = ""
          var rest = text[...]
          for match in pattern.allMatches(in: text, limit: -1) ?? [] where !match.isEmpty {
            guard let range = rest.firstRange(of: match) else { continue }
            output += rest[..<range.lowerBound] + replacement
            rest = rest[range.upperBound...]
          }
          return [output + rest]
        }
      case .mapText(let mapping): texts { mapping[$0] ?? [$0] }
      case .setValue(let value): item.values = [value]
      case .placeholderValues(let include):
        guard item.modifiers.contains("expand") else { return node }
        texts { text in
          var made = [text]
          for name in SigmaText(text).withPlaceholders.placeholders {
            guard include?.contains(name) ?? true, let values = variables[name] else { continue }
            made = made.flatMap { text in values.map { text.replacing("%\(name)%", with: $0) } }
          }
          return made
        }
      case .placeholderWildcards(let include):
        guard item.modifiers.contains("expand") else { return node }
        texts { text in
          var text = text
          for name in SigmaText(text).withPlaceholders.placeholders where include?.contains(name) ?? true {
            text = text.replacing("%\(name)%", with: "*")
          }
          return [text]
        }
      case .itemFailure(let message):
        throw RuleError(.pipeline(message), at: Location(file: location.file, line: item.line))
      case .logSource, .ruleFailure, .addCondition: break
      }
      return .item(item)
    }
  }
}
