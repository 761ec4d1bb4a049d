import Bytes

/// A variable or another value with fields, keys and indexes behind it: `object.spec.containers[0].image`.
///
/// The API server counts one for it and one for each field, key or index that it looks at; branches of `?:` do not count
/// the one for the attribute itself.
final class AttributeStep: Step {
  enum Root {
    /// A variable of the activation or of a comprehension.
    case slot(Int, name: String)
    /// A field of `variables`.
    case composited(String)
    case step(any Step)
  }

  struct Qualifier {
    enum Key {
      case field(String)
      case constant(CELValue)
      /// Counts the cost of its own, see `AttributeStep.resolve`.
      case dynamic(any Step)
    }

    let key: Key
    /// Whether absence gives `optional.none()`.
    let isOptional: Bool
    /// Whether presence is asked for: `has()`.
    let isTest: Bool
    /// Whether asking a value that can have no fields for one is a failure rather than absence.
    let isStrict: Bool
  }

  let root: Root
  let qualifiers: [Qualifier]
  /// Whether only presence is asked for, which costs no more than the fields looked at.
  private let isTest: Bool
  /// The names of plain fields behind a variable, the common case; empty otherwise.
  private let plain: [String]
  private let hasOptional: Bool

  init(_ root: Root, _ qualifiers: [Qualifier]) {
    self.root = root
    self.qualifiers = qualifiers
    isTest = qualifiers.last?.isTest ?? false
    hasOptional = qualifiers.contains { $0.isOptional }
    var names: [String] = []
    for qualifier in qualifiers {
      guard case .field(let name) = qualifier.key, !qualifier.isOptional, !qualifier.isTest else {
        names = []
        break
      }
      names.append(name)
    }
    plain = names
  }

