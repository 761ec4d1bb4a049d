import FoundationEssentials

/// Base64 by Foundation, over bytes.
package enum Base64 {
  /// White space is passed over. Nil when the text is no base64.
  package static func decode(_ text: String) -> [UInt8]? {
    Data(base64Encoded: String(text.filter { !$0.isWhitespace })).map { [UInt8]($0) }
  }

  package static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

  /// With the alphabet for URLs and without padding (RFC 4648, section 5).
  package static func encodeForURL(_ bytes: some Sequence<UInt8>) -> String {
    encode(bytes).filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
  }
}
