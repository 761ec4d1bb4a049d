import Bytes

/// What the access logs of HTTP servers share.
enum HTTPAccess {
  /// Method, target and version of a request line; junk that clients send is left as it is.
  static func requestLine(_ bytes: Span<UInt8>, _ range: Range<Int>, _ parts: inout LineParts) {
    parts.add("request", range)
    guard let first = bytes.first(0x20, from: range.lowerBound, to: range.upperBound) else { return }
    var last = range.upperBound - 1
    while last > first, bytes[last] != 0x20 { last -= 1 }
    guard last > first, bytes.starts(last + 1, with: "HTTP/") else { return }
    parts.add("method", range.lowerBound..<first)
    parts.add("target", first + 1..<last)
    parts.add("version", last + 6..<range.upperBound)
  }

  /// A value in double quotes at a place.
  ///
  /// - Returns: the value and the place behind the closing quote; nil where there is none.
  static func quoted(_ bytes: Span<UInt8>, _ place: Int) -> (Range<Int>, Int)? {
    guard place < bytes.count, bytes[place] == 0x22 else { return nil }
    var end = place + 1
    while end < bytes.count, bytes[end] != 0x22 {
      end += bytes[end] == 0x5C ? 2 : 1
    }
    guard end < bytes.count else { return nil }
    return (place + 1..<end, end + 1)
  }

  /// A value up to the next blank.
  static func word(_ bytes: Span<UInt8>, _ place: Int) -> (Range<Int>, Int)? {
    guard place < bytes.count else { return nil }
    let end = bytes.first(0x20, from: place) ?? bytes.count
    guard end > place else { return nil }
    return (place..<end, end)
  }

  /// A value between brackets.
  static func bracketed(_ bytes: Span<UInt8>, _ place: Int) -> (Range<Int>, Int)? {
    guard place < bytes.count, bytes[place] == 0x5B, let end = bytes.first(0x5D, from: place) else { return nil }
    return (place + 1..<end, end + 1)
  }

  /// The rules of parts that all of them name alike.
  static let rules: [FieldRule] = [
    .copy("status", to: .httpResponseStatusCode),
    .compute(.userName, from: ["user"]) { bytes, extractor in
      guard let user = extractor.text(0, bytes), user != "-" else { return }
      extractor.emit(.userName, user)
    },
    .compute(.userAgentOriginal, from: ["user_agent"]) { bytes, extractor in
      guard !extractor.equals(0, bytes, "-") else { return }
      extractor.emit(.userAgentOriginal, input: 0, bytes)
    },
    .copy("method", to: .httpRequestMethod),
    .copy("target", to: .urlOriginal),
    .compute(.urlPath, .urlQuery, from: ["target"]) { URLFields.split($0, &$1, 0) },
    .copy("version", to: .httpVersion),
    .copy("bytes", to: .httpResponseBodyBytes),
    .compute(.httpRequestReferrer, from: ["referrer"]) { bytes, extractor in
      guard let text = extractor.text(0, bytes), text != "-", !text.isEmpty else { return }
      extractor.emit(.httpRequestReferrer, text)
    },
    .compute(.networkForwardedIp, from: ["forwarded_for"]) { bytes, extractor in
      guard let text = extractor.text(0, bytes), text != "-" else { return }
      let claims = text.split(separator: ",").prefix(64).map { String($0.filter { $0 != " " }) }
      extractor.emit(.networkForwardedIp, all: claims.filter { !$0.isEmpty })
    },
    .copy("request_id", to: .httpRequestId),
  ]

  /// Category, type, outcome and action of a plain request.
  static let plain = FieldRule.compute(
    .eventAction, .eventCategory, .eventType, .eventOutcome, from: ["method", "status"]
  ) { bytes, extractor in
    extractor.header.categories.insert(.web)
    extractor.header.types.insert(.access)
    extractor.emit(.eventAction, input: 0, bytes)
    guard let status = extractor.integer(1, bytes) else { return }
    if status == 401 || status == 403 { extractor.header.types.insert(.denied) }
    extractor.setOutcome(status >= 400 ? .failure : .success)
  }
}
