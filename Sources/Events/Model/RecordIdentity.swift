/// Where the source's own id of an event stands, so that nobody has to look for it again: every event that is stored is
/// asked for its id.
struct RecordIdentity: Sendable {
  /// None where the source has none, or where it must be unescaped first.
  var id: Slot
  /// What tells events with one id apart, such as the stage of a request; none where the source does not say.
  var part: Slot

  static let none = RecordIdentity(id: .none, part: .none)
}
