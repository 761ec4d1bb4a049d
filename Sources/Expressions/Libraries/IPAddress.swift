import Bytes

/// An IP address as Go's `net/netip` reads and writes it.
struct IPAddress: Equatable, Sendable, CustomStringConvertible {
  struct Invalid: Error {
    /// In Go's words.
    let message: String
  }

  /// 4 or 16.
  let bytes: [UInt8]
  let hasZone: Bool

  init(bytes: [UInt8], hasZone: Bool = false) {
    self.bytes = bytes
    self.hasZone = hasZone
  }

  init(_ text: String) throws(Invalid) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "."):
        self = try Self.version4(Array(text.utf8))
        return
      case UInt8(ascii: ":"):
        self = try Self.version6(Array(text.utf8))
        return
      case UInt8(ascii: "%"): throw Invalid(message: "missing IPv6 address")
      default: continue
      }
    }
    throw Invalid(message: "unable to parse IP")
  }

  private static func version4(_ text: [UInt8]) throws(Invalid) -> IPAddress {
    var fields: [UInt8] = []
    var value = 0
    var digits = 0
    for (index, byte) in text.enumerated() {
      if byte &- 0x30 < 10 {
        if digits == 1, value == 0 { throw Invalid(message: "IPv4 field has octet with leading zero") }
        value = value * 10 + Int(byte - 0x30)
        digits += 1
        if value > 255 { throw Invalid(message: "IPv4 field has value >255") }
      } else if byte == UInt8(ascii: ".") {
        if index == 0 || index == text.count - 1 || text[index - 1] == UInt8(ascii: ".") {
          throw at("IPv4 field must have at least one digit", text[index...])
        }
        if fields.count == 3 { throw Invalid(message: "IPv4 address too long") }
        fields.append(UInt8(value))
        value = 0
        digits = 0
      } else {
        throw at("unexpected character", text[index...])
      }
    }
    guard fields.count == 3 else { throw Invalid(message: "IPv4 address too short") }
    return IPAddress(bytes: fields + [UInt8(value)])
  }

  private static func at(_ message: String, _ rest: ArraySlice<UInt8>) -> Invalid {
    Invalid(message: message + " (at \(GoText.quoted(String(decoding: rest, as: UTF8.self))))")
  }

  private static func version6(_ whole: [UInt8]) throws(Invalid) -> IPAddress {
    var text = whole[...]
    var hasZone = false
    if let mark = text.firstIndex(of: UInt8(ascii: "%")) {
      guard mark + 1 < text.endIndex else { throw Invalid(message: "zone must be a non-empty string") }
      hasZone = true
      text = text[..<mark]
    }
    var bytes: [UInt8] = []
    var ellipsis: Int?
    let colon = UInt8(ascii: ":")
    if text.count >= 2, text[0] == colon, text[1] == colon {
      ellipsis = 0
      text = text.dropFirst(2)
      if text.isEmpty { return IPAddress(bytes: [UInt8](repeating: 0, count: 16), hasZone: hasZone) }
    }
    while bytes.count < 16 {
      var offset = 0
      var value: UInt32 = 0
      let start = text.startIndex
      while start + offset < text.endIndex {
        let byte = text[start + offset]
        let digit: UInt32
        switch byte {
        case 0x30...0x39: digit = UInt32(byte - 0x30)
        case 0x61...0x66: digit = UInt32(byte - 0x61 + 10)
        case 0x41...0x46: digit = UInt32(byte - 0x41 + 10)
        default: digit = 16
        }
        if digit == 16 { break }
        if offset > 3 { throw at("each group must have 4 or less digits", text) }
        value = value << 4 + digit
        if value > 0xFFFF { throw at("IPv6 field has value >=2^16", text) }
        offset += 1
      }
      if offset == 0 { throw at("each colon-separated field must have at least one digit", text) }
      if start + offset < text.endIndex, text[start + offset] == UInt8(ascii: ".") {
        if ellipsis == nil, bytes.count != 12 {
          throw at("embedded IPv4 address must replace the final 2 fields of the address", text)
        }
        if bytes.count + 4 > 16 {
          throw at("too many hex fields to fit an embedded IPv4 at the end of the address", text)
        }
        bytes += try version4(Array(text)).bytes
        text = text[text.endIndex...]
        break
      }
      bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
      text = text.dropFirst(offset)
      if text.isEmpty { break }
      if text.first != colon { throw at("unexpected character, want colon", text) }
      if text.count == 1 { throw at("colon must be followed by more characters", text) }
      text = text.dropFirst()
      if text.first == colon {
        if ellipsis != nil { throw at("multiple :: in address", text) }
        ellipsis = bytes.count
        text = text.dropFirst()
        if text.isEmpty { break }
      }
    }
    if !text.isEmpty { throw at("trailing garbage after address", text) }
    if bytes.count < 16 {
      guard let ellipsis else { throw Invalid(message: "address string too short") }
      bytes.insert(contentsOf: [UInt8](repeating: 0, count: 16 - bytes.count), at: ellipsis)
    } else if ellipsis != nil {
      throw Invalid(message: "the :: must expand to at least one field of zeros")
    }
    return IPAddress(bytes: bytes, hasZone: hasZone)
  }

  var isVersion4: Bool { bytes.count == 4 }

  /// An IPv4 address within IPv6, `::ffff:1.2.3.4`.
  var isMapped: Bool {
    bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
  }

  var unmapped: IPAddress { isMapped ? IPAddress(bytes: Array(bytes[12...])) : self }

  var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

  var isLoopback: Bool { isVersion4 ? bytes[0] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1 }

  var isLinkLocalUnicast: Bool {
    isVersion4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  private var isMulticast: Bool { isVersion4 ? bytes[0] & 0xF0 == 0xE0 : bytes[0] == 0xFF }

  var isLinkLocalMulticast: Bool {
    isVersion4 ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xFF && bytes[1] & 0x0F == 2
  }

  var isGlobalUnicast: Bool {
    if isVersion4, isUnspecified || bytes.allSatisfy({ $0 == 255 }) { return false }
    return !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
  }

  var description: String {
    if isVersion4 { return bytes.map { String($0) }.joined(separator: ".") }
    if isMapped { return "::ffff:" + unmapped.description }
    let groups = (0..<8).map { UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]) }
    var best = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index >= 2, end - index > best.count { best = index..<end }
      index = max(end, index + 1)
    }
    var result = ""
    index = 0
    while index < 8 {
      if index == best.lowerBound, !best.isEmpty {
        result += "::"
        index = best.upperBound
        continue
      }
      if index > 0, !result.hasSuffix(":") { result += ":" }
      result += String(groups[index], radix: 16)
      index += 1
    }
    return result
  }
}

