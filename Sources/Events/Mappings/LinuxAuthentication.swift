import Bytes

extension Mapping {
  /// What sshd logs of log-ins. Source: openssh/openssh-portable, auth.c, auth2.c, packet.c, monitor.c.
  static let sshd = Mapping(
    .sshd, "sshd",
    .line { SSHLine.parse($0, &$1) },
    aliases: [Alias(prefix: "sshd", native: "")],
    rules: rules([.authentication], .sshd) + [
      .copy("method", to: .eventCode), .copy("key", to: .userRoles), .copy("protocol", to: .networkProtocol),
    ])

  /// What sudo logs of commands. Source: sudo-project/sudo, lib/eventlog.
  static let sudo = Mapping(
    .sudo, "sudo",
    .line { SudoLine.parse($0, &$1) },
    aliases: [Alias(prefix: "sudo", native: "")],
    rules: rules([.process, .iam], .sudo))

  /// What su logs. Source: util-linux, login-utils/su-common.c, and shadow's su.
  static let su = Mapping(
    .su, "su",
    .line { SuLine.parse($0, &$1) },
    aliases: [Alias(prefix: "su", native: "")],
    rules: rules([.session, .iam], .su))

  /// What pam_unix and its kin log. Source: linux-pam, modules/pam_unix/support.c and pam_unix_sess.c.
  static let pam = Mapping(
    .pam, "PAM",
    .line { PAMLine.parse($0, &$1) },
    aliases: [Alias(prefix: "pam", native: "")],
    rules: rules([.authentication, .session], .pam))

  private static func rules(_ categories: EventCategories, _ dataset: Dataset) -> [FieldRule] {
    [
      .copy("action", to: .eventAction),
      .copy("user", to: .userName),
      .copy("target", to: .userEffectiveName),
      .compute(.sourceIp, .sourceDomain, from: ["address"]) { bytes, extractor in
        if let address = extractor.text(0, bytes) { URLFields.emitSource(address, &extractor) }
      },
      .compute(.eventOutcome, .eventType, .eventCategory, from: ["outcome", "action"]) { bytes, extractor in
        extractor.header.categories.formUnion(categories)
        if extractor.equals(0, bytes, "failure") {
          extractor.setOutcome(.failure)
          extractor.header.types.insert(.denied)
        } else if extractor.equals(0, bytes, "success") {
          extractor.setOutcome(.success)
        }
        let isEnd = extractor.equals(1, bytes, "session-closed") || extractor.equals(1, bytes, "disconnected")
        extractor.header.types.insert(isEnd ? .end : .start)
      },
      .copy("message", to: .message),
      .copy("port", to: .sourcePort),
      .copy("target", to: .userTargetName),
      .copy("command", to: .processCommandLine),
      .copy("directory", to: .processWorkingDirectory),
      .copy("reason", to: .eventReason),
      .copy("service", to: .serviceName),
      .copy("uid", to: .userId),
      .copy("tty", to: .processTitle),
    ]
  }
}

