import Bytes

extension Mapping {
  /// Records of the Linux audit daemon, raw and enriched, and the kernel's own lines of the same.
  /// Source: linux-audit/audit-documentation, "Field name dictionary" and "Record types".
  static let auditd = Mapping(
    .auditd, "Linux audit",
    .line { AuditdLine.parse($0, &$1) },
    aliases: [Alias(prefix: "auditd.log", native: ""), Alias(prefix: "auditd", native: "")],
    rules: [
      .compute(.timestamp, from: ["time"]) { bytes, extractor in
        let capture = extractor.input(0)
        extractor.setTime(EventTime.epoch(bytes.extracting(capture.range)))
      },
      .compute(
        .eventAction, .eventCategory, .eventType, .eventOutcome, from: ["type", "op", "success", "res", "result"]
      ) {
        bytes, extractor in
        classify(bytes, &extractor)
      },
      .copy("acct", "AUID", "UID", "auid", "uid", to: .userName),
      .copy("EUID", to: .userEffectiveName),
      .compute(.sourceIp, .sourceDomain, from: ["addr", "hostname"]) { bytes, extractor in
        for index in 0...1 {
          if let text = extractor.text(index, bytes), text != "?" { return URLFields.emitSource(text, &extractor) }
        }
      },
      .copy("node", to: .hostName),
      .copy("key", to: .ruleName),
      .copy("sequence", to: .eventSequence),
      .copy("type", to: .eventCode),
      .copy("auid", to: .userId),
      .copy("euid", to: .userEffectiveId),
      .copy("pid", to: .processPid),
      .copy("ppid", to: .processParentPid),
      .copy("comm", to: .processName),
      .copy("exe", to: .processExecutable),
      .copy("cwd", to: .processWorkingDirectory),
      .copy("proctitle", "cmd", to: .processCommandLine),
      .copy("exit", to: .processExitCode),
      .copy("tty", "terminal", to: .processTitle),
      .copy("name", to: .filePath),
      .copy("mode", to: .fileMode),
      .copy("ouid", to: .fileUid),
      .copy("gid", to: .groupId),
      .copy("apparmor", "reason", to: .eventReason),
      .copy("profile", to: .ruleRuleset),
      .copy("lport", to: .sourcePort),
    ])

  private static func classify(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    guard let type = extractor.text(0, bytes) else { return }
    extractor.emit(.eventAction, extractor.text(1, bytes) ?? type.lowercased())
    switch type {
    case "USER_AUTH", "USER_LOGIN", "USER_ACCT", "CRED_ACQ", "CRED_DISP", "CRED_REFR", "LOGIN", "USER_ERR":
      extractor.header.categories.insert(.authentication)
      extractor.header.types.insert(type == "CRED_DISP" ? .end : .start)
    case "USER_START", "USER_END", "USER_LOGOUT":
      extractor.header.categories.insert(.session)
      extractor.header.types.insert(type == "USER_START" ? .start : .end)
    case "ADD_USER", "DEL_USER", "ADD_GROUP", "DEL_GROUP", "USER_MGMT", "GRP_MGMT", "USER_CHAUTHTOK", "ROLE_ASSIGN":
      extractor.header.categories.insert(.iam)
      extractor.header.types.insert(type.hasPrefix("ADD") ? .creation : type.hasPrefix("DEL") ? .deletion : .change)
    case "SYSCALL", "EXECVE", "PROCTITLE", "USER_CMD", "ANOM_ABEND", "SECCOMP":
      extractor.header.categories.insert(.process)
      extractor.header.types.insert(type == "EXECVE" || type == "USER_CMD" ? .start : .info)
    case "PATH", "CWD", "FD_PAIR":
      extractor.header.categories.insert(.file)
      extractor.header.types.insert(.info)
    case "SOCKADDR", "NETFILTER_CFG", "NETFILTER_PKT":
      extractor.header.categories.insert(.network)
      extractor.header.types.insert(.info)
    case "CONFIG_CHANGE", "DAEMON_CONFIG", "DAEMON_START", "DAEMON_END", "MAC_STATUS", "MAC_POLICY_LOAD":
      extractor.header.categories.insert(.configuration)
      extractor.header.types.insert(.change)
    case "AVC", "SELINUX_ERR", "APPARMOR_DENIED", "USER_AVC", "1400":
      extractor.header.categories.insert(.intrusionDetection)
      extractor.header.types.insert(.denied)
    default:
      extractor.header.categories.insert(.host)
      extractor.header.types.insert(.info)
    }
    for index in 2...4 {
      switch extractor.text(index, bytes) {
      case "yes", "success", "1": return extractor.setOutcome(.success)
      case "no", "failed", "failure", "0":
        extractor.header.types.insert(.denied)
        return extractor.setOutcome(.failure)
      default: continue
      }
    }
  }
}

private enum AuditdLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    var place = 0
    if bytes.starts(with: "node="), let (node, after) = HTTPAccess.word(bytes, 5) {
      parts.add("node", node)
      place = after + 1
    }
    if bytes.starts(place, with: "audit: ") { place += 7 }
    guard bytes.starts(place, with: "type="), let (type, afterType) = HTTPAccess.word(bytes, place + 5) else {
      return false
    }
    var open = afterType + 1
    if bytes.starts(open, with: "msg=") { open += 4 }
    guard bytes.starts(open, with: "audit("),
      let close = bytes.first(0x29, from: open, to: min(bytes.count, open + 64)),
      let colon = bytes.first(0x3A, from: open, to: close)
    else { return false }
    parts.add("type", type)
    parts.add("time", open + 6..<colon)
    parts.add("sequence", colon + 1..<close)
    place = close + 1
    if place < bytes.count, bytes[place] == 0x3A { place += 1 }
    pairs(bytes, min(place, bytes.count)..<bytes.count, 0, &parts)
    return true
  }

  private static func pairs(_ bytes: Span<UInt8>, _ range: Range<Int>, _ depth: Int, _ parts: inout LineParts) {
    KeyValues.each(bytes, range, quotes: (0x22, 0x27)) { key, value, _ in
      // User records have their own pairs in msg='…'.
      if depth == 0, bytes.equals(key, "msg") {
        pairs(bytes, value, 1, &parts)
        return true
      }
      let isQuoted =
        value.lowerBound > 0 && (bytes[value.lowerBound - 1] == 0x22 || bytes[value.lowerBound - 1] == 0x27)
      if !isQuoted, isText(bytes, key), let text = hexadecimal(bytes, value) {
        parts.add(bytes, key: key, made: text)
      } else {
        parts.add(bytes, key: key, value)
      }
      return true
    }
  }

  /// Fields that are hexadecimal where they hold blanks, quotes or control characters.
  private static func isText(_ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool {
    for name in ["proctitle", "comm", "exe", "name", "cwd", "cmd", "acct", "key", "data"] as [StaticString]
    where bytes.equals(key, name) {
      return true
    }
    return key.count >= 2 && bytes[key.lowerBound] == 0x61 && bytes.integer(key.lowerBound + 1..<key.upperBound) != nil
  }

  private static func hexadecimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    guard range.count >= 2, range.count % 2 == 0, range.count <= 16_384 else { return nil }
    var text: [UInt8] = []
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
      guard let high = Hex.value(bytes[place]), let low = Hex.value(bytes[place + 1]) else { return nil }
      let byte = high << 4 | low
      // Arguments are ended by zero bytes.
      text.append(byte == 0 ? 0x20 : byte)
    }
    while text.last == 0x20 { text.removeLast() }
    return text
  }
}