/// An address with the length of its network part, `10.0.0.1/8`.
struct IPNetwork: Equatable, Sendable, CustomStringConvertible {
  let address: IPAddress
  let length: Int

  init(address: IPAddress, length: Int) {
    self.address = address
    self.length = length
  }

  init(_ text: String) throws(IPAddress.Invalid) {
    func refuse(_ message: String) -> IPAddress.Invalid {
      IPAddress.Invalid(message: "netip.ParsePrefix(\(GoText.quoted(text))): \(message)")
    }
    guard let slash = text.lastIndex(of: "/") else { throw refuse("no '/'") }
    let head = String(text[..<slash])
    let parsed: IPAddress
    do throws(IPAddress.Invalid) {
      parsed = try IPAddress(head)
    } catch {
      throw refuse("ParseAddr(\(GoText.quoted(head))): \(error.message)")
    }
    if parsed.hasZone { throw refuse("IPv6 zones cannot be present in a prefix") }
    let bits = String(text[text.index(after: slash)...])
    let digits = Array(bits.utf8)
    let isNumber = !digits.isEmpty && digits.count <= 3 && digits.allSatisfy { $0 &- 0x30 < 10 }
    guard isNumber, digits.count == 1 || digits[0] != 0x30, let length = Int(bits) else {
      throw refuse("bad bits after slash: \(GoText.quoted(bits))")
    }
    guard length <= parsed.bytes.count * 8 else { throw refuse("prefix length out of range") }
    address = parsed
    self.length = length
  }

  var masked: IPNetwork {
    var bytes = address.bytes
    for index in bytes.indices {
      let kept = min(8, max(0, length - index * 8))
      bytes[index] &= kept == 8 ? 0xFF : ~(0xFF >> UInt8(kept))
    }
    return IPNetwork(address: IPAddress(bytes: bytes), length: length)
  }

  func contains(_ other: IPAddress) -> Bool {
    other.bytes.count == address.bytes.count && IPNetwork(address: other, length: length).masked == masked
  }

  func contains(_ other: IPNetwork) -> Bool {
    other.address.bytes.count == address.bytes.count && length <= other.length && contains(other.address)
  }

  var description: String { address.description + "/" + String(length) }
}
