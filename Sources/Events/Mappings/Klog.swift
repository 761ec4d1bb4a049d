import Bytes

extension Mapping {
  /// The log of Kubernetes' components: `I1123 07:11:08.257776       1 controller.go:123] "Message" key="value"`.
  /// Source: kubernetes/klog, klog.go, formatHeader; structured logging, KEP 1602.
  static let klog = Mapping(
    .klog, "Log of a Kubernetes component",
    .line { KlogLine.parse($0, &$1) },
    isGeneric: false,
    aliases: [Alias(prefix: "klog", native: "")],
    rules: [
      .compute(.timestamp, from: ["time"]) { bytes, extractor in
        let capture = extractor.input(0)
        extractor.setTime(KlogLine.moment(bytes.extracting(capture.range), extractor.options.nearby))
      },
      .copy("level", to: .logLevel),
      .copy("message", to: .message),
      .copy("thread", to: .processThreadId),
      .copy("file", to: .logOriginFileName),
      .copy("line", to: .logOriginFileLine),
      .copy("err", "error", to: .errorMessage),
      .compute(.orchestratorNamespace, .kubernetesPodName, from: ["pod"]) { bytes, extractor in
        guard let parts = extractor.text(0, bytes)?.split(separator: "/"), parts.count == 2 else { return }
        extractor.emit(.orchestratorNamespace, String(parts[0]))
        extractor.emit(.kubernetesPodName, String(parts[1]))
      },
      .copy("node", to: .kubernetesNodeName),
      .copy("containerName", to: .kubernetesContainerName),
    ])
}

private enum KlogLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard bytes.count > 30, [0x49, 0x57, 0x45, 0x46].contains(bytes[0]), EventTime.two(bytes, 1) != nil,
      EventTime.two(bytes, 3) != nil, bytes[5] == 0x20, bytes[8] == 0x3A, bytes[11] == 0x3A, bytes[14] == 0x2E,
      let close = bytes.first(0x5D, from: 21, to: min(bytes.count, 256)), close + 1 < bytes.count,
      bytes[close + 1] == 0x20,
      let colon = lastColon(bytes, close)
    else { return false }
    let source = bytes.trimmed(21..<close)
    guard let blank = bytes.first(0x20, from: source.lowerBound, to: source.upperBound), blank < colon else {
      return false
    }
    parts.add("level", 0..<1)
    parts.add("time", 1..<21)
    parts.add("thread", source.lowerBound..<blank)
    parts.add("file", bytes.trimmed(blank..<colon))
    parts.add("line", colon + 1..<close)
    let text = close + 2
    if let (message, after) = HTTPAccess.quoted(bytes, text) {
      parts.add("message", message)
      KeyValues.each(bytes, after..<bytes.count) { key, value, isEscaped in
        if isEscaped {
          var made: [UInt8] = []
          JSONScan.unescape(bytes, value, into: &made)
          parts.add(bytes, key: key, made: made)
        } else {
          parts.add(bytes, key: key, value)
        }
        return true
      }
    } else {
      parts.add("message", min(text, bytes.count)..<bytes.count)
    }
    return true
  }

  private static func lastColon(_ bytes: Span<UInt8>, _ close: Int) -> Int? {
    var place = close - 1
    while place > 21, bytes[place] != 0x3A { place -= 1 }
    return place > 21 && bytes.integer(place + 1..<close) != nil ? place : nil
  }

  /// `1123 07:11:08.257776`, without a year.
  static func moment(_ text: Span<UInt8>, _ near: Timestamp?) -> Int64? {
    guard let near, let month = EventTime.two(text, 0), let day = EventTime.two(text, 2),
      let hour = EventTime.two(text, 5),
      let minute = EventTime.two(text, 8), let second = EventTime.two(text, 11), let micro = text.integer(14..<20)
    else { return nil }
    let this = near.date.parts.year
    for year in [this + 1, this, this - 1] {
      guard let date = CalendarDate(year: year, month: month, day: day),
        let moment = Timestamp(date: date, hour: hour, minute: minute, second: second, nanosecond: micro * 1000)
      else { continue }
      if moment.nanoseconds <= near.nanoseconds.addingReportingOverflow(86_400_000_000_000).partialValue {
        return moment.nanoseconds
      }
    }
    return nil
  }
}
