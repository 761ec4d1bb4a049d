/// Ids of suppressions.
package enum SuppressionName {
  /// One that no other has.
  package static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    let number = generator.next() as UInt64
    let digits = String(number, radix: 16)
    return "sup-" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
