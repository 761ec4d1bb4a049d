import Bytes
import SwiftASN1

/// Reads the fields of a constructed DER value in order. Indefinite lengths, trailing bytes and deep nesting are refused
/// by the parser below.
struct DERFields {
  private let input: TrustInput
  private var iterator: ASN1NodeCollection.Iterator
  private var pending: ASN1Node?

  /// - Parameter input: what is being read, for refusals.
  init(
    _ node: ASN1Node, _ identifier: ASN1Identifier = .sequence, of input: TrustInput
  ) throws(TrustFailure) {
    guard node.identifier == identifier, case .constructed(let nodes) = node.content else {
      throw .malformed(input, "unexpected ASN.1 type \(node.identifier)")
    }
    self.input = input
    iterator = nodes.makeIterator()
    pending = iterator.next()
  }

  init(der: ArraySlice<UInt8>, of input: TrustInput) throws(TrustFailure) {
    self = try DERFields(try Self.parse(der, of: input), of: input)
  }

  static func parse(_ der: ArraySlice<UInt8>, of input: TrustInput) throws(TrustFailure) -> ASN1Node {
    do { return try DER.parse(der) } catch { throw .malformed(input, "it is not DER") }
  }

  var isAtEnd: Bool { pending == nil }

  mutating func next() throws(TrustFailure) -> ASN1Node {
    guard let node = pending else { throw .malformed(input, "a field is missing") }
    pending = iterator.next()
    return node
  }

  /// The next field where it has this tag; nil, without reading it, otherwise.
  mutating func next(if identifier: ASN1Identifier) -> ASN1Node? {
    guard let node = pending, node.identifier == identifier else { return nil }
    pending = iterator.next()
    return node
  }

  /// All remaining fields.
  mutating func rest() -> [ASN1Node] {
    var nodes: [ASN1Node] = []
    while let node = pending {
      nodes.append(node)
      pending = iterator.next()
    }
    return nodes
  }

  /// Refuses further fields.
  func end() throws(TrustFailure) {
    guard pending == nil else { throw .malformed(input, "unexpected fields at its end") }
  }

  mutating func fields(_ identifier: ASN1Identifier = .sequence) throws(TrustFailure) -> DERFields {
    try DERFields(try next(), identifier, of: input)
  }

  mutating func objectIdentifier() throws(TrustFailure) -> ASN1ObjectIdentifier {
    let node = try next()
    do { return try ASN1ObjectIdentifier(derEncoded: node) } catch {
      throw .malformed(input, "an object identifier is not valid")
    }
  }

  mutating func octets() throws(TrustFailure) -> ArraySlice<UInt8> {
    let node = try next()
    do { return try ASN1OctetString(derEncoded: node).bytes } catch {
      throw .malformed(input, "an octet string is not valid")
    }
  }

  mutating func bits() throws(TrustFailure) -> ArraySlice<UInt8> {
    let node = try next()
    do {
      let bits = try ASN1BitString(derEncoded: node)
      guard bits.paddingBits == 0 else { throw TrustFailure.malformed(input, "a bit string has padding") }
      return bits.bytes
    } catch { throw .malformed(input, "a bit string is not valid") }
  }

  mutating func integer() throws(TrustFailure) -> Int {
    let node = try next()
    do { return try Int(derEncoded: node) } catch { throw .malformed(input, "an integer is not valid") }
  }

  /// The bytes of an integer of any size, as they stand.
  mutating func bigInteger() throws(TrustFailure) -> ArraySlice<UInt8> {
    let node = try next()
    guard node.identifier == .integer, case .primitive(let bytes) = node.content, !bytes.isEmpty else {
      throw .malformed(input, "an integer is not valid")
    }
    return bytes
  }

  mutating func time() throws(TrustFailure) -> Timestamp { try Self.time(try next(), of: input) }

  /// A `UTCTime` or `GeneralizedTime`, which DER allows in UTC only.
  static func time(_ node: ASN1Node, of input: TrustInput) throws(TrustFailure) -> Timestamp {
    do {
      if node.identifier == .utcTime {
        let time = try UTCTime(derEncoded: node)
        if let value = timestamp(time.year, time.month, time.day, time.hours, time.minutes, time.seconds, 0) {
          return value
        }
      } else {
        let time = try GeneralizedTime(derEncoded: node)
        var nanoseconds = 0
        var place = 100_000_000
        for digit in time.rawFractionalSeconds where place > 0 {
          nanoseconds += Int(digit &- 0x30) * place
          place /= 10
        }
        if let value = timestamp(
          time.year, time.month, time.day, time.hours, time.minutes, time.seconds, nanoseconds)
        {
          return value
        }
      }
    } catch {}
    throw .malformed(input, "a time is not valid")
  }

  /// Times beyond what `Timestamp` holds, such as the year 9999 of certificates without an end, become its bounds.
  private static func timestamp(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int, _ nanosecond: Int
  ) -> Timestamp? {
    guard let date = CalendarDate(year: year, month: month, day: day), (0..<1_000_000_000).contains(nanosecond) else {
      return nil
    }
    if year > 2261 { return Timestamp(nanoseconds: .max) }
    if year < 1678 { return Timestamp(nanoseconds: .min) }
    return Timestamp(date: date, hour: hour, minute: minute, second: second, nanosecond: nanosecond)
  }
}

extension ASN1Identifier {
  /// A context-specific tag.
  static func context(_ number: UInt) -> ASN1Identifier {
    ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
  }
}

extension ASN1Node {
  /// The bytes of a primitive value; nil for a constructed one.
  var primitive: ArraySlice<UInt8>? { if case .primitive(let bytes) = content { bytes } else { nil } }
}
