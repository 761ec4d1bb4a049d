/// The operators of numbers, texts, lists and times, with the overflow errors of cel-go.
extension CELValue {
  static func add(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
    switch (a, b) {
    case (.int(let x), .int(let y)):
      let sum = x.addingReportingOverflow(y)
      guard !sum.overflow else { throw .intOverflow }
      return .int(sum.partialValue)
    case (.string(let x), .string(let y)): return .string(x + y)
    case (.uint(let x), .uint(let y)):
      let sum = x.addingReportingOverflow(y)
      guard !sum.overflow else { throw .uintOverflow }
      return .uint(sum.partialValue)
    case (.double(let x), .double(let y)): return .double(x + y)
    case (.bytes(let x), .bytes(let y)): return .bytes(x + y)
    case (.list(let x), .list(let y)):
      if y.count == 0 { return a }
      if x.count == 0 { return b }
      return .list(x.values + y.values)
    case (.duration(let x), .duration(let y)):
      let sum = x.addingReportingOverflow(y)
      guard !sum.overflow else { throw .intOverflow }
      return .duration(sum.partialValue)
    case (.timestamp(let x), .duration(let y)), (.duration(let y), .timestamp(let x)):
      return .timestamp(try x.adding(y))
    case (.int, _), (.string, _), (.uint, _), (.double, _), (.bytes, _), (.list, _), (.duration, _), (.timestamp, _):
      throw .noSuchOverload
    default: throw .noSuchOverload(Operators.add)
    }
  }

  static func subtract(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
    switch (a, b) {
    case (.int(let x), .int(let y)):
      let difference = x.subtractingReportingOverflow(y)
      guard !difference.overflow else { throw .intOverflow }
      return .int(difference.partialValue)
    case (.uint(let x), .uint(let y)):
      guard x >= y else { throw .uintOverflow }
      return .uint(x - y)
    case (.double(let x), .double(let y)): return .double(x - y)
    case (.duration(let x), .duration(let y)):
      let difference = x.subtractingReportingOverflow(y)
      guard !difference.overflow else { throw .intOverflow }
      return .duration(difference.partialValue)
    case (.timestamp(let x), .duration(let y)):
      guard y != .min else { throw .intOverflow }
      return .timestamp(try x.adding(-y))
    case (.timestamp(let x), .timestamp(let y)):
      let seconds = (x.seconds - y.seconds).multipliedReportingOverflow(by: 1_000_000_000)
      guard !seconds.overflow else { throw .intOverflow }
      let sum = seconds.partialValue.addingReportingOverflow(Int64(x.nanoseconds) - Int64(y.nanoseconds))
      guard !sum.overflow else { throw .intOverflow }
      return .duration(sum.partialValue)
    case (.int, _), (.uint, _), (.double, _), (.duration, _), (.timestamp, _), (.string, _): throw .noSuchOverload
    default: throw .noSuchOverload(Operators.subtract)
    }
  }

  static func multiply(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
    switch (a, b) {
    case (.int(let x), .int(let y)):
      let product = x.multipliedReportingOverflow(by: y)
      guard !product.overflow else { throw .intOverflow }
      return .int(product.partialValue)
    case (.uint(let x), .uint(let y)):
      let product = x.multipliedReportingOverflow(by: y)
      guard !product.overflow else { throw .uintOverflow }
      return .uint(product.partialValue)
    case (.double(let x), .double(let y)): return .double(x * y)
    case (.int, _), (.uint, _), (.double, _), (.duration, _), (.timestamp, _), (.string, _): throw .noSuchOverload
    default: throw .noSuchOverload(Operators.multiply)
    }
  }

  static func divide(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
    switch (a, b) {
    case (.int(let x), .int(let y)):
      guard y != 0 else { throw CELFailure(.divisionByZero, "division by zero") }
      let quotient = x.dividedReportingOverflow(by: y)
      guard !quotient.overflow else { throw .intOverflow }
      return .int(quotient.partialValue)
    case (.uint(let x), .uint(let y)):
      guard y != 0 else { throw CELFailure(.divisionByZero, "division by zero") }
      return .uint(x / y)
    case (.double(let x), .double(let y)): return .double(x / y)
    case (.int, _), (.uint, _), (.double, _), (.duration, _), (.timestamp, _), (.string, _): throw .noSuchOverload
    default: throw .noSuchOverload(Operators.divide)
    }
  }

  static func modulo(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> CELValue {
    switch (a, b) {
    case (.int(let x), .int(let y)):
      guard y != 0 else { throw CELFailure(.divisionByZero, "modulus by zero") }
      guard x != .min || y != -1 else { throw .intOverflow }
      return .int(x % y)
    case (.uint(let x), .uint(let y)):
      guard y != 0 else { throw CELFailure(.divisionByZero, "modulus by zero") }
      return .uint(x % y)
    case (.int, _), (.uint, _), (.duration, _), (.timestamp, _), (.string, _): throw .noSuchOverload
    default: throw .noSuchOverload(Operators.modulo)
    }
  }

  static func negate(_ a: CELValue) throws(CELFailure) -> CELValue {
    switch a {
    case .int(let x):
      guard x != .min else { throw .intOverflow }
      return .int(-x)
    case .double(let x): return .double(-x)
    case .duration(let x):
      guard x != .min else { throw .intOverflow }
      return .duration(-x)
    case .bool, .string, .timestamp: throw .noSuchOverload
    default: throw .noSuchOverload(Operators.negate)
    }
  }
}

extension CELTimestamp {
  func adding(_ duration: Int64) throws(CELFailure) -> CELTimestamp {
    var seconds = self.seconds + duration / 1_000_000_000
    var nanoseconds = Int64(self.nanoseconds) + duration % 1_000_000_000
    if nanoseconds < 0 {
      nanoseconds += 1_000_000_000
      seconds -= 1
    } else if nanoseconds >= 1_000_000_000 {
      nanoseconds -= 1_000_000_000
      seconds += 1
    }
    guard seconds >= Self.earliest, seconds <= Self.latest else { throw .timestampOverflow }
    return CELTimestamp(seconds: seconds, nanoseconds: Int32(nanoseconds), offsetMinutes: offsetMinutes)
  }
}
