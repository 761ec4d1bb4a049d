import Bytes

extension Mapping {
  /// ArcSight's Common Event Format: `CEF:0|vendor|product|version|class|name|severity|extension`.
  /// Source: Micro Focus, "ArcSight Common Event Format (CEF) Implementation Standard", version 26.
  static let cef = Mapping(
    .cef, "CEF",
    .line { CEFLine.parse($0, &$1) },
    aliases: [Alias(prefix: "cef.extensions", native: ""), Alias(prefix: "cef", native: "")],
    rules: [
      .compute(.timestamp, from: ["rt", "end", "start"]) { bytes, extractor in
        for index in 0...2 {
          let capture = extractor.input(index)
          guard capture.hasValue, let text = extractor.text(index, bytes) else { continue }
          let spelled = Array(text.utf8)
          if let moment = EventTime.moment(spelled.span)
            ?? EventTime.bsd(spelled.span, near: extractor.options.nearby)?.moment
          {
            return extractor.setTime(moment)
          }
        }
      },
      .copy("act", "cat", "device_event_class_id", to: .eventAction),
      .copy("suser", "duser", to: .userName),
      .copy("src", to: .sourceIp),
      .copy("dst", to: .destinationIp),
      .copy("dvchost", "shost", to: .hostName),
      .copy("requestClientApplication", to: .userAgentOriginal),
      .copy("name", to: .ruleName),
      .compute(.logLevel, .eventSeverity, .eventKind, .eventOutcome, from: ["severity", "outcome"]) {
        bytes, extractor in
        extractor.header.types.insert(.info)
        switch extractor.text(1, bytes)?.lowercased() {
        case "success", "succeeded": extractor.setOutcome(.success)
        case "failure", "failed", "attempt": extractor.setOutcome(.failure)
        default: break
        }
        guard let text = extractor.text(0, bytes) else { return }
        let words = ["unknown": 0, "low": 2, "medium": 5, "high": 8, "very-high": 10]
        guard let severity = Int(text) ?? words[text.lowercased()], (0...10).contains(severity) else { return }
        extractor.emit(.eventSeverity, integer: severity)
        extractor.setLevel(
          severity <= 3 ? .informational : severity <= 6 ? .warning : severity <= 8 ? .error : .critical)
      },
      .copy("msg", "name", to: .message),
      .copy("device_vendor", to: .observerVendor),
      .copy("device_product", to: .observerProduct),
      .copy("device_version", to: .observerVersion),
      .copy("device_event_class_id", to: .eventCode),
      .copy("externalId", "eventId", to: .eventId),
      .copy("reason", to: .eventReason),
      .copy("spt", to: .sourcePort),
      .copy("dpt", to: .destinationPort),
      .copy("shost", to: .sourceDomain),
      .copy("dhost", to: .destinationDomain),
      .copy("smac", to: .sourceMac),
      .copy("in", "bytesIn", to: .sourceBytes),
      .copy("out", "bytesOut", to: .destinationBytes),
      .copy("proto", to: .networkTransport),
      .copy("app", to: .networkProtocol),
      .copy("duser", to: .userTargetName),
      .copy("suid", to: .userId),
      .copy("spriv", to: .userRoles),
      .copy("sntdom", to: .userDomain),
      .copy("sproc", to: .processName),
      .copy("spid", to: .processPid),
      .copy("fname", to: .fileName),
      .copy("filePath", to: .filePath),
      .copy("fileHash", to: .fileHashSha256),
      .copy("request", to: .urlOriginal),
      .copy("requestMethod", to: .httpRequestMethod),
      .copy("requestContext", to: .httpRequestReferrer),
      .copy("deviceInboundInterface", to: .observerIngressInterfaceName),
      .copy("deviceOutboundInterface", to: .observerEgressInterfaceName),
      .copy("dvchost", to: .observerHostname),
    ])

  /// IBM's Log Event Extended Format, 1.0 and 2.0. Source: IBM, "LEEF event components".
  static let leef = Mapping(
    .leef, "LEEF",
    .line { LEEFLine.parse($0, &$1) },
    aliases: [Alias(prefix: "leef", native: "")],
    rules: [
      .compute(.timestamp, from: ["devTime"]) { bytes, extractor in
        guard let text = extractor.text(0, bytes) else { return }
        let spelled = Array(text.utf8)
        extractor.setTime(
          EventTime.moment(spelled.span) ?? EventTime.bsd(spelled.span, near: extractor.options.nearby)?.moment)
      },
      .copy("action", "cat", "event_id", to: .eventAction),
      .copy("usrName", "accountName", to: .userName),
      .copy("src", to: .sourceIp),
      .copy("dst", to: .destinationIp),
      .copy("identHostName", to: .hostName),
      .compute(.logLevel, .eventSeverity, from: ["sev"]) { bytes, extractor in
        extractor.header.types.insert(.info)
        guard let severity = extractor.integer(0, bytes), severity <= 10 else { return }
        extractor.emit(.eventSeverity, integer: severity)
        extractor.setLevel(
          severity <= 3 ? .informational : severity <= 6 ? .warning : severity <= 8 ? .error : .critical)
      },
      .copy("vendor", to: .observerVendor),
      .copy("product", to: .observerProduct),
      .copy("product_version", to: .observerVersion),
      .copy("event_id", to: .eventCode),
      .copy("srcPort", to: .sourcePort),
      .copy("dstPort", to: .destinationPort),
      .copy("proto", to: .networkTransport),
      .copy("srcBytes", to: .sourceBytes),
      .copy("dstBytes", to: .destinationBytes),
      .copy("srcMAC", to: .sourceMac),
      .copy("domain", to: .userDomain),
      .copy("role", to: .userRoles),
      .copy("url", to: .urlOriginal),
      .copy("policy", to: .ruleName),
      .copy("msg", "reason", to: .message),
    ])
}

