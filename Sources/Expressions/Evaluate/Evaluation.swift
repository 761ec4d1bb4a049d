import Bytes

/// The state of one evaluation of one program.
struct Evaluation: ~Copyable {
  let activation: CELActivation
  /// Values of the variables that the program reads, then of comprehensions' variables.
  var slots: [Slot]
  private(set) var cost: UInt64 = 0
  let limit: UInt64
  /// Keys of large mappings, built when one is first looked up.
  private var indexes: [MappingIndex] = []

  init(_ activation: CELActivation, slots: [Slot], limit: UInt64) {
    self.activation = activation
    self.slots = slots
    self.limit = limit
  }

  /// Adds to the cost without looking at the limit: for steps whose number is bounded by the expression's size.
  @inline(__always)
  mutating func add(_ amount: UInt64) { cost &+= amount }

  /// Adds to the cost and ends the evaluation beyond the limit.
  @inline(__always)
  mutating func charge(_ amount: UInt64) throws(CELFailure) {
    let sum = cost.addingReportingOverflow(amount)
    cost = sum.overflow ? .max : sum.partialValue
    if cost > limit { throw .costLimit }
  }

  @inline(__always)
  func checkLimit() throws(CELFailure) { if cost > limit { throw .costLimit } }

  private struct MappingIndex {
    let mapping: Mapping
    let places: [ExactText: Int]
  }

  /// Keys from which a mapping gets an index: a loop over the keys of a large one would else be quadratic.
  private static let indexedFrom = 48

  /// The value of a key of a mapping.
  mutating func find(_ name: String, in mapping: Mapping) -> DocumentNode? {
    if mapping.entries.count < Self.indexedFrom { return mapping.exactly(name) }
    let identity = mapping.entries.withUnsafeBufferPointer { $0.baseAddress }
    for index in indexes {
      // The index keeps its mapping alive, so the address is not anybody else's.
      let same = index.mapping.entries.withUnsafeBufferPointer { $0.baseAddress == identity }
      if same, index.mapping.entries.count == mapping.entries.count {
        return index.places[ExactText(text: name)].map { mapping.entries[$0].value }
      }
    }
    var places: [ExactText: Int] = [:]
    places.reserveCapacity(mapping.entries.count)
    for (place, entry) in mapping.entries.enumerated() where places[ExactText(text: entry.key)] == nil {
      places[ExactText(text: entry.key)] = place
    }
    indexes.append(MappingIndex(mapping: mapping, places: places))
    return places[ExactText(text: name)].map { mapping.entries[$0].value }
  }
}

/// What a variable holds.
enum Slot {
  case value(CELValue)
  /// Reading it fails.
  case failed(CELFailure)
  /// Evaluated when it is first read.
  case pending(any Step)
  /// Declared, and not given by the activation.
  case absent
}

extension Evaluation {
  /// The value of a variable.
  @inline(__always)
  mutating func read(_ index: Int, _ name: String) throws(CELFailure) -> CELValue {
    if case .value(let value) = slots[index] { return value }
    return try readSlowly(index, name)
  }

  private mutating func readSlowly(_ index: Int, _ name: String) throws(CELFailure) -> CELValue {
    switch slots[index] {
    case .value(let value): return value
    case .failed(let failure): throw failure
    case .absent: throw CELFailure(.noSuchAttribute, name)
    case .pending(let step):
      do throws(CELFailure) {
        let value = try step.evaluate(&self)
        slots[index] = .value(value)
        return value
      } catch {
        slots[index] = .failed(error)
        throw error
      }
    }
  }
}

/// A node of a compiled expression.
protocol Step: AnyObject, Sendable {
  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue
}

/// A value that is known before the evaluation; costs nothing.
final class ConstantStep: Step {
  let value: CELValue

  init(_ value: CELValue) { self.value = value }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue { value }
}