private enum SSHLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    let end = bytes.count
    func from(_ start: Int) -> (user: Range<Int>, address: Range<Int>, rest: Int)? {
      // A user name may hold " from " itself, since the client chooses it: the last one counts.
      var place: Int?
      var search = start
      while let found = bytes.firstPlace(of: " from ", in: search..<end) {
        place = found
        search = found + 1
      }
      guard let place, let (address, after) = HTTPAccess.word(bytes, place + 6) else { return nil }
      return (start..<max(start, place), address, after)
    }
    func add(_ found: (user: Range<Int>, address: Range<Int>, rest: Int)) {
      if !found.user.isEmpty { parts.add("user", found.user) }
      parts.add("address", found.address)
      if bytes.starts(found.rest, with: " port "), let (port, after) = HTTPAccess.word(bytes, found.rest + 6) {
        parts.add("port", port)
        if let (version, next) = HTTPAccess.word(bytes, after + 1) {
          parts.add(
            "protocol",
            version.upperBound > version.lowerBound && bytes[version.upperBound - 1] == 0x3A
              ? version.lowerBound..<version.upperBound - 1 : version)
          if next < end { parts.add("key", next + 1..<end) }
        }
      }
    }
    for (word, isFailure) in [("Accepted ", false), ("Failed ", true), ("Postponed ", true)] as [(StaticString, Bool)] {
      guard bytes.starts(with: word) else { continue }
      let start = word.utf8CodeUnitCount
      guard let (method, after) = HTTPAccess.word(bytes, start), bytes.starts(after, with: " for ") else {
        return false
      }
      var user = after + 5
      if bytes.starts(user, with: "invalid user ") {
        user += 13
        parts.add("reason", made: Array("invalid user".utf8))
      }
      guard let found = from(user) else { return false }
      parts.add("action", made: Array("ssh-login".utf8))
      parts.add("method", method)
      parts.add("outcome", made: Array((isFailure ? "failure" : "success").utf8))
      add(found)
      parts.add("message", 0..<end)
      return true
    }
    if bytes.starts(with: "Invalid user "), let found = from(13) ?? from(12) {
      parts.add("action", made: Array("ssh-login".utf8))
      parts.add("outcome", made: Array("failure".utf8))
      parts.add("reason", made: Array("invalid user".utf8))
      add(found)
      parts.add("message", 0..<end)
      return true
    }
    for word in ["Disconnected from ", "Connection closed by ", "Connection reset by "] as [StaticString] {
      guard bytes.starts(with: word) else { continue }
      var place = word.utf8CodeUnitCount
      for state in ["authenticating user ", "invalid user ", "user "] as [StaticString] {
        guard bytes.starts(place, with: state) else { continue }
        place += state.utf8CodeUnitCount
        if let (user, after) = HTTPAccess.word(bytes, place) {
          parts.add("user", user)
          place = after + 1
        }
        break
      }
      guard let (address, after) = HTTPAccess.word(bytes, place), bytes.starts(after, with: " port ") else {
        return false
      }
      parts.add("address", address)
      if let (port, _) = HTTPAccess.word(bytes, after + 6) { parts.add("port", port) }
      parts.add("action", made: Array("disconnected".utf8))
      parts.add("message", 0..<end)
      return true
    }
    if bytes.starts(with: "error: maximum authentication attempts exceeded for ") {
      var user = 52
      if bytes.starts(user, with: "invalid user ") { user += 13 }
      guard let found = from(user) else { return false }
      parts.add("action", made: Array("ssh-login".utf8))
      parts.add("outcome", made: Array("failure".utf8))
      parts.add("reason", made: Array("maximum authentication attempts exceeded".utf8))
      add(found)
      parts.add("message", 0..<end)
      return true
    }
    return false
  }
}

private enum SudoLine {
  /// `  alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/ls`, with the reason of a refusal before it.
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard let colon = bytes.firstPlace(of: " : ", in: 0..<bytes.count),
      bytes.contains("USER=") || bytes.contains("COMMAND="),
      bytes.contains("PWD=") || bytes.contains("TTY=")
    else { return false }
    let user = bytes.trimmed(0..<colon)
    guard !user.isEmpty, user.count <= 256, bytes.first(0x20, from: user.lowerBound, to: user.upperBound) == nil else {
      return false
    }
    parts.add("user", user)
    parts.add("action", made: Array("sudo".utf8))
    var isRefused = false
    var place = colon + 3
    while place < bytes.count {
      // The command ends the line, and may hold anything.
      if bytes.starts(place, with: "COMMAND=") {
        parts.add("command", place + 8..<bytes.count)
        break
      }
      let end = bytes.firstPlace(of: " ; ", in: place..<bytes.count) ?? bytes.count
      let names: [(StaticString, StaticString)] = [("TTY=", "tty"), ("PWD=", "directory"), ("USER=", "target")]
      var isKnown = false
      for (prefix, name) in names where bytes.starts(place, with: prefix) {
        parts.add(name, place + prefix.utf8CodeUnitCount..<end)
        isKnown = true
      }
      if !isKnown, place == colon + 3 {
        parts.add("reason", place..<end)
        isRefused = true
      }
      place = end + 3
    }
    parts.add("outcome", made: Array((isRefused ? "failure" : "success").utf8))
    parts.add("message", 0..<bytes.count)
    return true
  }
}

