import Bytes

/// What the server adds to a structure of one type.
struct TypeDefaults: Sendable {
  typealias Rule = @Sendable (inout FieldSet) -> Void

  /// Values of fields that are empty.
  let values: [(String, DocumentNode)]
  /// What depends on other fields; it runs before the structures below get their defaults.
  let begin: Rule?
  /// What depends on the structures below, once they have their defaults.
  let finish: Rule?

  init(_ values: [(String, DocumentNode)] = [], begin: Rule? = nil, finish: Rule? = nil) {
    self.values = values
    self.begin = begin
    self.finish = finish
  }

  /// By package and name of the type. A group's defaults are one file.
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
