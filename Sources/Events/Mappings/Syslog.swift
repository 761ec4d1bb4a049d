import Bytes

extension Mapping {
  /// Syslog in all its clothes: RFC 5424, RFC 3164, the same without priority as daemons write it to files, and
  /// rsyslog's format with RFC 3339 times. The message is the content: what program wrote it is told by what it says.
  static let syslog = Mapping(
    .syslog, "syslog",
    .line { SyslogLine.parse($0, &$1) },
    content: Content(paths: ["message"], isContainerOutput: false),
    aliases: [Alias(prefix: "syslog", native: "")],
    rules: [
      .compute(.timestamp, from: ["time", "bsd_time"]) { bytes, extractor in
        let iso = extractor.input(0)
        if iso.hasValue { return extractor.setTime(EventTime.iso(bytes.extracting(iso.range))) }
        let bsd = extractor.input(1)
        guard bsd.hasValue else { return }
        extractor.setTime(EventTime.bsd(bytes.extracting(bsd.range), near: extractor.options.nearby)?.moment ?? nil)
      },
      .copy("host", to: .hostName),
      .compute(
        .logLevel, .logSyslogPriority, .logSyslogFacilityCode, .logSyslogSeverityCode, .eventType, from: ["priority"]
      ) { bytes, extractor in
        if extractor.header.types.isEmpty { extractor.header.types.insert(.info) }
        guard let priority = extractor.integer(0, bytes) else { return }
        extractor.setLevel(LogLevel(rawValue: UInt8(priority & 7)))
        extractor.emit(.logSyslogPriority, integer: priority)
        extractor.emit(.logSyslogFacilityCode, integer: priority >> 3)
        extractor.emit(.logSyslogSeverityCode, integer: priority & 7)
      },
      .copy("host", to: .logSyslogHostname),
      .copy("app", to: .logSyslogAppname),
      .copy("app", to: .processName),
      .copy("procid", to: .logSyslogProcid),
      .compute(.processPid, from: ["procid"]) { bytes, extractor in
        if let number = extractor.integer(0, bytes) { extractor.emit(.processPid, integer: number) }
      },
      .copy("msgid", to: .logSyslogMsgid),
      .copy("structured_data", to: .logSyslogStructuredData),
      .copy("version", to: .logSyslogVersion),
      .copy("message", to: .message),
    ])
}

