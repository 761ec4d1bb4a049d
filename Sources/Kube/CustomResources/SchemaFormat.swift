import Bytes

/// The string formats that schemas of custom resources may require. Unknown formats are ignored, as the server ignores
/// them.
///
/// Source: k8s.io/kube-openapi `pkg/validation/strfmt`.
package enum SchemaFormat {
  static let supported: Set<String> = [
    "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5",
    "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "password", "date", "duration",
    "datetime", "k8sshortname", "k8slongname",
  ]

  static func isSupported(_ format: String) -> Bool { supported.contains(format.filter { $0 != "-" }) }

  package static func holds(_ format: String, _ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch format.filter({ $0 != "-" }) {
    case "uri": return isRequestURI(text)
    case "email": return isEmail(text)
    case "hostname": return isHostname(text)
    case "ipv4": return isIPv4(text)
    case "ipv6": return text.contains(":") && isIPv6(text)
    case "cidr":
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let bits = Int(parts[1]), parts[1].allSatisfy(\.isNumber), parts[1] == String(bits)
      else { return false }
      let address = String(parts[0])
      return isIPv4(address) ? bits <= 32 : address.contains(":") && isIPv6(address) && bits <= 128
    case "mac": return isHardwareAddress(text)
    case "uuid": return isUUID(bytes, version: nil)
    case "uuid3": return isUUID(bytes, version: UInt8(ascii: "3"))
    case "uuid4": return isUUID(bytes, version: UInt8(ascii: "4"))
    case "uuid5": return isUUID(bytes, version: UInt8(ascii: "5"))
    case "byte": return Base64.decode(exactly: text) != nil
    case "date": return bytes.count == 10 && CalendarDate(text) != nil
    case "datetime": return isDateTime(text)
    case "duration": return isDuration(text)
    case "bsonobjectid": return bytes.count == 24 && bytes.allSatisfy(isHex)
    case "hexcolor":
      let digits = bytes.first == UInt8(ascii: "#") ? bytes.dropFirst() : bytes[...]
      return (digits.count == 3 || digits.count == 6) && digits.allSatisfy(isHex)
    case "rgbcolor": return matches(rgb, text)
    case "ssn": return matches(socialSecurity, text)
    case "creditcard": return isCreditCard(bytes)
    case "isbn10": return isISBN10(bytes)
    case "isbn13": return isISBN13(bytes)
    case "isbn": return isISBN10(bytes) || isISBN13(bytes)
    case "k8sshortname": return isName(text, most: 63, dots: false)
    case "k8slongname": return isName(text, most: 253, dots: true)
    default: return true
    }
  }

  private static let rgb = try? LinearRegex(
    "^rgb\\(\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*\\)$"
  )
  private static let socialSecurity = try? LinearRegex("^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$")

  private static func matches(_ regex: LinearRegex?, _ text: String) -> Bool { regex?.matchesWhole(text) ?? false }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  // MARK: Names and addresses

  private static func isRequestURI(_ text: String) -> Bool {
    if text.isEmpty { return false }
    if text.hasPrefix("/") { return !text.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0x20 } }
    // A scheme, then something.
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
    let scheme = Array(text[..<colon].utf8)
    guard isLetter(scheme[0]),
      scheme.allSatisfy({ isLetter($0) || isDigit($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E })
    else { return false }
    let rest = text[text.index(after: colon)...]
    if rest.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return false }
    guard rest.hasPrefix("//") else { return true }
    let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.split(separator: "@").last ?? ""
    if host.contains(" ") { return false }
    if let port = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      return host[host.index(after: port)...].allSatisfy(\.isNumber)
    }
    return true
  }

  private static func isEmail(_ text: String) -> Bool {
    var address = Substring(text)
    if address.hasSuffix(">"), let open = address.lastIndex(of: "<") {
      address = address[address.index(after: open)...].dropLast()
    }
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
    let isAtom = { (part: Substring) in
      part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { piece in
        !piece.isEmpty
          && piece.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || $0 > 0x7F || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0)
          }
      }
    }
    return isAtom(parts[0]) && isAtom(parts[1])
  }

  /// The expression of kube-openapi's `HostnamePattern`: a word, or labels before a top-level name of two letters or more.
  private static func isHostname(_ text: String) -> Bool {
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      if scalar.value < 0x80 {
        return isLetter(UInt8(scalar.value)) || isDigit(UInt8(scalar.value))
          || "$+<=>^`|~".unicodeScalars.contains(scalar)
      }
      return scalar.properties.isAlphabetic
        || [.currencySymbol, .mathSymbol, .modifierSymbol, .otherSymbol].contains(scalar.properties.generalCategory)
    }
    guard text.utf8.count <= 255, !text.isEmpty else { return false }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    for label in labels {
      let scalars = Array(label.unicodeScalars)
      guard let first = scalars.first, let last = scalars.last, scalars.count <= 63, isPart(first), isPart(last),
        scalars.allSatisfy({ isPart($0) || $0 == "-" })
      else { return false }
    }
    guard labels.count > 1, let top = labels.last else { return true }
    return (2...63).contains(top.unicodeScalars.count) && top.unicodeScalars.allSatisfy { $0.properties.isAlphabetic }
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        part.count <= 3 && !part.isEmpty && part.utf8.allSatisfy(isDigit) && (part == "0" || !part.hasPrefix("0"))
          && (Int(part) ?? 256) < 256
      }
  }

  private static func isIPv6(_ text: String) -> Bool {
    let halves = text.components("::")
    guard halves.count <= 2 else { return false }
    func groups(_ half: Substring) -> Int? {
      if half.isEmpty { return 0 }
      let parts = half.split(separator: ":", omittingEmptySubsequences: false)
      var count = 0
      for (index, part) in parts.enumerated() {
        if index == parts.count - 1, part.contains(".") {
          guard isIPv4(String(part)) else { return nil }
          count += 2
        } else {
          guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHex) else { return nil }
          count += 1
        }
      }
      return count
    }
    let counts = halves.map(groups)
    guard !counts.contains(nil) else { return false }
    let total = counts.reduce(0) { $0 + ($1 ?? 0) }
    return halves.count == 2 ? total < 8 : total == 8
  }

  private static func isHardwareAddress(_ text: String) -> Bool {
    for (separator, width) in [(":" as Character, 2), ("-", 2), (".", 4)] {
      let parts = text.split(separator: separator, omittingEmptySubsequences: false)
      let bytes = parts.count * width / 2
      if [6, 8, 20].contains(bytes), parts.count > 1,
        parts.allSatisfy({ $0.utf8.count == width && $0.utf8.allSatisfy(isHex) })
      {
        return true
      }
    }
    return false
  }

  private static func isUUID(_ bytes: [UInt8], version: UInt8?) -> Bool {
    var digits: [UInt8] = []
    var sinceHyphen = 0
    for byte in bytes {
      if byte == 0x2D {
        guard [8, 12, 16, 20].contains(digits.count), sinceHyphen > 0 else { return false }
        sinceHyphen = 0
      } else {
        guard isHex(byte) else { return false }
        digits.append(byte)
        sinceHyphen += 1
      }
    }
    guard digits.count == 32, sinceHyphen > 0 else { return false }
    guard let version else { return true }
    guard digits[12] == version else { return false }
    return version == UInt8(ascii: "3") || "89abAB".utf8.contains(digits[16])
  }

  // MARK: Times

  /// Whether a text is an RFC 3339 date and time, including years outside the range of `Timestamp`.
  package static func isMoment(_ text: String) -> Bool {
    CalendarDate(text.prefix(10)) != nil && Timestamp("2000-01-01" + text.dropFirst(10)) != nil
  }

  private static func isDateTime(_ text: String) -> Bool {
    // go-openapi also accepts times without a zone.
    isMoment(text) || isMoment(text + "Z")
  }

  /// Go's durations and Scala's: `22 ns`, `1 week`.
  private static func isDuration(_ text: String) -> Bool {
    isGoDuration(text) || isScalaDuration(text)
  }

  private static func isGoDuration(_ text: String) -> Bool {
    var rest = Substring(text)
    if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
    if rest == "0" { return true }
    if rest.isEmpty { return false }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard number.contains(where: \.isNumber), number.filter({ $0 == "." }).count <= 1 else { return false }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !$0.isNumber && $0 != "." }
      guard ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(unit) else { return false }
      rest = rest.dropFirst(unit.count)
    }
    return true
  }

  private static let scalaUnits: Set<String> = [
    "ns", "nano", "nanos", "nanosecond", "nanoseconds", "us", "µs", "micro", "micros", "microsecond", "microseconds",
    "ms", "milli", "millis", "millisecond", "milliseconds", "s", "sec", "secs", "second", "seconds", "m", "min", "mins",
    "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "d", "day", "days", "w", "wk", "wks", "week", "weeks",
  ]

  private static func isScalaDuration(_ text: String) -> Bool {
    var rest = Substring(text)
    if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
    let number = rest.prefix { $0.isASCII && $0.isNumber }
    guard !number.isEmpty else { return false }
    let unit = rest.dropFirst(number.count).drop { $0 == " " }
    return scalaUnits.contains(String(unit))
  }

  // MARK: Identifiers and checksums

  private static func isCreditCard(_ bytes: [UInt8]) -> Bool {
    let digits = bytes.filter(isDigit).map { Int($0 - 0x30) }
    guard (13...16).contains(digits.count) else { return false }
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let value = index % 2 == 1 ? digit * 2 : digit
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }

  private static func isISBN10(_ bytes: [UInt8]) -> Bool {
    let digits = bytes.filter { $0 != 0x2D && $0 != 0x20 }
    guard digits.count == 10 else { return false }
    var sum = 0
    for (index, byte) in digits.enumerated() {
      if index == 9, byte == UInt8(ascii: "X") {
        sum += 100
      } else {
        guard isDigit(byte) else { return false }
        sum += (index + 1) * Int(byte - 0x30)
      }
    }
    return sum % 11 == 0
  }

  private static func isISBN13(_ bytes: [UInt8]) -> Bool {
    let digits = bytes.filter { $0 != 0x2D && $0 != 0x20 }
    guard digits.count == 13, digits.allSatisfy(isDigit) else { return false }
    let sum = digits.enumerated().reduce(0) { $0 + Int($1.element - 0x30) * ($1.offset % 2 == 0 ? 1 : 3) }
    return sum % 10 == 0
  }

  private static func isName(_ text: String, most: Int, dots: Bool) -> Bool {
    guard text.utf8.count <= most else { return false }
    let parts = dots ? text.split(separator: ".", omittingEmptySubsequences: false) : [Substring(text)]
    return parts.allSatisfy { part in
      guard let first = part.utf8.first, let last = part.utf8.last else { return false }
      func isPlain(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || isDigit(byte) }
      return isPlain(first) && isPlain(last) && part.utf8.allSatisfy { isPlain($0) || $0 == 0x2D }
    }
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}
