/// `event.kind` of the Elastic Common Schema.
package enum EventKind: String, Sendable, CaseIterable {
  case alert
  case event
  case metric
  case state
}

/// `event.outcome`. Unknown is an answer: a request that was only received, or a stream that was opened and may have
/// failed.
package enum EventOutcome: String, Sendable, CaseIterable {
  case unknown
  case success
  case failure
}

/// `log.level`, the eight levels of RFC 5424, section 6.2.1, and two below them that programs use.
package enum LogLevel: UInt8, Sendable, CaseIterable, Comparable {
  case emergency
  case alert
  case critical
  case error
  case warning
  case notice
  case informational
  case debug
  case trace

  package var name: String {
    switch self {
    case .emergency: "emergency"
    case .alert: "alert"
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .informational: "informational"
    case .debug: "debug"
    case .trace: "trace"
    }
  }

  package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }

  /// The names that programs write, in any case, and the letters of klog and glog; nil for others.
  package init?(_ text: Span<UInt8>) {
    guard (1...13).contains(text.count) else { return nil }
    var word: UInt64 = 0
    for index in 0..<min(text.count, 8) { word = word << 8 | UInt64(text[index] | 0x20) }
    guard let level = Self.words[word] else { return nil }
    self = level
  }

  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let level = LogLevel(bytes.span) else { return nil }
    self = level
  }

  /// By the first eight letters, which are enough to tell them apart.
  private static let words: [UInt64: LogLevel] = {
    let names: [(LogLevel, [String])] = [
      (.emergency, ["emergency", "emerg", "panic", "dpanic"]), (.alert, ["alert"]),
      (.critical, ["critical", "crit", "fatal", "f"]), (.error, ["error", "err", "e", "severe"]),
      (.warning, ["warning", "warn", "w"]), (.notice, ["notice", "normal"]),
      (.informational, ["informational", "information", "info", "i"]), (.debug, ["debug", "d", "fine"]),
      (.trace, ["trace", "finest", "verbose"]),
    ]
    var words: [UInt64: LogLevel] = [:]
    for (level, spellings) in names {
      for spelling in spellings {
        var word: UInt64 = 0
        for byte in spelling.utf8.prefix(8) { word = word << 8 | UInt64(byte) }
        words[word] = level
      }
    }
    return words
  }()
}

/// `event.category`: what an event is about. Several may hold.
package struct EventCategories: OptionSet, Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let api = EventCategories(rawValue: 1 << 0)
  package static let authentication = EventCategories(rawValue: 1 << 1)
  package static let configuration = EventCategories(rawValue: 1 << 2)
  package static let file = EventCategories(rawValue: 1 << 3)
  package static let host = EventCategories(rawValue: 1 << 4)
  package static let iam = EventCategories(rawValue: 1 << 5)
  package static let intrusionDetection = EventCategories(rawValue: 1 << 6)
  package static let library = EventCategories(rawValue: 1 << 7)
  package static let malware = EventCategories(rawValue: 1 << 8)
  package static let network = EventCategories(rawValue: 1 << 9)
  package static let package = EventCategories(rawValue: 1 << 10)
  package static let process = EventCategories(rawValue: 1 << 11)
  package static let registry = EventCategories(rawValue: 1 << 12)
  package static let session = EventCategories(rawValue: 1 << 13)
  package static let web = EventCategories(rawValue: 1 << 14)

  package static let names: [(EventCategories, String)] = [
    (.api, "api"), (.authentication, "authentication"), (.configuration, "configuration"), (.file, "file"),
    (.host, "host"), (.iam, "iam"), (.intrusionDetection, "intrusion_detection"), (.library, "library"),
    (.malware, "malware"), (.network, "network"), (.package, "package"), (.process, "process"),
    (.registry, "registry"), (.session, "session"), (.web, "web"),
  ]

  package var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }
}

/// `event.type`: what kind of thing happened. Several may hold.
package struct EventTypes: OptionSet, Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let access = EventTypes(rawValue: 1 << 0)
  package static let admin = EventTypes(rawValue: 1 << 1)
  package static let allowed = EventTypes(rawValue: 1 << 2)
  package static let change = EventTypes(rawValue: 1 << 3)
  package static let connection = EventTypes(rawValue: 1 << 4)
  package static let creation = EventTypes(rawValue: 1 << 5)
  package static let deletion = EventTypes(rawValue: 1 << 6)
  package static let denied = EventTypes(rawValue: 1 << 7)
  package static let end = EventTypes(rawValue: 1 << 8)
  package static let error = EventTypes(rawValue: 1 << 9)
  package static let group = EventTypes(rawValue: 1 << 10)
  package static let info = EventTypes(rawValue: 1 << 11)
  package static let installation = EventTypes(rawValue: 1 << 12)
  package static let `protocol` = EventTypes(rawValue: 1 << 13)
  package static let start = EventTypes(rawValue: 1 << 14)
  package static let user = EventTypes(rawValue: 1 << 15)

  package static let names: [(EventTypes, String)] = [
    (.access, "access"), (.admin, "admin"), (.allowed, "allowed"), (.change, "change"), (.connection, "connection"),
    (.creation, "creation"), (.deletion, "deletion"), (.denied, "denied"), (.end, "end"), (.error, "error"),
    (.group, "group"), (.info, "info"), (.installation, "installation"), (.protocol, "protocol"), (.start, "start"),
    (.user, "user"),
  ]

  package var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }
}
