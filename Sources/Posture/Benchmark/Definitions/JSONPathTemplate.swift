package import Bytes

/// A JSONPath template as kubectl has it: text with expressions in braces. Keys that are missing are no error.
///
/// Understood: fields (`.a.b`, `['a']`, `\.` in a name), `*`, indexes, slices, unions, `..`, filters that compare a
/// path with a literal or test a path, `range` … `end`, literals. Source: client-go `util/jsonpath`.
package struct JSONPathTemplate: Sendable {
  /// Why a template cannot be read or applied.
  package struct Failure: Error, Sendable, Equatable {
    package let message: String
    package init(_ message: String) { self.message = message }
  }

  private indirect enum Node: Sendable {
    case text(String)
    case path([Step])
    case range([Step], [Node])
  }

  private enum Step: Sendable {
    case root
    case field(String)
    case wildcard
    case recursive
    case index(Int)
    case slice(from: Int?, to: Int?, by: Int?)
    case union([[Step]])
    case filter([Step], Operator?, Operand?)
  }

  private enum Operator: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case more = ">"
    case atMost = "<="
    case atLeast = ">="
  }

  private enum Operand: Sendable {
    case path([Step])
    case text(String)
    case number(Double)
    case bool(Bool)
  }

  /// Deepest nesting of ranges, filters and unions, and the largest number of values that a step may give.
  private static let mostDepth = 16
  private static let mostValues = 100_000

  private let nodes: [Node]

  package init(_ template: String) throws(Failure) {
    var parser = Parser(scalars: Array(template.unicodeScalars))
    nodes = try parser.nodes(depth: 0, inRange: false)
  }

  /// The template's text for a document.
  package func text(of document: DocumentNode) throws(Failure) -> String {
    try Self.text(nodes, document, root: document)
  }

  private static func text(_ nodes: [Node], _ current: DocumentNode, root: DocumentNode) throws(Failure) -> String {
    var result = ""
    for node in nodes {
      switch node {
      case .text(let text): result += text
      case .path(let steps):
        result += try values(steps, current, root).map(printed).joined(separator: " ")
      case .range(let steps, let body):
        for value in try values(steps, current, root) { result += try text(body, value, root: root) }
      }
    }
    return result
  }

  private static func printed(_ node: DocumentNode) -> String {
    switch node.content {
    case .null: "null"
    case .array, .object: JSONWriter.compact(node)
    default: node.text ?? ""
    }
  }

  private static func values(
    _ steps: [Step], _ current: DocumentNode, _ root: DocumentNode
  ) throws(Failure) -> [DocumentNode] {
    var found = [current]
    for step in steps {
      var next: [DocumentNode] = []
      for value in found {
        switch step {
        case .root: next.append(root)
        case .field(let name): if let inner = value.mapping?[name], !inner.isNull { next.append(inner) }
        case .wildcard: next += value.array ?? value.entries.map(\.value)
        case .recursive: descend(value, into: &next)
        case .index(let index): if let items = value.array { next.append(try element(items, index)) }
        case .slice(let from, let to, let by): next += try slice(value, from, to, by)
        case .union(let paths): for path in paths { next += try values(path, value, root) }
        case .filter(let path, let comparison, let operand):
          for element in value.elements {
            if try passes(element, path, comparison, operand, root) { next.append(element) }
          }
        }
        guard next.count <= mostValues else { throw Failure("more than \(mostValues) values") }
      }
      found = next
    }
    return found
  }

  private static func descend(_ node: DocumentNode, into found: inout [DocumentNode]) {
    guard found.count <= mostValues else { return }
    found.append(node)
    for inner in node.array ?? node.entries.map(\.value) { descend(inner, into: &found) }
  }

  private static func element(_ items: [DocumentNode], _ index: Int) throws(Failure) -> DocumentNode {
    guard index < items.count, index >= -items.count else {
      throw Failure("array index out of bounds: index \(index), length \(items.count)")
    }
    return items[index < 0 ? index + items.count : index]
  }

  private static func slice(
    _ node: DocumentNode, _ from: Int?, _ to: Int?, _ by: Int?
  ) throws(Failure) -> [DocumentNode] {
    guard let items = node.array else { return [] }
    func place(_ index: Int) -> Int { index < 0 ? max(index, -items.count) + items.count : min(index, items.count) }
    let start = from.map(place) ?? 0
    let end = to.map(place) ?? items.count
    let step = by ?? 1
    guard step > 0 else { throw Failure("step must be > 0") }
    return start < end ? stride(from: start, to: end, by: step).map { items[$0] } : []
  }

  private static func passes(
    _ element: DocumentNode, _ path: [Step], _ comparison: Operator?, _ operand: Operand?, _ root: DocumentNode
  ) throws(Failure) -> Bool {
    let left = try values(path, element, root)
    guard let comparison, let operand else { return !left.isEmpty }
    guard let left = left.first else { return false }
    let right: DocumentNode
    switch operand {
    case .path(let path):
      guard let value = try values(path, element, root).first else { return false }
      right = value
    case .text(let text): right = DocumentNode(.string(text))
    case .number(let number): right = DocumentNode(.double(number))
    case .bool(let flag): right = DocumentNode(.bool(flag))
    }
    if comparison == .equal { return left == right }
    if comparison == .unequal { return left != right }
    let order: Int
    switch (left.content, right.content) {
    case (.string(let a), .string(let b)): order = a < b ? -1 : a == b ? 0 : 1
    default:
      guard let a = number(left), let b = number(right) else { return false }
      order = a < b ? -1 : a == b ? 0 : 1
    }
    return switch comparison {
    case .less: order < 0
    case .more: order > 0
    case .atMost: order <= 0
    case .atLeast: order >= 0
    case .equal, .unequal: false
    }
  }

  private static func number(_ node: DocumentNode) -> Double? {
    switch node.content {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  private struct Parser {
    let scalars: [Unicode.Scalar]
    var position = 0

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func skip(_ text: String) -> Bool {
      let wanted = Array(text.unicodeScalars)
      guard scalars.count - position >= wanted.count, Array(scalars[position..<position + wanted.count]) == wanted
      else { return false }
      position += wanted.count
      return true
    }

    mutating func skipBlanks() { while next == " " { position += 1 } }

    mutating func nodes(depth: Int, inRange: Bool) throws(Failure) -> [Node] {
      guard depth <= mostDepth else { throw Failure("ranges are nested too deeply") }
      var result: [Node] = []
      var text = ""
      func flushed() -> [Node] { text.isEmpty ? [] : [.text(text)] }
      while let scalar = next {
        guard scalar == "{" else {
          text.unicodeScalars.append(scalar)
          position += 1
          continue
        }
        result += flushed()
        text = ""
        position += 1
        skipBlanks()
        if skip("end") {
          skipBlanks()
          guard skip("}") else { throw Failure("unclosed action") }
          guard inRange else { throw Failure("not in range, nothing to end") }
          return result
        }
        if skip("range ") {
          let steps = try path(depth: depth)
          guard skip("}") else { throw Failure("unclosed action") }
          result.append(.range(steps, try nodes(depth: depth + 1, inRange: true)))
          continue
        }
        // Several expressions may stand in one action.
        repeat {
          skipBlanks()
          if let quote = next, quote == "'" || quote == "\"" {
            result.append(.text(try quoted()))
          } else if next != "}" {
            let start = position
            result.append(.path(try path(depth: depth)))
            guard position > start else { throw Failure("unrecognized character in action") }
          } else if scalars[position - 1] == "{" {
            // `{}` is the current value.
            result.append(.path([]))
          }
          skipBlanks()
        } while next != nil && next != "}"
        guard skip("}") else { throw Failure("unclosed action") }
      }
      if inRange { throw Failure("unclosed range") }
      return result + flushed()
    }

    mutating func quoted() throws(Failure) -> String {
      guard let quote = next else { throw Failure("unterminated quoted string") }
      position += 1
      var text = ""
      while let scalar = next {
        position += 1
        if scalar == quote { return text }
        if scalar == "\\", let escaped = next {
          position += 1
          switch escaped {
          case "n": text += "\n"
          case "t": text += "\t"
          case "r": text += "\r"
          default: text.unicodeScalars.append(escaped)
          }
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
      throw Failure("unterminated quoted string")
    }

    mutating func path(depth: Int) throws(Failure) -> [Step] {
      guard depth <= mostDepth else { throw Failure("expressions are nested too deeply") }
      var steps: [Step] = []
      if skip("$") { steps.append(.root) } else { _ = skip("@") }
      while let scalar = next {
        switch scalar {
        case ".":
          position += 1
          if skip(".") {
            steps.append(.recursive)
            if next == "[" { continue }
          }
          let name = name()
          if name.isEmpty { continue }
          steps.append(name == "*" ? .wildcard : .field(name))
        case "[": steps.append(try bracket(depth: depth))
        default:
          guard steps.isEmpty, isName(scalar) else { return steps }
          throw Failure("unrecognized identifier \(name())")
        }
      }
      return steps
    }

    private func isName(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar == "_" }

    private mutating func name() -> String {
      var name = ""
      while let scalar = next {
        switch scalar {
        case " ", ".", ",", "[", "]", "$", "@", "{", "}", ")", "=", "!", "<", ">": return name
        case "\\":
          position += 1
          if let escaped = next {
            name.unicodeScalars.append(escaped)
            position += 1
          }
        default:
          name.unicodeScalars.append(scalar)
          position += 1
        }
      }
      return name
    }

    private mutating func bracket(depth: Int) throws(Failure) -> Step {
      position += 1
      if skip("?(") { return try filter(depth: depth) }
      var parts: [[Step]] = []
      repeat {
        skipBlanks()
        if let quote = next, quote == "'" || quote == "\"" {
          parts.append([.field(try quoted())])
        } else if next == "*" {
          position += 1
          parts.append([.wildcard])
        } else if next == "." || next == "$" || next == "@" {
          parts.append(try path(depth: depth + 1))
        } else {
          parts.append([try slice()])
        }
        skipBlanks()
      } while skip(",")
      guard skip("]") else { throw Failure("unterminated array") }
      return parts.count == 1 && parts[0].count == 1 ? parts[0][0] : .union(parts)
    }

    private mutating func slice() throws(Failure) -> Step {
      var numbers: [Int?] = []
      repeat {
        var text = ""
        while let scalar = next, scalar == "-" || scalar.value &- 0x30 < 10 {
          text.unicodeScalars.append(scalar)
          position += 1
        }
        let number = text.isEmpty ? nil : Int(text)
        if !text.isEmpty, number == nil { throw Failure("invalid array index \(text)") }
        numbers.append(number)
      } while skip(":")
      guard numbers.count <= 3 else { throw Failure("invalid array index") }
      if numbers.count == 1 {
        guard let only = numbers[0] else { throw Failure("invalid array index") }
        return .index(only)
      }
      return .slice(from: numbers[0], to: numbers[1], by: numbers.count == 3 ? numbers[2] : nil)
    }

    private mutating func filter(depth: Int) throws(Failure) -> Step {
      skipBlanks()
      let left = try path(depth: depth + 1)
      skipBlanks()
      var comparison: Operator?
      var operand: Operand?
      for text in ["==", "!=", "<=", ">=", "<", ">"] where skip(text) {
        comparison = Operator(rawValue: text)
        break
      }
      if comparison != nil {
        skipBlanks()
        if let quote = next, quote == "'" || quote == "\"" {
          operand = .text(try quoted())
        } else if next == "@" || next == "$" || next == "." {
          operand = .path(try path(depth: depth + 1))
        } else {
          var text = ""
          while let scalar = next, scalar != ")", scalar != " " {
            text.unicodeScalars.append(scalar)
            position += 1
          }
          switch text {
          case "true": operand = .bool(true)
          case "false": operand = .bool(false)
          default:
            guard let number = Double(text) else { throw Failure("unrecognized identifier \(text)") }
            operand = .number(number)
          }
        }
        skipBlanks()
      }
      guard skip(")"), skip("]") else { throw Failure("unclosed filter") }
      return .filter(left, comparison, operand)
    }
  }
}
