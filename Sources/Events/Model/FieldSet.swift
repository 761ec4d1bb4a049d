/// A set of fields, of which asking is one shift.
struct FieldSet: Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)

  subscript(field: FieldID) -> Bool {
    @inline(__always) get {
      let bit = UInt64(1) << UInt64(field.rawValue & 63)
      return switch field.rawValue >> 6 {
      case 0: words.0 & bit != 0
      case 1: words.1 & bit != 0
      case 2: words.2 & bit != 0
      case 3: words.3 & bit != 0
      default: words.4 & bit != 0
      }
    }
    @inline(__always) set {
      let bit = UInt64(1) << UInt64(field.rawValue & 63)
      switch field.rawValue >> 6 {
      case 0: words.0 = newValue ? words.0 | bit : words.0 & ~bit
      case 1: words.1 = newValue ? words.1 | bit : words.1 & ~bit
      case 2: words.2 = newValue ? words.2 | bit : words.2 & ~bit
      case 3: words.3 = newValue ? words.3 | bit : words.3 & ~bit
      default: words.4 = newValue ? words.4 | bit : words.4 & ~bit
      }
    }
  }
}