private enum CEFLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard bytes.starts(with: "CEF:") else { return false }
    var place = 4
    var count = 0
    let names: [StaticString] = [
      "version", "device_vendor", "device_product", "device_version", "device_event_class_id", "name", "severity",
    ]
    for (index, name) in names.enumerated() {
      var value: [UInt8] = []
      let start = place
      while place < bytes.count, bytes[place] != 0x7C {
        if bytes[place] == 0x5C, place + 1 < bytes.count, bytes[place + 1] == 0x7C || bytes[place + 1] == 0x5C {
          place += 1
        }
        value.append(bytes[place])
        place += 1
      }
      // Senders leave the last bar out where there is no extension.
      guard place < bytes.count || index == names.count - 1 else { return false }
      if value.count == place - start {
        if !value.isEmpty { parts.add(name, start..<place) }
      } else {
        parts.add(name, made: value)
      }
      place = min(place + 1, bytes.count)
      count += 1
    }
    pairs(bytes, place, &parts)
    return true
  }

  /// `key=value key=value`; a value goes on until the last blank before the next key.
  private static func pairs(_ bytes: Span<UInt8>, _ start: Int, _ parts: inout LineParts) {
    var place = start
    while place < bytes.count {
      while place < bytes.count, bytes[place] == 0x20 { place += 1 }
      let key = place
      while place < bytes.count, KeyValues.isName(bytes[place]) || bytes[place] == 0x5B || bytes[place] == 0x5D {
        place += 1
      }
      guard place > key, place < bytes.count, bytes[place] == 0x3D else { return }
      let name = key..<place
      place += 1
      let value = place
      var end = bytes.count
      var next = bytes.count
      var isEscaped = false
      while place < bytes.count {
        if bytes[place] == 0x5C {
          isEscaped = true
          place += 2
          continue
        }
        if bytes[place] == 0x3D {
          var begin = place
          while begin > value, bytes[begin - 1] != 0x20 { begin -= 1 }
          if begin > value, begin < place, isKey(bytes, begin..<place) {
            end = begin - 1
            next = begin
            break
          }
        }
        place += 1
      }
      let range = value..<max(value, min(end, bytes.count))
      if isEscaped {
        parts.add(bytes, key: name, made: resolve(bytes, range))
      } else {
        parts.add(bytes, key: name, bytes.trimmed(range))
      }
      place = next
    }
  }

  private static func isKey(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for place in range where !KeyValues.isName(bytes[place]) && bytes[place] != 0x5B && bytes[place] != 0x5D {
      return false
    }
    return true
  }

  private static func resolve(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var value: [UInt8] = []
    var place = range.lowerBound
    while place < range.upperBound {
      if bytes[place] == 0x5C, place + 1 < range.upperBound {
        place += 1
        switch bytes[place] {
        case 0x6E: value.append(0x0A)
        case 0x72: value.append(0x0D)
        case 0x3D, 0x5C, 0x7C: value.append(bytes[place])
        default: value += [0x5C, bytes[place]]
        }
      } else {
        value.append(bytes[place])
      }
      place += 1
    }
    return value
  }
}

private enum LEEFLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard bytes.starts(with: "LEEF:") else { return false }
    let isSecond = bytes.starts(5, with: "2")
    var place = 5
    for name in ["version", "vendor", "product", "product_version", "event_id"] as [StaticString] {
      guard let bar = bytes.first(0x7C, from: place) else { return false }
      if bar > place { parts.add(name, place..<bar) }
      place = bar + 1
    }
    var delimiter: UInt8 = 0x09
    if isSecond, let bar = bytes.first(0x7C, from: place, to: min(bytes.count, place + 6)) {
      if bar == place + 1 {
        delimiter = bytes[place]
      } else if bar - place >= 2, bytes[place] == 0x78 || bytes[place] == 0x30 {
        // `x5E` or `0x5E`.
        var value: UInt8 = 0
        for index in place..<bar { if let digit = Hex.value(bytes[index]) { value = value << 4 | digit } }
        delimiter = value
      }
      place = bar + 1
    }
    while place < bytes.count {
      let end = bytes.first(delimiter, from: place) ?? bytes.count
      if let equals = bytes.first(0x3D, from: place, to: end), equals > place {
        parts.add(bytes, key: bytes.trimmed(place..<equals), equals + 1..<end)
      }
      place = end + 1
    }
    return true
  }
}
