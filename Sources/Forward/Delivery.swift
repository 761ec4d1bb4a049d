package import Bytes
import Crypto
package import Detect
package import Findings
import Transport

/// Sends what was found. Every destination has its own connection and its own time: one that is dead, slow or lying
/// holds up no other. What a receiver did not take for certain is sent again; alerts and incidents carry ids by which it
/// can tell that it has them.
package struct Delivery: Sendable {
  /// What became of the notices for one destination.
  package struct Report: Sendable {
    package let destination: Destination
    package var sent = 0
    /// Of them those that the receiver had before.
    package var known = 0
    /// Ids that it did not take, and why.
    package var failed: [String] = []
    /// Of them those that it will never take.
    package var refused: Set<String> = []
    /// Of them those that it will not take because of what is in them, they or others that were sent together.
    package var unfit: Set<String> = []
    package var reason = ""

    package var problem: Problem? {
      guard !failed.isEmpty else { return nil }
      let some = failed.prefix(3).joined(separator: ", ") + (failed.count > 3 ? ", …" : "")
      return Problem(
        code: "not-delivered", location: Location(file: destination.name),
        message: "\(failed.count) not delivered to \(destination.shown): \(reason) (\(some))", hidesInput: true)
    }
  }

  /// Maximum number of times that a payload is sent.
  package var tries = 6
  /// The time for one destination.
  package var deadline: Duration = .seconds(120)
  /// Maximum delay between two attempts.
  package var longestWait: Duration = .seconds(30)
  /// For a word of the receiver.
  package var patience = HTTPTimeouts().idle
  /// Seconds since 1970, for signatures.
  private let now: @Sendable () -> Int64
  private let wait: @Sendable (Duration) async throws -> Void
  private let environment: @Sendable (String) -> String?

  /// - Parameters:
  ///   - wait: between attempts.
  ///   - environment: for proxies and authorities.
  package init(
    environment: @escaping @Sendable (String) -> String?, now: @escaping @Sendable () -> Int64,
    wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.environment = environment
    self.now = now
    self.wait = wait
  }

  /// Sends to all destinations side by side.
  package func send(_ alerts: [Alert], _ incidents: [Incident], to destinations: [Destination]) async -> [Report] {
    await withTaskGroup(of: (Int, Report).self) { group in
      for (index, destination) in destinations.enumerated() {
        let payloads = Payload.payloads(Notice.wanted(alerts, incidents, by: destination), to: destination)
        group.addTask { (index, await send(payloads, to: destination)) }
      }
      var reports: [Int: Report] = [:]
      for await (index, report) in group { reports[index] = report }
      return destinations.indices.compactMap { reports[$0] }
    }
  }

  /// Sends to one destination.
  ///
  /// - Parameter lasts: see `Payload.payloads`.
  package func send(
    _ notices: [Notice], to destination: Destination, at now: Timestamp, lasts: Int64? = nil
  ) async -> Report {
    await send(Payload.payloads(notices, to: destination, now: now, lasts: lasts), to: destination)
  }

  private func send(_ payloads: [Payload], to destination: Destination) async -> Report {
    var report = Report(destination: destination)
    guard !payloads.isEmpty else { return report }
    var settings = HTTPSettings(environment: environment)
    settings.timeouts.idle = patience
    if let authorities = destination.authorities { settings.trust = .systemAnd(authorities) }
    var host = HostSettings()
    host.sendsCredentialsInClear = destination.allowsPlainHTTP
    if let chain = destination.certificate, let key = destination.certificateKey {
      host.clientCertificate = HostSettings.ClientCertificate(chain: chain, key: key)
    }
    settings.hosts[destination.url.host] = host
    let client = HTTPClient(settings)
    let end = ContinuousClock.now + deadline
    var isGone = false
    if destination.kind == .elasticsearch, let days = destination.retainedDays,
      let why = await setUp(destination, days, client)
    {
      report.failed = payloads.flatMap(\.ids)
      report.reason = why
      await client.close()
      return report
    }
    for payload in payloads {
      // A receiver that did not take the last payload in all that time will not take the next.
      if isGone {
        report.failed += payload.ids
        continue
      }
      isGone = await !send(payload, destination, client, settings, end, &report)
    }
    await client.close()
    return report
  }

  /// - Returns: whether the receiver can be reached.
  private func send(
    _ payload: Payload, _ destination: Destination, _ client: HTTPClient, _ settings: HTTPSettings,
    _ end: ContinuousClock.Instant, _ report: inout Report
  ) async -> Bool {
    var left = payload
    var last = ""
    for attempt in 1...max(1, tries) {
      var asked: Double?
      do throws(ConnectionError) {
        switch try await exchange(left, destination, client, settings, &asked) {
        case .taken(let known):
          report.sent += left.ids.count
          report.known += known
          return true
        case .acknowledging(let id):
          if try await isAcknowledged(id, destination, client, end) {
            report.sent += left.ids.count
            return true
          }
          last = "Splunk took it and did not say that it is safe"
        case .busy(let why): last = why
        case .partly(let busy, let refused, let why):
          report.sent += left.ids.count - busy.count - refused.count
          if !refused.isEmpty {
            report.failed += refused
            report.refused.formUnion(refused)
            report.unfit.formUnion(refused)
            report.reason = why
          }
          guard !busy.isEmpty else { return true }
          left = rest(of: left, busy)
          last = "too busy for \(busy.count) of them"
        case .refused(let why):
          report.failed += left.ids
          report.refused.formUnion(left.ids)
          report.reason = why
          return true
        case .unfit(let why):
          report.failed += left.ids
          report.refused.formUnion(left.ids)
          report.unfit.formUnion(left.ids)
          report.reason = why
          return true
        }
      } catch {
        last = destination.isSecretURL ? error.kind.rawValue : error.message
        let isHopeless =
          error.kind.isAboutCertificate || error.kind == .credentialsWithheld || error.kind == .badSettings
          || error.kind == .badAddress || error.kind == .cancelled
        if isHopeless { break }
      }
      guard attempt < tries else { break }
      var delay = min(Self.delay(attempt, asked), longestWait)
      let remaining = end - ContinuousClock.now
      guard remaining > .zero else { break }
      delay = min(delay, remaining)
      do { try await wait(delay) } catch { break }
    }
    report.failed += left.ids
    report.reason = last
    return false
  }

  /// Tells Elasticsearch how fields are typed and when indexes go; every time, since another may have changed it.
  ///
  /// - Returns: why that was not possible; nil where it was.
  private func setUp(_ destination: Destination, _ days: Int, _ client: HTTPClient) async -> String? {
    let setup = ElasticsearchSetup(prefix: destination.index ?? "bartizan", days: days)
    func ask(_ path: String, _ method: HTTPRequest.Method, _ body: [UInt8] = []) async throws(ConnectionError) -> (
      Int, [UInt8]
    ) {
      var request = HTTPRequest(Self.url(destination, path), method)
      request.authorization = Self.authorization(destination)
      if !body.isEmpty {
        request.headers = [("Content-Type", "application/json")]
        request.body = body
      }
      let response = try await client.send(request)
      return (response.status, try await response.collect(atMost: 1 << 20))
    }
    do throws(ConnectionError) {
      let (_, banner) = try await ask("/", .get)
      for step in setup.steps(try? JSONReader.read(banner)) {
        let (status, body) = try await ask(step.path, .put, step.body)
        guard (200..<300).contains(status) || status == 409 && step.mayExist else {
          return "\(step.path): status \(status) \(Answer.line(String(decoding: body.prefix(400), as: UTF8.self)))"
        }
      }
      return nil
    } catch {
      return destination.isSecretURL ? error.kind.rawValue : error.message
    }
  }

  /// Sends a payload once.
  ///
  /// - Parameter asked: the seconds after which the receiver wants to be asked again.
  private func exchange(
    _ payload: Payload, _ destination: Destination, _ client: HTTPClient, _ settings: HTTPSettings,
    _ asked: inout Double?
  ) async throws(ConnectionError) -> Answer {
    switch destination.kind {
    case .syslog: return try await SyslogExchange(settings: settings).send(payload, destination)
    case .fluentForward: return try await FluentExchange(settings: settings).send(payload, destination)
    default: break
    }
    let response = try await client.send(request(payload, destination))
    asked = response.header("Retry-After").flatMap { Double($0) }
    let body = try await response.collect(atMost: 8 << 20)
    return Answer(destination.kind, status: response.status, body: body, ids: payload.ids)
  }

  /// The delay after an attempt, from half to all of what doubles each time, so that senders do not come together.
  private static func delay(_ attempt: Int, _ asked: Double?) -> Duration {
    if let asked, asked.isFinite, asked >= 0 { return .seconds(min(asked, 3_600)) }
    let whole = 0.5 * Double(1 << min(attempt, 8))
    return .seconds(Double.random(in: whole / 2...whole))
  }

  /// Lines of a bulk request that are to be sent again.
  private func rest(of payload: Payload, _ ids: [String]) -> Payload {
    var made = payload
    let wanted = Set(ids)
    made.ids = []
    made.body = []
    let lines = payload.body.split(separator: 0x0A)
    for (number, id) in payload.ids.enumerated() where wanted.contains(id) && 2 * number + 1 < lines.count {
      made.ids.append(id)
      made.body += Array(lines[2 * number]) + [0x0A] + Array(lines[2 * number + 1]) + [0x0A]
    }
    return made
  }

  // MARK: Requests

  private func request(_ payload: Payload, _ destination: Destination) -> HTTPRequest {
    var request = HTTPRequest(Self.url(destination, payload.path), .post)
    request.body = payload.body
    request.headers = [("Content-Type", payload.contentType)] + payload.headers
    request.hasSecrets = destination.isSecretURL
    if let name = destination.tokenHeader, let secret = destination.secret {
      request.headers.append((name, secret.text))
      request.hasSecrets = true
    } else {
      request.authorization = Self.authorization(destination)
    }
    // PagerDuty's key stands in the body.
    if destination.kind == .pagerDuty { request.hasSecrets = true }
    if destination.kind == .splunk, destination.waitsForAcknowledgement {
      request.headers.append(("X-Splunk-Request-Channel", Self.channel(destination)))
    }
    if destination.kind == .webhook {
      request.headers.append(("X-Bartizan-Delivery", Fingerprint(payload.ids).text))
      if let key = destination.signingKey {
        let time = String(now())
        let signed = Array(time.utf8) + [0x2E] + payload.body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Array(key.text.utf8)))
        let digits = Array("0123456789abcdef")
        let hex = code.reduce(into: "") { text, byte in
          text.append(digits[Int(byte >> 4)])
          text.append(digits[Int(byte & 15)])
        }
        request.headers.append(("X-Bartizan-Timestamp", time))
        request.headers.append(("X-Bartizan-Signature", "sha256=\(hex)"))
      }
    }
    return request
  }

  private static func url(_ destination: Destination, _ path: String?) -> HTTPURL {
    guard let path else { return destination.url }
    let target = destination.url.target
    let query = target.firstIndex(of: "?").map { target[$0...] } ?? ""
    var own = target.prefix { $0 != "?" }
    while own.hasSuffix("/") { own = own.dropLast() }
    // A user may have written the whole address.
    let whole = own.hasSuffix(path) ? String(own) : own + path
    return destination.url.at(whole + query)
  }

  private static func authorization(_ destination: Destination) -> String? {
    guard let secret = destination.secret, destination.kind != .pagerDuty else { return nil }
    switch destination.kind {
    case .splunk: return "Splunk \(secret.text)"
    default: break
    }
    if let user = destination.username {
      return "Basic \(Base64.encode(Array("\(user):\(secret.text)".utf8)))"
    }
    return destination.kind == .elasticsearch ? "ApiKey \(secret.text)" : "Bearer \(secret.text)"
  }

  /// Splunk keeps acknowledgements by channel, a GUID that the sender chooses.
  private static func channel(_ destination: Destination) -> String {
    let digits = Array(Fingerprint([destination.name, destination.url.text]).text.filter(\.isHexDigit))
    let text = String((digits + Array(repeating: "0", count: 32)).prefix(32))
    let parts = [8, 4, 4, 4, 12]
    var rest = text[...]
    return parts.map { length in
      defer { rest = rest.dropFirst(length) }
      return String(rest.prefix(length))
    }.joined(separator: "-")
  }

  /// Asks Splunk whether it has indexed what it took.
  private func isAcknowledged(
    _ id: Int, _ destination: Destination, _ client: HTTPClient, _ end: ContinuousClock.Instant
  ) async throws(ConnectionError) -> Bool {
    for attempt in 1...max(1, tries) {
      let url = Self.url(destination, "/services/collector/event")
      let path = url.target.prefix { $0 != "?" }
      let base = path.hasSuffix("/event") ? path.dropLast("/event".count) : path
      var request = HTTPRequest(url.at(base + "/ack?channel=" + Self.channel(destination)), .post)
      request.authorization = Self.authorization(destination)
      request.headers = [("Content-Type", "application/json")]
      request.body = Array("{\"acks\":[\(id)]}".utf8)
      let response = try await client.send(request)
      let body = try await response.collect(atMost: 1 << 20)
      if response.status == 200, (try? JSONReader.read(body))?["acks"]?[String(id)]?.bool == true { return true }
      guard ContinuousClock.now < end, attempt < tries else { return false }
      do { try await wait(min(.seconds(attempt), longestWait)) } catch { return false }
    }
    return false
  }
}
