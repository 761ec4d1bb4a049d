/// A reader of bytes that somebody else wrote.
struct FuzzTarget: Sendable {
  let name: String
  /// Reads them. Whatever they are, it comes back: with an answer, or with an error that the reader throws.
  let read: @Sendable (_ bytes: [UInt8]) throws -> Void

  /// All targets. A new reader is one line in the list that it belongs to.
  static let all = archives + documents + texts + images + cluster + trust
}
