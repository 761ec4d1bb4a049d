import Bytes
import Events
package import Findings
import Forward
package import Operations
package import Server
import Transport

/// What is written about the server of events: in the configuration file, in variables, and as options. Options come first, then
/// variables, then the file.
package struct EventConfiguration: Sendable {
  /// What was written, with the name under which it was.
  package typealias Text = RetentionSettings.Text

  package var listen: Text?
  /// The folder of the store.
  package var data: Text?
  /// The file of tokens.
  package var tokens: Text?
  package var certificate: Text?
  package var key: Text?
  package var clientAuthority: Text?
  /// The folder of an authority of our own.
  package var certificates: Text?
  /// Names and addresses in certificates of our own.
  package var names: [Text] = []
  package var retain: Text?
  package var retainSize: Text?
  package var retainSources: [Text] = []
  package var trustedProxies: [Text] = []
  /// Address of Fluent Forward.
  package var fluent: Text?
  /// The key that its senders must know: the file that holds it, or itself where a variable holds it.
  package var fluentKeyFile: Text?
  package var fluentKey: Text?
  /// The file of users of Fluent Forward and their passwords.
  package var fluentUsers: Text?
  /// Addresses of syslog, and networks from which it is taken.
  package var syslog: Text?
  package var syslogTLS: Text?
  package var syslogFrom: [Text] = []
  /// Whether rules look at what comes; nil: they do.
  package var detects: Bool?
  /// Files and folders of rules beside those that come with the program.
  package var rules: [Text] = []
  /// The file of those who are told.
  package var forward: Text?
  /// Files and folders of the cluster by which alerts are weighed.
  package var snapshots: [Text] = []
  /// Between two self-tests: a span, or `off`.
  package var selfTest: Text?
  /// How long alerts are kept.
  package var retainAlerts: Text?

  package init() {}

  /// Where it listens when nothing is said.
  package static let usualAddress = "127.0.0.1:8787"

  /// The same with what this leaves open from another.
  package func or(_ other: EventConfiguration) -> EventConfiguration {
    var merged = self
    merged.listen = listen ?? other.listen
    merged.data = data ?? other.data
    merged.tokens = tokens ?? other.tokens
    // A certificate and its key come from one place.
    if certificate == nil, key == nil, certificates == nil {
      merged.certificate = other.certificate
      merged.key = other.key
      merged.certificates = other.certificates
    }
    merged.names = names.isEmpty ? other.names : names
    merged.clientAuthority = clientAuthority ?? other.clientAuthority
    merged.retain = retain ?? other.retain
    merged.retainSize = retainSize ?? other.retainSize
    merged.retainSources = retainSources.isEmpty ? other.retainSources : retainSources
    merged.trustedProxies = trustedProxies.isEmpty ? other.trustedProxies : trustedProxies
    merged.fluent = fluent ?? other.fluent
    if fluentKeyFile == nil, fluentKey == nil {
      merged.fluentKeyFile = other.fluentKeyFile
      merged.fluentKey = other.fluentKey
    }
    merged.fluentUsers = fluentUsers ?? other.fluentUsers
    merged.syslog = syslog ?? other.syslog
    merged.syslogTLS = syslogTLS ?? other.syslogTLS
    merged.syslogFrom = syslogFrom.isEmpty ? other.syslogFrom : syslogFrom
    merged.detects = detects ?? other.detects
    merged.rules = rules.isEmpty ? other.rules : rules
    merged.forward = forward ?? other.forward
    merged.snapshots = snapshots.isEmpty ? other.snapshots : snapshots
    merged.selfTest = selfTest ?? other.selfTest
    merged.retainAlerts = retainAlerts ?? other.retainAlerts
    return merged
  }

  /// - Parameters:
  ///   - folder: of the store, where none is named.
  /// - Throws: `usage` for what cannot be read, with the name under which it was written.
  package func settings(folder: String, tokens: TokenRegister) throws(BartizanError) -> EventServer.Settings {
    let address = try Self.address(listen ?? Text(Self.usualAddress, "--listen"), port: 8_787)
    var settings = EventServer.Settings(address: address, folder: data?.value ?? folder, tokens: tokens)
    settings.certificate = try source(address)
    settings.clientAuthorities = try clientAuthority.map { text throws(BartizanError) in
      try FileReader.named(text.value)
    }
    settings.retention = try RetentionSettings(age: retain, size: retainSize, sources: retainSources)
    settings.decoding.trustedProxies = EventReading.ownProxies
    for text in trustedProxies {
      guard let range = IPRange(cidr: text.value) else {
        throw BartizanError(.usage, "\(text.name) \(text.value): no network, such as 10.0.0.0/8")
      }
      settings.decoding.trustedProxies.append(range)
    }
    settings.senders = try senders()
    if let retainAlerts {
      guard let span = TimeExpression.span(retainAlerts.value), span >= Self.shortestAlertAge else {
        throw BartizanError(
          .usage, "\(retainAlerts.name) \(retainAlerts.value): no span of time of at least 8d, such as 365d")
      }
      settings.alertAge = span
    }
    return settings
  }

  /// Detection looks again at what is as old as this after a start, and would find what was deleted anew; nanoseconds.
  private static let shortestAlertAge: Int64 = 8 * 86_400_000_000_000
  /// Between two self-tests, at the least; nanoseconds.
  private static let shortestTest: Int64 = 60_000_000_000
  private static let usualTest = Duration.seconds(3_600)

  private func testing() throws(BartizanError) -> Duration? {
    guard let selfTest else { return Self.usualTest }
    if selfTest.value == "off" { return nil }
    guard let span = TimeExpression.span(selfTest.value), span >= Self.shortestTest else {
      throw BartizanError(
        .usage, "\(selfTest.name) \(selfTest.value): a span of time of at least 1m, such as 1h, or off")
    }
    return .nanoseconds(span)
  }

  /// What detection works with; nil where it is not wanted.
  ///
  /// - Parameters:
  ///   - today: `YYYY-MM-DD`, for exceptions of rules that expire.
  ///   - environment: for secrets that stand in variables, proxies and authorities.
  /// - Throws: `BartizanError` for rules that cannot be read and destinations that are not understood.
  package func detection(
    today: String, environment: @escaping @Sendable (String) -> String?
  ) throws -> DetectionSettings? {
    guard detects ?? true else {
      if let rule = rules.first { throw BartizanError(.usage, "\(rule.name) \(rule.value): there is no detection") }
      for text in [forward, selfTest, retainAlerts, snapshots.first].compactMap({ $0 }) {
        throw BartizanError(.usage, "\(text.name) \(text.value): there is no detection")
      }
      return nil
    }
    let set = try RuleFiles.load(rules.map(\.value), includesBuiltIn: true, today: today)
    var destinations: [Destination] = []
    if let forward {
      destinations = try DestinationFile.read(
        try FileReader.named(forward.value), path: forward.value,
        file: { (path) throws(BartizanError) -> [UInt8] in try FileReader.read(path) }, variable: environment)
      for destination in destinations {
        guard let question = destination.question else { continue }
        do throws(BartizanError) {
          _ = try EventQuestion(query: question, now: Timestamp(nanoseconds: 0))
        } catch {
          throw BartizanError(.input, "\(forward.value): events of \(destination.name): \(error.message)")
        }
      }
    }
    var settings = DetectionSettings(rules: set, destinations: destinations, environment: environment)
    settings.selfTest = try testing()
    return settings
  }

  private static func address(_ text: Text, port: Int) throws(BartizanError) -> ListenAddress {
    guard let address = ListenAddress(text.value) else {
      throw BartizanError(
        .usage,
        "\(text.name) \(text.value): wanted is an IP address with a port, such as 127.0.0.1:\(port), or :\(port)")
    }
    return address
  }

  private func senders() throws(BartizanError) -> SenderSettings {
    var senders = SenderSettings()
    senders.fluent = try fluent.map { text throws(BartizanError) in try Self.address(text, port: 24_224) }
    if let fluentKeyFile {
      let bytes = try FileReader.named(fluentKeyFile.value)
      senders.fluentKey = try Self.key(String(decoding: bytes, as: UTF8.self), fluentKeyFile.value)
    } else if let fluentKey {
      senders.fluentKey = try Self.key(fluentKey.value, fluentKey.name)
    }
    if let fluentUsers {
      senders.fluentUsers = try ForwardUsers.read(try FileReader.named(fluentUsers.value), file: fluentUsers.value)
    }
    senders.syslog = try syslog.map { text throws(BartizanError) in try Self.address(text, port: 514) }
    senders.syslogTLS = try syslogTLS.map { text throws(BartizanError) in try Self.address(text, port: 6_514) }
    for text in syslogFrom {
      guard let range = IPRange(cidr: text.value) else {
        throw BartizanError(.usage, "\(text.name) \(text.value): no network, such as 10.0.0.0/8")
      }
      senders.syslogFrom.append(range)
    }
    return senders
  }

  /// The shortest key that is taken: whoever listens to the handshake can try fewer characters.
  private static let shortestKey = 16

  private static func key(_ text: String, _ place: String) throws(BartizanError) -> String {
    let key = String(text.prefix { $0 != "\n" && $0 != "\r\n" })
    guard key.utf8.count >= shortestKey else {
      throw BartizanError(.input, "\(place): the key of Fluent Forward has at least \(shortestKey) characters")
    }
    return key
  }

  private func source(_ address: ListenAddress) throws(BartizanError) -> ListenerIdentity.Source? {
    switch (certificate, key, certificates) {
    case (nil, nil, nil):
      guard let name = names.first else { return nil }
      throw BartizanError(
        .usage, "\(name.name) \(name.value) is for certificates of our own: name their folder with --certificates")
    case (let certificate?, let key?, nil): return .files(certificate: certificate.value, key: key.value)
    case (nil, nil, let folder?):
      var all = ["localhost", "127.0.0.1", "::1"]
      if let own = IPAddress(address.host), own.value != 0 { all.append(address.host) }
      for name in names {
        guard IPAddress(name.value) != nil || DNSName.isName(name.value) else {
          throw BartizanError(.usage, "\(name.name) \(name.value): neither a DNS name nor an IP address")
        }
        all.insert(name.value, at: 0)
      }
      var seen = Set<String>()
      return .own(folder: folder.value, names: all.filter { seen.insert($0).inserted })
    case (let one?, nil, _), (nil, let one?, _):
      throw BartizanError(.usage, "\(one.name): a certificate and its key go together")
    case (let one?, _, _?):
      throw BartizanError(.usage, "\(one.name): a certificate takes the place of our own certificates")
    }
  }
}
