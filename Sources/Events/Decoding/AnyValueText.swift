import Bytes

/// Values as OpenTelemetry's JSON has them (`{"kvlistValue": {"values": [{"key": …, "value": …}]}}`) as the JSON that they
/// stand for. Source: opentelemetry-proto, common/v1/common.proto.
enum AnyValueText {
  private static let mostLevels = 32

  /// - Returns: nil for an object that is no such list of keys and values.
  static func object(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    guard let first = first(bytes, range), isNamed(bytes, first, "kvlistValue", "kvlist_value") else { return nil }
    var text: [UInt8] = []
    return append(bytes, range, .object, 0, &text) ? text : nil
  }

  private static func first(_ bytes: Span<UInt8>, _ object: Range<Int>) -> JSONScan.Member? {
    var first: JSONScan.Member?
    _ = JSONScan.members(bytes, object.lowerBound) { member in
      first = member
      return false
    }
    return first
  }

  /// Names are written in both ways that protobuf allows.
  private static func isNamed(
    _ bytes: Span<UInt8>, _ member: JSONScan.Member, _ camel: StaticString, _ snake: StaticString
  ) -> Bool {
    bytes.equals(member.key, camel) || bytes.equals(member.key, snake)
  }

  private static func append(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, _ level: Int, _ text: inout [UInt8]
  ) -> Bool {
    guard level < mostLevels, kind == .object else { return false }
    guard let only = first(bytes, range) else {
      text += Array("null".utf8)
      return true
    }
    var isWhole = true
    if isNamed(bytes, only, "kvlistValue", "kvlist_value") {
      text.append(0x7B)
      var isFirst = true
      var members = JSONMembers()
      let path = Array("values".utf8)
      JSONPath.values(bytes, only.value, only.kind, path: path.span) { pair, kind in
        guard kind == .object, members.read(bytes, pair.lowerBound) >= 0,
          let key = members.member(bytes, "key"), key.kind == .string || key.kind == .escaped
        else {
          isWhole = false
          return false
        }
        if !isFirst { text.append(0x2C) }
        isFirst = false
        bytes.append(key.value, to: &text)
        text.append(0x3A)
        if let value = members.member(bytes, "value") {
          isWhole = append(bytes, value.value, value.kind, level + 1, &text)
        } else {
          text += Array("null".utf8)
        }
        return isWhole
      }
      text.append(0x7D)
    } else if isNamed(bytes, only, "arrayValue", "array_value") {
      text.append(0x5B)
      var isFirst = true
      let path = Array("values".utf8)
      JSONPath.values(bytes, only.value, only.kind, path: path.span) { value, kind in
        if !isFirst { text.append(0x2C) }
        isFirst = false
        isWhole = append(bytes, value, kind, level + 1, &text)
        return isWhole
      }
      text.append(0x5D)
    } else if isNamed(bytes, only, "intValue", "int_value"), only.kind == .string {
      bytes.append(Extractor.inner(only.value, only.kind), to: &text)
    } else {
      bytes.append(only.value, to: &text)
    }
    return isWhole
  }
}
