package import Bytes

/// The detections of a Sigma rule as they stand in it, so that processing pipelines can change them.
package struct SigmaDetections: Sendable {
  /// A part of a detection.
  package indirect enum Node: Sendable {
    case item(SigmaItem)
    case all([Node])
    case any([Node])
    case constant(Bool)
  }

  /// A detection under its name.
  package struct Named: Sendable {
    package var name: String
    package var node: Node
  }

  package var named: [Named]
  /// Any of them.
  package var conditions: [String]
}

/// A field with its modifiers and values.
package struct SigmaItem: Sendable {
  /// A value as YAML typed it.
  package enum Value: Sendable, Hashable {
    case text(String)
    case number(Double, text: String)
    case flag(Bool)
    case null

    /// The value as it was written.
    package var plain: String {
      switch self {
      case .text(let text): text
      case .number(_, let text): text
      case .flag(let flag): flag ? "true" : "false"
      case .null: ""
      }
    }
  }

  /// Empty for keywords.
  package var field: String
  package var modifiers: [String]
  package var values: [Value]
  package var line: Int
  /// Field names that a pipeline put in the place of `field`: any of them.
  package var renamed: [String]?
}

extension SigmaDetections {
  /// - Parameter fail: makes an error at a line.
  package init(
    _ node: DocumentNode, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) {
    named = []
    conditions = []
    guard let mapping = node.mapping else { throw fail(.wrong("detection", is: "no mapping"), Int(node.line)) }
    for entry in mapping.entries {
      let line = Int(entry.line)
      switch entry.key {
      case "condition":
        if let text = entry.value.string {
          conditions = [text]
        } else if let list = entry.value.array, !list.isEmpty {
          for element in list {
            guard let text = element.string else {
              throw fail(.wrong("condition", is: "a list with something else than text"), line)
            }
            conditions.append(text)
          }
        } else {
          throw fail(.wrong("condition", is: "neither text nor a list of texts"), line)
        }
      case "timeframe": break
      default:
        guard !named.contains(where: { $0.name == entry.key }) else { throw fail(.duplicate(entry.key), line) }
        named.append(Named(name: entry.key, node: try Self.node(entry.value, entry.key, fail, depth: 0)))
      }
    }
    guard !named.isEmpty else { throw fail(.missing("detection"), Int(node.line)) }
    guard !conditions.isEmpty else { throw fail(.missing("condition"), Int(node.line)) }
  }

  /// The value of a detection: a mapping is an "and", a list is an "or", plain values are keywords.
  package static func node(
    _ node: DocumentNode, _ name: String, _ fail: (RuleError.Reason, Int) -> RuleError, depth: Int
  ) throws(RuleError) -> Node {
    guard depth < 16 else { throw fail(.tooLarge("nesting of detection `\(name)`"), Int(node.line)) }
    switch node.content {
    case .object(let mapping):
      guard !mapping.entries.isEmpty else { throw fail(.wrong(name, is: "empty"), Int(node.line)) }
      var nodes: [Node] = []
      for entry in mapping.entries { nodes.append(try item(entry, name, fail)) }
      return nodes.count == 1 ? nodes[0] : .all(nodes)
    case .array(let elements):
      guard !elements.isEmpty else { throw fail(.wrong(name, is: "empty"), Int(node.line)) }
      var nodes: [Node] = []
      var keywords: [SigmaItem.Value] = []
      for element in elements {
        switch element.content {
        case .object, .array: nodes.append(try self.node(element, name, fail, depth: depth + 1))
        default: keywords.append(value(element))
        }
      }
      if !keywords.isEmpty {
        nodes.append(.item(SigmaItem(field: "", modifiers: [], values: keywords, line: Int(node.line))))
      }
      return nodes.count == 1 ? nodes[0] : .any(nodes)
    case .null: throw fail(.wrong(name, is: "empty"), Int(node.line))
    case .string(""): throw fail(.wrong(name, is: "empty"), Int(node.line))
    default:
      return .item(SigmaItem(field: "", modifiers: [], values: [value(node)], line: Int(node.line)))
    }
  }

  private static func item(
    _ entry: Mapping.Entry, _ name: String, _ fail: (RuleError.Reason, Int) -> RuleError
  ) throws(RuleError) -> Node {
    let parts = entry.key.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    var values: [SigmaItem.Value] = []
    switch entry.value.content {
    case .object: throw fail(.wrong(entry.key, is: "a mapping; use a field name with dots"), Int(entry.line))
    case .array(let elements):
      guard !elements.isEmpty else { throw fail(.wrong(entry.key, is: "an empty list"), Int(entry.line)) }
      for element in elements {
        switch element.content {
        case .object, .array: throw fail(.wrong(entry.key, is: "a list of lists or mappings"), Int(element.line))
        default: values.append(value(element))
        }
      }
    default: values = [value(entry.value)]
    }
    return .item(
      SigmaItem(field: parts[0], modifiers: Array(parts.dropFirst()), values: values, line: Int(entry.line)))
  }

  private static func value(_ node: DocumentNode) -> SigmaItem.Value {
    switch node.content {
    case .null, .array, .object: .null
    case .bool(let flag): .flag(flag)
    case .int(let number): .number(Double(number), text: String(number))
    case .double(let number):
      .number(number, text: number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number))
    case .string(let text): .text(text)
    }
  }
}
