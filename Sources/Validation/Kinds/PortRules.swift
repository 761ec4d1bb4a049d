/// Ports by number or name.
enum PortRules {
  static let protocols = ["SCTP", "TCP", "UDP"]

  /// A port that is a number or the name of one. A missing one is 0.
  static func numberOrName(_ port: Field, _ found: inout Violations) {
    if let name = port.string {
      found.faults(port, Grammar.portName(name))
    } else {
      number(port, found: &found)
    }
  }

  static func number(_ port: Field, found: inout Violations) {
    for detail in Grammar.portNumber(port.int ?? 0) { found.invalid(port, value: String(port.int ?? 0), detail) }
  }

  /// A number of pods, or a percentage of them.
  static func countOrPercent(_ field: Field, _ found: inout Violations) {
    if let text = field.string {
      found.faults(field, Grammar.percent(text))
    } else {
      found.nonNegative(field)
    }
  }

  /// The number of a percentage; nil for anything else.
  static func percent(_ field: Field) -> Int? {
    field.string.flatMap { $0.hasSuffix("%") ? Int($0.dropLast()) : nil }
  }

  static func isZero(_ field: Field) -> Bool { field.int == 0 || percent(field) == 0 }
}