/// Source: RFC 5424, section 6; RFC 3164, section 4.
private enum SyslogLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    var place = 0
    // The count of octet-counted framing (RFC 6587), where a stream was written to a file as it came.
    if bytes.count > 0, bytes[0] &- 0x31 < 9 {
      var end = 0
      while end < bytes.count, end < 8, bytes[end] &- 0x30 < 10 { end += 1 }
      if end + 1 < bytes.count, bytes[end] == 0x20, bytes[end + 1] == 0x3C { place = end + 1 }
    }
    var hasPriority = false
    if place < bytes.count, bytes[place] == 0x3C,
      let close = bytes.first(0x3E, from: place, to: min(place + 5, bytes.count)),
      let priority = bytes.integer(place + 1..<close), priority <= 191
    {
      parts.add("priority", place + 1..<close)
      place = close + 1
      hasPriority = true
    }
    if hasPriority, place + 1 < bytes.count, bytes[place] &- 0x31 < 9, bytes[place + 1] == 0x20 {
      return modern(bytes, place, &parts)
    }
    return traditional(bytes, place, hasPriority, &parts)
  }

  private static func modern(_ bytes: Span<UInt8>, _ start: Int, _ parts: inout LineParts) -> Bool {
    parts.add("version", start..<start + 1)
    var place = start + 2
    for name in ["time", "host", "app", "procid", "msgid"] as [StaticString] {
      guard let (word, after) = HTTPAccess.word(bytes, place) else { return false }
      if !bytes.equals(word, "-") { parts.add(name, word) }
      place = after + 1
    }
    guard place < bytes.count else { return true }
    if bytes[place] == 0x5B {
      let first = place
      while place < bytes.count, bytes[place] == 0x5B {
        guard let end = element(bytes, place, &parts) else { return false }
        place = end
      }
      parts.add("structured_data", first..<place)
    } else if bytes[place] == 0x2D {
      place += 1
    } else {
      return false
    }
    place = min(place + 1, bytes.count)
    if bytes.starts(place, with: "\u{FEFF}") { place += 3 }
    if place < bytes.count { addMessage(bytes, place, &parts) }
    return true
  }

  /// `[id name="value" …]`, whose values escape quotes, backslashes and brackets.
  private static func element(_ bytes: Span<UInt8>, _ start: Int, _ parts: inout LineParts) -> Int? {
    var place = start + 1
    let id = place
    while place < bytes.count, bytes[place] != 0x20, bytes[place] != 0x5D { place += 1 }
    let idEnd = place
    while place < bytes.count, bytes[place] == 0x20 {
      place += 1
      let name = place
      while place < bytes.count, bytes[place] != 0x3D, bytes[place] != 0x5D { place += 1 }
      guard place + 1 < bytes.count, bytes[place] == 0x3D, bytes[place + 1] == 0x22 else { return nil }
      var key: [UInt8] = []
      for index in id..<idEnd { key.append(bytes[index]) }
      key.append(0x2E)
      for index in name..<place { key.append(bytes[index]) }
      place += 2
      var value: [UInt8] = []
      while place < bytes.count, bytes[place] != 0x22 {
        if bytes[place] == 0x5C, place + 1 < bytes.count, [0x22, 0x5C, 0x5D].contains(bytes[place + 1]) { place += 1 }
        value.append(bytes[place])
        place += 1
      }
      guard place < bytes.count else { return nil }
      parts.add(key.span, key: 0..<key.count, made: value)
      place += 1
    }
    return place < bytes.count && bytes[place] == 0x5D ? place + 1 : nil
  }

  private static func traditional(
    _ bytes: Span<UInt8>, _ start: Int, _ hasPriority: Bool, _ parts: inout LineParts
  ) -> Bool {
    var place = start
    var hasTime = false
    let rest = bytes.extracting(droppingFirst: start)
    if let (_, end) = EventTime.bsd(rest, near: nil) {
      parts.add("bsd_time", start..<start + end)
      place = start + end
      hasTime = true
    } else if let (word, after) = HTTPAccess.word(bytes, start), word.count >= 20,
      EventTime.iso(bytes.extracting(word)) != nil
    {
      parts.add("time", word)
      place = after
      hasTime = true
    }
    guard hasTime || hasPriority else { return false }
    if hasTime {
      guard place < bytes.count, bytes[place] == 0x20 else { return false }
      place += 1
    }
    // Host, then the tag; local senders leave the host out.
    var word = HTTPAccess.word(bytes, place)
    if let (range, after) = word, hasTime, !isTag(bytes, range), isHost(bytes, range) {
      parts.add("host", range)
      place = after + 1
      word = HTTPAccess.word(bytes, place)
    }
    guard let (range, after) = word, isTag(bytes, range) else {
      // Without priority the tag is what makes it syslog, or what appliances write in its place.
      guard hasPriority || bytes.starts(place, with: "CEF:") || bytes.starts(place, with: "LEEF:") else { return false }
      if place < bytes.count { parts.add("message", place..<bytes.count) }
      return true
    }
    let colon = range.upperBound - 1
    if bytes[colon - 1] == 0x5D, let open = bytes.first(0x5B, from: range.lowerBound, to: colon) {
      parts.add("app", range.lowerBound..<open)
      parts.add("procid", open + 1..<colon - 1)
    } else {
      parts.add("app", range.lowerBound..<colon)
    }
    let message = min(after + 1, bytes.count)
    if message < bytes.count { addMessage(bytes, message, &parts) }
    return true
  }

  /// The message; what was said several times (`message repeated 5 times: [ … ]`) is what stands in the brackets, and how
  /// often is a part of its own.
  private static func addMessage(_ bytes: Span<UInt8>, _ start: Int, _ parts: inout LineParts) {
    let words: StaticString = "message repeated "
    let first = start + words.utf8CodeUnitCount
    if bytes.starts(start, with: words), let blank = bytes.first(0x20, from: first, to: min(first + 12, bytes.count)),
      let count = bytes.integer(first..<blank), count > 0, bytes.starts(blank, with: " times: [")
    {
      var end = bytes.count
      while end > blank, bytes[end - 1] == 0x20 { end -= 1 }
      if bytes[end - 1] == 0x5D { end -= 1 }
      let inner = bytes.trimmed(min(blank + 9, end)..<end)
      if !inner.isEmpty {
        parts.add("repeated", first..<blank)
        parts.add("message", inner)
        return
      }
    }
    parts.add("message", start..<bytes.count)
  }

  /// `sshd[12]:` or `kernel:`.
  private static func isTag(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count > 1 && range.count <= 128 && bytes[range.upperBound - 1] == 0x3A
  }

  private static func isHost(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count <= 255 else { return false }
    for place in range {
      switch bytes[place] {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x3A: continue
      default: return false
      }
    }
    return true
  }
}