private enum SuLine {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    let end = bytes.count
    func finish(_ outcome: String) -> Bool {
      parts.add("action", made: Array("su".utf8))
      parts.add("outcome", made: Array(outcome.utf8))
      parts.add("message", 0..<end)
      return true
    }
    for (word, outcome) in [("Successful su for ", "success"), ("FAILED su for ", "failure")]
      as [(StaticString, String)]
    {
      guard bytes.starts(with: word) else { continue }
      guard let (target, after) = HTTPAccess.word(bytes, word.utf8CodeUnitCount), bytes.starts(after, with: " by "),
        let (user, _) = HTTPAccess.word(bytes, after + 4)
      else { return false }
      parts.add("target", target)
      parts.add("user", user)
      return finish(outcome)
    }
    for (word, outcome) in [("(to ", "success"), ("FAILED SU (to ", "failure")] as [(StaticString, String)] {
      guard bytes.starts(with: word) else { continue }
      guard let close = bytes.first(0x29, from: word.utf8CodeUnitCount, to: min(end, 300)),
        let (user, after) = HTTPAccess.word(bytes, close + 2), bytes.starts(after, with: " on ")
      else { return false }
      parts.add("target", word.utf8CodeUnitCount..<close)
      parts.add("user", user)
      parts.add("tty", after + 4..<end)
      return finish(outcome)
    }
    return false
  }
}

private enum PAMLine {
  /// `pam_unix(sshd:auth): authentication failure; logname= uid=0 … rhost=192.0.2.1 user=root` and
  /// `pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)`.
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard bytes.starts(with: "pam_"), let open = bytes.first(0x28, from: 4, to: min(64, bytes.count)),
      let close = bytes.first(0x29, from: open, to: min(open + 128, bytes.count)), bytes.starts(close, with: "): ")
    else { return false }
    let end = bytes.count
    let colon = bytes.first(0x3A, from: open, to: close) ?? close
    parts.add("module", 0..<open)
    parts.add("service", open + 1..<colon)
    let text = close + 3
    parts.add("message", 0..<end)
    if bytes.starts(text, with: "session ") {
      let isOpened = bytes.starts(text + 8, with: "opened")
      parts.add("action", made: Array((isOpened ? "session-opened" : "session-closed").utf8))
      parts.add("outcome", made: Array("success".utf8))
      if let place = bytes.firstPlace(of: "for user ", in: text..<end),
        let (target, after) = HTTPAccess.word(bytes, place + 9)
      {
        let name = withoutID(bytes, target)
        if bytes.starts(after, with: " by "), let (by, _) = HTTPAccess.word(bytes, after + 4) {
          let actor = withoutID(bytes, by)
          if !actor.isEmpty {
            parts.add("user", actor)
            parts.add("target", name)
            return true
          }
        }
        parts.add("user", name)
      }
      return true
    }
    let isFailure =
      bytes.starts(text, with: "authentication failure") || bytes.starts(text, with: "check pass; user unknown")
      || bytes.contains("more authentication failure")
    parts.add("action", made: Array((isFailure ? "authentication" : "pam").utf8))
    if isFailure { parts.add("outcome", made: Array("failure".utf8)) }
    if let semicolon = bytes.first(0x3B, from: text) {
      var user: Range<Int>?
      KeyValues.each(bytes, semicolon + 1..<end) { key, value, _ in
        guard !value.isEmpty else { return true }
        if bytes.equals(key, "rhost") { parts.add("address", value) }
        if bytes.equals(key, "user") { user = value }
        if bytes.equals(key, "ruser") { parts.add("remote_user", value) }
        if bytes.equals(key, "uid") { parts.add("uid", value) }
        if bytes.equals(key, "tty") { parts.add("tty", value) }
        return true
      }
      if let user { parts.add("user", user) }
    }
    return true
  }

  /// `root(uid=0)` without what is in brackets.
  private static func withoutID(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    range.lowerBound..<(bytes.first(0x28, from: range.lowerBound, to: range.upperBound) ?? range.upperBound)
  }
}
