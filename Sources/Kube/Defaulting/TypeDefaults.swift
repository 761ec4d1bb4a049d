import Bytes

/// The defaults of one type: constants, and rules that depend on other fields.
struct TypeDefaults: Sendable {
  typealias Rule = @Sendable (inout FieldSet) -> Void

  /// Constants for fields that are empty.
  let values: [(String, DocumentNode)]
  /// Runs before nested structures get their defaults.
  let begin: Rule?
  /// Runs after nested structures got their defaults.
  let finish: Rule?

  init(_ values: [(String, DocumentNode)] = [], begin: Rule? = nil, finish: Rule? = nil) {
    self.values = values
    self.begin = begin
    self.finish = finish
  }

  /// By package and name of the type. Each API group has a file of its own.
  static let table: [String: TypeDefaults] = {
    var table: [String: TypeDefaults] = [:]
    for group in [
      core, workloads, autoscaling, networking, accessControl, admissionRegistration, storage, devices, otherGroups,
    ] {
      table.merge(group) { first, _ in first }
    }
    return table
  }()
}
