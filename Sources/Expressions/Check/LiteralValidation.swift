import Bytes

/// What the API server looks at beyond types: literals of durations, timestamps, regular expressions and formats, and
/// lists and maps of one type (cel-go `cel/validator.go`, `ext/formatting.go`).
enum LiteralValidation {
  static func issues(_ root: Node, _ environment: CELEnvironment) -> [Parser.Issue] {
    var issues: [Parser.Issue] = []
    func report(_ message: String, _ node: Node) {
      issues.append(Parser.Issue(kind: .check, offset: node.offset, message: message))
    }
    func visit(_ node: Node, inFormat: Bool) {
      if node.isValidated { return }
      node.isValidated = true
      var inside = inFormat
      switch node.kind {
      case .call(let name, let target, let arguments):
        switch name {
        case "duration", "timestamp": converts(name, arguments, environment, report)
        case "matches":
          if let first = arguments.first, case .literal(.string(let pattern)) = first.kind,
            (try? LinearRegex(pattern)) == nil
          {
            report("invalid matches argument", first)
          }
        case "format":
          inside = true
          if let target, case .literal(.string(let pattern)) = target.kind, arguments.count == 1,
            case .list(let elements, _) = arguments[0].kind
          {
            checkFormat(pattern, elements, node, report)
          }
        default: break
        }
      case .list(let elements, let optionals) where !inFormat: checkList(elements, optionals, report)
      case .map(let entries) where !inFormat: checkMap(entries, report)
      default: break
      }
      node.forEachChild { visit($0, inFormat: inside) }
    }
    visit(root, inFormat: false)
    return issues
  }

  private static func converts(
    _ name: String, _ arguments: [Node], _ environment: CELEnvironment, _ report: (String, Node) -> Void
  ) {
    guard let first = arguments.first, case .literal(let value) = first.kind else { return }
    do throws(CELFailure) {
      _ = try value.converted(to: name == "duration" ? .duration : .timestamp)
    } catch {
      report("invalid \(name) argument", first)
    }
  }

  private static func same(_ a: CELType, _ b: CELType) -> Bool { a.unwrappedPrimitive == b.unwrappedPrimitive }

  private static func checkList(_ elements: [Node], _ optionals: Set<Int>, _ report: (String, Node) -> Void) {
    var type: CELType?
    for (index, element) in elements.enumerated() {
      let found = optionals.contains(index) ? element.type.unwrapped ?? element.type : element.type
      guard let wanted = type else {
        type = found
        continue
      }
      if !same(wanted, found) {
        report("expected type '\(wanted)' but found '\(found)'", element)
        return
      }
    }
  }

  private static func checkMap(_ entries: [Node.Entry], _ report: (String, Node) -> Void) {
    var types: (key: CELType, value: CELType)?
    for entry in entries {
      let value = entry.isOptional ? entry.value.type.unwrapped ?? entry.value.type : entry.value.type
      guard let wanted = types else {
        types = (entry.key.type, value)
        continue
      }
      if !same(wanted.key, entry.key.type) {
        report("expected type '\(wanted.key)' but found '\(entry.key.type)'", entry.key)
      }
      if !same(wanted.value, value) { report("expected type '\(wanted.value)' but found '\(value)'", entry.value) }
    }
  }

  // MARK: Formats

  private static func checkFormat(_ pattern: String, _ elements: [Node], _ call: Node, _ report: (String, Node) -> Void)
  {
    var index = 0
    var faulty = call
    do throws(CELFailure) {
      try Formatter.scan(pattern) { piece throws(CELFailure) in
        switch piece {
        case .text: break
        case .argument:
          guard index < elements.count else { throw .argument("index \(index) out of range") }
        case .clause(let clause):
          if let fault = fault(clause, elements[index]) {
            faulty = fault.node
            throw .argument("error during formatting: " + fault.message)
          }
          index += 1
        }
      }
    } catch {
      report(error.message, faulty)
      return
    }
    if elements.count > index {
      report("too many arguments supplied to string.format (expected \(index), got \(elements.count))", call)
    }
  }

  private static func fault(_ clause: Formatter.Clause, _ element: Node) -> (node: Node, message: String)? {
    func refuse(_ rule: String) -> (node: Node, message: String) {
      (element, "\(rule), was given \(element.type.name)")
    }
    func isOne(_ types: CELType...) -> Bool {
      element.type == .dyn || types.contains { same($0, element.type) }
    }
    switch clause.verb {
    case "s": return textFault(element)
    case "d": return isOne(.int, .uint) ? nil : refuse("decimal clause can only be used on integers")
    case "f": return isOne(.double, .string) ? nil : refuse("fixed-point clause can only be used on doubles")
    case "e": return isOne(.double, .string) ? nil : refuse("scientific clause can only be used on doubles")
    case "b":
      return isOne(.int, .uint, .bool) ? nil : refuse("only integers and bools can be formatted as binary")
    case "o": return isOne(.int, .uint) ? nil : refuse("octal clause can only be used on integers")
    default:
      return isOne(.int, .uint, .string, .bytes)
        ? nil : refuse("only integers, byte buffers, and strings can be formatted as hex")
    }
  }

  private static func textFault(_ node: Node) -> (node: Node, message: String)? {
    switch node.type.unwrappedPrimitive {
    case .dyn, .list, .map, .int, .uint, .double, .bool, .string, .timestamp, .bytes, .duration, .type, .null: break
    default: return (node, "\(Formatter.textRule), was given \(node.type.name)")
    }
    switch node.kind {
    case .list(let elements, _):
      for element in elements { if let fault = textFault(element) { return fault } }
    case .map(let entries):
      for entry in entries { if let fault = textFault(entry.key) ?? textFault(entry.value) { return fault } }
    default: break
    }
    return nil
  }
}