  func adding(_ qualifier: Qualifier) -> AttributeStep { AttributeStep(root, qualifiers + [qualifier]) }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    if !isTest { evaluation.add(1) }
    return try resolve(&evaluation)
  }

  /// The value, without the cost of the attribute itself.
  func resolve(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    let first: CELValue
    switch root {
    case .slot(let index, let name):
      first = try evaluation.read(index, name)
      if qualifiers.isEmpty { return first }
    case .composited(let name):
      evaluation.add(1)
      first = try evaluation.activation.composited(name)
      if qualifiers.isEmpty { return first }
    case .step(let step):
      first = try step.evaluate(&evaluation)
      if qualifiers.isEmpty { return first }
    }
    if !plain.isEmpty, case .map(.nodes(let mapping)) = first { return try follow(mapping, &evaluation) }
    return try qualify(first, &evaluation)
  }

  /// Plain fields through the mappings of a document.
  private func follow(_ start: Mapping, _ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    var mapping = start
    var index = 0
    while true {
      evaluation.add(1)
      let name = plain[index]
      guard let node = evaluation.find(name, in: mapping) else { throw CELFailure(.noSuchKey, name) }
      index += 1
      if index == plain.count { return CELValue(node) }
      guard case .object(let next) = node.content else {
        evaluation.add(1)
        throw CELFailure(.noSuchKey, plain[index])
      }
      mapping = next
    }
  }

  private func qualify(_ start: CELValue, _ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    var value = start
    var isOptional = false
    if case .optional(let optional) = start {
      isOptional = true
      guard let held = optional.value else { return isTest ? .bool(false) : start }
      value = held
    }
    for qualifier in qualifiers {
      if qualifier.isStrict, case .optional(let optional) = value {
        guard let held = optional.value else { return isTest ? .bool(false) : value }
        isOptional = true
        value = held
      }
      isOptional = isOptional || qualifier.isOptional
      let found: CELValue?
      if qualifier.isTest {
        let present = try Self.look(up: qualifier, in: value, mayMiss: true, &evaluation) != nil
        // A test behind something optional that is absent ends above; of a present one it is a plain truth value.
        return .bool(present)
      }
      found = try Self.look(up: qualifier, in: value, mayMiss: isOptional, &evaluation)
      guard let found else { return isTest ? .bool(false) : .optional(.none) }
      value = found
    }
    return isOptional ? .optional(CELOptional(value)) : value
  }

  private static func look(
    up qualifier: Qualifier, in value: CELValue, mayMiss: Bool, _ evaluation: inout Evaluation
  ) throws(CELFailure) -> CELValue? {
    let key: CELValue
    switch qualifier.key {
    case .field(let name):
      if case .map(.nodes(let mapping)) = value {
        let node = evaluation.find(name, in: mapping)
        if node == nil, mayMiss, !qualifier.isTest { return nil }
        evaluation.add(1)
        if let node { return CELValue(node) }
        if mayMiss { return nil }
        throw CELFailure(.noSuchKey, name)
      }
      key = .string(name)
    case .constant(let constant): key = constant
    case .dynamic(let step):
      key = try qualifierValue(step, &evaluation)
    }
    let found: CELValue?
    do throws(CELFailure) {
      found = try element(key, of: value, &evaluation, mayMiss: mayMiss, isStrict: qualifier.isStrict)
    } catch {
      evaluation.add(1)
      throw error
    }
    if found != nil || !mayMiss || qualifier.isTest { evaluation.add(1) }
    return found
  }

  /// The value of an index that is computed. If it is an attribute, its own cost is not counted.
  private static func qualifierValue(_ step: any Step, _ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    do throws(CELFailure) {
      if let attribute = step as? AttributeStep { return try attribute.resolve(&evaluation) }
      return try step.evaluate(&evaluation)
    } catch {
      evaluation.add(1)
      throw error
    }
  }

  /// What stands under a key or index; nil where it is absent and that is no failure.
  private static func element(
    _ key: CELValue, of value: CELValue, _ evaluation: inout Evaluation, mayMiss: Bool, isStrict: Bool
  ) throws(CELFailure) -> CELValue? {
    switch value {
    case .map(let map):
      if case .nodes(let mapping) = map {
        if case .string(let name) = key, let node = evaluation.find(name, in: mapping) { return CELValue(node) }
      } else if let found = map[key] {
        return found
      }
      if mayMiss { return nil }
      throw CELFailure(.noSuchKey, key.shown)
    case .list(let list):
      let index: Int64
      switch key {
      case .int(let value): index = value
      case .uint(let value): index = Int64(clamping: value)
      case .double(let value):
        guard let whole = Int64(exactly: value) else {
          throw .argument("unsupported index value \(GoFloat.general(value)) in list")
        }
        index = whole
      default: throw .argument("unsupported index type '\(key.type.name)' in list")
      }
      if index >= 0, index < Int64(list.count) { return list[Int(index)] }
      if mayMiss { return nil }
      throw CELFailure(.indexOutOfBounds, key.shown)
    case .object(let object):
      if case .string(let name) = key, let found = object[name] { return found }
      if mayMiss { return nil }
      throw CELFailure(.noSuchKey, key.shown)
    case .variables:
      guard case .string(let name) = key, evaluation.activation.hasComposited(name) else {
        if mayMiss { return nil }
        throw CELFailure(.noSuchKey, key.shown)
      }
      return try evaluation.activation.composited(name)
    default:
      if mayMiss, !isStrict { return nil }
      throw CELFailure(.noSuchKey, key.shown)
    }
  }
}

/// `condition ? a : b`. It costs nothing itself.
final class ConditionalStep: Step {
  let condition: any Step
  let yes: any Step
  let no: any Step

  init(_ condition: any Step, _ yes: any Step, _ no: any Step) {
    self.condition = condition
    self.yes = yes
    self.no = no
  }

  func evaluate(_ evaluation: inout Evaluation) throws(CELFailure) -> CELValue {
    guard case .bool(let isTrue) = try condition.evaluate(&evaluation) else { throw .noSuchOverload }
    let branch = isTrue ? yes : no
    if let attribute = branch as? AttributeStep { return try attribute.resolve(&evaluation) }
    return try branch.evaluate(&evaluation)
  }

  /// A field behind the parentheses is a field of either branch.
  func adding(_ qualifier: AttributeStep.Qualifier) -> ConditionalStep {
    ConditionalStep(condition, Self.adding(qualifier, to: yes), Self.adding(qualifier, to: no))
  }

  private static func adding(_ qualifier: AttributeStep.Qualifier, to step: any Step) -> any Step {
    if let attribute = step as? AttributeStep { return attribute.adding(qualifier) }
    if let conditional = step as? ConditionalStep { return conditional.adding(qualifier) }
    return AttributeStep(.step(step), [qualifier])
  }
}
